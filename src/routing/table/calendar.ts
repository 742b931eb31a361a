/** Days of the calendar, whatever the zone. */

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const

/** A day of the week. */
export type Weekday = (typeof DAYS)[number]

/** Minutes of a day. */
export const DAY = 24 * 60

const MILLIS_OF_DAY = DAY * 60_000

/** A date of the calendar: days since 1970-01-01. */
export type CalendarDay = number

/** The day of a date such as 2026-12-24; `undefined` for a date that does not exist. */
export const calendarDay = (date: string): CalendarDay | undefined => {
  const millis = Date.parse(`${date}T00:00:00Z`)
  return Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 10) !== date
    ? undefined
    : millis / MILLIS_OF_DAY
}

/** The day of a year, a month from 1 to 12, and a day of the month. */
export const calendarDayOf = (year: number, month: number, day: number): CalendarDay =>
  Date.UTC(year, month - 1, day) / MILLIS_OF_DAY

/** The date of a day: 2026-12-24. */
export const dateOf = (day: CalendarDay): string => new Date(day * MILLIS_OF_DAY).toISOString().slice(0, 10)

/** The weekday of a day. 1970-01-01 was a Thursday. */
export const weekdayOf = (day: CalendarDay): Weekday => DAYS[(((day + 4) % 7) + 7) % 7] ?? "sunday"
