import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, Scheduler } from "effect"
import { TestClock } from "effect/testing"
import {
  DeadlineExceeded,
  type Operation,
  RateLimited,
  type SendError,
  Unavailable,
  UnexpectedResponse
} from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import { type CircuitOptions, DEFAULT_CIRCUIT, makeCircuit } from "../../../src/cxone/transport/Circuit.ts"
import { limited } from "../../../src/std/limited.ts"

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

/** A circuit whose attempts are counted. */
const circuit = Effect.fnUntraced(function* (given: CircuitOptions = options) {
  const { begin, refusal } = yield* makeCircuit(given)
  let made = 0
  const call = (outcome: Effect.Effect<unknown, SendError>, as: Operation = operation) =>
    Effect.withFiber((fiber): Effect.Effect<unknown, SendError> => {
      const refused = refusal(fiber, as, Deadline.millisOf(fiber))
      if (refused !== undefined) return Effect.fail(refused)
      let ended: ReturnType<typeof begin> | undefined
      return limited({
        effect: () => {
          ended = begin(as, Deadline.millisOf(fiber))
          made++
          return outcome
        },
        context: fiber.context,
        millis: Number.POSITIVE_INFINITY,
        end: (exit) => {
          ended?.(exit, Deadline.millisOf(fiber))
          return exit
        }
      })
    })
  return {
    made: () => made,
    call,
    /** The same outcome so many times, whatever comes of it. */
    calls: (times: number, outcome: Effect.Effect<unknown, SendError>, as?: Operation) =>
      Effect.replicateEffect(Effect.exit(call(outcome, as)), times)
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
  it.effect("opens when the share of failed attempts is reached: nothing is tried, and callers hear for how long", () =>
    Effect.gen(function* () {
      const { call, calls, made } = yield* circuit()
      yield* calls(2, Effect.void)
      yield* calls(1, failed())
      yield* call(Effect.void)
      assert.strictEqual(made(), 4)
      yield* calls(2, failed())
      const error = yield* Effect.flip(call(Effect.void))
      assert.strictEqual(openFor(error), 1000)
      assert.include(error.message, "none is made for 1s")
      yield* TestClock.adjust("400 millis")
      assert.strictEqual(openFor(yield* Effect.flip(call(Effect.void))), 600)
      assert.strictEqual(made(), 6)
    })
  )

  it.effect("stays closed until there were attempts enough", () =>
    Effect.gen(function* () {
      const { call, calls } = yield* circuit()
      yield* calls(3, failed())
      yield* call(Effect.void)
    })
  )

  it.effect("looks at the last attempts alone", () =>
    Effect.gen(function* () {
      const { call, calls, made } = yield* circuit()
      yield* calls(100, Effect.void)
      yield* calls(5, failed())
      assert.strictEqual(made(), 105)
      openFor(yield* Effect.flip(call(Effect.void)))
    })
  )

  it.effect("by default does not open while a fifth of the attempts fail, and does when all do", () =>
    Effect.gen(function* () {
      const { calls, made } = yield* circuit(DEFAULT_CIRCUIT)
      for (let i = 0; i < 100; i++) {
        yield* calls(4, Effect.void)
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
      yield* calls(100, Effect.void)
      yield* calls(50, failed())
      yield* calls(1, Effect.void)
      assert.strictEqual(made(), 151)
    })
  )

  for (const [what, outcome] of [
    ["429s", rateLimited],
    ["answers that are not the contract", unexpected],
    ["calls that no time was left for", late],
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
    it.effect(`is opened by failures of the kind ${reason}`, () =>
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
      const answer = yield* Deferred.make<void>()
      yield* TestClock.adjust("1 second")
      const probe = yield* Effect.forkChild(call(Deferred.await(answer)))
      yield* Effect.yieldNow
      yield* calls(10, Effect.void)
      assert.strictEqual(openFor(yield* Effect.flip(call(Effect.void))), 1000)
      assert.strictEqual(made(), 5)
      yield* Deferred.succeed(answer, undefined)
      yield* Fiber.join(probe)
      yield* calls(10, Effect.void)
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
      yield* calls(2, Effect.void)
      assert.strictEqual(made(), before + 2)
    })
  )

  it.effect("stays open for twice as long with each probe that fails, up to a limit", () =>
    Effect.gen(function* () {
      const { call } = yield* opened
      for (const seconds of [1, 2, 4, 5, 5]) {
        assert.strictEqual(openFor(yield* Effect.flip(call(Effect.void))), seconds * 1000)
        yield* TestClock.adjust(Duration.millis(seconds * 1000 - 1))
        assert.strictEqual(openFor(yield* Effect.flip(call(Effect.void))), 1)
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
    it.effect(`is open for ${held} ms where CXone says Retry-After ${retryAfter} ms`, () =>
      Effect.gen(function* () {
        const { call, calls } = yield* circuit()
        yield* calls(4, failed(Duration.millis(retryAfter)))
        assert.strictEqual(openFor(yield* Effect.flip(call(Effect.void))), held)
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
        yield* call(Effect.void)
        yield* calls(5, Effect.void)
        assert.strictEqual(made(), 11)
      })
    )
  }

  const rest = ["whoami", "queue", "agent", "open", "findActive", "routeToQueue", "routeToAgent"] as const

  for (const [failing, others] of [
    [["token"], ["label", ...rest]],
    [["label"], ["token", ...rest]],
    [rest, ["token", "label"]]
  ] as const) {
    it.effect(`of ${failing.join(", ")} is one, and leaves ${others.join(", ")} alone`, () =>
      Effect.gen(function* () {
        const { call, calls } = yield* circuit()
        yield* calls(4, failed(), failing[0])
        for (const one of failing) {
          const error = yield* Effect.flip(call(Effect.void, one))
          openFor(error)
          assert.strictEqual(error.operation, one)
        }
        for (const one of others) yield* call(Effect.void, one)
      })
    )
  }

  it.effect("is not that of another tenant", () =>
    Effect.gen(function* () {
      const { call } = yield* opened
      const other = yield* circuit()
      yield* other.call(Effect.void)
      openFor(yield* Effect.flip(call(Effect.void)))
    })
  )
})
