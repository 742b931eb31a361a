/** Opening hours: whether something is open at a time, by the clock on the wall of its zone. */
import { DateTime, Option } from "effect"
import type { DayHours, OpeningHours } from "../format/RoutesFile.ts"

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const

const DAY = 24 * 60

/** From one minute of a day until before another. One that ends on the next day ends past `DAY`. */
export interface Range {
  readonly from: number
  readonly until: number
  /** As it is written. */
  readonly text: string
}

/** A date of the calendar: a day of any zone, counted since 1970-01-01. */
export type CalendarDay = number

/** The day of a date such as 2026-12-24; `undefined` where the calendar has none. */
export const calendarDay = (date: string): CalendarDay | undefined => {
  const millis = Date.parse(`${date}T00:00:00Z`)
  return Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 10) !== date ? undefined : millis / 86_400_000
}

const dateOf = (day: CalendarDay): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

const weekdayOf = (day: CalendarDay): (typeof DAYS)[number] => DAYS[(((day + 4) % 7) + 7) % 7] ?? "sunday"

const minutes = (time: string): number => {
  const [hours = 0, rest = 0] = time.split(":").map(Number)
  return hours * 60 + rest
}

/** The ranges of a day, in the order in which they are written. */
export const rangesOf = (hours: DayHours | undefined): ReadonlyArray<Range> => {
  if (hours === undefined || hours === "closed") return []
  return (typeof hours === "string" ? [hours] : hours).map((text) => {
    const [from = 0, until = 0] = text.split("-").map(minutes)
    return { from, until: until > from ? until : until + DAY, text: text.trim() }
  })
}

/** Under which member the hours of a weekday stand, and what they are: those of the day itself come first. */
export const weeklyHours = (weekly: OpeningHours["weekly"], weekday: (typeof DAYS)[number]) => {
  const group = weekday === "saturday" || weekday === "sunday" ? "weekend" : "weekdays"
  const member = ([weekday, group, "daily"] as const).find((member) => weekly[member] !== undefined)
  return member === undefined ? undefined : { member, hours: weekly[member] }
}

/** The hours of a date, and where in the file they stand. */
export const hoursOn = ({ exceptions, weekly }: OpeningHours, day: CalendarDay) => {
  const date = dateOf(day)
  if (exceptions !== undefined && Object.hasOwn(exceptions, date)) {
    return { path: ["exceptions", date], ranges: rangesOf(exceptions[date]) }
  }
  const found = weeklyHours(weekly, weekdayOf(day))
  return { path: ["weekly", found?.member ?? weekdayOf(day)], ranges: rangesOf(found?.hours) }
}

/** The local time of an instant. */
interface LocalTime {
  readonly day: CalendarDay
  readonly weekday: string
  /** Since midnight, as the clock shows it: when the clock is put back, some come twice. */
  readonly minute: number
}

/** Opening hours that can be asked. */
export interface Clockwork {
  readonly isOpen: (epochMillis: number) => boolean
  /** The local time of an instant, for people: `Wed 2026-11-25 11:22 Europe/Berlin`. */
  readonly localTime: (epochMillis: number) => string
}

const twoDigits = (number: number) => String(number).padStart(2, "0")

/** Opening hours with a zone that this machine knows; `undefined` where it does not know it. */
export const clockwork = (hours: OpeningHours): Clockwork | undefined => {
  const zone = Option.getOrUndefined(DateTime.zoneMakeNamed(hours.zone))
  if (zone === undefined) return undefined

  const local = (epochMillis: number): LocalTime => {
    const { day, hour, minute, month, year } = DateTime.toParts(
      DateTime.makeZonedUnsafe(epochMillis, { timeZone: zone })
    )
    const date = Date.UTC(year, month - 1, day) / 86_400_000
    return { day: date, weekday: weekdayOf(date), minute: hour * 60 + minute }
  }

  const isOpenAt = ({ day, minute }: LocalTime): boolean =>
    hoursOn(hours, day).ranges.some(({ from, until }) => from <= minute && minute < until) ||
    hoursOn(hours, day - 1).ranges.some(({ until }) => minute + DAY < until)

  // Clocks and hours change on the minute, so that within one minute the answer is the same.
  let asked: { readonly minute: number; readonly isOpen: boolean } | undefined

  return {
    isOpen: (epochMillis) => {
      const minute = Math.floor(epochMillis / 60_000)
      if (asked?.minute !== minute) asked = { minute, isOpen: isOpenAt(local(epochMillis)) }
      return asked.isOpen
    },
    localTime: (epochMillis) => {
      const { day, minute, weekday } = local(epochMillis)
      const date = dateOf(day)
      const time = `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`
      return `${weekday[0]?.toUpperCase()}${weekday.slice(1, 3)} ${date} ${time} ${hours.zone}`
    }
  }
}

/** Two ranges of which the second begins before the first has ended. */
export interface Overlap {
  /** Where in the opening hours the second one stands. */
  readonly path: ReadonlyArray<string | number>
  readonly first: string
  readonly second: string
  readonly isOfDayBefore: boolean
}

/** The ranges that overlap, within a day and over midnight, of an ordinary week and around each dated exception. */
export const overlaps = (hours: OpeningHours): ReadonlyArray<Overlap> => {
  const found = new Map<string, Overlap>()
  const look = (calendar: OpeningHours, days: ReadonlyArray<CalendarDay>) => {
    const ranges = days.flatMap((day) => {
      const { path, ranges } = hoursOn(calendar, day)
      return ranges.map((range, index) => ({
        day,
        path: ranges.length === 1 ? path : [...path, index],
        text: range.text,
        from: day * DAY + range.from,
        until: day * DAY + range.until
      }))
    })
    ranges.sort((a, b) => a.from - b.from)
    let last = ranges[0]
    for (const range of ranges.slice(1)) {
      if (last !== undefined && range.from < last.until) {
        const isOfDayBefore = last.day < range.day
        const overlap = { path: range.path, first: last.text, second: range.text, isOfDayBefore }
        found.set(JSON.stringify(overlap), overlap)
      }
      if (last === undefined || range.until > last.until) last = range
    }
  }
  const week = Array.from({ length: 9 }, (_, day) => day)
  look({ zone: hours.zone, weekly: hours.weekly }, week)
  for (const date of Object.keys(hours.exceptions ?? {})) {
    const day = calendarDay(date)
    if (day !== undefined) look(hours, [day - 1, day, day + 1])
  }
  return [...found.values()]
}
