import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect } from "effect"
import { facts } from "../../../src/routing/check/facts.ts"
import { factsImply } from "../../../src/routing/check/implies.ts"
import { shadowedRules } from "../../../src/routing/check/shadowedRules.ts"
import type { Condition } from "../../../src/routing/format/Condition.ts"
import type { Input } from "../../../src/routing/table/Check.ts"
import type { Clockworks } from "../../../src/routing/table/Clockwork.ts"
import { clockwork } from "../../../src/routing/table/Clockwork.ts"
import { compileCondition } from "../../../src/routing/table/compileCondition.ts"
import { nothingElse } from "../../support/request.ts"
import { among, CLOCKWORKS, conditions, either, inputs } from "./generators.ts"

const implies = (narrow: Condition, wide: Condition) => factsImply(facts(narrow), facts(wide))

/** Tables that name hours which are not there are refused: here all are there. */
const hours: Clockworks = new Map([
  ...CLOCKWORKS,
  ...[clockwork({ zone: "UTC", weekly: { daily: "closed" } })].flatMap((one) =>
    one ? [["nowhere", one] as const] : []
  )
])

const fulfils = (condition: Condition) => {
  const check = compileCondition(condition, "when", { hours, known: new Map() })
  return (input: Input) => check.failing(input) === undefined
}

/** Pairs of which the second is often wider: random ones seldom are. */
const pair = either<readonly [Condition, Condition]>([
  Arbitrary.flatMap(Arbitrary.all([conditions(1), conditions(1), conditions(0)]), ([one, other, third]) =>
    among<readonly [Condition, Condition]>([
      [one, other],
      [third, one],
      [one, third],
      [{ all: [one, third] }, other],
      [{ ...third, ...one }, third],
      [one, { any: [other, one] }],
      [{ any: [one, third] }, other],
      [{ not: one }, { not: third }],
      [{ not: { any: [one, third] } }, { not: third }]
    ])
  ),
  Arbitrary.all([conditions(0), conditions(0)])
])

/** The same for all pairs: few pairs need them. */
const manyInputs = await Effect.runPromise(Arbitrary.sampleEffect(inputs, { count: 200 }))

let implied = 0
let exercised = 0

describe("one condition implies another", () => {
  it.prop(
    "only where each request that fulfils it fulfils the other",
    { pair },
    ({ pair: [narrow, wide] }) => {
      if (!implies(narrow, wide)) return
      implied++
      const isWide = fulfils(wide)
      for (const input of manyInputs.filter(fulfils(narrow))) {
        exercised++
        assert.isTrue(isWide(input), JSON.stringify({ narrow, wide, input }))
      }
    },
    { arbitrary: { runs: 2500 } }
  )

  it("often enough for that to mean something", () => {
    assert.isAbove(implied, 200)
    assert.isAbove(exercised, 200)
  })

  const yes: ReadonlyArray<readonly [string, Condition, Condition]> = [
    ["an intent, a list with it", { intent: "a" }, { intent: ["b", "a"] }],
    ["an intent, a pattern", { intent: "sales_de" }, { intent: "sales_*" }],
    ["a pattern, a wider one", { intent: "sales_*_x" }, { intent: "sales*" }],
    ["?, *", { intent: "a?" }, { intent: "a*" }],
    ["more, less", { intent: "a", language: "de" }, { language: "de" }],
    ["a language, its range", { language: "de-AT" }, { language: ["en", "DE"] }],
    ["a number, bounds", { entities: { age: 42 } }, { entities: { age: { atLeast: 42 } } }],
    ["bounds, wider ones", { entities: { age: { above: 5 } } }, { entities: { age: { atLeast: 5 } } }],
    ["bounds, present", { entities: { age: { below: 5 } } }, { entities: { age: { present: true } } }],
    ["values, more of them", { data: { "a.b": ["x", "y"] } }, { data: { "a.b": ["y", "z", "x"] } }],
    ["a value, an expression", { entities: { tier: "gold42" } }, { entities: { tier: { matches: "\\d$" } } }],
    ["confidence, less of it", { confidence: 0.8 }, { confidence: { atLeast: 0.5 } }],
    ["a share, a larger one", { percentage: 10 }, { percentage: 20 }],
    ["anything, all users", { intent: "a" }, { percentage: 100 }],
    ["any, what each of it implies", { any: [{ intent: "a" }, { intent: "ab" }] }, { intent: "a*" }],
    ["one, any with it", { intent: "a" }, { any: [{ language: "de" }, { intent: "a" }] }],
    ["all, each of them", { all: [{ intent: "a" }, { open: "office" }] }, { open: "office" }],
    ["not a wide one, not a narrow one", { not: { intent: "a*" } }, { not: { intent: "ab" } }],
    ["anything, any intent", { language: "de" }, { intent: ["x", "*"] }],
    ["open, not closed", { open: "office" }, { not: { closed: "office" } }],
    ["not closed, open", { not: { closed: "office" } }, { open: "office" }],
    ["not open, closed", { not: { open: "office" }, intent: "a" }, { closed: "office" }],
    ["a path, the same one as a pointer", { data: { "a.b": 1 } }, { data: { "/a/b": [1, 2] } }],
    ["a pointer, the same one as a path", { data: { "/a/0/b": 1 } }, { data: { "a.0.b": 1 } }]
  ]
  for (const [name, narrow, wide] of yes) it(name, () => assert.isTrue(implies(narrow, wide)))

  const no: ReadonlyArray<readonly [string, Condition, Condition]> = [
    ["a pattern, a narrower one", { intent: "sales*" }, { intent: "sales_*" }],
    ["*, ?", { intent: "a*" }, { intent: "a?" }],
    ["less, more", { language: "de" }, { intent: "a", language: "de" }],
    ["a range, a language within", { language: "de" }, { language: "de-AT" }],
    ["from 5, above 5", { entities: { age: { atLeast: 5 } } }, { entities: { age: { above: 5 } } }],
    ["another entity", { entities: { a: "x" } }, { entities: { b: "x" } }],
    ["an entity, data", { entities: { a: "x" } }, { data: { a: "x" } }],
    ["another seed", { percentage: { of: 10, seed: "x" } }, { percentage: 20 }],
    ["a larger share, a smaller one", { percentage: 20 }, { percentage: 10 }],
    ["open, closed", { open: "office" }, { closed: "office" }],
    ["open, not open", { open: "office" }, { not: { open: "office" } }],
    ["open, not closed elsewhere", { open: "office" }, { not: { closed: "night" } }],
    ["not closed and sales, open", { not: { closed: "office", intent: "a" } }, { open: "office" }],
    ["open, not closed and sales at once", { intent: "a" }, { not: { closed: "office", intent: "a" } }],
    ["anything, any intent of one letter", { language: "de" }, { intent: "?" }],
    ["a path, a pointer to a name with a dot", { data: { "a.b": 1 } }, { data: { "/a.b": 1 } }],
    ["any, what one of it implies", { any: [{ intent: "a" }, { intent: "b" }] }, { intent: "a*" }],
    ["not a narrow one, not a wide one", { not: { intent: "ab" } }, { not: { intent: "a*" } }],
    ["an empty value, present", { entities: { a: "" } }, { entities: { a: { present: true } } }],
    ["values of which one is out of bounds", { entities: { a: [1, 9] } }, { entities: { a: { below: 9 } } }]
  ]
  for (const [name, narrow, wide] of no) it(`not: ${name}`, () => assert.isFalse(implies(narrow, wide)))

  it("a number that as text is written with an exponent, bounds", () => {
    for (const [number, value] of [
      [1e21, "1e+21"],
      [1e-7, "1e-7"]
    ] as const) {
      const [narrow, wide] = [{ entities: { n: number } }, { entities: { n: { above: 0 } } }]
      const request = { ...nothingElse, intent: "", userId: "u", entities: [{ name: "n", value }] }
      assert.isTrue(fulfils(narrow)({ request, now: 0 }))
      assert.isTrue(fulfils(wide)({ request, now: 0 }))
      assert.isTrue(implies(narrow, wide), value)
    }
  })
})

describe("a rule is shadowed", () => {
  for (const [name, table, expected] of [
    ["by a wider pattern", [{ intent: "sales*" }, { intent: "sales_de" }, { intent: "support" }], [[1, 0]]],
    [
      "by less",
      [{ intent: "a" }, { intent: "a", language: "de" }, { intent: "a" }],
      [
        [1, 0],
        [2, 0]
      ]
    ],
    ["by a rule for everything", [{ language: "de" }, undefined, { intent: "x" }], [[2, 1]]],
    ["by its like", [undefined, undefined], [[1, 0]]],
    [
      "by lists with its values",
      [
        { intent: ["a", "b"], entities: { t: ["x", "y"] } },
        { intent: "b", entities: { t: "x" }, language: "de" }
      ],
      [[1, 0]]
    ],
    ["in all its alternatives", [{ intent: "b" }, { any: [{ intent: "b" }, { intent: ["b"] }] }], [[1, 0]]],
    ["not by a later one", [{ intent: "sales_de" }, { intent: "sales*" }, undefined], []],
    ["not by a part of it", [{ intent: "a" }, { intent: ["a", "b"] }], []],
    [
      "not by other hours",
      [
        { intent: "a", open: "office" },
        { intent: "a", closed: "office" }
      ],
      []
    ],
    ["not by the opposite", [{ intent: "a" }, { not: { intent: "a" } }], []],
    [
      "by any intent, without one of its own",
      [{ intent: "*" }, { language: "de" }, undefined],
      [
        [1, 0],
        [2, 0]
      ]
    ],
    ["by hours that are not closed", [{ not: { closed: "office" } }, { open: "office" }], [[1, 0]]],
    ["by hours that are not open", [{ not: { open: "office" } }, { closed: "office", intent: "a" }], [[1, 0]]],
    ["by a path that is written in another way", [{ data: { "a.b": 1 } }, { data: { "/a/b": 1 } }], [[1, 0]]],
    ["by a pointer to the same member", [{ data: { "/a/b": [1, "x"] } }, { data: { "a.b": "x" } }], [[1, 0]]],
    ["not by a pointer to another member", [{ data: { "a.b": 1 } }, { data: { "/a.b": 1 } }], []],
    ["not by its opposite at these hours", [{ not: { closed: "office" } }, { closed: "office" }], []],
    ["not by a smaller share", [{ percentage: 10 }, { percentage: 20 }], []]
  ] as ReadonlyArray<
    readonly [string, ReadonlyArray<Condition | undefined>, ReadonlyArray<readonly [number, number]>]
  >) {
    it(name, () =>
      assert.deepStrictEqual(
        shadowedRules(table).map(({ by, rule }) => [rule, by] as const),
        expected
      )
    )
  }

  it.prop(
    "only where it never decides",
    { table: Arbitrary.array(conditions(1), { minLength: 2, maxLength: 12 }) },
    ({ table }) => {
      for (const { by, rule } of shadowedRules(table)) {
        const [narrow, wide] = [table[rule], table[by]]
        assert.isBelow(by, rule)
        assert.isDefined(narrow)
        assert.isDefined(wide)
        const isWide = fulfils(wide)
        for (const input of manyInputs.filter(fulfils(narrow))) {
          assert.isTrue(isWide(input), JSON.stringify({ narrow, wide, input }))
        }
      }
    },
    { arbitrary: { runs: 200 } }
  )

  it("is found among 10,000 rules", () => {
    const rules = Array.from({ length: 10_000 }, (_, index): Condition => ({ intent: `i${index}`, language: "de" }))
    assert.deepStrictEqual(shadowedRules([...rules, { intent: "i5000", language: "de-AT" }]), [
      { rule: 10_000, by: 5000 }
    ])
  })
})
