import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Duration, Effect, Exit, Fiber, Scope } from "effect"
import { TestClock } from "effect/testing"
import { type Operation, RateLimited, type SendError } from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/transport/Deadline.ts"
import { LONGEST_HOLD, makeRateLimit, makeWindow } from "../../../src/cxone/transport/RateLimit.ts"
import { oneOf, whole } from "../../support/arbitrary.ts"
import { patient } from "../../support/time.ts"

const WINDOW = 1000

/** Milliseconds between two things that happen: often none, often about a window. */
const pause = oneOf([0, 0, 0, 1, 10, 250, 499, 500, 501, 999, 1000, 1001, 5000])

const limit = whole(1, 8)

type Window = ReturnType<typeof makeWindow>

/** How many calls may go at once. */
const free = ({ slotFor }: Window, now: number) => {
  let ahead = 0
  while (slotFor(now, ahead) <= now) ahead++
  return ahead
}

const goes = ({ go }: Window, now: number, times: number) => {
  for (let i = 0; i < times; i++) go(now)
}

describe("a window", () => {
  const steps = Arbitrary.array(
    Arbitrary.all({
      pause,
      what: oneOf(["go", "go", "go", "ask", "429"]),
      ahead: whole(0, 20),
      hold: oneOf([0, 0, 1, 700, 3000])
    }),
    { minLength: 30, maxLength: 200 }
  )

  it.prop("never lets more calls go than its limit, in any span of its length", { limit, steps }, (given) => {
    const { go, limited, slotFor } = makeWindow(given.limit, WINDOW)
    const gone: Array<number> = []
    let now = 0
    for (const { ahead, hold, pause, what } of given.steps) {
      now += pause
      if (what === "ask") slotFor(now, ahead)
      else if (what === "429") limited(now, hold)
      else if (slotFor(now, 0) <= now) {
        go(now)
        gone.push(now)
      }
    }
    gone.forEach((at, index) => {
      assert.isAtLeast((gone[index + given.limit] ?? Number.POSITIVE_INFINITY) - at, WINDOW)
    })
  })

  it.prop("lets nothing go while a 429 holds", { limit, steps }, (given) => {
    const { go, limited, slotFor } = makeWindow(given.limit, WINDOW)
    let [now, heldUntil] = [0, 0]
    for (const { ahead, hold, pause, what } of given.steps) {
      now += pause
      if (what === "429") {
        limited(now, hold)
        heldUntil = Math.max(heldUntil, now + hold)
      }
      assert.isAtLeast(slotFor(now, ahead), Math.max(now, heldUntil))
      if (what === "go" && slotFor(now, 0) <= now) go(now)
    }
  })

  it.prop("tells each call when it goes, to the millisecond", { limit, steps, waiting: whole(1, 40) }, (given) => {
    const { go, slotFor } = makeWindow(given.limit, WINDOW)
    let now = 0
    for (const { pause } of given.steps) {
      now += pause
      if (slotFor(now, 0) <= now) go(now)
    }
    const told = Array.from({ length: given.waiting }, (_, ahead) => slotFor(now, ahead))
    const went = told.map(() => {
      now = slotFor(now, 0)
      go(now)
      return now
    })
    assert.deepStrictEqual(told, went)
  })

  it("tells so to however many wait", () => {
    const { go, slotFor } = makeWindow(1, WINDOW)
    go(0)
    assert.strictEqual(slotFor(0, 99_999), 100_000 * WINDOW)
  })

  for (const [went, left] of [
    [16, 15],
    [12, 11],
    [9, 8],
    [4, 8],
    [0, 8]
  ] as const) {
    it(`of 16 calls is lowered to ${left} by a 429 after ${went}: to less than went, by half at most`, () => {
      const window = makeWindow(16, WINDOW)
      goes(window, 0, went)
      window.limited(0, 0)
      const told = Array.from({ length: 40 }, (_, ahead) => window.slotFor(0, ahead))
      assert.strictEqual(told.filter((at) => at < WINDOW).length, Math.max(0, left - went))
      assert.strictEqual(told.filter((at) => at >= WINDOW && at < 2 * WINDOW).length, left)
    })
  }

  it("is lowered once by however many 429s come within its length", () => {
    const window = makeWindow(16, WINDOW)
    for (const at of [0, 0, 1, 500, 999]) window.limited(at, 0)
    assert.strictEqual(free(window, 999), 8)
  })

  it("never comes down to no call at all", () => {
    const window = makeWindow(3, WINDOW)
    for (let at = 0; at < 10; at++) window.limited(at * 2 * WINDOW, 0)
    assert.isAtLeast(free(window, 100_000), 1)
  })

  it("recovers by a quarter with each length without a 429, up to its limit", () => {
    const window = makeWindow(16, WINDOW)
    window.limited(0, 0)
    assert.deepStrictEqual(
      [999, 1000, 1999, 2000, 3000, 4000].map((at) => free(window, at)),
      [8, 10, 10, 13, 16, 16]
    )
  })

  it("is lowered by a 429 also when it has just recovered, and recovers a length after it", () => {
    const window = makeWindow(16, WINDOW)
    window.limited(0, 0)
    assert.strictEqual(free(window, 1000), 10)
    window.limited(1500, 0)
    assert.deepStrictEqual(
      [1500, 2000, 2499, 2500].map((at) => free(window, at)),
      [5, 5, 5, 7]
    )
  })
})

/** So many calls a second, and what they answer; `went` fills with who went when. */
const limitOf = Effect.fnUntraced(function* (
  limit: number,
  answer: (name: string) => Effect.Effect<void, SendError> = () => Effect.void
) {
  const { apply } = yield* makeRateLimit({ limit, window: Duration.millis(WINDOW) })
  const went: Array<readonly [name: string, at: number]> = []
  const call = (name: string, operation: Operation = "open") =>
    Effect.flatMap(Deadline.nowMillis, (now) => {
      went.push([name, now])
      return Effect.as(answer(name), { status: 200, body: "" })
    }).pipe(apply(operation))
  return { call, went }
})

const by = (at: number) =>
  Effect.provideService(Deadline.CurrentDeadline, { at, lastFailure: () => undefined } satisfies Deadline.Deadline)

const retryAfterOf = (error: SendError) => {
  assert(error._tag === "RateLimited" && error.retryAfter !== undefined)
  return Duration.toMillis(error.retryAfter)
}

describe("a limit on calls", () => {
  it.effect("lets calls go at once while there are few, and then as many as it says in each window", () =>
    Effect.gen(function* () {
      const { call, went } = yield* limitOf(3)
      for (let i = 0; i < 7; i++) yield* Effect.forkChild(call(`${i}`))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(
        went.map(([, at]) => at),
        [0, 0, 0, 1000, 1000, 1000, 2000]
      )
    })
  )

  const kind = oneOf(["token", "open", "label"])

  it.effect.prop(
    "lets those go first that are due first, equals as they came, a token before and a label after all others",
    { limit, waiting: Arbitrary.array(Arbitrary.all({ kind, due: whole(50, 55) }), { maxLength: 20 }) },
    ({ limit, waiting }) =>
      Effect.gen(function* () {
        const { call, went } = yield* limitOf(limit)
        for (let i = 0; i < limit; i++) yield* call("before")
        const come = waiting.map(({ due, kind }, index) => ({
          name: `${index}`,
          kind,
          at: kind === "label" ? Number.POSITIVE_INFINITY : due * WINDOW,
          place: kind === "token" ? 0 : due
        }))
        for (const { at, kind, name } of come) yield* Effect.forkChild(call(name, kind).pipe(by(at)))
        yield* TestClock.adjust("1 minute")
        const rank = { token: 0, open: 1, label: 2 }
        const due = come.toSorted((a, b) => rank[a.kind] - rank[b.kind] || (a.kind === "open" ? a.at - b.at : 0))
        assert.deepStrictEqual(
          went.slice(limit).map(([name]) => name),
          due.map(({ name }) => name)
        )
      }).pipe(Effect.scoped, patient)
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
        ["urgent", 1000],
        ["patient", 2000]
      ])
    })
  )

  it.effect.prop(
    "tells a waiting call exactly when it goes",
    { limit, pauses: Arbitrary.array(oneOf([0, 1, 100, 300, 700, 1500]), { minLength: 5, maxLength: 30 }) },
    ({ limit, pauses }) =>
      Effect.gen(function* () {
        const { call, went } = yield* limitOf(limit)
        const told: Array<readonly [string, number]> = []
        let at = 0
        for (const [index, pause] of pauses.entries()) {
          yield* TestClock.adjust(pause)
          at += pause
          const deadline: Deadline.Deadline = { at: at + 60_000, lastFailure: () => undefined }
          yield* call(`${index}`).pipe(Effect.provideService(Deadline.CurrentDeadline, deadline), Effect.forkChild)
          yield* Effect.yieldNow
          const refusal = deadline.lastFailure()
          told.push([`${index}`, refusal === undefined ? at : at + retryAfterOf(refusal)])
        }
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(went, told)
      }).pipe(Effect.scoped, patient)
  )

  it.effect("refuses at once the call whose turn comes too late, says for how long, and counts it not", () =>
    Effect.gen(function* () {
      const { call, went } = yield* limitOf(2)
      yield* call("1")
      yield* TestClock.adjust("300 millis")
      yield* call("2")
      const refused = yield* Effect.flip(call("late").pipe(by(1099)))
      assert.strictEqual(retryAfterOf(refused), 700)
      assert.strictEqual(yield* Deadline.nowMillis, 300)
      yield* Effect.forkChild(call("just in time").pipe(by(1100)))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(went.slice(2), [["just in time", 1000]])
    })
  )

  it.effect("refuses also by those who wait and are due sooner", () =>
    Effect.gen(function* () {
      const { call } = yield* limitOf(1)
      yield* call("1")
      for (const name of ["2", "3"]) yield* Effect.forkChild(call(name).pipe(by(2900)))
      yield* Effect.yieldNow
      assert.strictEqual(retryAfterOf(yield* Effect.flip(call("4").pipe(by(2900)))), 3000)
      assert.strictEqual(retryAfterOf(yield* Effect.flip(call("5").pipe(by(1000)))), 1000)
    })
  )

  it.effect("is not used up by who leaves while waiting", () =>
    Effect.gen(function* () {
      const { call, went } = yield* limitOf(1)
      yield* call("1")
      const leaving = yield* Effect.forEach(["2", "3", "4"], (name) => Effect.forkChild(call(name).pipe(by(9000))))
      yield* Effect.forkChild(call("5").pipe(by(9000)))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interruptAll(leaving)
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(went.slice(1), [["5", 1000]])
    })
  )

  it.effect("tells a waiting call's deadline why it is missed, where others overtake", () =>
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

  it.effect("gives no turn to who has no time left for an attempt, and says so as a limit", () =>
    Effect.gen(function* () {
      const { call, went } = yield* limitOf(2)
      yield* call("1")
      yield* TestClock.adjust("50 millis")
      yield* call("2")
      const overtaken = yield* Effect.forkChild(Effect.flip(call("overtaken").pipe(by(1149))))
      yield* Effect.forkChild(call("urgent").pipe(by(1148)))
      yield* Effect.forkChild(call("label", "label"))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(overtaken))._tag, "RateLimited")
      assert.deepStrictEqual(went.slice(2), [
        ["urgent", 1000],
        ["label", 1050]
      ])
    })
  )

  for (const [what, retryAfter, held] of [
    ["for the Retry-After of a 429", Duration.seconds(5), 5000],
    ["for a minute at the most", Duration.hours(1), Duration.toMillis(LONGEST_HOLD)],
    ["not at all by a 429 that does not say for how long", undefined, 0]
  ] as const) {
    it.effect(`holds all calls ${what}`, () =>
      Effect.gen(function* () {
        const { call, went } = yield* limitOf(100, (name) =>
          name === "limited" ? Effect.fail(new RateLimited({ operation: "open", retryAfter })) : Effect.void
        )
        yield* Effect.flip(call("limited"))
        for (const operation of ["open", "label", "token"] as const) {
          yield* Effect.forkChild(call(operation, operation).pipe(by(Number.POSITIVE_INFINITY)))
        }
        if (held > 0) assert.strictEqual(retryAfterOf(yield* Effect.flip(call("late").pipe(by(held)))), held)
        yield* TestClock.adjust("2 hours")
        assert.sameDeepMembers(went.slice(1), [
          ["open", held],
          ["label", held],
          ["token", held]
        ])
      })
    )
  }

  it.effect("is not told of a 429 to the token request: that endpoint has a limit of its own", () =>
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

  it.effect("lets waiting calls go as soon as it has recovered from a 429", () =>
    Effect.gen(function* () {
      const limited = new RateLimited({ operation: "open", retryAfter: undefined })
      const { call, went } = yield* limitOf(10, (name) =>
        name === "limited" ? Effect.delay(Effect.fail(limited), "300 millis") : Effect.void
      )
      yield* Effect.forkChild(call("limited"))
      yield* TestClock.adjust("1 second")
      // Half of ten may go, until it rises 1 s after the 429.
      for (const name of ["1", "2", "3", "4", "5", "waiting"]) yield* Effect.forkChild(call(name))
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(went.at(-1), ["5", 1000])
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(went.at(-1), ["waiting", 1300])
    })
  )

  it.effect("ends with its scope: nobody gives turns any more", () =>
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
