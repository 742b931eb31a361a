/** Requests of senders who could not be told: counted, and logged in few lines however many there are. */
import { Effect, Metric } from "effect"
import * as Deadline from "../cxone/Deadline.ts"

/** Why the webhook's credentials were refused: there were none, they were not right, or their time had passed. */
export type RefusalReason = "missing" | "wrong" | "expired"

/** Requests to the webhook that were answered 401, by their `reason`: a `RefusalReason`. */
export const unauthorizedTotal = Metric.counter("webhook_unauthorized_total", {
  description: "Requests to the webhook that were answered 401",
  incremental: true
})

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
    count: (reason) => Metric.update(Metric.withAttributes(unauthorizedTotal, { reason }), 1),
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
