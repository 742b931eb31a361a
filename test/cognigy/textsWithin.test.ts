/** JSON in texts below the members of a payload, where rules look: in `data`, and in the values of slots and entities. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { vi } from "vitest"
import { parseBody } from "../../src/cognigy/Body.ts"
import { toHandoverRequest } from "../../src/cognigy/payload/toHandoverRequest.ts"
import { explain } from "../../src/routing/explain/explain.ts"
import { readRoutes } from "../../src/routing/file/readRoutes.ts"
import { makeRoutingTable } from "../../src/routing/table/RoutingTable.ts"

const read = (body: unknown) => Effect.flatMap(parseBody(Buffer.from(JSON.stringify(body))), toHandoverRequest)

const tableOf = (rules: ReadonlyArray<object>) =>
  makeRoutingTable(Result.getOrThrow(readRoutes(JSON.stringify({ rules }))))

const explained = Effect.fnUntraced(function* (when: object, body: unknown) {
  const table = tableOf([{ name: "r", when, to: { agent: { entity: "agentId" }, fallback: { queue: "q" } } }])
  return explain(table, undefined, yield* read(body), 0)
})

const text = JSON.stringify

const withData = (data: unknown) => ({ intent: "i", userId: "u", data })

const LONG = "12345678901234567890"

describe("a path into data", () => {
  it.effect.each([
    ["customer.tier", "gold", { customer: text({ tier: "gold" }) }],
    ["customer.tier", "gold", text({ customer: text({ tier: "gold" }) })],
    ["0.tier", "gold", [text({ tier: "gold" })]],
    ["a.1", "gold", { a: ' [0,"gold"]\n' }],
    ["a.b.c.d", "gold", { a: text({ b: { c: text({ d: "gold" }) } }) }],
    ["/a/b.c/0", "gold", { a: { "b.c": text(["gold"]) } }],
    ["a.n", LONG, { a: `{"n":${LONG}}` }],
    ["a.0.n", LONG, { a: text([`{"n":${LONG}}`]) }]
  ] as const)("goes on in a text that is JSON of an object or a list: %s finds %s in %j", ([path, value, data]) =>
    Effect.gen(function* () {
      const { outcome } = yield* explained({ data: { [path]: value } }, withData(data))
      assert.deepInclude(outcome, { type: "handover", rule: "r" })
      const { passed } = yield* explained({ data: { [path]: "another" } }, withData(data))
      assert.deepInclude(passed[0], { saw: value })
    })
  )

  it.effect.each([
    ["a", { a: text({ tier: "gold" }) }],
    ["a.b", { a: { b: text(["gold"]) } }]
  ] as const)("ends at a text as it is: %s in %j", ([path, data]) =>
    Effect.gen(function* () {
      const { passed } = yield* explained({ data: { [path]: "another" } }, withData(data))
      assert.strictEqual(passed[0]?.saw, path === "a" ? '{"tier":"gold"}' : '["gold"]')
    })
  )

  it.effect.each([
    "gold",
    "5",
    text("gold"),
    text(text({ b: "gold" })),
    '{"b":"gold"',
    "[object Object]",
    "{{input.a}}",
    "",
    `${'{"b":'.repeat(65)}1${"}".repeat(65)}`,
    text({ b: "gold", c: Array(10_000).fill(0) }),
    "[".repeat(100_000)
  ])("finds nothing in other texts, and none in JSON past the bounds of a body: %.30s", (a) =>
    Effect.gen(function* () {
      for (const path of ["a.b", "a.0", "a.length"]) {
        const { passed } = yield* explained({ data: { [path]: { present: true } } }, withData({ a }))
        assert.deepInclude(passed[0], { shown: "nothing" }, path)
      }
    })
  )

  it.effect("parses a text once, however many rules look into it, and none that no rule looks into", () =>
    Effect.gen(function* () {
      const rules = Array.from({ length: 1000 }, (_, index) => ({
        name: `r${index}`,
        when: { data: { "a.tier": `${index}`, "b.tier": { present: false }, "c.tier": { present: false } } },
        to: { queue: "q" }
      }))
      const [looked, broken, left] = [text({ tier: "999" }), `{${" ".repeat(100)}`, text({ unseen: 1 })]
      const request = yield* read(withData({ a: looked, b: broken, d: left }))
      const parse = vi.spyOn(JSON, "parse")
      try {
        const table = tableOf(rules)
        parse.mockClear()
        const outcome = Result.getOrThrow(table.decide({ request, now: 0 }))
        assert.strictEqual(outcome.rule, "r999")
        assert.lengthOf(table.passed({ request, now: 0 }), 999)
        assert.deepStrictEqual(
          parse.mock.calls.map(([parsed]) => parsed),
          [looked, broken]
        )
      } finally {
        parse.mockRestore()
      }
    })
  )
})

/** A payload in both shapes with a value of `e`. */
const withEntity = (value: unknown, name = "e") => [
  { intent: "i", userId: "u", slots: { [name]: value } },
  { intent: { name: "i" }, user: { id: "u" }, entities: [{ name, value }] }
]

describe("the value of a slot or an entity", () => {
  it.effect.each([
    [["gold"], "gold"],
    [[{ keyphrase: "gold" }, { keyphrase: "silver" }], "gold"],
    [[{ keyphrase: " ", value: 5 }], 5],
    [text([{ keyphrase: "gold" }]), "gold"],
    [text({ keyphrase: "gold" }), "gold"],
    [` ${text({ keyphrase: "", value: "gold" })}\n`, "gold"],
    [text({ value: false }), false],
    [text(["gold", "silver"]), "gold"],
    [[text({ keyphrase: "gold" })], "gold"],
    [`[${LONG}]`, LONG],
    [`{"value":${LONG}}`, LONG],
    [text([]), undefined],
    [[], undefined],
    [text({ keyphrase: null, value: null }), undefined],
    [[["gold"]], undefined],
    [{ a: 1 }, undefined]
  ] as const)("is what a list or an object holds, also as JSON in a text: of %j it is %j", ([sent, value]) =>
    Effect.gen(function* () {
      for (const body of withEntity(sent)) {
        assert.deepStrictEqual((yield* read(body)).entities, value === undefined ? [] : [{ name: "e", value }])
      }
    })
  )

  it.effect.each([
    "123",
    "true",
    "{}",
    text({ a: 1 }),
    text("gold"),
    "[object Object]",
    "[gold]",
    '{"keyphrase":',
    "{{context.tier}}",
    `{"keyphrase":"gold","a":${"[".repeat(64)}${"]".repeat(64)}}`
  ])("stays text where it is none of these: %s", (sent) =>
    Effect.gen(function* () {
      for (const body of withEntity(sent)) {
        assert.deepStrictEqual((yield* read(body)).entities, [{ name: "e", value: sent }])
      }
    })
  )

  it.effect.each([["a1"], text(["a1"]), [{ keyphrase: "a1" }], text({ value: "a1" })])("names an agent: %j", (sent) =>
    Effect.gen(function* () {
      for (const body of withEntity(sent, "agentId")) {
        const { outcome } = yield* explained({ intent: "i" }, body)
        assert.deepInclude(outcome, { target: { type: "agent", id: "a1" } })
      }
    })
  )
})
