import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, type Schema } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { send, tokenForm, whoami, withSimulator } from "./support.ts"

const change = (action: string, state: string, params: Schema.Json = {}) =>
  send("POST", "/__simulator/provider-states", { json: { action, state, params } })

const queue = (token: string, queueId: string) =>
  Effect.map(send("GET", `/api/v2/routing/queues/${queueId}`, { token }), ({ status }) => status)

describe("provider states over HTTP", () => {
  it.effect("hold until the teardown, which leaves everything as at the start", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const setups = [
        yield* change("setup", "a valid access token", { accessToken: "example" }),
        yield* change("setup", "a queue", { queueId: "new", name: "New" }),
        yield* change("setup", "several active conversations", { userId: "cognigy_u", conversationIds: ["a", "b"] }),
        yield* change("setup", "a rate limit", { operation: "open", retryAfter: 3 })
      ]
      assert.deepStrictEqual(
        setups.map(({ status, text }) => [status, text]),
        setups.map(() => [200, "{}"])
      )
      assert.strictEqual(yield* queue("example", "new"), 200)
      const state = yield* simulator.state
      assert.deepStrictEqual(
        state.conversations.map(({ id, status }) => [id, status]),
        [
          ["a", "ACTIVE"],
          ["b", "ACTIVE"]
        ]
      )

      assert.strictEqual((yield* change("teardown", "a queue", { queueId: "new", name: "New" })).status, 200)
      assert.strictEqual((yield* whoami("example")).status, 401)
      assert.strictEqual(yield* queue(yield* simulator.issueToken, "new"), 404)
      const { conversations, faults } = yield* simulator.state
      assert.deepStrictEqual([conversations, faults], [[], []])
    }).pipe(withSimulator())
  )

  it.effect("wake tests that wait for a state", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const waiting = yield* Effect.forkChild(
        simulator.awaitState(({ conversations }) => conversations.length === 1),
        { startImmediately: true }
      )
      yield* change("setup", "an active conversation", { userId: "cognigy_u", conversationId: "a" })
      assert.lengthOf((yield* Fiber.join(waiting)).conversations, 1)
    }).pipe(withSimulator())
  )

  it.effect("add an OAuth client beside the usual one", () =>
    Effect.gen(function* () {
      const grant = (client_id: string, client_secret: string) =>
        Effect.map(
          send("POST", "/oauth/token", { form: { ...tokenForm, client_id, client_secret } }),
          ({ status }) => status
        )
      assert.strictEqual(yield* grant("other", "other-secret"), 401)
      yield* change("setup", "an OAuth client", { clientId: "other", clientSecret: "other-secret" })
      assert.strictEqual(yield* grant("other", "other-secret"), 200)
      assert.strictEqual(yield* grant(tokenForm.client_id, tokenForm.client_secret), 200)
      assert.strictEqual(yield* grant("other", "wrong"), 401)
      yield* send("GET", "/other-secret")
      assert.notInclude(JSON.stringify(yield* (yield* CXoneSimulator).state), "other-secret")
    }).pipe(withSimulator())
  )

  const refused: ReadonlyArray<readonly [string, string, string, Schema.Json, string]> = [
    ["an unknown state", "setup", "a conversation on the moon", {}, "an active conversation"],
    ["a parameter that is missing", "setup", "a queue", { queueId: "q" }, "name"],
    ["a parameter that the state does not have", "setup", "no queue", { queueId: "q", extra: 1 }, "extra"],
    ["an unknown action", "destroy", "no queue", { queueId: "q" }, "teardown"]
  ]
  for (const [what, action, state, params, named] of refused) {
    it.effect(`refuse ${what} with 400, and name the error`, () =>
      Effect.gen(function* () {
        const { status, text } = yield* change(action, state, params)
        assert.strictEqual(status, 400)
        assert.include(text, named)
      }).pipe(withSimulator())
    )
  }
})
