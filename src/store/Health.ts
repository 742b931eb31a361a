/** Whether the database answers, as its last statements showed. Logs the beginning and the end of an outage, once each. */
import { Duration, Effect, Metric } from "effect"
import { inWords, nowMillis } from "../std/clock.ts"
import type { DatabaseState } from "./Database.ts"
import { databaseUp } from "./metrics.ts"

/** Whether the database answers. */
export interface Health {
  readonly isUp: () => boolean
  readonly state: Effect.Effect<DatabaseState>
  /** It does not answer. The reason is a sentence without secrets. */
  readonly down: (reason: string) => Effect.Effect<void>
  /** It answers. */
  readonly up: Effect.Effect<void>
}

/** A database that answers, until something else is said. */
export const makeHealth: Effect.Effect<Health> = Effect.gen(function* () {
  let outage: { readonly since: number; reason: string } | undefined
  yield* Metric.update(databaseUp, 1)
  return {
    isUp: () => outage === undefined,
    state: Effect.sync(() => (outage === undefined ? { isUp: true } : { isUp: false, reason: outage.reason })),
    down: Effect.fnUntraced(function* (reason) {
      if (outage !== undefined) {
        outage.reason = reason
        return
      }
      outage = { since: yield* nowMillis, reason }
      yield* Metric.update(databaseUp, 0)
      yield* Effect.logError(
        `the database is away: ${reason}. Handovers go on, and their history waits for it in bounded memory`
      )
    }),
    up: Effect.gen(function* () {
      if (outage === undefined) return
      const { since } = outage
      outage = undefined
      yield* Metric.update(databaseUp, 1)
      yield* Effect.logInfo(`the database is back after ${inWords(Duration.millis((yield* nowMillis) - since))}`)
    })
  }
})
