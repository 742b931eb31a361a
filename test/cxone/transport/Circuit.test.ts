import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, Scheduler } from "effect"
import { TestClock } from "effect/testing"
import {
  DeadlineExceeded,
  RateLimited,
  type SendError,
  Unavailable,
  UnexpectedResponse
} from "../../../src/cxone/CXoneError.ts"
import type { Answer, Lane } from "../../../src/cxone/transport/Call.ts"
import { type CircuitOptions, DEFAULT_CIRCUIT, makeCircuit } from "../../../src/cxone/transport/Circuit.ts"

const operation = "open"
const failed = (retryAfter?: Duration.Duration, reason: Unavailable["reason"] = "Status") =>
  Effect.fail(new Unavailable({ operation, reason, detail: "it answered 503", retryAfter }))
const rateLimited = Effect.fail(new RateLimited({ operation, retryAfter: undefined }))
const unexpected = Effect.fail(new UnexpectedResponse({ operation, status: 200, issue: "too large" }))
const late = Effect.fail(new DeadlineExceeded({ operation }))

const options: CircuitOptions = {
  threshold: 0.5,
  size: 10,
  minimumCalls: 4,
  openFor: Duration.seconds(1),
  longest: Duration.seconds(5)
}

const answered: Effect.Effect<Answer> = Effect.succeed({ status: 200, body: "" })

/** A circuit whose attempts are counted. */
const circuit = Effect.fnUntraced(function* (given: CircuitOptions = options) {
  const { guard, peek } = yield* makeCircuit(given, "webchat")
  let made = 0
  const call = (outcome: Effect.Effect<Answer, SendError>, lane: Lane = "caller") =>
    Effect.suspend(() => {
      made++
      return outcome
    }).pipe(guard(lane, operation))
  return {
    made: () => made,
    call,
    peek: (lane: Lane = "caller") => peek(lane, operation),
    /** The same outcome so many times, whatever comes of it. */
    calls: (times: number, outcome: Effect.Effect<Answer, SendError>, lane?: Lane) =>
      Effect.replicateEffect(Effect.exit(call(outcome, lane)), times)
  }
})

/** For how long an open circuit says it is open, in milliseconds. */
const openFor = (error: SendError) => {
  assert(error._tag === "Unavailable" && error.reason === "NotTried" && error.retryAfter !== undefined)
  return Duration.toMillis(error.retryAfter)
}

const opened = Effect.gen(function* () {
  const one = yield* circuit()
  yield* one.calls(4, failed())
  return one
})

describe("a circuit", () => {
  it.effect("opens when the share of failed attempts is reached: nothing is tried, and errors say for how long", () =>
    Effect.gen(function* () {
      const { call, calls, made } = yield* circuit()
      yield* calls(2, answered)
      yield* calls(1, failed())
      yield* call(answered)
      assert.strictEqual(made(), 4)
      yield* calls(2, failed())
      const error = yield* Effect.flip(call(answered))
      assert.strictEqual(openFor(error), 1000)
      assert.include(error.message, "no call is made for 1s")
      yield* TestClock.adjust("400 millis")
      assert.strictEqual(openFor(yield* Effect.flip(call(answered))), 600)
      assert.strictEqual(made(), 6)
    })
  )

  it.effect("stays closed until there were attempts enough", () =>
    Effect.gen(function* () {
      const { call, calls } = yield* circuit()
      yield* calls(3, failed())
      yield* call(answered)
    })
  )

  it.effect("looks at the last attempts alone", () =>
    Effect.gen(function* () {
      const { call, calls, made } = yield* circuit()
      yield* calls(100, answered)
      yield* calls(5, failed())
      assert.strictEqual(made(), 105)
      openFor(yield* Effect.flip(call(answered)))
    })
  )

  it.effect("by default does not open while a fifth of the attempts fail, and does when all do", () =>
    Effect.gen(function* () {
      const { calls, made } = yield* circuit(DEFAULT_CIRCUIT)
      for (let i = 0; i < 100; i++) {
        yield* calls(4, answered)
        yield* calls(1, failed())
      }
      assert.strictEqual(made(), 500)
      yield* calls(100, failed())
      assert.isAtMost(made(), 550)
    })
  )

  it.effect("by default does not open when fifty calls break at once among others that work", () =>
    Effect.gen(function* () {
      const { calls, made } = yield* circuit(DEFAULT_CIRCUIT)
      yield* calls(100, answered)
      yield* calls(50, failed())
      yield* calls(1, answered)
      assert.strictEqual(made(), 151)
    })
  )

  for (const [what, outcome] of [
    ["429s", rateLimited],
    ["answers that are not the contract", unexpected],
    ["calls that had no time left", late],
    ["calls that were not tried", failed(undefined, "NotTried")],
    ["callers that leave", Effect.interrupt]
  ] as const) {
    it.effect(`is not opened by ${what}`, () =>
      Effect.gen(function* () {
        const { calls, made } = yield* circuit()
        yield* calls(100, outcome)
        assert.strictEqual(made(), 100)
      })
    )
  }

  it.effect("does not take a 429 for a success", () =>
    Effect.gen(function* () {
      const { calls, made } = yield* circuit()
      yield* calls(3, failed())
      yield* calls(10, rateLimited)
      yield* calls(10, failed())
      assert.strictEqual(made(), 14)
    })
  )

  it.effect("takes any answer for a success, also one that is not the contract", () =>
    Effect.gen(function* () {
      const { calls, made } = yield* circuit()
      yield* calls(8, unexpected)
      yield* calls(10, failed())
      // Five of the last ten; without the answers, four would have been all.
      assert.strictEqual(made(), 13)
    })
  )

  for (const reason of ["Status", "Connection", "Timeout"] as const) {
    it.effect(`is opened by failures with the reason ${reason}`, () =>
      Effect.gen(function* () {
        const { calls, made } = yield* circuit()
        yield* calls(100, failed(undefined, reason))
        assert.strictEqual(made(), 4)
      })
    )
  }

  it.effect("lets one call probe when its time is over, and closes when that succeeds", () =>
    Effect.gen(function* () {
      const { call, calls, made } = yield* opened
      const answer = yield* Deferred.make<Answer>()
      yield* TestClock.adjust("1 second")
      const probe = yield* Effect.forkChild(call(Deferred.await(answer)))
      yield* Effect.yieldNow
      yield* calls(10, answered)
      assert.strictEqual(openFor(yield* Effect.flip(call(answered))), 1000)
      assert.strictEqual(made(), 5)
      yield* Deferred.succeed(answer, { status: 200, body: "" })
      yield* Fiber.join(probe)
      yield* calls(10, answered)
      assert.strictEqual(made(), 15)
    })
  )

  it.effect("begins anew after an hour without an attempt", () =>
    Effect.gen(function* () {
      const { calls, made } = yield* opened
      yield* TestClock.adjust("59 minutes")
      // Only a probe, whose failure opens it for twice as long.
      yield* calls(2, failed())
      assert.strictEqual(made(), 5)
      yield* TestClock.adjust("61 minutes")
      yield* calls(3, failed())
      assert.strictEqual(made(), 8)
    })
  )

  it.effect("is not left half open by a probe that is interrupted before its first step", () =>
    Effect.gen(function* () {
      const { call, calls, made } = yield* opened
      yield* TestClock.adjust("1 second")
      for (let steps = 3; steps < 9; steps++) {
        const probe = yield* Effect.forkChild(
          Effect.provideService(call(Effect.never), Scheduler.MaxOpsBeforeYield, steps),
          { startImmediately: true }
        )
        yield* Fiber.interrupt(probe)
      }
      const before = made()
      yield* calls(2, answered)
      assert.strictEqual(made(), before + 2)
    })
  )

  it.effect("stays open for twice as long with each probe that fails, up to a limit", () =>
    Effect.gen(function* () {
      const { call } = yield* opened
      for (const seconds of [1, 2, 4, 5, 5]) {
        assert.strictEqual(openFor(yield* Effect.flip(call(answered))), seconds * 1000)
        yield* TestClock.adjust(Duration.millis(seconds * 1000 - 1))
        assert.strictEqual(openFor(yield* Effect.flip(call(answered))), 1)
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(
          (yield* Effect.flip(call(failed()))).message,
          "CXone is not available (open): it answered 503"
        )
      }
    })
  )

  for (const [retryAfter, held] of [
    [3000, 3000],
    [3_600_000, 5000],
    [10, 1000]
  ] as const) {
    it.effect(`is open for ${held} ms when CXone says Retry-After ${retryAfter} ms`, () =>
      Effect.gen(function* () {
        const { call, calls } = yield* circuit()
        yield* calls(4, failed(Duration.millis(retryAfter)))
        assert.strictEqual(openFor(yield* Effect.flip(call(answered))), held)
      })
    )
  }

  for (const [what, outcome] of [
    ["whose caller leaves", Effect.interrupt],
    ["that CXone limits", rateLimited]
  ] as const) {
    it.effect(`lets the next call probe after one ${what}`, () =>
      Effect.gen(function* () {
        const { call, calls, made } = yield* opened
        yield* TestClock.adjust("1 second")
        yield* calls(1, outcome)
        yield* call(answered)
        yield* calls(5, answered)
        assert.strictEqual(made(), 11)
      })
    )
  }

  const lanes = ["caller", "background", "token"] as const

  for (const failing of lanes) {
    it.effect(`of the lane ${failing} leaves the other lanes alone`, () =>
      Effect.gen(function* () {
        const { call, calls, peek } = yield* circuit()
        yield* calls(4, failed(), failing)
        openFor(yield* Effect.flip(call(answered, failing)))
        openFor(yield* Effect.flip(peek(failing)))
        for (const lane of lanes.filter((lane) => lane !== failing)) {
          yield* peek(lane)
          yield* call(answered, lane)
        }
      })
    )
  }

  it.effect("refuses a call before its wait while it is open or probed", () =>
    Effect.gen(function* () {
      const { call, peek } = yield* opened
      yield* TestClock.adjust("999 millis")
      assert.strictEqual(openFor(yield* Effect.flip(peek())), 1)
      yield* TestClock.adjust("1 millis")
      yield* peek()
      const probe = yield* Effect.forkChild(call(Effect.never))
      yield* Effect.yieldNow
      assert.strictEqual(openFor(yield* Effect.flip(peek())), 1000)
      yield* Fiber.interrupt(probe)
      yield* peek()
    })
  )

  it.effect("is probed again after a probe with a defect", () =>
    Effect.gen(function* () {
      const { call, calls, made } = yield* opened
      yield* TestClock.adjust("1 second")
      yield* calls(1, Effect.die(new Error("on purpose")))
      yield* call(answered)
      assert.strictEqual(made(), 6)
    })
  )

  it.effect("says for how long in whole milliseconds", () =>
    Effect.gen(function* () {
      const { call, calls } = yield* circuit({ ...options, openFor: Duration.millis(883.298021) })
      yield* calls(4, failed())
      assert.include((yield* Effect.flip(call(answered))).message, "no call is made for 884ms")
    })
  )

  it.effect("is not that of another tenant", () =>
    Effect.gen(function* () {
      const { call } = yield* opened
      const other = yield* circuit()
      yield* other.call(answered)
      openFor(yield* Effect.flip(call(answered)))
    })
  )
})
