/** The committed JSON Schema: what editors refuse, and what they take, is what the router refuses and takes. */

import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Predicate, Result } from "effect"
import { parse, stringify } from "yaml"
import { webchatIds } from "../../../src/cxone/webchat/ids.ts"
import { readRoutes } from "../../../src/routing/file/readRoutes.ts"

const read = (name: string) => readFileSync(new URL(`../../../src/routing/example/${name}`, import.meta.url), "utf8")

/** A schema, as far as the committed one goes. */
interface Schema {
  readonly [keyword: string]: unknown
}

const root: Schema = JSON.parse(read("routes.schema.json"))

const isType = (type: unknown, value: unknown): boolean => {
  switch (type) {
    case "object":
      return Predicate.isObject(value) && !Array.isArray(value)
    case "array":
      return Array.isArray(value)
    case "number":
      return Predicate.isNumber(value)
    default:
      return typeof value === type
  }
}

const silent = ["$schema", "title", "description", "definitions", "type"]

/** Whether a schema takes a value. Throws where it has a keyword that is not known here. */
const takes = (schema: Schema, value: unknown): boolean => {
  const all = (schemas: unknown) => schemas as ReadonlyArray<Schema>
  const members = Predicate.isObject(value) && !Array.isArray(value) ? Object.entries(value) : []
  const [properties, counted] = [(schema.properties ?? {}) as Schema, Predicate.isString(value) ? [...value].length : 0]
  const { type } = schema
  const isNumber = Predicate.isNumber(value)
  return (
    (type === undefined || isType(type, value)) &&
    Object.entries(schema).every(([keyword, given]) => {
      const bound = Number(given)
      switch (keyword) {
        case "$ref":
          return takes((root.definitions as Schema)[String(given).replace("#/definitions/", "")] as Schema, value)
        case "allOf":
          return all(given).every((one) => takes(one, value))
        case "anyOf":
          return all(given).some((one) => takes(one, value))
        case "oneOf":
          return all(given).filter((one) => takes(one, value)).length === 1
        case "not":
          return !takes(given as Schema, value)
        case "enum":
          return (given as ReadonlyArray<unknown>).includes(value)
        case "properties":
          return members.every(
            ([name, member]) => !Object.hasOwn(properties, name) || takes(properties[name] as Schema, member)
          )
        case "additionalProperties":
          return members
            .filter(([name]) => !Object.hasOwn(properties, name))
            .every(([, member]) => given !== false && takes(given as Schema, member))
        case "propertyNames":
          return members.every(([name]) => takes(given as Schema, name))
        case "required":
          return (
            !isType("object", value) ||
            (given as ReadonlyArray<string>).every((name) => Object.hasOwn(value as object, name))
          )
        case "minProperties":
          return !isType("object", value) || members.length >= bound
        case "maxProperties":
          return members.length <= bound
        case "items":
          return !Array.isArray(value) || value.every((item) => takes(given as Schema, item))
        case "minItems":
          return !Array.isArray(value) || value.length >= bound
        case "maxItems":
          return !Array.isArray(value) || value.length <= bound
        case "minLength":
          return !Predicate.isString(value) || counted >= bound
        case "maxLength":
          return counted <= bound
        case "pattern":
          return !Predicate.isString(value) || new RegExp(String(given), "u").test(value)
        case "minimum":
          return !isNumber || value >= bound
        case "maximum":
          return !isNumber || value <= bound
        default:
          assert.include(silent, keyword, "a keyword that this test does not know")
          return true
      }
    })
  )
}

/** A table of one rule with these members. */
const rule = (members: object) => ({
  queues: { sales: "5a1e0000-1111-4222-8333-444444444444" },
  agents: { ann: "a-1" },
  hours: { office: { zone: "UTC", weekly: { daily: "08:00-18:00" } } },
  rules: [{ name: "r", when: { intent: "x" }, to: { queue: "sales" }, ...members }]
})

const face = "\u{1F600}"

const good: ReadonlyArray<readonly [string, object]> = [
  ["a queue", rule({ to: { queue: "sales" } })],
  ["an agent, and a queue instead", rule({ to: { agent: { entity: "id" }, fallback: { queue: "sales" } } })],
  [
    "fallbacks of fallbacks",
    rule({ to: { queue: "sales", fallback: { agent: "ann", fallback: { queue: "sales" } } } })
  ],
  ["a text for the bot", rule({ to: { reject: "No." } })],
  ["a long text for the bot", rule({ to: { reject: face.repeat(1024) } })],
  ["a long name", rule({ name: face.repeat(256) })],
  ["a long value", rule({ when: { entities: { tier: face.repeat(1024) } } })],
  ["a long expression", rule({ when: { entities: { tier: { matches: "a".repeat(256) } } } })],
  ["a label", rule({ labels: { "a.b-c_1": "{{tier}}" } })],
  ["conditions within others", rule({ when: { any: [{ not: { open: "office" } }, { all: [{ confidence: 0.5 }] }] } })],
  ["a share", rule({ when: { percentage: { of: 50, seed: "s" } } })]
]

const bad: ReadonlyArray<readonly [string, object]> = [
  ["no place", rule({ to: {} })],
  ["a queue and an agent", rule({ to: { queue: "sales", agent: "ann" } })],
  ["a queue and a rejection", rule({ to: { queue: "sales", reject: "No." } })],
  ["an agent and a rejection", rule({ to: { agent: "ann", reject: "No." } })],
  ["all three", rule({ to: { queue: "sales", agent: "ann", reject: "No." } })],
  ["a fallback alone", rule({ to: { fallback: { queue: "sales" } } })],
  ["a rejection with a fallback", rule({ to: { reject: "No.", fallback: { queue: "sales" } } })],
  ["a fallback that rejects", rule({ to: { queue: "sales", fallback: { reject: "No." } } })],
  ["a fallback that is two", rule({ to: { queue: "sales", fallback: { queue: "sales", agent: "ann" } } })],
  ["a fallback that is none", rule({ to: { queue: "sales", fallback: {} } })],
  ["a fallback's fallback that is none", rule({ to: { queue: "sales", fallback: { queue: "sales", fallback: {} } } })],
  ["the table's fallback that is two", { ...rule({}), fallback: { to: { queue: "sales", reject: "No." } } }],
  ["a text for the bot that is too long", rule({ to: { reject: face.repeat(1025) } })],
  ["a text for the bot that is empty", rule({ to: { reject: "" } })],
  ["a name that is too long", rule({ name: face.repeat(257) })],
  ["a name with a control character", rule({ name: "a\u0007b" })],
  ["a name that is empty", rule({ name: "" })],
  ["a value that is too long", rule({ when: { entities: { tier: face.repeat(1025) } } })],
  ["an expression that is too long", rule({ when: { entities: { tier: { matches: "a".repeat(257) } } } })],
  ["a label that is a number", rule({ labels: { a: 5 } })],
  ["a label's name with a blank", rule({ labels: { "a b": "x" } })],
  ["an unknown condition", rule({ when: { langauge: "de" } })],
  ["an empty condition", rule({ when: {} })],
  ["a score in percent", rule({ when: { confidence: 80 } })],
  ["no rules", { ...rule({}), rules: [] }],
  ["an unknown member", { ...rule({}), rulez: [] }]
]

describe("the committed schema and the router", () => {
  it("take the example", () => {
    assert.isTrue(takes(root, parse(read("routes.yaml"))))
    assert.isTrue(Result.isSuccess(readRoutes(read("routes.yaml"), webchatIds)))
  })

  for (const [what, table] of good) {
    it(`take ${what}`, () => {
      assert.isTrue(takes(root, table), "the schema")
      assert.deepStrictEqual(Result.getFailure(readRoutes(stringify(table), webchatIds))._tag, "None", "the router")
    })
  }

  for (const [what, table] of bad) {
    it(`refuse ${what}`, () => {
      assert.isFalse(takes(root, table), "the schema")
      assert.isTrue(Result.isFailure(readRoutes(stringify(table), webchatIds)), "the router")
    })
  }
})
