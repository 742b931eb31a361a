/** Opening hours that overlap. */
import type { OpeningHours } from "../format/OpeningHours.ts"
import { type CalendarDay, calendarDay, DAY } from "../table/calendar.ts"
import { hoursOn } from "../table/dayHours.ts"
import type { Path } from "./Flaw.ts"

/** Two ranges: the second begins before the first ends. */
export interface Overlap {
  /** The path of the second range in the opening hours. */
  readonly path: Path
  readonly first: string
  readonly second: string
  readonly isOfDayBefore: boolean
}

/** Finds overlaps within a day and over midnight, in an ordinary week and around each exception. */
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
