/** Requests of senders who could not be told: counted, and logged in few lines however many there are. */
import { Effect } from "effect"
import * as Deadline from "../cxone/transport/Deadline.ts"
import { refusalsTotal } from "../handover/metrics.ts"
import { count, counters, declare } from "../std/measure.ts"

/** Why the webhook's credentials were refused: there were none, they were not right, or their time had passed. */
export type RefusalReason = "missing" | "wrong" | "expired"

const refusalSeries = counters(refusalsTotal)

/** All reasons: each is shown from the start, at 0, so that the first one counts as an increase. */
const REASONS = [
  ...["credentials_missing", "credentials_wrong", "credentials_expired", "invalid_content_type", "invalid_payload"],
  ...["missing_required_fields", "payload_too_large", "overloaded", "handover_timed_out", "internal_error"]
]

/** Shows all reasons. */
export const declareRefusals: Effect.Effect<void> = declare(REASONS.map((reason) => refusalSeries({ reason })))

/** Counts a request that was refused before any handover. */
export const countRefusal = (reason: string): Effect.Effect<void> => count(refusalSeries({ reason }))

/** How long after a line the next one comes at the earliest, in milliseconds: six lines a minute can be read, and fill no disk. */
const LOG_INTERVAL = 10_000

/** Where refusals are reported. */
export interface Refusals {
  readonly count: (reason: RefusalReason) => Effect.Effect<void>
  /** Logs a line at once, unless there was one within the last 10 seconds: then the next line says how many there were. */
  readonly log: (line: string) => Effect.Effect<void>
}

/** A fresh place for them. */
export const make = (): Refusals => {
  let loggedAt = Number.NEGATIVE_INFINITY
  let unlogged = 0
  return {
    count: (reason) => countRefusal(`credentials_${reason}`),
    log: (line) =>
      Effect.flatMap(Deadline.nowMillis, (now) => {
        if (now - loggedAt < LOG_INTERVAL) {
          unlogged += 1
          return Effect.void
        }
        const others = unlogged === 0 ? "" : ` (and ${unlogged} more refused since the last such line)`
        loggedAt = now
        unlogged = 0
        return Effect.logWarning(line + others)
      })
  }
}
