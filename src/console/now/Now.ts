/** The present state: the last hour, CXone, the table, the history. */
import { Clock, Duration, Effect, Result, Schedule } from "effect"
import { targetOf } from "../../domain/Target.ts"
import { Readiness } from "../../handover/Readiness.ts"
import { History, type MinuteCount } from "../../history/History.ts"
import { RoutingPolicy } from "../../routing/RoutingPolicy.ts"
import type { TableStatus } from "../../routing/TableStatus.ts"
import { makeLastHour } from "./LastHour.ts"
import { type Numbers, numbers } from "./numbers.ts"

/** The present state. */
export interface Now {
  /** In milliseconds since 1970. */
  readonly at: number
  /** The last hour, or why it cannot be read. */
  readonly lastHour: Result.Result<ReadonlyArray<MinuteCount>, string>
  /** Why handovers cannot be taken. */
  readonly notReady: string | undefined
  readonly numbers: Numbers
  /** Counters as they were about five minutes ago. */
  readonly before: Numbers
  readonly table: TableStatus | undefined
  /** Names of targets (`queue:ID`, `agent:ID`), where the table has them. */
  readonly names: ReadonlyMap<string, string>
}

/** Between two samples of the counters. */
export const sampleSchedule = Schedule.spaced("30 seconds")

/** The samples that are kept: five minutes of them. */
const SAMPLES = 10

/** How long one reading serves all viewers. */
export const FRESH = Duration.seconds(1)

/** Makes an effect that reads the present state, for all viewers together at most once a second. */
export const makeNow = Effect.gen(function* () {
  const history = yield* History
  const { check } = yield* Readiness
  const { nameOf, table } = yield* RoutingPolicy
  const lastHour = makeLastHour(history)

  let samples: ReadonlyArray<Numbers> = [yield* numbers]
  yield* Effect.map(numbers, (sample) => {
    samples = [...samples, sample].slice(-SAMPLES)
  }).pipe(Effect.schedule(sampleSchedule), Effect.forkScoped)

  const namesOf = Effect.fnUntraced(function* (counts: ReadonlyArray<MinuteCount>) {
    const names = new Map<string, string>()
    for (const key of new Set(counts.map(({ target }) => target))) {
      const target = key === null ? undefined : targetOf(key)
      const name = target === undefined ? undefined : yield* nameOf(target)
      if (key !== null && name !== undefined) names.set(key, name)
    }
    return names
  })

  const read = Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    const [hour, ready] = yield* Effect.all([Effect.result(lastHour(at)), Effect.result(check)], {
      concurrency: "unbounded"
    })
    const current = yield* numbers
    const now: Now = {
      at,
      lastHour: Result.mapError(hour, ({ message }) => message),
      notReady: Result.isFailure(ready) ? ready.failure.reason : undefined,
      numbers: current,
      before: samples[0] ?? current,
      table: yield* table,
      names: Result.isSuccess(hour) ? yield* namesOf(hour.success) : new Map()
    }
    return now
  })
  return yield* Effect.cachedWithTTL(read, FRESH)
})
