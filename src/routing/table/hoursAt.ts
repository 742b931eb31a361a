/** The opening hours of a table at a time. */
import type { RoutesFile } from "../format/RoutesFile.ts"
import { clockworksOf } from "./Clockwork.ts"

/** Opening hours at a time. */
export interface HoursState {
  /** Their name in the table. */
  readonly name: string
  readonly isOpen: boolean
  /** When they close or open next, in milliseconds since 1970; `undefined` when they do not within two weeks. */
  readonly until: number | undefined
  /** The same in their zone, for people. */
  readonly localUntil: string | undefined
  /** The time in their zone, for people: `Wed 2026-11-25 11:22 Europe/Berlin`. */
  readonly localTime: string
}

/** All opening hours of a table at a time (milliseconds since 1970), in its order. Those of a zone that this machine lacks are left out: a checked table has none. */
export const hoursAt = (file: Pick<RoutesFile, "hours">, now: number): ReadonlyArray<HoursState> =>
  [...clockworksOf(file)].map(([name, { isOpen, localTime, nextChange }]) => {
    const until = nextChange(now)
    return {
      name,
      isOpen: isOpen(now),
      until,
      localUntil: until === undefined ? undefined : localTime(until),
      localTime: localTime(now)
    }
  })
