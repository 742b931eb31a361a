/** `/routing/decide` and `/routing/explain` check senders and bodies as the webhook does, without a socket. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import { DECIDE_PATH, EXPLAIN_PATH, WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import type { WebhookCredentials } from "../../src/cognigy/door/Credentials.ts"
import { signatureHeaders } from "../../src/cognigy/door/Signature.ts"
import { assertProblem, assertSafe } from "../e2e/support/answers.ts"
import { sales } from "../e2e/support/bodies.ts"
import { withKnownId } from "../support/correlation.ts"
import { builtIn, door, NOW, stillWorks } from "./support/app.ts"

const started = Effect.fnUntraced(function* (credentials: WebhookCredentials = { mode: "none" }) {
  const own = yield* door(credentials, { policy: builtIn })
  const sent =
    (path: string) =>
    (body: object, query = "", headers: Record<string, string> = {}) =>
      own.post(headers, body instanceof Uint8Array ? body : JSON.stringify(body), path + query)
  return { ...own, own, decide: sent(DECIDE_PATH), explain: sent(EXPLAIN_PATH), webhook: sent(WEBHOOK_PATH) }
})

const call = sales("anna")

const key = "the-key"
const json = (text: string) => new TextEncoder().encode(text)

const secret = Buffer.alloc(32, 7).toString("base64")

const signed = (payload: object, age = 0) => {
  const body = JSON.stringify(payload)
  const headers = signatureHeaders(Redacted.make(secret), { id: "msg_1", timestamp: NOW - age }, body)
  return { body: json(body), headers: Result.getOrThrow(headers) }
}

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`
})

interface Door {
  readonly credentials: WebhookCredentials
  readonly right: ReadonlyArray<Readonly<Record<string, string>>>
  readonly wrong: ReadonlyArray<Readonly<Record<string, string>>>
  readonly challenge: string
}

const doors: ReadonlyArray<Door> = [
  {
    credentials: { mode: "api-key", keys: [Redacted.make(key)] },
    right: [{ "x-api-key": key }, { authorization: `ApiKey ${key}` }, { authorization: `Bearer ${key}` }],
    wrong: [{}, { "x-api-key": "another" }, { authorization: key }, basic("cognigy", key)],
    challenge: 'ApiKey realm="cognigy-cxone-router", Bearer realm="cognigy-cxone-router"'
  },
  {
    credentials: { mode: "basic", user: "cognigy", password: Redacted.make(key) },
    right: [basic("cognigy", key)],
    wrong: [{}, basic("cognigy", "another"), basic("another", key), { "x-api-key": key }],
    challenge: 'Basic realm="cognigy-cxone-router", charset="UTF-8"'
  }
]

const refused = { status: 401, error: "Unauthorized" }

describe.each(["decide", "explain"] as const)("the sender of a request to %s", (path) => {
  it.effect.each(doors)(
    "has the webhook's credentials: $credentials.mode",
    ({ challenge, credentials, right, wrong }) =>
      Effect.gen(function* () {
        const { handled, logged, [path]: ask } = yield* started(credentials)
        for (const headers of right) assert.strictEqual((yield* ask(call, "", headers)).status, 200)
        for (const headers of wrong) {
          for (const body of [call, json("{")]) {
            const reply = yield* ask(body, `?at=tomorrow&key=${key}&api_key=${key}`, headers)
            assertProblem(reply, refused, key)
            assert.strictEqual(reply.headers["www-authenticate"], challenge)
          }
        }
        assert.deepStrictEqual(handled, [])
        assertSafe(logged.join("\n"), key)
      })
  )

  it.effect("signs the body as for the webhook", () =>
    Effect.gen(function* () {
      const {
        handled,
        webhook,
        [path]: ask
      } = yield* started({
        mode: "signature",
        secrets: [Redacted.make(`whsec_${secret}`)]
      })
      const { body, headers } = signed(call)
      // A copy is no replay: nothing is done.
      for (const at of ["", "?at=2026-11-25T11:00:00Z"]) {
        assert.strictEqual((yield* ask(body, at, headers)).status, 200)
      }
      const old = signed(call, 301)
      const other = signed(sales("otto"))
      for (const [body, headers] of [
        [old.body, old.headers],
        [other.body, old.headers],
        [json(JSON.stringify(call)), other.headers],
        [call, {}],
        [json("{"), other.headers]
      ] as const) {
        const reply = yield* ask(body, "", headers)
        assertProblem(reply, refused, secret)
        assert.strictEqual(reply.headers["www-authenticate"], 'Webhook-Signature realm="cognigy-cxone-router"')
      }
      assert.deepStrictEqual(handled, [])
      // The question has not used up the signature.
      assert.strictEqual((yield* webhook(body, "", headers)).status, 200)
    })
  )
})

const KiB = 1024

/** Bodies that ask for too much, or for nothing sensible. */
const hostile: ReadonlyArray<{
  readonly what: string
  readonly body: object
  readonly status?: number
  readonly contentType?: string
}> = [
  { what: "250 KiB of [", body: json("[".repeat(250 * KiB)) },
  { what: "objects in objects", body: json(`{"data":${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}}`) },
  { what: "20,000 members", body: json(`{${Array.from({ length: 20_000 }, (_, i) => `"${i}":[]`).join()}}`) },
  { what: "300 KiB", body: json(JSON.stringify({ ...call, text: "x".repeat(300 * KiB) })), status: 413 },
  { what: "an intent of 200 KiB", body: json(`{"intent":"${"x".repeat(200 * KiB)}","userId":"a"}`) },
  { what: "wrong types", body: json('{"intent":5,"userId":[]}') },
  { what: "no members", body: json("{}") },
  { what: "no object", body: json('"text"') },
  { what: "half a pair in an id", body: json('{"intent":"call","userId":"\\udfff"}') },
  {
    what: "bytes that are not UTF-8",
    body: new Uint8Array(Buffer.from('{"a":"ü"}', "latin1"))
  },
  { what: "another content type", body: call, contentType: "text/plain" },
  { what: "no body", body: json("") }
]

describe.each(["decide", "explain"] as const)(
  "what cannot be read is refused by %s as by the webhook, and nothing else disturbed:",
  (path) => {
    it.effect.each(hostile)("$what", ({ body, contentType = "application/json", status = 400 }) =>
      Effect.gen(function* () {
        const { handled, own, webhook, [path]: ask } = yield* started()
        const headers = { "content-type": contentType }
        const [asked, handed] = [yield* ask(body, "", headers), yield* webhook(body, "", headers)]
        assert.strictEqual(asked.status, status, asked.text)
        assert.strictEqual(withKnownId(asked.text), withKnownId(handed.text))
        assert.isAtMost(asked.text.length, 700)
        assert.deepStrictEqual(handled, [])
        yield* stillWorks(own)
      })
    )
  }
)
