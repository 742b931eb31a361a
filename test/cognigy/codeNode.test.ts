/** The example for flows that sign their webhooks, run with nothing but JavaScript itself, as in a Code Node. */
import { createHmac } from "node:crypto"
import { readFileSync } from "node:fs"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Redacted, Result, Schema } from "effect"
import { Headers } from "effect/http"
import * as Signature from "../../src/cognigy/door/Signature.ts"
import { toHandoverRequest } from "../../src/cognigy/payload/toHandoverRequest.ts"
import { parseJson } from "../../src/std/exactJson.ts"
import { facts, inputOf } from "./support/payloads.ts"

const source = readFileSync(new URL("../../src/cognigy/codeNode.js", import.meta.url), "utf8")

const Webhook = Schema.Struct({
  id: Schema.String,
  timestamp: Schema.String,
  signature: Schema.String,
  body: Schema.String
})

/** What the code leaves in the flow's context. */
const run = (secret: string, input: unknown) => {
  const context: { webhook?: unknown } = {}
  runInNewContext(source.replace("whsec_REPLACE_ME", secret), { input, context })
  return Schema.decodeUnknownSync(Webhook)(context.webhook)
}

const input = (text: string) => ({
  intent: "transfer_to_sales",
  intentScore: 0.9,
  slots: { product: [{ keyphrase: text }] },
  userId: text,
  sessionId: "session-1",
  inputId: "b6c7a2b4-7a52-4c1e-9f1e-0d5b3f1f5a11",
  text
})

/** Secrets of every length that there may be, from their first byte on. */
const secret = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))), {
    minLength: 24,
    maxLength: 64
  }),
  (bytes) => Buffer.from(bytes)
)

const SECRET = `whsec_${Buffer.alloc(32, 5).toString("base64")}`

/** What the header webhook-id may be. */
const HEADER = /^[\x21-\x2d\x2f-\x7e]{1,256}$/

const texts = Arbitrary.schema(Schema.String)

describe("the Code Node's example", () => {
  it.effect.prop(
    "signs whatever the flow holds as Standard Webhooks do, now, in ASCII",
    { secret, text: Arbitrary.schema(Schema.String) },
    ({ secret, text }) =>
      Effect.sync(() => {
        const before = Math.floor(Date.now() / 1000)
        const { body, id, signature, timestamp } = run(`whsec_${secret.toString("base64")}`, input(text))
        assert.match(body, /^[\x20-\x7e]*$/)
        const expected = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64")
        assert.strictEqual(signature, `v1,${expected}`)
        assert.isAtLeast(Number(timestamp), before)
        assert.isAtMost(Number(timestamp), Date.now() / 1000)
        assert.strictEqual(JSON.parse(body).userId, text)
      })
  )

  it.effect("makes what the router takes, whatever a body lacks to a whole block", () =>
    Effect.gen(function* () {
      const text = `whsec_${Buffer.alloc(32, 5).toString("base64")}`
      const isSigned = Signature.bodyCheck([Redacted.make(text)])
      for (let length = 1; length <= 64; length++) {
        const { body, id, signature, timestamp } = run(text, input("x".repeat(length)))
        const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature }
        const signed = Signature.readHeaders(Headers.fromInput(headers), Number(timestamp))
        assert.isTrue(Result.isSuccess(signed) && isSigned(signed.success, Buffer.from(body)))
        const request = yield* toHandoverRequest(JSON.parse(body))
        assert.strictEqual(request.userId, "x".repeat(length))
        assert.deepStrictEqual(request.entities, [{ name: "product", value: "x".repeat(length) }])
      }
    })
  )

  it.effect.prop("sends all that the router reads of an input", { facts }, ({ facts }) =>
    Effect.gen(function* () {
      const input = JSON.parse(JSON.stringify(inputOf(facts)))
      const { body } = run(SECRET, input)
      assert.deepStrictEqual(
        yield* toHandoverRequest(parseJson(body)),
        yield* toHandoverRequest(parseJson(JSON.stringify(input)))
      )
    })
  )

  it.effect.prop(
    "names a webhook as the header may be, each input by a name of its own",
    { one: texts, other: texts },
    (drawn) =>
      Effect.sync(() => {
        const idOf = (inputId: unknown) => run(SECRET, { ...input("x"), inputId }).id
        for (const text of Object.values(drawn)) assert.match(idOf(text), HEADER)
        if (drawn.one !== "") assert.strictEqual(idOf(drawn.one) === idOf(drawn.other), drawn.one === drawn.other)
      })
  )

  it.effect.each(["a b", "a.b", "ü", "日本😀", "\ud800", "x".repeat(300), "cognigy-hash_1", "a/b%2F", " ", 42])(
    "names the input %j the same each time, and no other so",
    (inputId) =>
      Effect.sync(() => {
        const ids = [inputId, inputId, `${inputId}x`].map((inputId) => run(SECRET, { ...input("x"), inputId }).id)
        for (const id of ids) assert.match(id, HEADER)
        assert.strictEqual(ids[0], ids[1])
        assert.notStrictEqual(ids[0], ids[2])
      })
  )

  it.effect.each([undefined, null, ""])("names each run apart where the inputId is %s", (inputId) =>
    Effect.sync(() => {
      const ids = Array.from({ length: 20 }, () => run(SECRET, { ...input("x"), inputId }).id)
      for (const id of ids) assert.match(id, HEADER)
      assert.strictEqual(new Set(ids).size, ids.length)
      assert.notInclude(ids.join(), "undefined")
      assert.notInclude(ids.join(), "null")
    })
  )
})
