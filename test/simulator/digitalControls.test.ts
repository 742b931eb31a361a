import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import { digitalChannelId, salesSkillId } from "../../src/simulator/digital/DigitalOptions.ts"
import { DigitalState } from "../../src/simulator/digital/DigitalState.ts"
import {
  basic,
  dfo,
  message,
  ordered,
  post,
  put,
  send,
  tokenForm,
  withDigital,
  withDigitalServer,
  write
} from "./digitalSupport.ts"

const thread = "cognigy_anna"
const sales = { skillId: Number(salesSkillId) }

describe("a fault of the digital API", () => {
  it.effect("strikes calls of its operation, with the errors of the API", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered({ operation: "post", kind: "status", status: 503, retryAfter: 2 })
      const { body, headers, status } = yield* post(token, message("m-1", thread))
      assert.deepStrictEqual([status, headers["retry-after"]], [503, "2"])
      assert.include(JSON.stringify(body), '"errorCode":"simulator.fault"')
      yield* write(token, "m-1", thread)
      const { calls, counts } = yield* simulator.state
      assert.deepStrictEqual(
        calls.map(({ operation, status }) => [operation, status]),
        [
          ["post", 503],
          ["post", 200]
        ]
      )
      assert.strictEqual(counts.post, 2)
    }).pipe(withDigital())
  )

  it.effect("loses the answer to a message that took effect", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered({ operation: "post", kind: "drop", phase: "after" })
      assert.isTrue(Result.isFailure(yield* Effect.result(post(token, message("m-1", thread)))))
      assert.lengthOf((yield* simulator.state).contacts, 1)
    }).pipe(withDigital())
  )

  it.effect("closes the contact in the path, or in the message's thread, just before the call", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      const first = yield* write(token, "m-1", thread)
      yield* simulator.order({ operation: "routeToQueue", kind: "end" })
      assert.strictEqual((yield* put(token, `${first}/routing-queue`, sales)).status, 409)
      const second = yield* write(token, "m-2", thread)
      yield* simulator.order({ operation: "post", kind: "end" })
      yield* write(token, "m-3", thread)
      assert.deepStrictEqual(
        (yield* simulator.state).contacts.map(({ number, status }) => [number === first || number === second, status]),
        [
          [true, "closed"],
          [true, "closed"],
          [false, "new"]
        ]
      )
    }).pipe(withDigital({ closedPut: 409 }))
  )

  it.effect("revokes all tokens just before the call", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered({ operation: "contact", kind: "revoke" })
      assert.strictEqual((yield* send("GET", `${dfo}/contacts/1`, { token })).status, 401)
      assert.strictEqual((yield* simulator.state).tokens.live, 0)
    }).pipe(withDigital())
  )
})

describe("the control of a digital simulator", () => {
  it.effect("works over HTTP, unrecorded, and its state is JSON that the schema decodes", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      const control = (method: "GET" | "POST" | "PUT" | "DELETE", path: string, json?: Schema.Json) =>
        send(method, `/__simulator/${path}`, json === undefined ? {} : { json })
      const added = yield* control("POST", "contacts", { authorId: thread, number: "77", status: "open" })
      assert.deepStrictEqual(added.body, { number: "77" })
      const statuses = [
        yield* control("PUT", "contacts/77/status", { status: "resolved" }),
        yield* control("POST", "contacts/77/close"),
        yield* control("POST", "contacts/77/close"),
        yield* control("PUT", "contacts/78/status", { status: "open" }),
        yield* control("PUT", "contacts/77/status", { status: "gone" }),
        yield* control("PUT", "fields", [{ ident: "a", label: "A", type: "text" }]),
        yield* control("PUT", `skills/${salesSkillId}/activity`, { agentsAvailable: 3 }),
        yield* control("POST", "faults", { operation: "label", kind: "hang" }),
        yield* control("POST", "faults", { operation: "action", kind: "hang" })
      ]
      assert.deepStrictEqual(
        statuses.map(({ status }) => status),
        [204, 204, 404, 404, 400, 204, 204, 204, 400]
      )
      const { body } = yield* control("GET", "state")
      const state = yield* simulator.state
      assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(DigitalState)(body), state)
      assert.deepStrictEqual(state.calls, [])
      assert.deepInclude(state.contacts[0], { number: "77", status: "closed" })
      assert.strictEqual((yield* control("POST", "tokens/revoke")).status, 204)
      assert.strictEqual((yield* send("GET", `${dfo}/contacts/77`, { token })).status, 401)
    }).pipe(withDigital())
  )

  it.effect("can be waited for, by a contact and by its script", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      const waiting = yield* Effect.forkChild(
        simulator.awaitState(({ contacts }) => contacts.some(({ requeuedCount }) => requeuedCount === 1))
      )
      yield* write(token, "m-1", thread)
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(waiting)).contacts[0]?.target?.id, "4002")
    }).pipe(withDigital({ script: { afterMillis: 1000 } }))
  )

  it.effect("puts all but live tokens back to the start, and never uses a number again", () =>
    Effect.gen(function* () {
      const simulator = yield* DigitalSimulator
      const atStart = yield* simulator.state
      const { token } = yield* ordered({ operation: "any", kind: "hang", skip: 9 })
      const number = yield* write(token, "m-1", thread)
      yield* simulator.reset
      assert.deepStrictEqual(yield* simulator.state, { ...atStart, tokens: { issued: 0, live: 1 } })
      assert.notStrictEqual(yield* write(token, "m-1", thread), number)
    }).pipe(withDigital())
  )

  it.effect("arranges the states of pacts until the teardown", () =>
    Effect.gen(function* () {
      const change = (action: string, state: string, params: Schema.Json) =>
        Effect.map(
          send("POST", "/__simulator/provider-states", { json: { action, state, params } }),
          ({ status }) => status
        )
      const client = { clientId: "other", clientSecret: "other-secret" }
      const grant = Effect.map(
        send("POST", "/auth/token", {
          form: "grant_type=password&username=key&password=key-secret",
          headers: basic("other", "other-secret")
        }),
        ({ status }) => status
      )
      const skill = send("GET", "/incontactapi/services/v30.0/skills/9", { token: "example" })
      const setups = [
        yield* change("setup", "an OAuth client", client),
        yield* change("setup", "an access key", { accessKeyId: "key", accessKeySecret: "key-secret" }),
        yield* change("setup", "an access token without a permission", { accessToken: "example", operation: "label" }),
        yield* change("setup", "an active contact", { contactId: "77", channelId: digitalChannelId, userId: thread }),
        yield* change("setup", "a skill", { skillId: "9" }),
        yield* change("setup", "a rate limit", { operation: "status", retryAfter: 3 })
      ]
      assert.deepStrictEqual([...new Set(setups)], [200])
      assert.deepStrictEqual([yield* grant, (yield* skill).status], [200, 200])
      assert.strictEqual((yield* put("example", "77/routing-queue", { skillId: 9 })).status, 204)
      assert.strictEqual((yield* put("example", "77/custom-fields", [])).status, 403)
      assert.strictEqual((yield* put("example", "77/status", { status: "closed" })).status, 429)
      assert.strictEqual(yield* change("teardown", "a skill", {}), 200)
      assert.deepStrictEqual([yield* grant, (yield* skill).status], [401, 401])
      assert.strictEqual(yield* change("setup", "a contact on the moon", {}), 400)
      const state = yield* (yield* DigitalSimulator).state
      assert.deepStrictEqual([state.contacts, state.faults], [[], []])
    }).pipe(withDigital())
  )

  it.live("works with a client over HTTP from the token to the queue", () =>
    Effect.gen(function* () {
      const simulator = yield* DigitalSimulator
      const granted = yield* send("POST", "/auth/token", { form: tokenForm, headers: basic() })
      const { access_token } = granted.body as { readonly access_token: string }
      const number = yield* write(access_token, "m-1", thread)
      const routed = yield* put(access_token, `${number}/routing-queue`, sales)
      assert.deepStrictEqual([routed.status, routed.text], [200, ""])
      assert.isFalse(Number.isNaN(Date.parse(routed.headers.date ?? "")))
      const { contacts, counts } = yield* simulator.state
      assert.strictEqual(contacts[0]?.target?.id, salesSkillId)
      assert.deepInclude(counts, { token: 1, post: 1, routeToQueue: 1, unknown: 0 })
    }).pipe(withDigitalServer({ successStatus: 200 }))
  )
})
