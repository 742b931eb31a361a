/** Opening hours by the clock on the wall of their zone. */
import { DateTime, Option } from "effect"
import type { OpeningHours } from "../format/OpeningHours.ts"
import type { RoutesFile } from "../format/RoutesFile.ts"
import { type CalendarDay, calendarDayOf, DAY, dateOf, weekdayOf } from "./calendar.ts"
import { hoursOn } from "./dayHours.ts"
import { nextChange } from "./nextChange.ts"

/** The local time of an instant. */
interface LocalTime {
  readonly day: CalendarDay
  readonly weekday: string
  /** Minutes since midnight as the clock shows them: when the clock is put back, some come twice. */
  readonly minute: number
}

/** Opening hours, ready to answer. */
export interface Clockwork {
  readonly isOpen: (epochMillis: number) => boolean
  /** The local time of an instant, for people: `Wed 2026-11-25 11:22 Europe/Berlin`. */
  readonly localTime: (epochMillis: number) => string
  /** The next instant at which they open or close; `undefined` when they do not within two weeks. */
  readonly nextChange: (epochMillis: number) => number | undefined
}

/** The opening hours that conditions may name. */
export type Clockworks = ReadonlyMap<string, Clockwork>

/** Compiles all opening hours of a table. */
export const clockworksOf = ({ hours = {} }: Pick<RoutesFile, "hours">): Clockworks =>
  new Map(
    Object.entries(hours).flatMap(([name, hours]) => {
      const ready = clockwork(hours)
      return ready === undefined ? [] : [[name, ready] as const]
    })
  )

const twoDigits = (number: number) => String(number).padStart(2, "0")

/** Compiles opening hours; `undefined` when this machine lacks the zone. */
export const clockwork = (hours: OpeningHours): Clockwork | undefined => {
  const zone = Option.getOrUndefined(DateTime.zoneMakeNamed(hours.zone))
  if (zone === undefined) return undefined

  const local = (epochMillis: number): LocalTime => {
    const { day, hour, minute, month, year } = DateTime.toParts(
      DateTime.makeZonedUnsafe(epochMillis, { timeZone: zone })
    )
    const date = calendarDayOf(year, month, day)
    return { day: date, weekday: weekdayOf(date), minute: hour * 60 + minute }
  }

  const isOpenAt = ({ day, minute }: LocalTime): boolean =>
    hoursOn(hours, day).ranges.some(({ from, until }) => from <= minute && minute < until) ||
    hoursOn(hours, day - 1).ranges.some(({ until }) => minute + DAY < until)

  // Clocks and hours change on the minute, so the answer holds for the whole minute.
  let asked: { readonly minute: number; readonly isOpen: boolean } | undefined

  const isOpen = (epochMillis: number): boolean => {
    const minute = Math.floor(epochMillis / 60_000)
    if (asked?.minute !== minute) asked = { minute, isOpen: isOpenAt(local(epochMillis)) }
    return asked.isOpen
  }

  return {
    isOpen,
    nextChange: (epochMillis) => nextChange(hours, zone, isOpen, epochMillis),
    localTime: (epochMillis) => {
      const { day, minute, weekday } = local(epochMillis)
      const date = dateOf(day)
      const time = `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`
      return `${weekday[0]?.toUpperCase()}${weekday.slice(1, 3)} ${date} ${time} ${hours.zone}`
    }
  }
}
