import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Exit, Fiber, Layer, Logger, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Deadline from "../../src/cxone/Deadline.ts"
import type { HandoverError } from "../../src/handover/HandedOver.ts"
import { Handover } from "../../src/handover/Handover.ts"
import { type Decision, Rejected } from "../../src/routing/Decision.ts"
import { withoutId } from "../support/handedOver.ts"
import { action, FIND, failureOf, handle, handovers, OPEN } from "../support/handovers.ts"
import { request } from "../support/request.ts"
import { calls } from "../support/scripted.ts"
import { timed } from "../support/time.ts"

const sales = request("transfer_to_sales")

/** What an effect fails with. */
const refused = <A, R>(effect: Effect.Effect<A, HandoverError, R>) => Effect.map(Effect.flip(effect), failureOf)

describe("a handover", () => {
  it.effect("opens a conversation and routes it: two calls on the caller's path", () => {
    const { layer, sent } = handovers({})
    return Effect.gen(function* () {
      assert.deepStrictEqual(withoutId(yield* handle(sales)), {
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

  it.effect("that no rule matches makes no call", () => {
    const { layer, sent } = handovers({})
    return Effect.gen(function* () {
      assert.strictEqual(yield* refused(handle(request("order_pizza"))), "UnsupportedIntent")
      assert.strictEqual(yield* refused(handle(request("transfer_to_agent"))), "AgentIdMissing")
      assert.deepStrictEqual(sent, [])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("that a rule rejects makes no call", () => {
    const rejected = new Rejected({ rule: "closed", text: "We are closed." })
    const { layer, sent } = handovers({}, { decide: () => Effect.fail(rejected) })
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* Effect.flip(handle(sales, "k-1")), rejected)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(sent, [])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("that is rejected is decided anew when it comes again", () => {
    let isOpen = false
    const rejected = new Rejected({ rule: "closed", text: "We are closed." })
    const { layer } = handovers({}, { decide: () => (isOpen ? Effect.succeed(decision({})) : Effect.fail(rejected)) })
    return Effect.gen(function* () {
      assert.strictEqual(yield* refused(handle(sales, "k-1")), "Rejected")
      isOpen = true
      assert.strictEqual((yield* handle(sales, "k-1")).rule, "rule-7")
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
      assert.strictEqual(yield* refused(handle(sales)), "InvalidTarget, rule transfer_to_sales")
      assert.deepStrictEqual(calls(sent), [OPEN, FIND, action("c-old"), OPEN, FIND, action("c-old")])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("with a new conversation and a target that does not exist does not start over", () => {
    const { layer, sent } = handovers({
      find: () => ({ status: 200, body: { items: [{ id: "c-1" }] } }),
      action: () => ({ status: 404 })
    })
    return Effect.gen(function* () {
      assert.strictEqual(yield* refused(handle(sales)), "InvalidTarget, rule transfer_to_sales")
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
      assert.strictEqual((yield* timed(refused(handle(sales)))).value, "Unavailable, rule transfer_to_sales")
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("whose open lost its answer finds that conversation and uses it", () => {
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
      const { millis, value } = yield* timed(refused(handle(sales)))
      assert.strictEqual(value, "DeadlineExceeded, rule transfer_to_sales")
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

  it.effect("fails at once without a call when the layer has closed", () => {
    const { layer, sent } = handovers({})
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const handover = Context.get(yield* Layer.buildWithScope(layer, scope), Handover)
      yield* Scope.close(scope, Exit.void)
      const { millis, value } = yield* timed(Effect.flip(handover.handle(sales)))
      assert.strictEqual(failureOf(value), "Unavailable, no rule")
      assert.include(String(value.message), "shutting down")
      assert.strictEqual(millis, 0)
      assert.deepStrictEqual(sent, [])
    })
  })
})

/** A decision of one rule: to the queue `q-1`, where nothing else is said. */
const decision = (also: Partial<Decision>): Decision => ({
  rule: "rule-7",
  target: { type: "queue", id: "q-1" },
  ...also
})

describe("what CXone does", () => {
  const rows: ReadonlyArray<{ what: string; replies: Parameters<typeof handovers>[0]; reason: string }> = [
    { what: "the token that it refuses", replies: { open: () => ({ status: 401 }) }, reason: "Unauthorized" },
    {
      what: "the scope that is missing",
      replies: { open: () => ({ status: 403, body: {} }) },
      reason: "PermissionMissing"
    },
    { what: "the target that it does not know", replies: { action: () => ({ status: 422 }) }, reason: "InvalidTarget" },
    {
      what: "what is not its contract",
      replies: { open: () => ({ status: 201, body: {} }) },
      reason: "UnexpectedResponse"
    },
    {
      what: "its limit",
      replies: { open: () => ({ status: 429, headers: { "retry-after": "60" } }) },
      reason: "RateLimited"
    },
    { what: "its failure", replies: { action: () => ({ status: 500 }) }, reason: "Unavailable" },
    {
      what: "the lock that does not clear",
      replies: { open: () => ({ status: 409 }), find: () => ({ status: 200, body: { items: [] } }) },
      reason: "Conflict"
    },
    { what: "its silence", replies: { open: () => "hang" }, reason: "DeadlineExceeded" }
  ]
  it.effect.each(rows)("is told with the rule that had decided: $what", ({ reason, replies }) => {
    const { layer } = handovers(replies, { decide: () => Effect.succeed(decision({})) })
    return Effect.gen(function* () {
      const { value } = yield* timed(Effect.flip(handle(sales)))
      assert.strictEqual(failureOf(value), `${reason}, rule rule-7`)
      if (value._tag === "HandoverFailed") assert.strictEqual(value.message, value.reason.message)
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("can be caught by its reason", () => {
    const { layer } = handovers({ action: () => ({ status: 422 }) })
    return Effect.gen(function* () {
      const caught = yield* Effect.catchReason(handle(sales), "HandoverFailed", "InvalidTarget", ({ status }) =>
        Effect.succeed(status)
      )
      assert.strictEqual(caught, 422)
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("is not waited for when no rule decides in time: no rule is named, and CXone gets no call", () => {
    const { layer, sent } = handovers({}, { decide: () => Effect.never })
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(refused(handle(sales)))
      assert.strictEqual(value, "DeadlineExceeded, no rule")
      assert.isAtMost(millis, 7010)
      assert.deepStrictEqual(sent, [])
    }).pipe(Effect.provide(layer), timed)
  })
})

describe("a rule's labels", () => {
  it.effect("are sent in the call that leaves the intent", () => {
    const { layer, sent } = handovers(
      {},
      { decide: () => Effect.succeed(decision({ labels: { tier: "gold", cart: "2" } })) }
    )
    return Effect.gen(function* () {
      yield* handle(sales)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(calls(sent), [OPEN, action("c-1"), "PUT /api/v2/conversations/webchat/c-1/labels"])
      assert.deepStrictEqual(JSON.parse(sent[3]?.body ?? ""), {
        labels: { tier: "gold", cart: "2", cognigy_intent: "transfer_to_sales" }
      })
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("do not take the intent's place", () => {
    const { layer, sent } = handovers(
      {},
      { decide: () => Effect.succeed(decision({ labels: { cognigy_intent: "mine" } })) }
    )
    return Effect.gen(function* () {
      yield* handle(sales)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(JSON.parse(sent[3]?.body ?? ""), { labels: { cognigy_intent: "transfer_to_sales" } })
    }).pipe(Effect.provide(layer), timed)
  })
})

describe("a target that CXone does not accept", () => {
  const [first, second, third] = [
    { type: "queue", id: "q-1" },
    { type: "agent", id: "a-2" },
    { type: "queue", id: "q-3" }
  ] as const

  const decide = () => Effect.succeed(decision({ target: first, fallbacks: [second, third] }))

  const bodies = (sent: ReadonlyArray<{ readonly path: string; readonly body: string }>) =>
    sent.filter(({ path }) => path.endsWith("/actions")).map(({ body }) => JSON.parse(body))

  const toFirst = { action: "queue", to: { queueId: "q-1" } }
  const toSecond = { action: "user", to: { userId: "a-2" } }
  const toThird = { action: "queue", to: { queueId: "q-3" } }

  it.effect.each([400, 422])("(%i) is passed over for the rule's next one, in the same conversation", (status) => {
    const logged: Array<string> = []
    const log = Logger.make(({ message }) => void logged.push(String(message)))
    const { layer, sent } = handovers({ action: (index) => ({ status: index === 0 ? status : 204 }) }, { decide })
    return Effect.gen(function* () {
      assert.deepStrictEqual(withoutId(yield* handle(sales)), {
        conversationId: "c-1",
        target: second,
        rule: "rule-7",
        reused: false
      })
      assert.deepStrictEqual(calls(sent), [OPEN, action("c-1"), action("c-1")])
      assert.deepStrictEqual(bodies(sent), [toFirst, toSecond])
      assert.match(
        logged.join("\n"),
        /^CXone does not accept the queue q-1 \(it answered 4\d\d\); falling back to the agent a-2$/m
      )
    }).pipe(Effect.provide(Layer.provideMerge(layer, Logger.layer([log]))), timed)
  })

  it.effect("(404) is passed over once it is clear that the conversation is there", () => {
    const { layer, sent } = handovers(
      {
        find: () => ({ status: 200, body: { items: [{ id: "c-1" }] } }),
        action: (index) => ({ status: index < 2 ? 404 : 204 })
      },
      { decide }
    )
    return Effect.gen(function* () {
      assert.deepInclude(yield* handle(sales), { conversationId: "c-1", target: third })
      assert.deepStrictEqual(bodies(sent), [toFirst, toSecond, toThird])
      assert.strictEqual(calls(sent).filter((call) => call === OPEN).length, 1)
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("(404) in a conversation that has ended is tried again in a new one, before any other", () => {
    const { layer, sent } = handovers(
      {
        find: () => ({ status: 200, body: { items: [] } }),
        action: (index) => ({ status: index === 0 ? 404 : 204 })
      },
      { decide }
    )
    return Effect.gen(function* () {
      assert.deepInclude(yield* handle(sales), { conversationId: "c-2", target: first })
      assert.deepStrictEqual(bodies(sent), [toFirst, toFirst])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("(404) in a conversation that was found is tried once more, and then passed over", () => {
    const { layer, sent } = handovers(
      { open: () => ({ status: 409 }), action: (index) => ({ status: index < 2 ? 404 : 204 }) },
      { decide }
    )
    return Effect.gen(function* () {
      assert.deepInclude(yield* handle(sales), { conversationId: "c-old", target: second, reused: true })
      assert.deepStrictEqual(bodies(sent), [toFirst, toFirst, toSecond])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("is the error when the rule has no other that CXone accepts", () => {
    const { layer, sent } = handovers({ action: () => ({ status: 422 }) }, { decide })
    return Effect.gen(function* () {
      assert.strictEqual(yield* refused(handle(sales)), "InvalidTarget, rule rule-7")
      assert.deepStrictEqual(bodies(sent), [toFirst, toSecond, toThird])
      yield* TestClock.adjust("1 second")
      assert.isFalse(calls(sent).some((call) => call.startsWith("PUT")))
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect.each([
    ["403", { status: 403, body: {} }, "PermissionMissing"],
    ["405", { status: 405 }, "UnexpectedResponse"],
    ["500", { status: 500 }, "Unavailable"],
    ["429", { status: 429, headers: { "retry-after": "60" } }, "RateLimited"],
    ["hang", "hang", "DeadlineExceeded"]
  ] as const)("is not what another failure says, which leads nowhere else: %s", ([, reply, reason]) => {
    const { layer, sent } = handovers({ action: () => reply }, { decide })
    return Effect.gen(function* () {
      assert.strictEqual((yield* timed(refused(handle(sales)))).value, `${reason}, rule rule-7`)
      for (const body of bodies(sent)) assert.deepStrictEqual(body, toFirst)
    }).pipe(Effect.provide(layer), timed)
  })
})

describe("a deadline within a deadline", () => {
  it.effect("is never later than the outer one", () =>
    Effect.gen(function* () {
      const { millis } = yield* timed(
        Effect.flip(Effect.never.pipe(Deadline.within("5 seconds"), Deadline.within("1 second")))
      )
      assert.isAtMost(millis, 1_010)
      assert.isFalse(Duration.isFinite(yield* Deadline.remaining))
    })
  )
})
