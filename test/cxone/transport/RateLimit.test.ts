import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Duration, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { RateLimiter } from "effect/persistence"
import { TestClock } from "effect/testing"
import { RateLimited, type SendError } from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import type { Lane } from "../../../src/cxone/transport/Call.ts"
import { bucketOf, LONGEST_HOLD, makeRateLimit, type RateLimitOptions } from "../../../src/cxone/transport/RateLimit.ts"
import { nowMillis } from "../../../src/std/clock.ts"
import { oneOf, whole } from "../../support/arbitrary.ts"
import { patient, settled } from "../../support/time.ts"

const WINDOW = 1000

/** Limits of one call and of many, with and without more than one at once. */
const limit = oneOf([1, 2, 3, 5, 8, 20, 33])

const optionsOf = (limit: number): RateLimitOptions => ({ limit, window: Duration.millis(WINDOW) })

/** A limiter of its own, on the clock of the test. */
const limiter = Effect.provide(RateLimiter.layer.pipe(Layer.provide(Layer.fresh(RateLimiter.layerStoreMemory))))

/** So many calls a second, and what they answer; `went` fills with the calls' names and times. */
const limitOf = Effect.fnUntraced(function* (
  limit: number,
  answer: (name: string) => Effect.Effect<void, SendError> = () => Effect.void
) {
  const { apply } = yield* makeRateLimit(optionsOf(limit), "webchat")
  const went: Array<readonly [name: string, at: number]> = []
  const call = (name: string, lane: Lane = "caller") =>
    Effect.flatMap(nowMillis, (now) => {
      went.push([name, now])
      return Effect.as(answer(name), { status: 200, body: "" })
    }).pipe(apply(lane, "open"))
  return { call, went }
}, limiter)

const by = (at: number) => Effect.provideService(Deadline.CurrentDeadline, at)

const retryAfterOf = (error: SendError) => {
  assert(error._tag === "RateLimited" && error.retryAfter !== undefined)
  return Duration.toMillis(error.retryAfter)
}

/** The wait that a call with no time to spare would have. */
const waitOf = (call: Effect.Effect<unknown, SendError>) =>
  Effect.gen(function* () {
    const now = yield* nowMillis
    return retryAfterOf(yield* Effect.flip(call.pipe(by(now + Duration.toMillis(Deadline.MIN_ATTEMPT)))))
  })

/** Milliseconds between two calls when all of them wait. */
const intervalOf = (limit: number) => Duration.toMillis(bucketOf(optionsOf(limit)).interval)

const burstOf = (limit: number) => bucketOf(optionsOf(limit)).burst

const assertNear = (actual: number | undefined, expected: number) =>
  assert.approximately(actual ?? Number.NaN, expected, 1)

describe("the token bucket of a limit", () => {
  it.prop("has a tenth of the limit at once, and the whole limit in a window", { limit: whole(1, 10_000) }, (given) => {
    const { burst, interval } = bucketOf(optionsOf(given.limit))
    assert.strictEqual(burst, Math.max(1, Math.floor(given.limit / 10)))
    // The window is longer by a tenth, for calls that are late on their way.
    assert.approximately(Duration.toMillis(interval) * (given.limit - burst + 1), WINDOW + 100, 0.01)
  })

  it("leaves a tenth of its window, up to 100 ms, for calls that are late on their way", () => {
    const spanOf = (window: Duration.Duration) => Duration.toMillis(bucketOf({ limit: 1, window }).interval)
    assert.deepStrictEqual(
      [500, 1000, 3000, 60_000].map((millis) => spanOf(Duration.millis(millis))),
      [550, 1100, 3100, 60_100]
    )
  })
})

describe("a limit on calls", () => {
  it.effect.prop(
    "holds in every window of its length, also across the edge, whenever calls come",
    {
      limit,
      pauses: Arbitrary.array(oneOf([0, 0, 0, 0, 1, 7, 100, 250, 499, 999, 1000, 1001, 5000]), {
        minLength: 20,
        maxLength: 80
      })
    },
    ({ limit, pauses }) =>
      Effect.gen(function* () {
        const { call, went } = yield* limitOf(limit)
        for (const [index, pause] of pauses.entries()) {
          if (pause > 0) yield* TestClock.adjust(pause)
          yield* Effect.forkChild(call(`${index}`, index % 3 === 0 ? "background" : "caller"))
        }
        yield* settled
        yield* TestClock.adjust(Duration.times(Duration.millis(2 * WINDOW), pauses.length))
        yield* settled
        assert.strictEqual(went.length, pauses.length)
        went.forEach(([, at], index) => {
          assert.isAtLeast((went[index + limit]?.[1] ?? Number.POSITIVE_INFINITY) - at, WINDOW)
        })
      }).pipe(Effect.scoped, patient),
    { arbitrary: { runs: 40 } }
  )

  it.effect("lets calls go at once while there are few, and the rest evenly", () =>
    Effect.gen(function* () {
      const { call, went } = yield* limitOf(20)
      for (let i = 0; i < 6; i++) yield* Effect.forkChild(call(`${i}`))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(burstOf(20), 2)
      for (const [index, [, at]] of went.entries()) assertNear(at, Math.max(0, index - 1) * intervalOf(20))
    })
  )

  const lane = oneOf(["token", "caller", "background"])

  it.effect.prop(
    "lets calls go first that are due first, equals as they came, a token before and a background call after all others",
    { limit, waiting: Arbitrary.array(Arbitrary.all({ lane, due: whole(50, 55) }), { maxLength: 20 }) },
    ({ limit, waiting }) =>
      Effect.gen(function* () {
        const { call, went } = yield* limitOf(limit)
        const burst = burstOf(limit)
        for (let i = 0; i < burst; i++) yield* call("before")
        const come = waiting.map(({ due, lane }, index) => ({
          name: `${index}`,
          lane,
          at: lane === "caller" ? due * WINDOW : Number.POSITIVE_INFINITY
        }))
        for (const { at, lane, name } of come) yield* Effect.forkChild(call(name, lane).pipe(by(at)))
        yield* TestClock.adjust("1 minute")
        const rank = { token: 0, caller: 1, background: 2 }
        const due = come.toSorted((a, b) => rank[a.lane] - rank[b.lane] || (a.lane === "caller" ? a.at - b.at : 0))
        assert.deepStrictEqual(
          went.slice(burst).map(([name]) => name),
          due.map(({ name }) => name)
        )
      }).pipe(Effect.scoped, patient),
    { arbitrary: { runs: 40 } }
  )

  it.effect("lets one that is due sooner overtake those that came before", () =>
    Effect.gen(function* () {
      const { call, went } = yield* limitOf(1)
      yield* call("first")
      yield* Effect.forkChild(call("patient").pipe(by(60_000)))
      yield* TestClock.adjust("900 millis")
      yield* Effect.forkChild(call("urgent").pipe(by(5000)))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(went.slice(1), [
        ["urgent", 1100],
        ["patient", 2200]
      ])
    })
  )

  it.effect.prop(
    "says exactly when a call would go",
    { limit, pauses: Arbitrary.array(oneOf([0, 0, 1, 30, 300, 1500]), { minLength: 5, maxLength: 30 }) },
    ({ limit, pauses }) =>
      Effect.gen(function* () {
        const { call, went } = yield* limitOf(limit)
        const expected: Array<number> = []
        for (const [index, pause] of pauses.entries()) {
          if (pause > 0) yield* TestClock.adjust(pause)
          const now = yield* nowMillis
          const before = went.length
          // It goes when its turn is now, and says how long its turn takes otherwise.
          const exit = yield* Effect.exit(call(`asked ${index}`).pipe(by(now + 101)))
          const wait = Exit.isSuccess(exit) ? 0 : yield* waitOf(call("asked again"))
          if (went.length > before) expected.push(now)
          else {
            expected.push(now + wait)
            yield* Effect.forkChild(call(`${index}`, "token"))
          }
          yield* settled
        }
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(went.length, expected.length)
        for (const [index, [, at]] of went.entries()) assertNear(at, expected[index] ?? Number.NaN)
      }).pipe(Effect.scoped, patient),
    { arbitrary: { runs: 40 } }
  )

  it.effect("refuses a call at once whose turn comes too late, says how long it takes, and does not count it", () =>
    Effect.gen(function* () {
      const { call, went } = yield* limitOf(1)
      yield* call("1")
      yield* TestClock.adjust("300 millis")
      const refused = yield* Effect.flip(call("late").pipe(by(1199)))
      assert.strictEqual(retryAfterOf(refused), 800)
      assert.include(refused.message, "for 800ms")
      assert.strictEqual(yield* nowMillis, 300)
      yield* Effect.forkChild(call("just in time").pipe(by(1201)))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(went.slice(1), [["just in time", 1100]])
    })
  )

  it.effect("refuses also because of waiting calls that are due sooner", () =>
    Effect.gen(function* () {
      const { call } = yield* limitOf(1)
      yield* call("1")
      for (const name of ["2", "3"]) yield* Effect.forkChild(call(name).pipe(by(2900)))
      yield* Effect.yieldNow
      assert.strictEqual(retryAfterOf(yield* Effect.flip(call("4").pipe(by(2900)))), 3300)
      assert.strictEqual(retryAfterOf(yield* Effect.flip(call("5").pipe(by(1000)))), 1100)
    })
  )

  it.effect("is not used up by calls that are interrupted while they wait", () =>
    Effect.gen(function* () {
      const { call, went } = yield* limitOf(1)
      yield* call("1")
      const leaving = yield* Effect.forEach(["2", "3", "4"], (name) => Effect.forkChild(call(name).pipe(by(9000))))
      yield* Effect.forkChild(call("5").pipe(by(9000)))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interruptAll(leaving)
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(went.slice(1), [["5", 1100]])
    })
  )

  it.effect("fails a call with the limit, not with the deadline, when others overtake it", () =>
    Effect.gen(function* () {
      const { call, went } = yield* limitOf(1)
      yield* call("1")
      const overtaken = yield* Effect.forkChild(Effect.flip(call("2").pipe(Deadline.within("3 seconds"))))
      for (const name of ["3", "4", "5"]) yield* Effect.forkChild(call(name).pipe(by(2900 - Number(name))))
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual((yield* Fiber.join(overtaken))._tag, "RateLimited")
      assert.notInclude(
        went.map(([name]) => name),
        "2"
      )
    })
  )

  it.effect("gives no turn to a call that has no time left for an attempt", () =>
    Effect.gen(function* () {
      const { call, went } = yield* limitOf(1)
      yield* call("1")
      const overtaken = yield* Effect.forkChild(Effect.flip(call("overtaken").pipe(by(1249))))
      yield* Effect.forkChild(call("urgent").pipe(by(1248)))
      yield* Effect.forkChild(call("label", "background"))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(overtaken))._tag, "RateLimited")
      assert.deepStrictEqual(went.slice(1), [
        ["urgent", 1100],
        ["label", 2200]
      ])
    })
  )

  for (const [what, retryAfter, held] of [
    ["for the Retry-After of a 429", Duration.seconds(5), 5000],
    ["for a minute at the most", Duration.hours(1), Duration.toMillis(LONGEST_HOLD)],
    ["not at all after a 429 without Retry-After", undefined, 0]
  ] as const) {
    it.effect(`holds all calls ${what}`, () =>
      Effect.gen(function* () {
        const { call, went } = yield* limitOf(100, (name) =>
          name === "limited" ? Effect.fail(new RateLimited({ operation: "open", retryAfter })) : Effect.void
        )
        yield* Effect.flip(call("limited"))
        for (const lane of ["caller", "background", "token"] as const) yield* Effect.forkChild(call(lane, lane))
        if (held > 0) {
          assert.strictEqual(retryAfterOf(yield* Effect.flip(call("late").pipe(by(held)))), held)
          assert.strictEqual(yield* nowMillis, 0)
        }
        yield* settled
        yield* TestClock.adjust("2 hours")
        yield* settled
        assert.sameDeepMembers(went.slice(1), [
          ["caller", held],
          ["background", held],
          ["token", held]
        ])
      })
    )
  }

  it.effect.prop(
    "lets no call go while a 429 holds, and lets all go in the end",
    {
      limit,
      steps: Arbitrary.array(
        Arbitrary.all({
          pause: oneOf([0, 0, 1, 100, 499, 1000, 5000]),
          retryAfter: oneOf([-1, -1, -1, 0, 1, 700, 3000])
        }),
        { minLength: 10, maxLength: 40 }
      )
    },
    ({ limit, steps }) =>
      Effect.gen(function* () {
        let heldUntil = 0
        const answer = (name: string) =>
          Effect.flatMap(nowMillis, (now) => {
            assert.isAtLeast(now, heldUntil - 0.001)
            const retryAfter = steps[Number(name)]?.retryAfter ?? -1
            if (retryAfter < 0) return Effect.void
            heldUntil = Math.max(heldUntil, now + retryAfter)
            return Effect.fail(new RateLimited({ operation: "open", retryAfter: Duration.millis(retryAfter) }))
          })
        const { call, went } = yield* limitOf(limit, answer)
        const all = yield* Effect.forEach(steps, ({ pause }, index) =>
          Effect.andThen(TestClock.adjust(pause), Effect.forkChild(Effect.exit(call(`${index}`))))
        )
        yield* settled
        yield* TestClock.adjust("10 minutes")
        yield* settled
        assert.strictEqual(went.length, steps.length)
        for (const exit of yield* Fiber.joinAll(all)) assert.isFalse(Exit.hasDies(exit))
      }).pipe(Effect.scoped, patient),
    { arbitrary: { runs: 40 } }
  )

  it.effect("holds calls longer when another 429 says so, also a 429 to a call in flight", () =>
    Effect.gen(function* () {
      const limited = (seconds: number, after: number) =>
        Effect.delay(Effect.fail(new RateLimited({ operation: "open", retryAfter: Duration.seconds(seconds) })), after)
      const { call, went } = yield* limitOf(100, (name) =>
        name === "first" ? limited(2, 0) : name === "slow" ? limited(4, 1000) : Effect.void
      )
      for (const name of ["slow", "first"]) yield* Effect.forkChild(Effect.flip(call(name)))
      yield* TestClock.adjust("1 millis")
      yield* Effect.forkChild(call("next"))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(went.at(-1), ["next", 5000])
    })
  )

  it.effect("goes on at its whole pace once a 429 is over, however few calls came between it and another", () =>
    Effect.gen(function* () {
      const { call, went } = yield* limitOf(100, (name) =>
        name === "limited"
          ? Effect.fail(new RateLimited({ operation: "open", retryAfter: Duration.seconds(1) }))
          : Effect.void
      )
      yield* Effect.flip(call("limited"))
      yield* TestClock.adjust("1 second")
      yield* Effect.flip(call("limited"))
      const from = went.length
      for (let i = 0; i < 100; i++) yield* Effect.forkChild(call(`${i}`))
      yield* settled
      yield* TestClock.adjust("10 seconds")
      const times = went.slice(from).map(([, at]) => at)
      assert.lengthOf(times, 100)
      assert.isAtLeast(Math.min(...times), 2000)
      assert.isAtMost(Math.max(...times), 3200)
    })
  )

  it.effect("does not hear of a 429 to the token request: that endpoint has a limit of its own", () =>
    Effect.gen(function* () {
      const { call, went } = yield* limitOf(100, (name) =>
        name === "token"
          ? Effect.fail(new RateLimited({ operation: "token", retryAfter: Duration.seconds(5) }))
          : Effect.void
      )
      yield* Effect.flip(call("token", "token"))
      yield* call("next")
      assert.deepStrictEqual(went.at(-1), ["next", 0])
    })
  )

  it.effect("ends with its scope, and gives no more turns", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { call, went } = yield* Scope.provide(limitOf(1), scope)
      yield* call("1")
      yield* Effect.forkChild(call("2"))
      yield* Effect.yieldNow
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(went, [["1", 0]])
    })
  )
})
