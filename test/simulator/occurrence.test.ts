import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Random } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import type { Fault } from "../../src/simulator/webchat/Operation.ts"
import { ordered, statuses, whoami, withSimulator } from "./support.ts"

describe("how often a fault strikes", () => {
  it.effect("once by default", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered({ operation: "whoami", kind: "status", status: 500 })
      assert.deepStrictEqual(yield* statuses(3, whoami(token)), [500, 200, 200])
    }).pipe(withSimulator())
  )

  it.effect("a number of times, after a number of calls was skipped", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered({ operation: "whoami", kind: "status", status: 500, skip: 2, times: 2 })
      assert.deepStrictEqual(yield* statuses(6, whoami(token)), [200, 200, 500, 500, 200, 200])
    }).pipe(withSimulator())
  )

  it.effect("one after the other, in the order they were ordered", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered(
        { operation: "whoami", kind: "status", status: 500, times: 2 },
        { operation: "any", kind: "status", status: 429 },
        { operation: "whoami", kind: "status", status: 503 }
      )
      assert.deepStrictEqual(yield* statuses(5, whoami(token)), [500, 500, 429, 503, 200])
    }).pipe(withSimulator())
  )

  it.effect("a skip counts calls that another fault strikes", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered(
        { operation: "whoami", kind: "status", status: 500, times: 2 },
        { operation: "whoami", kind: "status", status: 429, skip: 2 }
      )
      assert.deepStrictEqual(yield* statuses(4, whoami(token)), [500, 500, 429, 200])
    }).pipe(withSimulator())
  )

  it.effect("a share of 0 never, a share of 1 always until it is cleared", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered(
        { operation: "whoami", kind: "status", status: 500, share: 0 },
        { operation: "whoami", kind: "status", status: 503, share: 1, skip: 1 }
      )
      assert.deepStrictEqual(yield* statuses(4, whoami(token)), [200, 503, 503, 503])
      yield* simulator.clearFaults
      assert.deepStrictEqual(yield* statuses(2, whoami(token)), [200, 200])
    }).pipe(withSimulator())
  )

  it.effect("each n-th call after the skipped ones, until it is cleared", () =>
    Effect.gen(function* () {
      const fault = { operation: "whoami", kind: "status", status: 500 } as const
      const { simulator, token } = yield* ordered({ ...fault, every: 3 })
      assert.deepStrictEqual(yield* statuses(7, whoami(token)), [200, 200, 500, 200, 200, 500, 200])
      assert.deepStrictEqual((yield* simulator.state).faults, [
        { fault: { ...fault, every: 3 }, skipLeft: 1, timesLeft: null }
      ])
      yield* simulator.clearFaults
      yield* simulator.order({ ...fault, every: 2, skip: 1 })
      assert.deepStrictEqual(yield* statuses(5, whoami(token)), [200, 200, 500, 200, 500])
      yield* simulator.clearFaults
      yield* simulator.order({ ...fault, every: 1 })
      assert.deepStrictEqual(yield* statuses(2, whoami(token)), [500, 500])
    }).pipe(withSimulator())
  )

  it.effect("the call after the n-th, when another fault strikes the n-th", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered(
        { operation: "whoami", kind: "status", status: 429, skip: 1 },
        { operation: "whoami", kind: "status", status: 500, every: 2 }
      )
      assert.deepStrictEqual(yield* statuses(6, whoami(token)), [200, 429, 500, 200, 500, 200])
    }).pipe(withSimulator())
  )

  const struckWithSeed = (seed: string) =>
    Effect.gen(function* () {
      const { token } = yield* ordered({ operation: "whoami", kind: "status", status: 500, share: 0.3 })
      return yield* statuses(50, whoami(token))
    }).pipe(withSimulator(), Random.withSeed(seed))

  it.effect("a share by Effect's Random, so that a seed repeats it", () =>
    Effect.gen(function* () {
      const first = yield* struckWithSeed("seed")
      assert.include(first, 500)
      assert.include(first, 200)
      assert.deepStrictEqual(yield* struckWithSeed("seed"), first)
      assert.notDeepEqual(yield* struckWithSeed("another"), first)
    })
  )

  it.effect("shows what is left of it", () =>
    Effect.gen(function* () {
      const limited: Fault = { operation: "whoami", kind: "status", status: 500, skip: 1, times: 2 }
      const shared: Fault = { operation: "open", kind: "hang", share: 0.5 }
      const { simulator, token } = yield* ordered(limited, shared)
      assert.deepStrictEqual((yield* simulator.state).faults, [
        { fault: limited, skipLeft: 1, timesLeft: 2 },
        { fault: shared, skipLeft: 0, timesLeft: null }
      ])
      yield* statuses(2, whoami(token))
      assert.deepStrictEqual((yield* simulator.state).faults, [
        { fault: limited, skipLeft: 0, timesLeft: 1 },
        { fault: shared, skipLeft: 0, timesLeft: null }
      ])
    }).pipe(withSimulator())
  )

  it.effect("not at all when the fault is invalid", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const both: Fault = { operation: "open", kind: "hang", times: 1, share: 1 }
      assert.isTrue(Exit.isFailure(yield* Effect.exit(simulator.order(both))))
      assert.deepStrictEqual((yield* simulator.state).faults, [])
    }).pipe(withSimulator())
  )
})
