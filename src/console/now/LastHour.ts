/** The counts of the last hour, read again only where they can have changed. */
import { Effect } from "effect"
import type { History, HistoryUnavailable, MinuteCount } from "../../history/History.ts"

/** A minute in milliseconds. */
export const MINUTE = 60_000

/** The minutes that are shown, with the one that runs. */
export const MINUTES = 60

/** An entry is written some seconds after its request came, at the latest; so older minutes stay. */
const OPEN_MINUTES = 3

/** The start of the first minute that is shown. */
export const firstMinute = (now: number): number => (Math.floor(now / MINUTE) - MINUTES + 1) * MINUTE

/** Makes a reader of the last hour. One at a time may run. */
export const makeLastHour = ({ minutes }: Pick<History["Service"], "minutes">) => {
  /** The counts that were read, and the time until which. */
  let known: ReadonlyArray<MinuteCount> = []
  let knownUntil = Number.NEGATIVE_INFINITY
  return (now: number): Effect.Effect<ReadonlyArray<MinuteCount>, HistoryUnavailable> =>
    Effect.suspend(() => {
      const first = firstMinute(now)
      const from = Math.max(first, (Math.floor(knownUntil / MINUTE) - OPEN_MINUTES + 1) * MINUTE)
      return Effect.map(minutes(from, now + 1), (read) => {
        known = [...known.filter(({ minute }) => minute >= first && minute < from), ...read]
        knownUntil = now
        return known
      })
    })
}
