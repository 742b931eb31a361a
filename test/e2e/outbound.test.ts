import { assert, describe, it, layer, vi } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import type { Fault } from "../../src/simulator/webchat/Operation.ts"
import { agentId, salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import type { RecordedCall, SimulatorState } from "../../src/simulator/webchat/SimulatorState.ts"
import { assertProblem, assertSuccess } from "./support/answers.ts"
import { flow, input, sales, support } from "./support/bodies.ts"
import { Router, settled, started, withRouter } from "./support/router.ts"

// Most of the time here is spent waiting.
vi.setConfig({ maxConcurrency: 10 })

const chats = "/api/v2/conversations/webchat"
const TOKEN = "POST /oauth/token → 200"
const OPEN = `POST ${chats}`
const FIND = `GET ${chats}?userId=cognigy_anna&status=ACTIVE`
const action = (id: string) => `POST ${chats}/${id}/actions`
const label = (id: string) => `PUT ${chats}/${id}/labels`

const opening = (userId: string) => ({
  userId: `cognigy_${userId}`,
  name: "Webchat from Cognigy",
  labels: { source: "cognigy" }
})
const toSales = { action: "queue", to: { queueId: salesQueueId } }

/** Each call as it was sent, with what it was answered; null is no answer at all. */
const asSent = ({ method, path, status }: RecordedCall) => `${method} ${path} → ${status}`

/** The calls that are no token calls. */
/** What was sent. A label that is under way when the router closes is sent once more, which says nothing new. */
const allCalls = ({ calls }: Pick<SimulatorState, "calls">) =>
  calls.map(asSent).filter((line, index, lines) => !(line.startsWith("PUT ") && line === lines[index - 1]))

const chatCalls = ({ calls }: SimulatorState) =>
  allCalls({ calls: calls.filter(({ operation }) => operation !== "token") })

const bodies = (state: SimulatorState) => state.calls.map(({ body }) => body)

describe.concurrent("a handover sends", () => {
  it.live("for a user's first one: token, open, action, and then the label", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const { conversationId } = assertSuccess(yield* post(sales("anna")))
      const state = yield* settled
      assert.deepStrictEqual(allCalls(state), [
        TOKEN,
        `${OPEN} → 201`,
        `${action(conversationId)} → 204`,
        `${label(conversationId)} → 204`
      ])
      assert.deepStrictEqual(bodies(state), [
        { grant_type: "client_credentials", client_id: "simulator-client" },
        opening("anna"),
        toSales,
        { labels: { cognigy_intent: "transfer_to_sales" } }
      ])
      assert.deepStrictEqual(state.conversations[0]?.labels, {
        source: "cognigy",
        cognigy_intent: "transfer_to_sales"
      })
    }).pipe(withRouter())
  )

  it.live("for the same user's second one: open, find, action, and then the label", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      const first = assertSuccess(yield* post(sales("anna")))
      yield* simulator.awaitState(({ calls }) =>
        calls.some((call) => call.operation === "label" && call.status === 204)
      )
      const second = assertSuccess(yield* post(support("anna")))
      assert.deepStrictEqual([second.conversationId, second.reused], [first.conversationId, true])
      const state = yield* settled
      assert.deepStrictEqual(state.calls.slice(4).map(asSent), [
        `${OPEN} → 409`,
        `${FIND} → 200`,
        `${action(first.conversationId)} → 204`,
        `${label(first.conversationId)} → 204`
      ])
      assert.deepStrictEqual(bodies(state).slice(4), [
        opening("anna"),
        null,
        { action: "queue", to: { queueId: supportQueueId } },
        { labels: { cognigy_intent: "transfer_to_support" } }
      ])
      assert.deepInclude(state.conversations[0], { target: { type: "queue", id: supportQueueId }, routedCount: 2 })
    }).pipe(withRouter())
  )

  it.live(
    "for the one after a queue that is not there: open, find, action, with the conversation that the problem names",
    () =>
      Effect.gen(function* () {
        const { post, log } = yield* started({ operation: "action", kind: "status", status: 422 })
        const refused = yield* post(sales("anna"))
        assertProblem(refused, { status: 502, error: "Invalid routing target", rule: "transfer_to_sales" })
        const { conversationId } = JSON.parse(refused.text)
        const state = yield* Effect.flatMap(CXoneSimulator, ({ state }) => state)
        assert.deepStrictEqual(
          state.conversations.map(({ id, routedCount }) => [id, routedCount]),
          [[conversationId, 0]]
        )
        assert.include(log.join("\n"), `the conversation ${conversationId} may be left at no queue`)
        const next = assertSuccess(yield* post(sales("anna")))
        assert.deepStrictEqual([next.conversationId, next.reused], [conversationId, true])
        assert.deepStrictEqual(chatCalls(yield* settled).slice(2, 5), [
          `${OPEN} → 409`,
          `${FIND} → 200`,
          `${action(conversationId)} → 204`
        ])
      }).pipe(withRouter())
  )

  it.live.each([
    { shape: "flow", bodyOf: flow },
    { shape: "input", bodyOf: input }
  ])("to an agent, for the shape $shape: the action user", ({ bodyOf }) =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assertSuccess(yield* post(bodyOf({ intent: "transfer_to_agent", userId: "anna", agentId })))
      const state = yield* settled
      assert.deepStrictEqual(bodies(state)[2], { action: "user", to: { userId: agentId } })
      assert.deepInclude(state.conversations[0], { target: { type: "agent", id: agentId }, routedCount: 1 })
    }).pipe(withRouter())
  )

  it.live("nothing where the bot's request is refused", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assertProblem(yield* post(flow({ intent: "order_pizza", userId: "anna" })), {
        status: 400,
        error: "Unsupported intent"
      })
      assert.deepStrictEqual((yield* settled).calls, [])
    }).pipe(withRouter())
  )
})

// One router for all of them: each has a user of its own.
layer(Router.layer(), { excludeTestServices: true })("a user's id arrives whole", (it) => {
  it.effect.each([
    { what: "underscores", userId: "a_b_c" },
    { what: "what a URL would take apart", userId: "ü/ß %41" },
    { what: "what a query would take apart", userId: "x y+z&q=1#f?" },
    { what: "emoji", userId: "👩‍👩‍👧 🙏" },
    { what: "combining characters", userId: "u\u0308" },
    { what: "a path", userId: "../../users/me" },
    { what: "digits", userId: "007" },
    { what: "256 characters", userId: "x".repeat(256) },
    { what: "256 emoji", userId: "🙏".repeat(256) }
  ])("with $what, to open and to find", ({ userId }) =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      const first = assertSuccess(yield* post(sales(userId)))
      const second = assertSuccess(yield* post(sales(userId)))
      assert.deepStrictEqual(second, { ...first, reused: true })
      const { calls, conversations } = yield* simulator.state
      const own = conversations.filter(({ id }) => id === first.conversationId)
      assert.deepStrictEqual(
        own.map((conversation) => conversation.userId),
        [`cognigy_${userId}`]
      )
      // The last two, since each test makes two.
      const opens = calls.filter(({ operation }) => operation === "open").map(({ body }) => body)
      assert.deepStrictEqual(opens.slice(-2), [opening(userId), opening(userId)])
      const find = calls.findLast(({ operation }) => operation === "findActive")
      assert.strictEqual(find?.path, `${chats}?userId=${encodeURIComponent(`cognigy_${userId}`)}&status=ACTIVE`)
    })
  )
})

describe.concurrent("a user's id arrives whole", () => {
  it.live("so that ids which differ in one character are two users", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const ids = ["a b", "a+b", "a%20b", "a_b", "A b", "a b "]
      yield* Effect.forEach(ids, (id) => Effect.map(post(sales(id)), assertSuccess))
      const { conversations } = yield* settled
      assert.deepStrictEqual(
        conversations.map(({ userId }) => userId),
        ids.map((id) => `cognigy_${id}`)
      )
    }).pipe(withRouter())
  )
})

describe.concurrent("the access token", () => {
  it.live.each([30, 61, 3600])("that lives for %i seconds is taken once for ten handovers", (tokenLifetime) =>
    Effect.gen(function* () {
      const { post } = yield* started()
      for (let i = 0; i < 5; i++) assertSuccess(yield* post(sales(`one-${i}`)))
      const users = Array.from({ length: 5 }, (_, i) => `other-${i}`)
      yield* Effect.forEach(users, (user) => Effect.map(post(sales(user)), assertSuccess), { concurrency: "unbounded" })
      assert.strictEqual((yield* settled).counts.token, 1)
    }).pipe(withRouter({ simulator: { tokenLifetime } }))
  )

  it.live("is fetched once for all callers that wait for the first one", () =>
    Effect.gen(function* () {
      const { post } = yield* started({ operation: "token", kind: "delay", millis: 200 })
      const users = Array.from({ length: 10 }, (_, i) => `user-${i}`)
      yield* Effect.forEach(users, (user) => Effect.map(post(sales(user)), assertSuccess), { concurrency: "unbounded" })
      assert.strictEqual((yield* settled).counts.token, 1)
    }).pipe(withRouter())
  )

  it.live("is renewed in the background, before a webhook needs it", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      assertSuccess(yield* post(sales("anna")))
      const { calls } = yield* simulator.awaitState(({ counts }) => counts.token === 2)
      assert.strictEqual(calls.at(-1)?.operation, "token")
    }).pipe(withRouter({ simulator: { tokenLifetime: 2 } }))
  )

  it.live("that was revoked is replaced once for twenty webhooks at once", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      assertSuccess(yield* post(sales("anna")))
      yield* simulator.revokeTokens
      const users = Array.from({ length: 20 }, (_, i) => `user-${i}`)
      const replies = yield* Effect.forEach(users, (user) => Effect.map(post(sales(user)), assertSuccess), {
        concurrency: "unbounded"
      })
      assert.isTrue(replies.every(({ reused }) => !reused))
      const { conversations, counts } = yield* settled
      assert.strictEqual(counts.token, 2)
      assert.strictEqual(conversations.length, 21)
      assert.isTrue(conversations.every(({ routedCount }) => routedCount === 1))
    }).pipe(withRouter())
  )

  it.live("that is new outlives a late refusal of the old one", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      assertSuccess(yield* post(sales("anna")))
      yield* simulator.awaitState(({ calls }) =>
        calls.some((call) => call.operation === "label" && call.status === 204)
      )
      yield* simulator.order({ operation: "open", kind: "delay", millis: 500 })
      yield* simulator.revokeTokens
      const late = yield* Effect.forkChild(post(sales("ben")))
      yield* simulator.awaitState(({ counts }) => counts.open === 2)
      assertSuccess(yield* post(sales("cleo")))
      assertSuccess(yield* Fiber.join(late))
      const { calls, counts } = yield* settled
      const opens = calls.filter(({ operation }) => operation === "open").map(({ status }) => status)
      assert.deepStrictEqual(opens, [201, 401, 401, 201, 201])
      assert.strictEqual(counts.token, 2)
    }).pipe(withRouter())
  )

  it.live.each(["open", "findActive", "action", "label"] as const)(
    "that is refused by %s is replaced, and the call repeated",
    (operation) =>
      Effect.gen(function* () {
        const { post, simulator } = yield* started({ operation, kind: "status", status: 401 })
        yield* simulator.openConversation({ userId: "cognigy_anna" })
        assertSuccess(yield* post(sales("anna")))
        const { conversations, counts } = yield* settled
        assert.include(counts, { open: 1, findActive: 1, action: 1, label: 1, [operation]: 2, token: 2 })
        assert.deepInclude(conversations[0], { routedCount: 1, target: { type: "queue", id: salesQueueId } })
        assert.deepInclude(conversations[0]?.labels, { cognigy_intent: "transfer_to_sales" })
      }).pipe(withRouter())
  )
})

describe.concurrent("a conversation", () => {
  it.live("is one for eight webhooks of one user at once, and has its label at the end", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const eight = Array.from({ length: 8 }, () => post(sales("anna")))
      const replies = (yield* Effect.all(eight, { concurrency: "unbounded" })).map(assertSuccess)
      assert.strictEqual(new Set(replies.map(({ conversationId }) => conversationId)).size, 1)
      assert.deepStrictEqual(new Set(replies.map(({ reused }) => reused)), new Set([false]))
      const { conversations, counts } = yield* settled
      assert.strictEqual(conversations.length, 1)
      assert.include(counts, { open: 1, findActive: 0, action: 1, label: 1 })
      assert.deepInclude(conversations[0], {
        routedCount: 1,
        target: { type: "queue", id: salesQueueId },
        labels: { source: "cognigy", cognigy_intent: "transfer_to_sales" }
      })
    }).pipe(withRouter())
  )

  it.live("is routed by an action that is answered 200 with a body", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const { conversationId } = assertSuccess(yield* post(sales("anna")))
      assert.deepStrictEqual(chatCalls(yield* settled).slice(0, 2), [
        `${OPEN} → 201`,
        `${action(conversationId)} → 200`
      ])
    }).pipe(withRouter({ simulator: { actionStatus: 200 } }))
  )

  it.live("that is already where it should be (409 on the action) is a success", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const first = assertSuccess(yield* post(sales("anna")))
      assert.deepStrictEqual(assertSuccess(yield* post(sales("anna"))), { ...first, reused: true })
      const state = yield* settled
      assert.deepStrictEqual(
        state.calls.filter(({ operation }) => operation === "action").map(({ status }) => status),
        [204, 409]
      )
      assert.strictEqual(state.conversations[0]?.routedCount, 1)
    }).pipe(withRouter())
  )

  it.live("that ends before its action is replaced by a new one", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "action", kind: "delay", millis: 500 })
      const ended = yield* simulator.openConversation({ userId: "cognigy_anna" })
      const posting = yield* Effect.forkChild(post(sales("anna")))
      yield* simulator.awaitState(({ counts }) => counts.action === 1)
      yield* simulator.endConversation(ended)
      const { conversationId, reused } = assertSuccess(yield* Fiber.join(posting))
      assert.notStrictEqual(conversationId, ended)
      assert.isFalse(reused)
      assert.deepStrictEqual(chatCalls(yield* settled), [
        `${OPEN} → 409`,
        `${FIND} → 200`,
        `${action(ended)} → 404`,
        `${OPEN} → 201`,
        `${action(conversationId)} → 204`,
        `${label(conversationId)} → 204`
      ])
    }).pipe(withRouter())
  )

  it.live("that is new and ends before its action is replaced by another one", () =>
    Effect.gen(function* () {
      const { post } = yield* started({ operation: "action", kind: "end" })
      const { conversationId } = assertSuccess(yield* post(sales("anna")))
      const { calls, conversations } = yield* settled
      const actions = calls.filter(({ operation }) => operation === "action")
      assert.deepStrictEqual(
        actions.map(({ status }) => status),
        [404, 204]
      )
      assert.deepInclude(conversations[1], { id: conversationId, target: { type: "queue", id: salesQueueId } })
    }).pipe(withRouter())
  )

  it.live("that CXone goes on listing after its end is tried twice, and no more", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "open", kind: "status", status: 409, share: 1 })
      const ended = yield* simulator.openConversation({ userId: "cognigy_anna" })
      yield* simulator.endConversation(ended)
      yield* simulator.order({
        operation: "findActive",
        kind: "body",
        status: 200,
        body: { items: [{ id: ended }] },
        share: 1
      })
      assertProblem(yield* post(sales("anna")), {
        status: 502,
        error: "Invalid routing target",
        rule: "transfer_to_sales"
      })
      const once = [`${OPEN} → 409`, `${FIND} → 200`, `${action(ended)} → 404`]
      assert.deepStrictEqual(chatCalls(yield* settled), [...once, ...once])
    }).pipe(withRouter())
  )

  it.live("is the first of those that CXone lists", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "open", kind: "status", status: 409 })
      const first = yield* simulator.openConversation({ userId: "cognigy_somebody" })
      yield* simulator.openConversation({ userId: "cognigy_anna", conversationId: "second" })
      const body = { items: [{ id: first }, { id: "second" }] }
      yield* simulator.order({ operation: "findActive", kind: "body", status: 200, body })
      assert.strictEqual(assertSuccess(yield* post(sales("anna"))).conversationId, first)
    }).pipe(withRouter())
  )

  it.live("is opened once the lock of a session that is gone has cleared", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      yield* simulator.lockUser("cognigy_anna", { opens: 2 })
      const { conversationId, reused } = assertSuccess(yield* post(sales("anna")))
      assert.isFalse(reused)
      assert.deepStrictEqual(chatCalls(yield* settled), [
        `${OPEN} → 409`,
        `${FIND} → 200`,
        `${OPEN} → 409`,
        `${FIND} → 200`,
        `${OPEN} → 201`,
        `${action(conversationId)} → 204`,
        `${label(conversationId)} → 204`
      ])
    }).pipe(withRouter())
  )

  it.live("is handed over also when answers have unknown members", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      const extra = { id_: 1, participants: [{ id: "p" }], selfUri: "/x", "": null, ["__proto__"]: { id: "evil" } }
      const id = yield* simulator.openConversation({ userId: "cognigy_somebody", conversationId: "a/b ü?#" })
      const token = yield* simulator.issueToken
      const faults: ReadonlyArray<Fault> = [
        { operation: "token", kind: "body", status: 200, body: { ...extra, access_token: token, expires_in: 3600 } },
        { operation: "open", kind: "status", status: 409 },
        { operation: "findActive", kind: "body", status: 200, body: { ...extra, items: [{ ...extra, id }], total: 9 } },
        { operation: "action", kind: "body", status: 200, body: extra },
        { operation: "label", kind: "body", status: 202, body: extra }
      ]
      yield* Effect.forEach(faults, simulator.order)
      assert.strictEqual(assertSuccess(yield* post(sales("anna"))).conversationId, id)
      const opened = { ...extra, id }
      yield* simulator.order({ operation: "open", kind: "body", status: 200, body: opened })
      assert.strictEqual(assertSuccess(yield* post(support("ben"))).conversationId, id)
      assert.include((yield* settled).counts, { token: 1, open: 2, findActive: 1, action: 2 })
    }).pipe(withRouter())
  )
})

describe.concurrent("CXone's hiccups", () => {
  /** Orders one fault for one call of a user's handover, whose conversation is there already where it must be found. */
  const hiccup = (fault: Fault) =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started(fault)
      if (fault.operation === "findActive") yield* simulator.openConversation({ userId: "cognigy_anna" })
      const reply = assertSuccess(yield* post(sales("anna")))
      const state = yield* settled
      assert.strictEqual(state.conversations.length, 1)
      assert.deepInclude(state.conversations[0], {
        id: reply.conversationId,
        routedCount: 1,
        target: { type: "queue", id: salesQueueId },
        labels: { source: "cognigy", cognigy_intent: "transfer_to_sales" }
      })
      return { reply, state }
    })

  const operations = ["token", "open", "findActive", "action"] as const

  // Each status and each operation once: all calls go through the same transport, whose own tests have every pair's rule.
  it.live.each([
    { operation: "token", status: 408 },
    { operation: "open", status: 429 },
    { operation: "findActive", status: 500 },
    { operation: "action", status: 502 },
    { operation: "open", status: 503 },
    { operation: "token", status: 504 }
  ] as const)("$status to $operation is tried again", ({ operation, status }) =>
    Effect.gen(function* () {
      const { state } = yield* hiccup({ operation, kind: "status", status })
      assert.strictEqual(state.counts[operation], 2)
    }).pipe(withRouter())
  )

  it.live.each(operations)("429 to %s with Retry-After in seconds is waited out", (operation) =>
    Effect.gen(function* () {
      const { state } = yield* hiccup({ operation, kind: "status", status: 429, retryAfter: 1 })
      const [limited, again] = state.calls.filter((call) => call.operation === operation)
      assert.deepStrictEqual([limited?.status, (again?.status ?? 0) < 300], [429, true])
      assert.isAtLeast((again?.at ?? 0) - (limited?.at ?? 0), 990)
    }).pipe(withRouter())
  )

  it.live("429 with Retry-After as an HTTP date is waited out", () =>
    Effect.gen(function* () {
      const date = Math.ceil(((yield* Clock.currentTimeMillis) + 1000) / 1000) * 1000
      const retryAfter = new Date(date).toUTCString()
      const { state } = yield* hiccup({ operation: "open", kind: "status", status: 429, retryAfter })
      const [limited, again] = state.calls.filter(({ operation }) => operation === "open")
      assert.deepStrictEqual([limited?.status, again?.status], [429, 201])
      assert.isAtLeast(again?.at ?? 0, date - 10)
    }).pipe(withRouter())
  )

  it.live.each(operations)("a connection that breaks before %s took effect leads to one conversation", (operation) =>
    Effect.gen(function* () {
      const { reply, state } = yield* hiccup({ operation, kind: "drop" })
      assert.strictEqual(reply.reused, operation === "findActive")
      assert.strictEqual(state.counts[operation], 2)
    }).pipe(withRouter())
  )

  it.live.each(operations)("a connection that breaks after %s took effect leads to one conversation", (operation) =>
    Effect.gen(function* () {
      const { reply, state } = yield* hiccup({ operation, kind: "drop", phase: "after" })
      assert.strictEqual(reply.reused, operation === "open" || operation === "findActive")
      assert.strictEqual(state.counts[operation], 2)
      if (operation === "open") {
        assert.deepStrictEqual(chatCalls(state).slice(0, 4), [
          `${OPEN} → null`,
          `${OPEN} → 409`,
          `${FIND} → 200`,
          `${action(reply.conversationId)} → 204`
        ])
      }
      if (operation === "action") {
        const path = action(reply.conversationId)
        assert.deepStrictEqual(chatCalls(state).slice(1, 3), [`${path} → null`, `${path} → 409`])
      }
    }).pipe(withRouter())
  )

  it.live.each(operations)("%s that is never answered, although it took effect, is tried again", (operation) =>
    Effect.gen(function* () {
      const { state } = yield* hiccup({ operation, kind: "hang", phase: "after" })
      assert.strictEqual(state.counts[operation], 2)
    }).pipe(withRouter({ attemptTimeout: "2 seconds" }))
  )

  it.live("open that is answered with half a body is not tried again, but found by the next webhook", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "open", kind: "brokenBody" })
      assertProblem(yield* post(sales("anna")), {
        status: 502,
        error: "Unexpected CXone response",
        rule: "transfer_to_sales"
      })
      assert.deepStrictEqual(chatCalls(yield* simulator.state), [`${OPEN} → 201`])
      assert.isTrue(assertSuccess(yield* post(sales("anna"))).reused)
      assert.strictEqual((yield* settled).conversations.length, 1)
    }).pipe(withRouter())
  )
})

describe.concurrent("the label", () => {
  it.live.each(["hang", "drop"] as const)("does not delay the answer, and is sent again after a %s", (kind) =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "label", kind })
      assertSuccess(yield* post(sales("anna")))
      const unanswered = yield* simulator.awaitState(({ counts }) => counts.label === 1)
      assert.deepStrictEqual(unanswered.conversations[0]?.labels, { source: "cognigy" })
      const { conversations, counts } = yield* settled
      assert.strictEqual(counts.label, 2)
      assert.deepInclude(conversations[0]?.labels, { cognigy_intent: "transfer_to_sales" })
    }).pipe(withRouter())
  )

  it.live.each([{ status: 429, retryAfter: 1 }, { status: 500 }, { status: 503, retryAfter: 1 }])(
    "is sent again when it is answered $status",
    (answer) =>
      Effect.gen(function* () {
        const { post, simulator } = yield* started({ operation: "label", kind: "status", ...answer })
        assertSuccess(yield* post(sales("anna")))
        const { conversations, counts } = yield* simulator.awaitState(
          ({ conversations }) => conversations[0]?.labels.cognigy_intent !== undefined
        )
        assert.strictEqual(counts.label, 2)
        assert.strictEqual(conversations[0]?.labels.cognigy_intent, "transfer_to_sales")
      }).pipe(withRouter())
  )

  it.live.each([400, 403, 404, 422])("that is answered %i is given up, and nobody hears of it", (status) =>
    Effect.gen(function* () {
      const { post } = yield* started({ operation: "label", kind: "status", status })
      assertSuccess(yield* post(sales("anna")))
      const { counts } = yield* settled
      assert.strictEqual(counts.label, 1)
    }).pipe(withRouter())
  )
})
