/** Problems of opening hours: unknown zones, dates that do not exist, empty ranges, overlaps. */
import { DateTime, Option } from "effect"
import { closest } from "../../std/suggest.ts"
import type { OpeningHours } from "../format/OpeningHours.ts"
import { calendarDay, DAY } from "../table/calendar.ts"
import { rangesOf } from "../table/dayHours.ts"
import type { Flaw, Path } from "./Flaw.ts"
import { overlaps } from "./overlaps.ts"

/** Problems of opening hours. Overlaps are looked for only where no range is empty. */
export const hoursFlaws = (hours: OpeningHours, path: Path): ReadonlyArray<Flaw> => {
  const empty = emptyRanges(hours, path)
  return [...zoneFlaws(hours.zone, [...path, "zone"]), ...empty, ...dateFlaws(hours, path)].concat(
    empty.length > 0 ? [] : overlapFlaws(hours, path)
  )
}

const zoneFlaws = (zone: string, path: Path): ReadonlyArray<Flaw> =>
  Option.isSome(DateTime.zoneMakeNamed(zone))
    ? []
    : [{ path, problem: `no time zone: "${zone}"`, instead: zoneInstead(zone) }]

/** The zone that was meant. People often write only its city. */
const zoneInstead = (zone: string): string => {
  const zones = Intl.supportedValuesOf("timeZone")
  const meant =
    zones.find((name) => name.toLowerCase().endsWith(`/${zone.toLowerCase().replaceAll(" ", "_")}`)) ??
    closest(zone, zones)
  return meant === undefined ? "the name of a zone, such as Europe/Berlin or UTC" : `did you mean ${meant}?`
}

const emptyRanges = ({ exceptions = {}, weekly }: OpeningHours, path: Path): ReadonlyArray<Flaw> =>
  Object.entries({ weekly, exceptions }).flatMap(([member, days]) =>
    Object.entries(days).flatMap(([day, hours]) =>
      rangesOf(hours)
        .filter(({ from, until }) => until - from === DAY && from !== 0)
        .map(({ text }) => ({
          path: [...path, member, day],
          problem: `"${text}" ends when it begins`,
          instead: "00:00-24:00 for a whole day"
        }))
    )
  )

const dateFlaws = ({ exceptions = {} }: OpeningHours, path: Path): ReadonlyArray<Flaw> =>
  Object.keys(exceptions)
    .filter((date) => calendarDay(date) === undefined)
    .map((date) => ({
      path: [...path, "exceptions", date],
      isName: true,
      problem: `no date of the calendar: ${date}`,
      instead: "a date such as 2026-12-24"
    }))

const overlapFlaws = (hours: OpeningHours, path: Path): ReadonlyArray<Flaw> =>
  overlaps(hours).map(({ first, isOfDayBefore, path: at, second }) => ({
    path: [...path, ...at],
    problem: `the hours ${second} overlap with ${first}${isOfDayBefore ? " of the day before" : ""}`,
    instead: "hours that end before the next begin (08:00-12:00 and 12:00-18:00 do not overlap)"
  }))
