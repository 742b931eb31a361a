import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { assertProblem, assertSuccess } from "./support/answers.ts"
import { flow, input, sales } from "./support/bodies.ts"
import { settled, started, withRouter } from "./support/router.ts"
import { connect, webhook } from "./support/socket.ts"

const together = { concurrency: "unbounded" } as const
const toSales = { type: "queue", id: salesQueueId } as const
const toSupport = { type: "queue", id: supportQueueId } as const

describe.concurrent("two hundred webhooks of a hundred users at once", () => {
  it.live("lead to a hundred conversations, each where it should be", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const users = Array.from({ length: 100 }, (_, i) =>
        i % 2 === 0
          ? { userId: `user-${i}`, intent: "transfer_to_sales", target: toSales }
          : { userId: `user-${i}`, intent: "transfer_to_support", target: toSupport }
      )
      const webhooks = [flow, input].flatMap((bodyOf) => users.map((user) => ({ user, body: bodyOf(user) })))
      const answered = yield* Effect.forEach(
        webhooks,
        ({ body, user }) => Effect.map(post(body), (reply) => ({ user, success: assertSuccess(reply) })),
        together
      )
      const { conversations, counts } = yield* settled
      assert.deepStrictEqual(
        conversations.map(({ userId }) => userId).sort(),
        users.map(({ userId }) => `cognigy_${userId}`).sort()
      )
      for (const { intent, target, userId } of users) {
        const conversation = conversations.find((conversation) => conversation.userId === `cognigy_${userId}`)
        const labels = { source: "cognigy", cognigy_intent: intent }
        assert.deepInclude(conversation, { status: "ACTIVE", routedCount: 1, target, labels })
        const successes = answered.filter(({ user }) => user.userId === userId).map(({ success }) => success)
        const expected = { conversationId: `${conversation?.id}`, target, rule: intent }
        // The second one shared the first one's result, or found its conversation.
        assert.deepInclude(successes, { ...expected, reused: false })
        assert.deepStrictEqual(
          successes.map((success) => ({ ...success, reused: false })),
          [expected, expected].map((success) => ({ ...success, reused: false }))
        )
      }
      assert.include(counts, { token: 1, unknown: 0 })
      assert.isAtMost(counts.open, 200)
    }).pipe(withRouter())
  )
})

describe.concurrent("a client that leaves", () => {
  it.live.each(["token", "open", "action"] as const)(
    "while its handover waits for %s has its conversation routed, labelled and logged all the same",
    (operation) =>
      Effect.gen(function* () {
        const { log, post, simulator } = yield* started({ operation, kind: "delay", millis: 500 })
        const posting = yield* Effect.forkChild(post(sales("anna")))
        yield* simulator.awaitState(({ counts }) => counts[operation] === 1)
        yield* Fiber.interrupt(posting)
        const { conversations, counts } = yield* simulator.awaitState(
          ({ conversations }) => conversations[0]?.labels.cognigy_intent !== undefined
        )
        assert.deepInclude(conversations[0], { target: toSales, routedCount: 1 })
        assert.include(counts, { token: 1, open: 1, findActive: 0, action: 1 })
        yield* settled
        assert.match(log.join("\n"), /handed over: transfer_to_sales/)
      }).pipe(withRouter())
  )

  it.live("and comes back meanwhile is answered with the handover that goes on", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "action", kind: "delay", millis: 500 })
      const posting = yield* Effect.forkChild(post(sales("anna")))
      yield* simulator.awaitState(({ counts }) => counts.action === 1)
      yield* Fiber.interrupt(posting)
      const { conversationId, reused } = assertSuccess(yield* post(sales("anna")))
      assert.isFalse(reused)
      const { conversations, counts } = yield* settled
      assert.strictEqual(conversations.length, 1)
      assert.include(counts, { open: 1, findActive: 0, action: 1 })
      assert.deepInclude(conversations[0], { id: conversationId, target: toSales, routedCount: 1 })
    }).pipe(withRouter())
  )

  it.live("is one of fifty, and all their conversations are routed", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "open", kind: "delay", millis: 1000, times: 50 })
      const users = Array.from({ length: 50 }, (_, i) => `user-${i}`)
      const posting = yield* Effect.forkChild(Effect.forEach(users, (user) => post(sales(user)), together))
      // A slow machine tries some of them again before all have come.
      yield* simulator.awaitState(({ calls }) => {
        const opens = calls.filter(({ operation }) => operation === "open")
        return new Set(opens.map(({ body }) => JSON.stringify(body))).size === 50
      })
      yield* Fiber.interrupt(posting)
      const { conversations } = yield* settled
      assert.strictEqual(conversations.length, 50)
      for (const conversation of conversations) assert.deepInclude(conversation, { target: toSales, routedCount: 1 })
    }).pipe(withRouter())
  )

  it.live("in the middle of its body starts no handover, and disturbs no other sender", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      yield* Effect.scoped(
        Effect.gen(function* () {
          const socket = yield* connect
          socket.write(webhook(sales("anna")).slice(0, -10))
          assertSuccess(yield* post(sales("ben")))
        })
      )
      assertSuccess(yield* post(sales("cleo")))
      assert.deepStrictEqual(
        (yield* settled).conversations.map(({ userId }) => userId),
        ["cognigy_ben", "cognigy_cleo"]
      )
    }).pipe(withRouter())
  )
})

describe.concurrent("more webhooks than the router takes on", () => {
  it.live("are answered 503 at once without a call to CXone, and later ones are accepted", () =>
    Effect.gen(function* () {
      const { get, post, simulator } = yield* started({ operation: "open", kind: "hang", times: 2 })
      const two = yield* Effect.forEach(["anna", "ben"], (user) => Effect.forkChild(post(sales(user))))
      yield* simulator.awaitState(({ counts }) => counts.open === 2)
      for (const user of ["cleo", "dan", "anna"]) {
        const reply = yield* post(sales(user))
        assertProblem(reply, { status: 503, error: "Overloaded" })
        assert.strictEqual(reply.headers["retry-after"], "1")
      }
      for (const path of ["/healthz", "/readyz"]) assert.strictEqual((yield* get(path)).status, 200)
      assert.notMatch(JSON.stringify((yield* simulator.state).calls), /cognigy_(cleo|dan)/)
      yield* Fiber.joinAll(two)
      assertSuccess(yield* post(sales("cleo")))
    }).pipe(withRouter({ settings: { capacity: 2 } }))
  )
})
