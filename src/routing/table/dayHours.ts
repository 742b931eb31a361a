/** The hours of a day in a table: as ranges of minutes, from the week or from an exception. */
import type { DayHours, OpeningHours } from "../format/OpeningHours.ts"
import { type CalendarDay, DAY, dateOf, type Weekday, weekdayOf } from "./calendar.ts"

/** A range of minutes of a day, `until` not included. A range that ends on the next day ends past `DAY`. */
export interface Range {
  readonly from: number
  readonly until: number
  /** The text of the table. */
  readonly text: string
}

const minutes = (time: string): number => {
  const [hours = 0, rest = 0] = time.split(":").map(Number)
  return hours * 60 + rest
}

/** The ranges of a day, in the order of the table. */
export const rangesOf = (hours: DayHours | undefined): ReadonlyArray<Range> => {
  if (hours === undefined || hours === "closed") return []
  return (typeof hours === "string" ? [hours] : hours).map((text) => {
    const [from = 0, until = 0] = text.split("-").map(minutes)
    return { from, until: until > from ? until : until + DAY, text: text.trim() }
  })
}

/** The hours of a weekday, and the member that they are from: the day itself comes first. */
const weeklyHours = (weekly: OpeningHours["weekly"], weekday: Weekday) => {
  const group = weekday === "saturday" || weekday === "sunday" ? "weekend" : "weekdays"
  const member = ([weekday, group, "daily"] as const).find((member) => weekly[member] !== undefined)
  return member === undefined ? undefined : { member, hours: weekly[member] }
}

/** The hours of a date, and their path in the opening hours. */
export const hoursOn = ({ exceptions, weekly }: OpeningHours, day: CalendarDay) => {
  const date = dateOf(day)
  if (exceptions !== undefined && Object.hasOwn(exceptions, date)) {
    return { path: ["exceptions", date], ranges: rangesOf(exceptions[date]) }
  }
  const found = weeklyHours(weekly, weekdayOf(day))
  return { path: ["weekly", found?.member ?? weekdayOf(day)], ranges: rangesOf(found?.hours) }
}
