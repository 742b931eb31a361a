import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Option, Schedule } from "effect"
import { Conflict, type CXoneError, DeadlineExceeded, RateLimited, Unavailable } from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import {
  callSchedule,
  labelSchedule,
  lockSchedule,
  lookUpSchedule,
  MAX_LABEL_AGE,
  MAX_LABEL_WAIT,
  MAX_LOOK_UP_AGE,
  MAX_LOOK_UP_WAIT,
  renewalSchedule,
  tokenSchedule
} from "../../../src/cxone/transport/Schedules.ts"

const failed = new Unavailable({ operation: "open", reason: "Status", detail: "503", retryAfter: undefined })
const slow = new Unavailable({ operation: "open", reason: "Timeout", detail: "slow", retryAfter: undefined })
const limited = (retryAfter: Duration.Duration | undefined) => new RateLimited({ operation: "open", retryAfter })
const conflict = new Conflict({ operation: "open" })

/** The waits, in milliseconds, that a schedule makes after the same failure again and again, up to `most` of them. */
const waits = <E>(schedule: Schedule.Schedule<unknown, CXoneError, E>, error: CXoneError, most = 20) =>
  Effect.gen(function* () {
    const step = yield* Schedule.toStep(schedule)
    const delays: Array<number> = []
    while (delays.length < most) {
      const next = yield* Effect.option(step(0, error))
      if (next._tag === "None") break
      delays.push(Duration.toMillis(next.value[1]))
    }
    return delays
  })

const assertAbout = (delays: ReadonlyArray<number>, nominal: ReadonlyArray<number>) => {
  assert.strictEqual(delays.length, nominal.length)
  delays.forEach((delay, index) => {
    assert.isAtLeast(delay, (nominal[index] ?? 0) * 0.8)
    assert.isAtMost(delay, (nominal[index] ?? 0) * 1.2)
  })
}

describe("the waits between attempts", () => {
  it.effect("of a call are 100 ms, doubling, five times", () =>
    Effect.gen(function* () {
      assertAbout(yield* waits(callSchedule, failed), [100, 200, 400, 800, 1600])
    })
  )

  it.effect("of a token are 200 ms, doubling, four times", () =>
    Effect.gen(function* () {
      assertAbout(yield* waits(tokenSchedule, failed), [200, 400, 800, 1600])
    })
  )

  it.effect("of a lock are 250 ms, doubling, four times", () =>
    Effect.gen(function* () {
      assertAbout(yield* waits(lockSchedule, conflict), [250, 500, 1000, 2000])
    })
  )

  it.effect("of a label are 500 ms, doubling to 30 s, for a quarter of an hour", () =>
    Effect.gen(function* () {
      const thirty = Array.from({ length: 13 }, () => 30_000)
      assertAbout(yield* waits(labelSchedule, failed, 19), [500, 1000, 2000, 4000, 8000, 16_000, ...thirty])
      const step = yield* Schedule.toStep(labelSchedule)
      const age = Duration.toMillis(MAX_LABEL_AGE)
      const goesOn = (at: number) => Effect.map(Effect.option(step(at, failed)), Option.isSome)
      assert.deepStrictEqual(
        [yield* goesOn(0), yield* goesOn(age - 60_000), yield* goesOn(age + 60_000)],
        [true, true, false]
      )
    })
  )

  it.effect("of a renewal are 1 s, doubling to 30 s, without end", () =>
    Effect.gen(function* () {
      const thirty = Array.from({ length: 14 }, () => 30_000)
      assertAbout(yield* waits(renewalSchedule, failed, 19), [1000, 2000, 4000, 8000, 16_000, ...thirty])
    })
  )

  it.effect("of a look-up that is held back are a second, for ten minutes", () =>
    Effect.gen(function* () {
      assertAbout(yield* waits(lookUpSchedule, limited(undefined), 3), [1000, 1000, 1000])
      const step = yield* Schedule.toStep(lookUpSchedule)
      const age = Duration.toMillis(MAX_LOOK_UP_AGE)
      const goesOn = (at: number) => Effect.map(Effect.option(step(at, limited(undefined))), Option.isSome)
      assert.deepStrictEqual(
        [yield* goesOn(0), yield* goesOn(age - 5000), yield* goesOn(age + 5000)],
        [true, true, false]
      )
    })
  )

  it.effect("differ from caller to caller, so that callers do not come back in step", () =>
    Effect.gen(function* () {
      for (const schedule of [callSchedule, tokenSchedule, labelSchedule]) {
        const first = yield* Effect.replicateEffect(waits(schedule, failed, 1), 20)
        assert.isAbove(new Set(first.flat()).size, 10)
      }
    })
  )
})

describe("Retry-After", () => {
  it.effect(
    "is waited for by a call, a token and a label, with the backoff on top: all callers are told the same",
    () =>
      Effect.gen(function* () {
        for (const schedule of [callSchedule, tokenSchedule, labelSchedule]) {
          const first = (yield* Effect.replicateEffect(waits(schedule, limited(Duration.seconds(5)), 1), 20)).flat()
          assert.isAtLeast(Math.min(...first), 5080)
          assert.isAtMost(Math.max(...first), 5600)
          assert.isAbove(new Set(first).size, 10)
          const [backoff = 0] = yield* waits(schedule, limited(Duration.zero), 1)
          assert.isAtLeast(backoff, 80)
        }
      })
  )

  it.effect("is waited for by a look-up too, up to a minute", () =>
    Effect.gen(function* () {
      assertAbout(yield* waits(lookUpSchedule, limited(Duration.seconds(30)), 1), [31_000])
      const [longest = 0] = yield* waits(lookUpSchedule, limited(Duration.hours(1)), 1)
      assert.isAtMost(longest, Duration.toMillis(MAX_LOOK_UP_WAIT) + 1200)
    })
  )

  it.effect("that is too long ends a token's attempts, and is cut short for a label", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waits(tokenSchedule, limited(Duration.seconds(6))), [])
      const [longest = 0] = yield* waits(labelSchedule, limited(Duration.hours(1)), 1)
      assert.isAtLeast(longest, Duration.toMillis(MAX_LABEL_WAIT))
      assert.isAtMost(longest, Duration.toMillis(MAX_LABEL_WAIT) + 600)
    })
  )
})

describe("a deadline", () => {
  it.effect("ends the attempts when a wait would leave no time for another", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waits(callSchedule, failed).pipe(Deadline.within("150 millis")), [])
      assert.deepStrictEqual(yield* waits(lockSchedule, conflict).pipe(Deadline.within("250 millis")), [])
      assert.strictEqual((yield* waits(callSchedule, failed, 1).pipe(Deadline.within("300 millis"))).length, 1)
    })
  )

  it.effect("that leaves a slow CXone no time is missed", () =>
    Effect.gen(function* () {
      const step = yield* Schedule.toStep(callSchedule)
      const error = yield* Effect.flip(step(0, slow)).pipe(Deadline.within("150 millis"))
      assert.instanceOf(error, DeadlineExceeded)
    })
  )
})

describe("errors that are not worth another attempt", () => {
  it.effect("ends every schedule at once", () =>
    Effect.gen(function* () {
      for (const schedule of [callSchedule, tokenSchedule, labelSchedule]) {
        assert.deepStrictEqual(yield* waits(schedule, conflict), [])
      }
      assert.deepStrictEqual(yield* waits(lockSchedule, failed), [])
      for (const error of [conflict, failed, slow]) assert.deepStrictEqual(yield* waits(lookUpSchedule, error), [])
    })
  )
})
