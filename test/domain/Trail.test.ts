import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Trail from "../../src/domain/Trail.ts"
import { nowMillis } from "../../src/std/clock.ts"

describe("a trail", () => {
  it.effect("has the times of its steps from its own beginning, in milliseconds", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 hour")
      const trail = yield* Trail.make
      yield* TestClock.adjust("5 millis")
      const startedAt = yield* nowMillis
      yield* TestClock.adjust("7 millis")
      yield* Effect.gen(function* () {
        yield* Trail.add({ kind: "call", name: "open", startedAt, outcome: "201" })
        yield* Trail.add({ kind: "wait", name: "before open again", took: 100, outcome: "planned" })
        yield* Trail.add({ kind: "target", name: "queue q-1", outcome: "accepted" })
      }).pipe(Effect.provideService(Trail.CurrentTrail, trail))
      assert.deepStrictEqual(trail.steps, [
        { kind: "call", name: "open", after: 5, took: 7, outcome: "201" },
        { kind: "wait", name: "before open again", after: 12, took: 100, outcome: "planned" },
        { kind: "target", name: "queue q-1", after: 12, took: 0, outcome: "accepted" }
      ])
    })
  )

  it.effect("keeps no more than 100 steps", () =>
    Effect.gen(function* () {
      const trail = yield* Trail.make
      const step = Trail.add({ kind: "target", name: "queue q-1", outcome: "accepted" })
      yield* Effect.provideService(Effect.replicateEffect(step, 150), Trail.CurrentTrail, trail)
      assert.strictEqual(trail.steps.length, 100)
    })
  )

  it.effect("is not needed: outside a handover a step is left out", () =>
    Trail.add({ kind: "target", name: "queue q-1", outcome: "accepted" })
  )
})
