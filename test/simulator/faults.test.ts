import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { salesQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import {
  chats,
  findActive,
  withSimulator as inProcess,
  open,
  ordered,
  send,
  tokenForm,
  whoami,
  withServer
} from "./support.ts"

const user = "cognigy_user"

describe.each([
  { how: "over HTTP", withSimulator: withServer },
  { how: "in process", withSimulator: inProcess }
])("$how", ({ withSimulator }) => {
  describe("a status fault", () => {
    it.effect("answers ahead of every check, without effect", () =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered(
          { operation: "open", kind: "status", status: 503 },
          { operation: "whoami", kind: "status", status: 500 }
        )
        const answer = yield* open(token, user)
        assert.strictEqual(answer.status, 503)
        assert.include(answer.body, { code: "simulator.fault", status: 503 })
        assert.isUndefined(answer.headers["retry-after"])
        assert.strictEqual((yield* whoami("unknown")).status, 500)
        assert.deepStrictEqual((yield* simulator.state).conversations, [])
        assert.strictEqual((yield* open(token, user)).status, 201)
      }).pipe(withSimulator())
    )

    it.effect("sends Retry-After in seconds, or as it is given", () =>
      Effect.gen(function* () {
        const date = "Wed, 21 Oct 2026 07:28:00 GMT"
        const { token } = yield* ordered(
          { operation: "whoami", kind: "status", status: 429, retryAfter: 3 },
          { operation: "whoami", kind: "status", status: 429, retryAfter: date }
        )
        assert.strictEqual((yield* whoami(token)).headers["retry-after"], "3")
        assert.strictEqual((yield* whoami(token)).headers["retry-after"], date)
      }).pipe(withSimulator())
    )

    it.effect("strikes its operation only, and with any strikes all", () =>
      Effect.gen(function* () {
        const { token } = yield* ordered({ operation: "open", kind: "status", status: 503 })
        assert.strictEqual((yield* whoami(token)).status, 200)
        assert.strictEqual((yield* findActive(token, user)).status, 200)
        const { simulator } = yield* ordered({ operation: "any", kind: "status", status: 502, times: 3 })
        assert.strictEqual((yield* whoami(token)).status, 502)
        assert.strictEqual((yield* send("POST", "/oauth/token", { form: tokenForm })).status, 502)
        assert.strictEqual((yield* send("GET", "/nothing")).status, 502)
        assert.strictEqual((yield* open(token, user)).status, 503)
        assert.deepStrictEqual((yield* simulator.state).faults, [])
      }).pipe(withSimulator())
    )
  })

  describe("a delay fault", () => {
    it.effect("answers as usual once the time has passed", () =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered({ operation: "open", kind: "delay", millis: 60_000 })
        const opening = yield* Effect.forkChild(open(token, user))
        const waiting = yield* simulator.awaitState(({ counts }) => counts.open === 1)
        assert.deepStrictEqual(waiting.conversations, [])
        assert.isNull(waiting.calls[0]?.status)
        yield* TestClock.adjust("60 seconds")
        assert.strictEqual((yield* Fiber.join(opening)).status, 201)
      }).pipe(withSimulator())
    )

    it.effect("in phase after lets the call take effect first", () =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered({ operation: "open", kind: "delay", millis: 1000, phase: "after" })
        const opening = yield* Effect.forkChild(open(token, user))
        yield* simulator.awaitState(({ conversations }) => conversations.length === 1)
        assert.strictEqual((yield* open(token, user)).status, 409)
        assert.deepStrictEqual(
          (yield* simulator.state).calls.map(({ status }) => status),
          [null, 409]
        )
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* Fiber.join(opening)).status, 201)
      }).pipe(withSimulator())
    )

    it.effect("combines with another fault, whichever was ordered first", () =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered(
          { operation: "whoami", kind: "status", status: 503, times: 2 },
          { operation: "whoami", kind: "delay", millis: 1000 },
          { operation: "any", kind: "delay", millis: 1000 }
        )
        // Each call takes one delay, and the third call none.
        for (const calls of [1, 2]) {
          const late = yield* Effect.forkChild(whoami(token))
          const { faults } = yield* simulator.awaitState(({ counts }) => counts.whoami === calls)
          assert.strictEqual(faults.filter(({ fault }) => fault.kind === "delay").length, 2 - calls)
          yield* TestClock.adjust("1 second")
          assert.strictEqual((yield* Fiber.join(late)).status, 503)
        }
        assert.strictEqual((yield* whoami(token)).status, 200)
      }).pipe(withSimulator())
    )
  })

  describe("a hang fault", () => {
    it.effect.each([
      { phase: "before", opened: 0 },
      { phase: "after", opened: 1 }
    ] as const)("never answers; in phase $phase there is $opened conversation", ({ opened, phase }) =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered({ operation: "open", kind: "hang", phase })
        const opening = yield* Effect.forkChild(open(token, user))
        const state = yield* simulator.awaitState(
          ({ conversations, counts }) => counts.open === 1 && conversations.length === opened
        )
        assert.isNull(state.calls[0]?.status)
        yield* TestClock.adjust("30 minutes")
        assert.isUndefined(opening.pollUnsafe())
        yield* Fiber.interrupt(opening)
        assert.strictEqual((yield* open(token, user)).status, opened === 1 ? 409 : 201)
      }).pipe(withSimulator())
    )
  })

  describe("a drop fault", () => {
    it.effect.each([
      { phase: "before", opened: 0 },
      { phase: "after", opened: 1 }
    ] as const)("destroys the connection; in phase $phase there is $opened conversation", ({ opened, phase }) =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered({ operation: "open", kind: "drop", phase })
        const error = yield* Effect.flip(open(token, user))
        assert.strictEqual(error.reason._tag, "TransportError")
        const { calls, conversations, counts } = yield* simulator.state
        assert.strictEqual(conversations.length, opened)
        assert.strictEqual(counts.open, 1)
        assert.isNull(calls[0]?.status)
        assert.strictEqual((yield* open(token, user)).status, opened === 1 ? 409 : 201)
      }).pipe(withSimulator())
    )

    it.effect("in phase before comes ahead of the check of the token", () =>
      Effect.gen(function* () {
        yield* ordered({ operation: "whoami", kind: "drop" })
        yield* Effect.flip(whoami("unknown"))
        assert.strictEqual((yield* whoami("unknown")).status, 401)
      }).pipe(withSimulator())
    )
  })

  describe("a broken body", () => {
    it.effect("keeps the status, and the call takes effect", () =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered({ operation: "open", kind: "brokenBody" })
        const answer = yield* open(token, user)
        assert.strictEqual(answer.status, 201)
        assert.match(answer.text, /^\{"id":"/)
        assert.throws(() => JSON.parse(answer.text))
        const { calls, conversations } = yield* simulator.state
        assert.strictEqual(conversations.length, 1)
        assert.strictEqual(calls[0]?.status, 201)
      }).pipe(withSimulator())
    )

    it.effect("answers 200 and a broken body instead of a 204, and breaks errors, too", () =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered({ operation: "action", kind: "brokenBody", times: 2 })
        const id = yield* simulator.openConversation({ userId: user })
        const json = { action: "queue", to: { queueId: salesQueueId } }
        const act = send("POST", `${chats}/${id}/actions`, { token, json })
        for (const status of [200, 409]) {
          const answer = yield* act
          assert.strictEqual(answer.status, status)
          assert.strictEqual(answer.headers["content-type"], "application/json")
          assert.throws(() => JSON.parse(answer.text))
        }
      }).pipe(withSimulator())
    )
  })

  describe("a body fault", () => {
    it.effect("replaces status and body, and the call takes effect", () =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered(
          { operation: "open", kind: "body", status: 201, body: { id: 7 } },
          { operation: "whoami", kind: "body", status: 502, body: "<h1>Bad Gateway</h1>", contentType: "text/html" },
          { operation: "whoami", kind: "body", status: 200, body: "text" },
          { operation: "whoami", kind: "body", status: 200, body: null, contentType: "application/problem+json" }
        )
        const opened = yield* open(token, user)
        assert.strictEqual(opened.status, 201)
        assert.deepStrictEqual(opened.body, { id: 7 })
        assert.strictEqual((yield* simulator.state).conversations.length, 1)
        const html = yield* whoami(token)
        assert.deepStrictEqual([html.status, html.text], [502, "<h1>Bad Gateway</h1>"])
        assert.strictEqual(html.headers["content-type"], "text/html")
        assert.strictEqual((yield* whoami(token)).text, '"text"')
        const none = yield* whoami(token)
        assert.deepStrictEqual([none.text, none.headers["content-type"]], ["null", "application/problem+json"])
      }).pipe(withSimulator())
    )
  })

  describe("a revoke fault", () => {
    it.effect("ends all tokens before the call is handled", () =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered({ operation: "open", kind: "revoke" })
        const other = yield* simulator.issueToken
        assert.strictEqual((yield* whoami(other)).status, 200)
        const refused = yield* open(token, user)
        assert.strictEqual(refused.status, 401)
        assert.include(refused.body, { code: "bad.credentials" })
        assert.strictEqual((yield* whoami(other)).status, 401)
        const { conversations, tokens } = yield* simulator.state
        assert.deepStrictEqual(conversations, [])
        assert.deepStrictEqual(tokens, { issued: 2, live: 0 })
        assert.strictEqual((yield* open(yield* simulator.issueToken, user)).status, 201)
      }).pipe(withSimulator())
    )

    it.effect("on the token call leaves the token that it answers", () =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered({ operation: "token", kind: "revoke" })
        assert.strictEqual((yield* send("POST", "/oauth/token", { form: tokenForm })).status, 200)
        assert.strictEqual((yield* whoami(token)).status, 401)
        assert.strictEqual((yield* simulator.state).tokens.live, 1)
      }).pipe(withSimulator())
    )
  })

  describe("an end fault", () => {
    const route = (token: string, id: string) =>
      send("POST", `${chats}/${id}/actions`, { token, json: { action: "queue", to: { queueId: salesQueueId } } })

    it.effect("ends the conversation that an action names before it is handled", () =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered({ operation: "action", kind: "end" })
        const id = yield* simulator.openConversation({ userId: user })
        const other = yield* simulator.openConversation({ userId: "cognigy_other" })
        assert.strictEqual((yield* route(token, id)).status, 404)
        assert.strictEqual((yield* route(token, other)).status, 204)
        assert.deepStrictEqual(
          (yield* simulator.state).conversations.map(({ status, target }) => ({ status, isRouted: target !== null })),
          [
            { status: "ENDED", isRouted: false },
            { status: "ACTIVE", isRouted: true }
          ]
        )
        assert.strictEqual((yield* open(token, user)).status, 201)
      }).pipe(withSimulator())
    )

    it.effect("lets calls pass that name no conversation or an unknown one", () =>
      Effect.gen(function* () {
        const { token } = yield* ordered({ operation: "any", kind: "end", times: 2 })
        assert.strictEqual((yield* whoami(token)).status, 200)
        assert.strictEqual((yield* route(token, "unknown")).status, 404)
      }).pipe(withSimulator())
    )
  })
})
