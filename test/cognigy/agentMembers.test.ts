/** The members of a payload that are for the agent and the contact centre, besides the transcript. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { parseBody } from "../../src/cognigy/Body.ts"
import { toHandoverRequest } from "../../src/cognigy/payload/toHandoverRequest.ts"

const read = (members: string) =>
  Effect.flatMap(parseBody(Buffer.from(`{"intent":"i","userId":"u",${members}}`)), toHandoverRequest)

const decode = (members: object) => read(JSON.stringify(members).slice(1, -1))

const refusal = (members: object) => Effect.map(Effect.flip(decode(members)), ({ detail }) => detail)

describe("the id of a contact", () => {
  it.effect.each([
    ["42", "42"],
    [42, "42"],
    ["007", "007"],
    ["c0417e25-0000-4000-8000-000000000005", "c0417e25-0000-4000-8000-000000000005"]
  ])("is opaque: %j", ([sent, contactId]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* decode({ contactId: sent })).contactId, contactId)
    })
  )

  it.effect("is no number that JSON cannot carry", () =>
    Effect.gen(function* () {
      const { detail } = yield* Effect.flip(read('"contactId":12345678901234567890'))
      assert.match(detail, /^contactId: .* as text$/)
    })
  )
})

describe("the customer", () => {
  it.effect("has a name, an e-mail address and a phone number, each if it is there", () =>
    Effect.gen(function* () {
      const customer = { name: "Anna Müller", email: "anna@example.com", phone: "+49 170 123" }
      assert.deepStrictEqual((yield* decode({ customer: { ...customer, vip: true } })).customer, customer)
      assert.deepStrictEqual((yield* decode({ customer: { name: "Anna", email: " " } })).customer, { name: "Anna" })
      assert.deepStrictEqual((yield* decode({ customer: { phone: 49170123 } })).customer, { phone: "49170123" })
      assert.isUndefined((yield* decode({ customer: { vip: true } })).customer)
    })
  )
})

describe("the summary", () => {
  it.effect("is text with line breaks and all, cut at 32 KiB", () =>
    Effect.gen(function* () {
      const summary = " Wants a refund.\n- order 7 🎁 "
      assert.strictEqual((yield* decode({ summary })).summary, summary)
      const long = (yield* decode({ summary: "ü".repeat(20_000) })).summary ?? ""
      assert.isAtMost(Buffer.byteLength(long), 32 * 1024)
      assert.isTrue(/^ü{16000,}…$/.test(long))
    })
  )
})

describe("the context", () => {
  it.effect("is texts by names; numbers, true and false are texts as they are written", () =>
    Effect.gen(function* () {
      const { context } = yield* read(
        '"context":{"order no":"7","tier":"gold\\n","n":5,"f":0.5,"long":12345678901234567890,"big":1e400,"yes":true,"no":false,"zero":0,"empty":"","nothing":null}'
      )
      assert.deepStrictEqual(context, {
        "order no": "7",
        tier: "gold\n",
        n: "5",
        f: "0.5",
        long: "12345678901234567890",
        big: "1e400",
        yes: "true",
        no: "false",
        zero: "0"
      })
    })
  )

  it.effect("has numbers as they are written in a text, too", () =>
    Effect.gen(function* () {
      const { context } = yield* decode({ context: '{"long":12345678901234567890,"n":5}' })
      assert.deepStrictEqual(context, { long: "12345678901234567890", n: "5" })
    })
  )

  it.effect.each(["__proto__", "constructor", "toString"])("may have the name %s, which means nothing", (name) =>
    Effect.gen(function* () {
      const { context = {} } = yield* read(`"context":{"${name}":"v"}`)
      assert.deepStrictEqual(Object.entries(context), [[name, "v"]])
      assert.strictEqual(Object.getPrototypeOf(context), Object.prototype)
    })
  )

  it.effect("has at most 100 names; those of nothing do not count", () =>
    Effect.gen(function* () {
      const of = (count: number, value: unknown) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${value}${index}`, value]))
      const { context = {} } = yield* decode({ context: { ...of(100, "v"), ...of(50, null), ...of(50, " ") } })
      assert.lengthOf(Object.keys(context), 100)
      assert.strictEqual(yield* refusal({ context: of(101, 1) }), "context: it holds more than 100 names")
    })
  )

  it.effect("has values of at most 1,024 characters: the rest is cut", () =>
    Effect.gen(function* () {
      const { context } = yield* decode({ context: { fits: "😀".repeat(1024), long: "😀".repeat(1025) } })
      assert.deepStrictEqual(context, { fits: "😀".repeat(1024), long: "😀".repeat(1024) })
    })
  )

  it.effect.each([
    [{ secret: {} }, "one of its values is neither text nor a number, true or false"],
    [{ a: "b", secret: ["secret"] }, "one of its values is neither text nor a number, true or false"],
    [{ "secret\n": "b" }, "one of its names is not as it must be: "],
    [{ [`secret${"x".repeat(257)}`]: "b" }, "one of its names is not as it must be: "],
    [{ secret: "{{ context.secret }}" }, "one of its values still holds {{…}}: a template was not filled"],
    [{ "secret {{x}}": "b" }, "one of its names still holds {{…}}: a template was not filled"]
  ])("is refused without a word of it: %j", ([context, problem]) =>
    Effect.gen(function* () {
      const detail = yield* refusal({ context })
      assert.isTrue(detail.startsWith(`context: ${problem}`), detail)
      assert.notInclude(detail, "secret")
    })
  )
})
