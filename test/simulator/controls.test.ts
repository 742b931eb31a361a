import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Handover } from "../../src/handover/Handover.ts"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { simulatorClientSecret } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { sales, withRouter } from "./router.ts"
import { chats, findActive, open, opening, send, statuses, tokenForm, whoami, withSimulator } from "./support.ts"

const user = "cognigy_user"

describe("a lock on a user", () => {
  it.effect("answers 409 to a number of opens, while nothing is active", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* simulator.issueToken
      yield* simulator.lockUser(user, { opens: 2 })
      assert.strictEqual((yield* open(token, user)).status, 409)
      assert.deepInclude((yield* findActive(token, user)).body, { items: [] })
      assert.deepStrictEqual((yield* simulator.state).locks, [{ userId: user, opensLeft: 1, until: null }])
      assert.strictEqual((yield* open(token, "cognigy_other")).status, 201)
      assert.deepStrictEqual(yield* statuses(3, open(token, user)), [409, 201, 409])
      assert.deepStrictEqual((yield* simulator.state).locks, [])
    }).pipe(withSimulator())
  )

  it.effect("holds for a time on the clock", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* simulator.issueToken
      yield* simulator.lockUser(user, { durationMillis: 500 })
      assert.deepStrictEqual(yield* statuses(2, open(token, user)), [409, 409])
      yield* TestClock.adjust("499 millis")
      assert.strictEqual((yield* open(token, user)).status, 409)
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual((yield* simulator.state).locks, [])
      assert.strictEqual((yield* open(token, user)).status, 201)
    }).pipe(withSimulator())
  )
})

describe("conversations", () => {
  it.effect("end once", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const id = yield* simulator.openConversation({ userId: user })
      assert.isFalse(yield* simulator.endConversation("none"))
      assert.isTrue(yield* simulator.endConversation(id))
      assert.isFalse(yield* simulator.endConversation(id))
    }).pipe(withSimulator())
  )

  it.effect("can be added under a chosen id, whatever is there", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* simulator.issueToken
      const first = yield* simulator.openConversation({ userId: user })
      assert.strictEqual(yield* simulator.openConversation({ userId: user, conversationId: "chosen" }), "chosen")
      yield* simulator.openConversation({ userId: "cognigy_other", conversationId: "chosen" })
      assert.deepStrictEqual(
        (yield* simulator.state).conversations.map(({ id, status, userId }) => [id, status, userId]),
        [
          [first, "ENDED", user],
          ["chosen", "ACTIVE", "cognigy_other"]
        ]
      )
      assert.strictEqual((yield* open(token, user)).status, 201)
      assert.strictEqual((yield* open(token, "cognigy_other")).status, 409)
    }).pipe(withSimulator())
  )
})

describe("the state", () => {
  it.effect("records calls with their time, query, body and answer", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* simulator.issueToken
      yield* TestClock.setTime(1000)
      yield* send("POST", "/oauth/token", { form: tokenForm })
      yield* open(token, user)
      yield* TestClock.setTime(2000)
      yield* send("GET", `${chats}?userId=cognigy_a%2Fb&status=ACTIVE`, { token })
      yield* send("POST", chats, { token, text: "{", contentType: "application/json" })
      yield* send("GET", "/nothing?a=b")
      const { calls, conversations, counts } = yield* simulator.state
      assert.strictEqual(conversations[0]?.createdAt, 1000)
      const { client_secret: _, ...form } = tokenForm
      assert.deepStrictEqual(calls, [
        { operation: "token", method: "POST", path: "/oauth/token", status: 200, body: form, at: 1000 },
        { operation: "open", method: "POST", path: chats, status: 201, body: opening(user), at: 1000 },
        {
          operation: "findActive",
          method: "GET",
          path: `${chats}?userId=cognigy_a%2Fb&status=ACTIVE`,
          status: 200,
          body: null,
          at: 2000
        },
        { operation: "open", method: "POST", path: chats, status: 400, body: null, at: 2000 },
        { operation: "unknown", method: "GET", path: "/nothing?a=b", status: 404, body: null, at: 2000 }
      ])
      assert.deepStrictEqual(counts, {
        token: 1,
        whoami: 0,
        queue: 0,
        agent: 0,
        open: 2,
        findActive: 1,
        action: 0,
        label: 0,
        unknown: 1
      })
    }).pipe(withSimulator())
  )

  it.effect("is a snapshot", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* simulator.issueToken
      const id = yield* simulator.openConversation({ userId: user })
      const before = yield* simulator.state
      yield* whoami(token)
      yield* simulator.endConversation(id)
      assert.strictEqual(before.conversations[0]?.status, "ACTIVE")
      assert.deepStrictEqual(before.calls, [])
      assert.strictEqual(before.counts.whoami, 0)
    }).pipe(withSimulator())
  )

  it.effect("never holds a token or the client secret", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* simulator.issueToken
      const secret = simulatorClientSecret
      yield* send("POST", "/oauth/token", { form: tokenForm })
      yield* send("POST", "/oauth/token", { json: tokenForm })
      yield* send("POST", "/oauth/token", { form: { ...tokenForm, client_secret: "of-another-client" } })
      yield* send("POST", "/oauth/token", { form: { grant_type: "x", clientSecret: secret, client_id: secret } })
      yield* send("POST", `/oauth/token?client_secret=${secret}&again=${secret}`, { json: tokenForm })
      yield* send("POST", "/elsewhere", { json: { deep: [tokenForm, { token }] } })
      yield* send("GET", `/api/v2/users/me?access_token=${token}`, { token })
      yield* send("GET", `/api/v2/routing/queues/${token}`, { token })
      const answers = yield* Effect.all([
        send("POST", "/oauth/token", { form: { ...tokenForm, client_id: "x" } }),
        send("POST", chats, { token, json: tokenForm }),
        send("GET", "/__simulator/state")
      ])
      for (const text of [JSON.stringify(yield* simulator.state), ...answers.map(({ text }) => text)]) {
        assert.notInclude(text, secret)
        assert.notInclude(text, token)
        assert.notInclude(text, "simulator-token")
        assert.notInclude(text, "of-another-client")
      }
    }).pipe(withSimulator())
  )

  it.effect("can be waited for", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* simulator.issueToken
      const waiting = yield* Effect.forkChild(
        simulator.awaitState(({ conversations }) => conversations.some(({ status }) => status === "ENDED"))
      )
      const id = yield* simulator.openConversation({ userId: user })
      yield* whoami(token)
      assert.isUndefined(waiting.pollUnsafe())
      yield* simulator.endConversation(id)
      const state = yield* Fiber.join(waiting)
      assert.strictEqual(state.conversations[0]?.id, id)
    }).pipe(withSimulator())
  )
})

describe("reset", () => {
  it.effect("removes everything but live tokens", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const atStart = yield* simulator.state
      const token = yield* simulator.issueToken
      yield* simulator.lockUser(user, { opens: 1 })
      yield* simulator.openConversation({ userId: user })
      yield* simulator.order({ operation: "any", kind: "status", status: 500, share: 1 })
      yield* whoami(token)
      yield* simulator.reset
      assert.deepStrictEqual(yield* simulator.state, { ...atStart, tokens: { issued: 0, live: 1 } })
      assert.strictEqual((yield* whoami(token)).status, 200)
      assert.strictEqual((yield* open(token, user)).status, 201)
    }).pipe(withSimulator())
  )

  it.effect("costs the next handover no second opening", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const handover = yield* Handover
      yield* handover.handle(sales("anna"))
      yield* simulator.reset
      yield* handover.handle(sales("ben"))
      const { counts } = yield* simulator.state
      assert.deepInclude(counts, { token: 0, open: 1, action: 1 })
      yield* simulator.reset
      yield* simulator.revokeTokens
      yield* handover.handle(sales("carl"))
      assert.deepInclude((yield* simulator.state).counts, { token: 1, open: 2, action: 1 })
    }).pipe(withRouter)
  )
})
