import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Latch, Layer } from "effect"
import { TestClock } from "effect/testing"
import { DECIDE_PATH, EXPLAIN_PATH } from "../../src/cognigy/Api.ts"
import type { Decision } from "../../src/routing/Decision.ts"
import { type Decide, RoutingPolicy } from "../../src/routing/RoutingPolicy.ts"
import { salesQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { builtIn, door } from "./support/app.ts"

const open = { mode: "none" } as const

const asking = (intent: string) => JSON.stringify({ intent, userId: "anna" })

/** Decides by a policy in code. */
const decided = Effect.fnUntraced(function* (decide: Decide, intent = "any") {
  const { handled, post } = yield* door(open, { policy: RoutingPolicy.layer(decide) })
  const { status, text } = yield* post({}, asking(intent), DECIDE_PATH)
  assert.deepStrictEqual(handled, [])
  assert.strictEqual(status, 200, text)
  const { correlationId, ...members } = JSON.parse(text)
  assert.isString(correlationId)
  return members
})

describe("a decision", () => {
  it.effect("of a policy in code has its priority, and no names", () =>
    Effect.gen(function* () {
      const decision: Decision = {
        rule: "r-1",
        target: { type: "queue", id: "q-1" },
        fallbacks: [{ type: "agent", id: "a-1" }],
        labels: { tier: "gold" },
        priority: 7
      }
      assert.deepStrictEqual(yield* decided(() => Effect.succeed(decision)), { status: "decided", ...decision })
    })
  )

  it.effect("has nothing that a policy adds", () =>
    Effect.gen(function* () {
      const decision = Object.assign(
        { rule: "r-1", target: Object.assign({ type: "queue" as const, id: "q-1" }, { name: "VIP", cost: 7 }) },
        { cost: 7 }
      )
      assert.deepStrictEqual(yield* decided(() => Effect.succeed(decision)), {
        status: "decided",
        rule: "r-1",
        target: { type: "queue", id: "q-1" },
        fallbacks: [],
        labels: {}
      })
    })
  )

  it.effect("of a policy before a table has the table's names", () =>
    Effect.gen(function* () {
      const policy = RoutingPolicy.layerBefore(() =>
        Effect.succeed({ rule: "r-1", target: { type: "queue", id: salesQueueId } })
      ).pipe(Layer.provide(builtIn))
      const { post } = yield* door(open, { policy })
      const { text } = yield* post({}, asking("any"), DECIDE_PATH)
      assert.deepInclude(JSON.parse(text).target, { id: salesQueueId, name: "sales" })
    })
  )
})

describe("a policy in code", () => {
  it.effect("that is slow is answered 504 at the deadline, and recorded", () =>
    Effect.gen(function* () {
      const { events, logged, post } = yield* door(open, { policy: RoutingPolicy.layer(() => Effect.never) })
      const asked = yield* Effect.forkChild(post({}, asking("any"), DECIDE_PATH), { startImmediately: true })
      yield* TestClock.adjust("6999 millis")
      assert.isUndefined(asked.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      const { error, status } = yield* Fiber.join(asked)
      assert.deepStrictEqual([status, error], [504, "Handover timed out"])
      assert.deepInclude(events[0], { _tag: "Refusal", reason: "handover_timed_out" })
      assert.match(logged.join("\n"), /^refused → 504 Handover timed out: .*, 7000 ms$/)
    })
  )

  it.effect("that has a defect is answered 500 and recorded, and only the log says why", () =>
    Effect.gen(function* () {
      const policy = RoutingPolicy.layer(() => Effect.die(new Error("on purpose")))
      const { events, logged, post } = yield* door(open, { policy })
      const { error, status, text } = yield* post({}, asking("any"), DECIDE_PATH)
      assert.deepStrictEqual([status, error], [500, "Internal error"])
      assert.notInclude(text, "on purpose")
      assert.include(logged.join("\n"), "on purpose")
      assert.deepInclude(events[0], { _tag: "Refusal", reason: "internal_error" })
    })
  )

  it.effect("is asked at most as often at once as MAX_HANDOVERS says, and the webhook keeps its own places", () =>
    Effect.gen(function* () {
      const latch = yield* Latch.make()
      const decide: Decide = () =>
        Effect.as(latch.await, { rule: "r-1", target: { type: "queue" as const, id: "q-1" } })
      const { events, post } = yield* door(open, {
        capacity: 2,
        policy: RoutingPolicy.layer(decide),
        handle: () =>
          Effect.succeed({ conversationId: "c-1", rule: "r-1", target: { type: "queue", id: "q-1" }, reused: false })
      })
      const first = yield* Effect.forEach([DECIDE_PATH, EXPLAIN_PATH], (path) =>
        Effect.forkChild(post({}, asking("any"), path), { startImmediately: true })
      )
      yield* Effect.yieldNow
      const { error, headers, status } = yield* post({}, asking("any"), DECIDE_PATH)
      assert.deepStrictEqual([status, error, headers["retry-after"]], [503, "Overloaded", "1"])
      assert.deepInclude(events[0], { _tag: "Refusal", reason: "overloaded" })
      assert.strictEqual((yield* post({})).status, 200)
      yield* latch.open
      for (const fiber of first) assert.strictEqual((yield* Fiber.join(fiber)).status, 200)
    })
  )
})
