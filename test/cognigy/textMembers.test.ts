/** Members that come as text: JSON where no text belongs, text without anything in it, and templates that were not filled. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { toHandoverRequest } from "../../src/cognigy/payload/toHandoverRequest.ts"
import { parseJson } from "../../src/std/exactJson.ts"
import { whole } from "../support/arbitrary.ts"
import { nothingElse } from "../support/request.ts"
import { builtIn, door } from "./support/app.ts"
import { facts, flowOf, inputOf } from "./support/payloads.ts"

type Members = Readonly<Record<string, unknown>>

const decode = (body: unknown) => toHandoverRequest(parseJson(JSON.stringify(body)))

const refusal = (body: unknown) => Effect.flip(decode(body))

const flow = (members: object = {}) => ({ intent: { name: "i" }, user: { id: "u" }, ...members })
const input = (members: object = {}) => ({ intent: "i", userId: "u", ...members })
const bare = { ...nothingElse, intent: "i", userId: "u" }

/** A value as JSON in a text, unless it is text, or is not there. */
const asText = (value: unknown) =>
  value === null || value === undefined || typeof value === "string" ? value : JSON.stringify(value)

/** Some members as JSON in texts: those whose bit is set. */
const inTexts = (members: Members, names: ReadonlyArray<string>, bits: number): Members =>
  Object.fromEntries(
    Object.entries(members).map(([name, value]) => {
      const index = names.indexOf(name)
      return [name, index >= 0 && bits & (1 << index) ? asText(value) : value]
    })
  )

/** Which members are in texts. */
const bits = whole(0, 255)

describe("JSON in a text, where an object, a list or a number belongs,", () => {
  it.effect.prop("says in a flow what it says without the text, at every level", { facts, bits }, ({ bits, facts }) =>
    Effect.gen(function* () {
      const body = flowOf(facts)
      const written = {
        ...body,
        intent: inTexts(body.intent, ["score"], bits >> 6),
        entities: body.entities.map((entity) => (bits & (1 << 7) ? asText(entity) : entity))
      }
      assert.deepStrictEqual(
        yield* decode(inTexts(written, ["intent", "entities", "session", "user", "data"], bits)),
        yield* decode(body)
      )
    })
  )

  it.effect.prop("says in Cognigy's input what it says without the text", { facts, bits }, ({ bits, facts }) =>
    Effect.gen(function* () {
      const body = inputOf(facts)
      assert.deepStrictEqual(yield* decode(inTexts(body, ["slots", "intentScore", "data"], bits)), yield* decode(body))
    })
  )

  it.effect("may have spaces around it", () =>
    Effect.gen(function* () {
      const { confidence, data } = yield* decode(
        flow({ intent: ' {"name":"i","score":" 0.5\\n"} ', data: '\n{"a":1}\t' })
      )
      assert.deepStrictEqual([confidence, data], [0.5, { a: 1 }])
    })
  )

  it.effect("is read once: a text within it stays a text", () =>
    Effect.gen(function* () {
      const { data } = yield* decode(input({ data: JSON.stringify({ a: '{"b":1}', c: "[1]", d: "5" }) }))
      assert.deepStrictEqual(data, { a: '{"b":1}', c: "[1]", d: "5" })
      const { detail } = yield* refusal(input({ data: JSON.stringify(JSON.stringify({ a: 1 })) }))
      assert.match(detail, /^data: /)
    })
  )
})

/** Every member that is no text, by its path, and the JSON of it that is right. */
const structured: ReadonlyArray<readonly [path: string, right: unknown, body: (value: unknown) => object]> = [
  ["intent.score", 0.5, (score) => flow({ intent: { name: "i", score } })],
  ["entities", [], (entities) => flow({ entities })],
  ["entities[1]", {}, (entity) => flow({ entities: [{}, entity] })],
  ["session", {}, (session) => flow({ session })],
  ["data", {}, (data) => flow({ data })],
  ["intentScore", 1, (intentScore) => input({ intentScore })],
  ["slots", {}, (slots) => input({ slots })],
  ["data", [], (data) => input({ data })],
  ["transcript", [], (transcript) => flow({ transcript })],
  ["transcript[1]", {}, (entry) => input({ transcript: [{}, entry] })],
  ["customer", {}, (customer) => input({ customer })],
  ["context", {}, (context) => flow({ context })]
]

const kindOf = (value: unknown) => (Array.isArray(value) ? "list" : typeof value)

describe("text where no text belongs", () => {
  it.effect.each(structured)("at %s is refused unless it is JSON of the right kind", ([path, right, body]) =>
    Effect.gen(function* () {
      yield* decode(body(JSON.stringify(right)))
      const isData = path === "data"
      for (const [text, kind] of [
        ["{}", "object"],
        ["[]", "list"],
        ["0.5", "number"],
        ["null", "null"],
        ["true", "boolean"],
        ['"text"', "text"],
        ["hello", "text"],
        ["[object Object]", "text"],
        ["undefined", "text"],
        ["NaN", "text"],
        ["0,93", "text"],
        ["{'a':1}", "text"],
        ['{"a":1', "text"],
        ["[1,]", "text"]
      ] as const) {
        if (kind === kindOf(right) || (isData && (kind === "object" || kind === "list"))) continue
        const { detail, error } = yield* refusal(body(text))
        assert.strictEqual(error, "Invalid payload", text)
        assert.isTrue(detail.startsWith(`${path}: expected `), `${text}: ${detail}`)
      }
    })
  )

  it.effect.each(structured)("at %s counts as absent when nothing is in it, as null does", ([, , body]) =>
    Effect.gen(function* () {
      for (const nothing of ["", " ", "\n\t ", null, undefined])
        assert.deepStrictEqual(yield* decode(body(nothing)), bare)
    })
  )

  it.effect.each(structured)("at %s keeps within the bounds of a body", ([path, right, body]) =>
    Effect.gen(function* () {
      if (kindOf(right) === "number") return
      const isList = kindOf(right) === "list"
      const nested = (levels: number) =>
        isList ? "[".repeat(levels) + "]".repeat(levels) : `${'{"a":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`
      const many = (count: number) =>
        JSON.stringify(
          isList ? Array(count).fill(null) : Object.fromEntries(Array.from({ length: count }, (_, index) => [index, 0]))
        )
      // Lists in a list of entities are no entities, texts by names are flat and few, and deep is deep.
      if (!["entities", "transcript", "context"].includes(path)) yield* decode(body(nested(64)))
      if (path !== "context") yield* decode(body(many(10_000)))
      for (const text of [nested(65), nested(20_000), many(10_001)]) {
        const { detail, error } = yield* refusal(body(text))
        assert.strictEqual(error, "Invalid payload")
        assert.match(detail, /^[a-z]+(\[1\])?: the JSON in the text (is nested deeper|holds more)/)
      }
    })
  )

  it.effect("is an intent's name, unless it is an object in JSON or looks like one", () =>
    Effect.gen(function* () {
      const written = { user: { id: "u" }, intent: '{"name":"i","score":0.5}' }
      assert.deepStrictEqual(yield* decode(written), { ...bare, confidence: 0.5 })
      for (const name of ["[1]", "5", "null", '"i"', "{", "a{b}"]) {
        assert.strictEqual((yield* decode(input({ intent: name }))).intent, name)
      }
      for (const text of ["{'name':'i'}", "{name: i}", '{"name":}']) {
        const { detail } = yield* refusal({ user: { id: "u" }, intent: text })
        assert.match(detail, /^intent: expected an object with a name, or /)
      }
      assert.strictEqual((yield* refusal({ user: { id: "u" }, intent: "{}" })).detail, "missing or empty: intent.name")
    })
  )
})

describe("text that is empty or blank", () => {
  it.effect.prop("counts as absent wherever a member can do without", { facts }, ({ facts }) =>
    Effect.gen(function* () {
      for (const nothing of ["", " ", "\n\t\u00a0", null, undefined]) {
        const { intent, user } = flowOf(facts)
        const { intent: name, userId } = inputOf(facts)
        const shared = {
          language: nothing,
          channel: nothing,
          inputId: nothing,
          traceId: nothing,
          text: nothing,
          data: nothing,
          contactId: nothing,
          transcript: nothing,
          summary: nothing,
          customer: nothing,
          context: nothing
        }
        const expected = { ...nothingElse, intent: intent.name, userId: String(user.id) }
        assert.deepStrictEqual(
          yield* decode({
            ...shared,
            intent: { name: intent.name, score: nothing },
            entities: [nothing, { name: "e", value: nothing }, { name: nothing, value: "v" }],
            session: { sessionId: nothing },
            user,
            transcript: [nothing, { role: nothing, text: nothing, payload: nothing, at: nothing }],
            customer: { name: nothing, email: nothing, phone: nothing },
            context: { a: nothing, " ": "v" }
          }),
          expected
        )
        assert.deepStrictEqual(
          yield* decode({
            ...shared,
            intent: name,
            intentScore: nothing,
            slots: { e: nothing, f: [nothing], g: { keyphrase: nothing, value: nothing } },
            sessionId: nothing,
            userId
          }),
          expected
        )
      }
    })
  )
})

it.effect.each([" a ", "\ta\n"])("text with something in it keeps the spaces around it: %j", (text) =>
  Effect.gen(function* () {
    const request = yield* decode(input({ text, slots: { e: text } }))
    assert.deepStrictEqual([request.text, request.entities], [text, [{ name: "e", value: text }]])
  })
)

it.effect.each([5, true, {}, ["hello"], { text: "hello" }])("the user's words are text: %j counts as absent", (text) =>
  Effect.gen(function* () {
    for (const body of [flow({ text }), input({ text })]) assert.deepStrictEqual(yield* decode(body), bare)
  })
)

it.effect("a name of a slot that was not filled is told in plain words", () =>
  Effect.gen(function* () {
    const { detail } = yield* refusal(input({ slots: { "{{context.name}}": "v" } }))
    assert.strictEqual(detail, "slots: one of its names still holds {{…}}: a template was not filled")
  })
)

describe("a score", () => {
  it.effect.each([0, 1, 0.93, "0", "1", "0.93", "1e-3", "0.12345678901234567890"])("may be %j", (score) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* decode(flow({ intent: { name: "i", score } }))).confidence, Number(score))
      assert.strictEqual((yield* decode(input({ intentScore: score }))).confidence, Number(score))
    })
  )

  it.effect.each([1.7, -1, -0.0001, 93, "1.7", "-1", "abc", "93%", "1e400", "Infinity", "+0.5", true, {}, []])(
    "cannot be %j",
    (score) =>
      Effect.gen(function* () {
        for (const [path, body] of [
          ["intent.score", flow({ intent: { name: "i", score } })],
          ["intentScore", input({ intentScore: score })]
        ] as const) {
          const { detail, error } = yield* refusal(body)
          assert.strictEqual(error, "Invalid payload")
          assert.isTrue(detail.startsWith(`${path}: expected a number from 0 to 1`), detail)
        }
      })
  )
})

describe("a template that was not filled", () => {
  for (const [path, body] of [
    ["intent.name", flow({ intent: { name: "{{input.intent}}" } })],
    ["intent.name", flow({ intent: '{"name":"{{input.intent}}"}' })],
    ["user.id", flow({ user: { id: "{{ input.userId }}" } })],
    ["user.id", flow({ user: { id: "cognigy-{{input.userId}}-1" } })],
    ["session.sessionId", flow({ session: { sessionId: "{{input.sessionId}}" } })],
    ["entities[0].name", flow({ entities: [{ name: "{{context.name}}", value: "v" }] })],
    ["language", flow({ language: "{{input.language}}" })],
    ["channel", flow({ channel: "{{input.channel}}" })],
    ["inputId", flow({ inputId: "{{input.inputId}}" })],
    ["traceId", flow({ traceId: "{{input.traceId}}" })],
    ["intent", input({ intent: "{{input.intent}}" })],
    ["userId", input({ userId: "{{input.userId}}" })],
    ["sessionId", input({ sessionId: "{{input.sessionId}}" })],
    ["slots", input({ slots: { "{{context.name}}": "v" } })],
    ["intent.score", flow({ intent: { name: "i", score: "{{input.intentScore}}" } })],
    ["entities", flow({ entities: "{{context.entities}}" })],
    ["entities[0]", flow({ entities: ["{{context.entity}}"] })],
    ["session", flow({ session: "{{input.session}}" })],
    ["user", { ...flow(), user: "{{input.user}}" }],
    ["data", flow({ data: "{{JSON.stringify(input.data)}}" })],
    ["data", flow({ data: '{"a":{{input.data}}}' })],
    ["data", flow({ data: '"{{input.data}}"' })],
    ["intentScore", input({ intentScore: "{{input.intentScore}}" })],
    ["slots", input({ slots: "{{input.slots}}" })],
    ["contactId", flow({ contactId: "{{context.contactId}}" })],
    ["contactId", input({ contactId: "a-{{context.contactId}}" })],
    ["transcript", flow({ transcript: "{{JSON.stringify(input.transcript)}}" })],
    ["transcript[0]", flow({ transcript: ["{{input.transcript[0]}}"] })],
    ["transcript[0].role", flow({ transcript: [{ role: "{{context.role}}", text: "hello" }] })],
    ["summary", input({ summary: " {{context.summary}} {{context.more}}\n" })],
    ["customer", flow({ customer: "{{context.customer}}" })],
    ["customer.name", flow({ customer: { name: "{{profile.firstname}}" } })],
    ["customer.email", input({ customer: { email: "{{profile.email}}" } })],
    ["customer.phone", flow({ customer: { phone: "+49 {{profile.phone}}" } })],
    ["context", input({ context: "{{JSON.stringify(context)}}" })],
    ["context", input({ context: { "{{context.name}}": "v" } })],
    ["context", input({ context: { order: "{{context.order}}" } })]
  ] as const) {
    it.effect(`is refused in words that say so: ${path} of ${JSON.stringify(body)}`, () =>
      Effect.gen(function* () {
        const { detail, error } = yield* refusal(body)
        assert.strictEqual(error, "Invalid payload")
        assert.isTrue(detail.startsWith(`${path}: `), detail)
        assert.match(detail, /still holds \{\{…\}\}: a template was not filled$/)
      })
    )
  }

  it.effect("is a value like any other where text belongs: the words of a user may hold braces", () =>
    Effect.gen(function* () {
      const words = "what is {{this}}?"
      const { context, entities, summary, text, transcript } = yield* decode(
        input({
          text: words,
          slots: { e: "{{x}}" },
          summary: words,
          context: { question: words },
          transcript: [{ role: "user", text: "{{x}}" }]
        })
      )
      assert.deepStrictEqual([text, entities], [words, [{ name: "e", value: "{{x}}" }]])
      assert.deepStrictEqual([summary, context], [words, { question: words }])
      assert.deepStrictEqual(transcript?.entries, [{ role: "user", text: "{{x}}" }])
    })
  )

  it.effect("names no agent, and no handover that may come again", () =>
    Effect.gen(function* () {
      const { handled, post } = yield* door({ mode: "none" }, { policy: builtIn })
      const agent = input({ intent: "transfer_to_agent", slots: { agentId: "{{context.agentId}}" } })
      const noAgent = yield* post({}, JSON.stringify(agent))
      assert.deepStrictEqual([noAgent.status, noAgent.error], [400, "Agent ID missing"])
      assert.match(`${noAgent.detail}`, /still holds \{\{…\}\}: a template was not filled/)
      for (const header of ["idempotency-key", "webhook-id"]) {
        const noKey = yield* post({ [header]: "{{input.inputId}}" }, JSON.stringify(input()))
        assert.deepStrictEqual([noKey.status, noKey.error], [400, "Invalid payload"])
        assert.match(`${noKey.detail}`, /^the header .*: it still holds \{\{…\}\}: a template was not filled$/)
      }
      assert.lengthOf(handled, 1)
    })
  )
})
