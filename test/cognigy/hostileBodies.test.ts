import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { agentId, salesQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { assertProblem, assertSuccess, type ProblemMembers } from "../e2e/support/answers.ts"
import { sales } from "../e2e/support/bodies.ts"
import { builtIn, door, stillWorks } from "./support/app.ts"

const started = door({ mode: "none" }, { policy: builtIn })

const body = JSON.stringify(sales("anna"))
const json = (text: string) => new TextEncoder().encode(text)
const asInput = (members: string) => json(`{"intent":"transfer_to_sales","userId":"anna",${members}}`)
const asAgent = (members: string) => json(`{"intent":"transfer_to_agent","userId":"anna",${members}}`)

const KiB = 1024
const deep = 250 * KiB
const invalid = { status: 400, error: "Invalid payload" }
const noAgent = { status: 400, error: "Agent ID missing", rule: "transfer_to_agent" }

/** Bodies that ask for too much, or for nothing sensible. */
const refused: ReadonlyArray<{
  what: string
  body: Uint8Array<ArrayBuffer>
  expected: ProblemMembers
  detail: string
}> = [
  { what: "250 KiB of [", body: json("[".repeat(deep)), expected: invalid, detail: "JSON" },
  { what: '250 KiB of {"a":', body: json('{"a":'.repeat(deep / 5)), expected: invalid, detail: "JSON" },
  { what: "lists in lists", body: json("[".repeat(deep / 2) + "]".repeat(deep / 2)), expected: invalid, detail: "64" },
  {
    what: "objects in objects, where anything goes",
    body: asInput(`"data":${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`),
    expected: invalid,
    detail: "64"
  },
  {
    what: "120,000 entities of a wrong type",
    body: json(JSON.stringify({ ...sales("anna"), entities: Array.from({ length: 120_000 }, () => 1) })),
    expected: invalid,
    detail: "10000 values"
  },
  {
    what: "20,000 members that nobody knows",
    body: asInput(Array.from({ length: 20_000 }, (_, i) => `"${i}":[]`).join()),
    expected: invalid,
    detail: "10000 values"
  },
  {
    what: "250 KiB of { as an id",
    body: asInput(`"contactId":"${"{".repeat(deep)}"`),
    expected: invalid,
    detail: "contactId: expected"
  },
  {
    what: "250 KiB of { as a name in context",
    body: asInput(`"context":{"${"{".repeat(deep)}":1}`),
    expected: invalid,
    detail: "context: one of its names"
  },
  {
    what: "9,000 names in context",
    body: asInput(`"context":{${Array.from({ length: 9000 }, (_, i) => `"${i}":{}`).join()}}`),
    expected: invalid,
    detail: "context: it holds more than 100 names"
  },
  {
    what: "3,000 entries of a transcript with wrong roles",
    body: json(JSON.stringify({ ...sales("anna"), transcript: Array.from({ length: 3000 }, () => ({ role: "x" })) })),
    expected: invalid,
    detail: "and 2997 more"
  },
  {
    what: "9,000 entities of a wrong type",
    body: json(JSON.stringify({ ...sales("anna"), entities: Array.from({ length: 9000 }, () => 1) })),
    expected: invalid,
    detail: "and 8997 more"
  },
  {
    what: "3,000 entities with wrong names",
    body: json(JSON.stringify({ ...sales("anna"), entities: Array.from({ length: 3000 }, () => ({ name: ["x"] })) })),
    expected: invalid,
    detail: "entities[0].name"
  },
  {
    what: "800 entities with long names",
    body: json(
      JSON.stringify({ ...sales("anna"), entities: Array.from({ length: 800 }, () => ({ name: "x".repeat(300) })) })
    ),
    expected: invalid,
    detail: "entities[0].name"
  },
  {
    what: "an intent of 250 KiB",
    body: json(`{"intent":"${"x".repeat(deep)}","userId":"a"}`),
    expected: invalid,
    detail: "intent"
  },
  {
    what: "a session id of 9,000 entries",
    body: asInput(`"sessionId":[${"1,".repeat(8999)}1]`),
    expected: invalid,
    detail: "sessionId"
  },
  {
    what: "an agent's id of 250 KiB",
    body: asAgent(`"slots":{"agentId":"${"x".repeat(deep)}"}`),
    expected: noAgent,
    detail: "256"
  },
  { what: "an agent's id of 1.5", body: asAgent('"slots":{"agentId":1.5}'), expected: noAgent, detail: "number" },
  {
    what: "an agent's id of 400 digits",
    body: asAgent(`"slots":{"agentId":${"9".repeat(400)}}`),
    expected: noAgent,
    detail: "longer than 256"
  },
  {
    what: "a user id of 1e400",
    body: json('{"intent":"transfer_to_sales","userId":1e400}'),
    expected: invalid,
    detail: "userId"
  },
  {
    what: "a user id of 400 digits",
    body: json(`{"intent":"transfer_to_sales","userId":${"9".repeat(400)}}`),
    expected: invalid,
    detail: "userId"
  },
  { what: "a score of 1e400", body: asInput('"intentScore":1e400'), expected: invalid, detail: "intentScore" },
  {
    what: "a NUL in its text",
    body: json(`{"intent":"transfer_to_sales","userId":"a\u0000b"}`),
    expected: invalid,
    detail: "JSON"
  },
  { what: "a NUL at its end", body: json(`${body}\u0000`), expected: invalid, detail: "JSON" },
  { what: "half a pair in an id", body: asInput('"sessionId":"\\udfff"'), expected: invalid, detail: "sessionId" },
  {
    what: "half a pair as it is",
    body: new Uint8Array(Buffer.from(body.replace("anna", "a\u00ed\u00a0\u0080"), "latin1")),
    expected: invalid,
    detail: "UTF-8"
  },
  {
    what: "bytes that are not UTF-8",
    body: new Uint8Array(Buffer.from(body.replace("anna", "j\u00fcrgen"), "latin1")),
    expected: invalid,
    detail: "UTF-8"
  },
  { what: "UTF-16", body: new Uint8Array(Buffer.from(body, "utf16le")), expected: invalid, detail: "UTF-8" },
  {
    what: "UTF-16 and a byte order mark",
    body: new Uint8Array(Buffer.from(`\ufeff${body}`, "utf16le")),
    expected: invalid,
    detail: "UTF-8"
  },
  {
    what: "UTF-16 the other way round",
    body: new Uint8Array(Buffer.from(`\ufeff${body}`, "utf16le").swap16()),
    expected: invalid,
    detail: "UTF-8"
  },
  { what: "two byte order marks", body: json(`\ufeff\ufeff${body}`), expected: invalid, detail: "JSON" }
]

describe("a body is refused in few words, and nothing else disturbed, when it has", () => {
  it.effect.each(refused)("$what", ({ body, detail, expected }) =>
    Effect.gen(function* () {
      const own = yield* started
      const { handled, post } = own
      const reply = yield* post({}, body)
      assert.include(assertProblem(reply, expected), detail)
      assert.isAtMost(reply.text.length, 700)
      if (expected === invalid) assert.deepStrictEqual(handled, [])
      yield* stillWorks(own)
    })
  )
})

describe("a body is taken as it is meant when it has", () => {
  const many = (one: (i: number) => string) => Array.from({ length: 4500 }, (_, i) => one(i)).join()
  it.effect.each([
    {
      what: "9,000 members that nobody knows",
      body: asInput(many((i) => `"${i.toString(36)}":1,"_${i.toString(36)}":1`))
    },
    { what: "9,000 slots", body: asInput(`"slots":{${many((i) => `"${i.toString(36)}":1,"_${i.toString(36)}":1`)}}`) },
    {
      what: "9,000 entities that say nothing",
      body: json(body.replace('"entities":[', `"entities":[${many(() => "null,{}")},`))
    },
    { what: "a text of 250 KiB", body: asInput(`"text":"${"x".repeat(deep)}"`) },
    { what: "a number of 250 KiB", body: asInput(`"data":{"a":${"9".repeat(deep)}}`) },
    { what: "half a pair in its text", body: asInput('"text":"\\ud800","data":{"\\udfff":"\\ud800"}') },
    { what: "numbers beyond the largest, where anything goes", body: asInput('"data":[1e400,-1e400,-0]') },
    { what: "a score of -0", body: asInput('"intentScore":-0.0') },
    {
      what: "members that stand twice: the last one counts",
      body: json('{"intent":"order_pizza","intent":"transfer_to_sales","userId":"ben","userId":"anna"}')
    },
    { what: "a byte order mark", body: json(`\ufeff${body}`) }
  ])("$what", ({ body }) =>
    Effect.gen(function* () {
      const own = yield* started
      const { handled, post } = own
      assertSuccess(yield* post({}, body))
      assert.strictEqual(handled[0]?.userId, "anna")
      yield* stillWorks(own)
    })
  )

  it.effect("a user id of -0: it is the user 0", () =>
    Effect.gen(function* () {
      const own = yield* started
      const { handled, post } = own
      assertSuccess(yield* post({}, json('{"intent":"transfer_to_sales","userId":-0}')))
      assert.strictEqual(handled[0]?.userId, "0")
    })
  )
})

describe.each(["__proto__", "constructor", "prototype"])("members named %s", (name) => {
  const values = ['{"polluted":1}', '{"prototype":{"polluted":1}}', '"text"', "null", "[]", "1"]
  const everywhere = (value: string) => {
    const bad = `"${name}":${value}`
    return [
      asInput(`${bad},"slots":{${bad},"product":{${bad}},"color":[{${bad}}]},"data":{${bad},"a":[{${bad}}]}`),
      json(
        `{${bad},"intent":{"name":"transfer_to_sales",${bad}},"user":{"id":"anna",${bad}},"session":{${bad}},"entities":[{${bad}},{"name":"${name}","value":${value},${bad}}]}`
      )
    ]
  }

  it.effect("change no prototype and nothing else", () =>
    Effect.gen(function* () {
      const before = Object.getOwnPropertyNames(Object.prototype)
      const own = yield* started
      const { post } = own
      for (const body of values.flatMap(everywhere)) {
        assert.deepInclude(assertSuccess(yield* post({}, body)), { target: { type: "queue", id: salesQueueId } })
      }
      assert.deepStrictEqual(Object.getOwnPropertyNames(Object.prototype), before)
      assert.isFalse("polluted" in {})
      yield* stillWorks(own)
    })
  )

  it.effect("decide nothing: what stands in them is not there", () =>
    Effect.gen(function* () {
      const own = yield* started
      const { handled, post } = own
      const whole = `{"intent":"transfer_to_sales","userId":"anna"}`
      assertProblem(yield* post({}, json(`{"${name}":${whole}}`)), { status: 400, error: "Missing required fields" })
      assert.deepStrictEqual(handled, [])
      const value = `{"value":"${agentId}","keyphrase":"${agentId}"}`
      for (const slots of [`{"${name}":{"agentId":${value}}}`, `{"agentId":{"${name}":${value}}}`]) {
        assertProblem(yield* post({}, asAgent(`"slots":${slots}`)), noAgent)
      }
    })
  )
})
