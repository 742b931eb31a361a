/** The next time at which opening hours open or close. */
import { DateTime } from "effect"
import type { OpeningHours } from "../format/OpeningHours.ts"
import { DAY } from "./calendar.ts"
import { hoursOn } from "./dayHours.ts"

const MINUTE = 60_000

/** How far ahead a change is looked for, in days. */
export const DAYS_AHEAD = 14

/** The minutes by which a zone is ahead of UTC at an instant. */
type OffsetAt = (minute: number) => number

/** The first minute with another offset, between two minutes with different ones. */
const transition = (offsetAt: OffsetAt, from: number, to: number): number => {
  let [before, after] = [from, to]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(middle) === offsetAt(from)) before = middle
    else after = middle
  }
  return after
}

/** All minutes at which the hours may change: their starts and ends under each offset of the zone, and the changes of the offset. */
const candidates = (hours: OpeningHours, offsetAt: OffsetAt, from: number, to: number): ReadonlyArray<number> => {
  const samples = Array.from({ length: DAYS_AHEAD + 1 }, (_, index) => from + index * DAY)
  const transitions = samples.flatMap((sample, index) => {
    const next = samples[index + 1]
    return next === undefined || offsetAt(sample) === offsetAt(next) ? [] : [transition(offsetAt, sample, next)]
  })
  const offsets = [...new Set(samples.map(offsetAt))]
  // A day more at both ends: hours over midnight, and zones on either side of UTC.
  const firstDay = Math.floor(from / DAY) - 2
  const wallTimes = Array.from({ length: DAYS_AHEAD + 5 }, (_, index) => firstDay + index).flatMap((day) =>
    hoursOn(hours, day).ranges.flatMap(({ from, until }) => [day * DAY + from, day * DAY + until])
  )
  return [...transitions, ...wallTimes.flatMap((wall) => offsets.map((offset) => wall - offset))]
    .filter((minute) => minute > from && minute <= to)
    .toSorted((one, other) => one - other)
}

/** The instant after `now` at which hours open or close next, in milliseconds since 1970; `undefined` when they do not within two weeks. */
export const nextChange = (
  hours: OpeningHours,
  timeZone: DateTime.TimeZone,
  isOpen: (epochMillis: number) => boolean,
  now: number
): number | undefined => {
  const offsetAt: OffsetAt = (minute) =>
    Math.round(DateTime.zonedOffset(DateTime.makeZonedUnsafe(minute * MINUTE, { timeZone })) / MINUTE)
  const minute = Math.floor(now / MINUTE)
  const isOpenNow = isOpen(now)
  const change = candidates(hours, offsetAt, minute, minute + DAYS_AHEAD * DAY).find(
    (candidate) => isOpen(candidate * MINUTE) !== isOpenNow
  )
  return change === undefined ? undefined : change * MINUTE
}
