import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Deadline from "../../src/cxone/Deadline.ts"
import { Handover } from "../../src/handover/Handover.ts"
import { action, FIND, handle, handovers, OPEN } from "../support/handovers.ts"
import { request } from "../support/request.ts"
import { calls } from "../support/scripted.ts"
import { timed } from "../support/time.ts"

const sales = request("transfer_to_sales")

describe("a handover", () => {
  it.effect("opens a conversation and routes it: two calls on the caller's path", () => {
    const { layer, sent } = handovers({})
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* handle(sales), {
        conversationId: "c-1",
        target: { type: "queue", id: "q-sales" },
        rule: "transfer_to_sales",
        reused: false
      })
      assert.deepStrictEqual(calls(sent), [OPEN, action("c-1")])
      assert.deepStrictEqual(JSON.parse(sent[1]?.body ?? ""), {
        userId: "cognigy_a_b_c",
        name: "Webchat from Cognigy",
        labels: { source: "cognigy" }
      })
      assert.deepStrictEqual(JSON.parse(sent[2]?.body ?? ""), { action: "queue", to: { queueId: "q-sales" } })
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("leaves the intent as a label, afterwards", () => {
    const { layer, sent } = handovers({})
    return Effect.gen(function* () {
      yield* handle(sales)
      assert.strictEqual(calls(sent).length, 2)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(calls(sent)[2], "PUT /api/v2/conversations/webchat/c-1/labels")
      assert.deepStrictEqual(JSON.parse(sent[3]?.body ?? ""), { labels: { cognigy_intent: "transfer_to_sales" } })
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("succeeds when its label does not", () => {
    const { layer } = handovers({ label: () => ({ status: 500 }) })
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(handle(sales))
      assert.strictEqual(value.conversationId, "c-1")
      assert.isAtMost(millis, 10)
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("sends to the agent that an entity names", () => {
    const { layer, sent } = handovers({})
    return Effect.gen(function* () {
      const { target } = yield* handle(request("transfer_to_agent", [{ name: "agentId", value: "a-1" }]))
      assert.deepStrictEqual(target, { type: "agent", id: "a-1" })
      assert.deepStrictEqual(JSON.parse(sent[2]?.body ?? ""), { action: "user", to: { userId: "a-1" } })
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("that no rule takes calls nobody", () => {
    const { layer, sent } = handovers({})
    return Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(handle(request("order_pizza"))))._tag, "UnsupportedIntent")
      assert.strictEqual((yield* Effect.flip(handle(request("transfer_to_agent"))))._tag, "AgentIdMissing")
      assert.deepStrictEqual(sent, [])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("takes the user's active conversation", () => {
    const { layer, sent } = handovers({ open: () => ({ status: 409 }) })
    return Effect.gen(function* () {
      const { conversationId, reused } = yield* handle(sales)
      assert.deepStrictEqual([conversationId, reused], ["c-old", true])
      assert.deepStrictEqual(calls(sent), [OPEN, FIND, action("c-old")])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("starts over, once, when the conversation that it found has just closed", () => {
    const { layer, sent } = handovers({
      open: (index) => (index === 0 ? { status: 409 } : { status: 201, body: { id: "c-new" } }),
      action: (index) => ({ status: index === 0 ? 404 : 204 })
    })
    return Effect.gen(function* () {
      const { conversationId, reused } = yield* handle(sales)
      assert.deepStrictEqual([conversationId, reused], ["c-new", false])
      assert.deepStrictEqual(calls(sent), [OPEN, FIND, action("c-old"), OPEN, action("c-new")])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("does not start over a second time", () => {
    const { layer, sent } = handovers({ open: () => ({ status: 409 }), action: () => ({ status: 404 }) })
    return Effect.gen(function* () {
      const error = yield* Effect.flip(handle(sales))
      assert.strictEqual(error._tag, "InvalidTarget")
      assert.deepStrictEqual(calls(sent), [OPEN, FIND, action("c-old"), OPEN, FIND, action("c-old")])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("with a new conversation and a target that CXone does not know does not start over", () => {
    const { layer, sent } = handovers({
      find: () => ({ status: 200, body: { items: [{ id: "c-1" }] } }),
      action: () => ({ status: 404 })
    })
    return Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(handle(sales)))._tag, "InvalidTarget")
      assert.deepStrictEqual(calls(sent), [OPEN, action("c-1"), FIND])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("starts over, once, when its new conversation has ended already", () => {
    const { layer, sent } = handovers({
      find: () => ({ status: 200, body: { items: [] } }),
      action: (index) => ({ status: index === 0 ? 404 : 204 })
    })
    return Effect.gen(function* () {
      const { conversationId, reused } = yield* handle(sales)
      assert.deepStrictEqual([conversationId, reused], ["c-2", false])
      assert.deepStrictEqual(calls(sent), [OPEN, action("c-1"), FIND, OPEN, action("c-2")])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("does not call a target invalid when CXone does not say whether the new conversation has ended", () => {
    const { layer } = handovers({ find: () => ({ status: 503 }), action: () => ({ status: 404 }) })
    return Effect.gen(function* () {
      assert.strictEqual((yield* timed(Effect.flip(handle(sales)))).value._tag, "Unavailable")
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("whose open was answered into the void finds that conversation and uses it", () => {
    const { layer, sent } = handovers({ open: (index) => (index === 0 ? "drop" : { status: 409 }) })
    return Effect.gen(function* () {
      const { value } = yield* timed(handle(sales))
      assert.strictEqual(value.conversationId, "c-old")
      assert.deepStrictEqual(calls(sent), [OPEN, OPEN, FIND, action("c-old")])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("is answered by its deadline when CXone never answers", () => {
    const { layer } = handovers({ action: () => "hang" })
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(Effect.flip(handle(sales)))
      assert.strictEqual(value._tag, "DeadlineExceeded")
      assert.isAtMost(millis, 7010)
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("goes on when its caller leaves", () => {
    const { layer, sent } = handovers({
      open: (index) => (index === 0 ? "hang" : { status: 201, body: { id: "c-1" } })
    })
    return Effect.gen(function* () {
      const caller = yield* Effect.forkChild(handle(sales))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(caller)
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(calls(sent).slice(0, 3), [OPEN, OPEN, action("c-1")])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("is waited for, with its label, when the layer closes", () => {
    const { layer, sent } = handovers({
      open: (index) => (index === 0 ? "hang" : { status: 201, body: { id: "c-1" } })
    })
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const handover = Context.get(yield* Layer.buildWithScope(layer, scope), Handover)
      const caller = yield* Effect.forkChild(handover.handle(sales))
      yield* TestClock.adjust("1 second")
      const { millis } = yield* timed(Scope.close(scope, Exit.void))
      assert.strictEqual((yield* Fiber.join(caller)).conversationId, "c-1")
      assert.strictEqual(calls(sent).at(-1), "PUT /api/v2/conversations/webchat/c-1/labels")
      assert.isAtMost(millis, 1_300)
    })
  })
})

describe("a deadline within a deadline", () => {
  it.effect("is never later than the outer one", () =>
    Effect.gen(function* () {
      const { millis } = yield* timed(
        Effect.flip(Effect.never.pipe(Deadline.within("5 seconds"), Deadline.within("1 second")))
      )
      assert.isAtMost(millis, 1_010)
      assert.strictEqual(yield* Deadline.remaining, Number.POSITIVE_INFINITY)
    })
  )
})
