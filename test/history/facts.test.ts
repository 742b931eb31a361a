/** What is recorded of requests: enough to explain a decision again. */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary } from "effect"
import type { HandoverRequest } from "../../src/domain/HandoverRequest.ts"
import type { Facts } from "../../src/history/Entry.ts"
import { recordedTable } from "../../src/history/record/facts.ts"
import { explain } from "../../src/routing/explain/explain.ts"
import type { RoutesFile } from "../../src/routing/format/RoutesFile.ts"
import { dataPath } from "../../src/routing/table/dataPath.ts"
import { makeRoutingTable } from "../../src/routing/table/RoutingTable.ts"
import { userShare } from "../../src/routing/table/userShare.ts"
import { inputs, tables } from "../routing/routes/generators.ts"
import { request } from "../support/request.ts"

const factsOf = (file: RoutesFile, asked: HandoverRequest): Facts =>
  JSON.parse(JSON.stringify(recordedTable({ version: "v1", file }).factsOf(asked)))

/** Puts a value where a path leads; one that is there already holds it. */
const put = (into: Record<string, unknown>, [name = "", ...rest]: ReadonlyArray<string>, value: unknown): void => {
  const isIn = Object.hasOwn(into, name)
  const inner = rest.length === 0 ? value : isIn ? into[name] : {}
  Object.defineProperty(into, name, { value: inner, enumerable: true, configurable: true, writable: true })
  if (rest.length > 0 && typeof inner === "object" && inner !== null) put(inner as never, rest, value)
}

/** A request with what is known of another one. */
const rebuilt = (facts: Facts, { channel, intent, language, userId }: HandoverRequest): HandoverRequest => {
  const data: Record<string, unknown> = {}
  // Shorter paths first: what they lead to holds the longer ones.
  const paths = Object.entries(facts.data ?? {}).toSorted(([a], [b]) => dataPath(a).length - dataPath(b).length)
  for (const [path, value] of paths) if (value !== null) put(data, dataPath(path), value)
  return {
    ...{ ...request(intent), channel, language, userId, data },
    confidence: facts.confidence ?? undefined,
    entities: Object.entries(facts.entities ?? {}).flatMap(([name, value]) =>
      value === null ? [] : [{ name, value: value as string }]
    )
  }
}

/** A table without labels: their values are never recorded. */
const unlabelled = (file: RoutesFile): RoutesFile => ({
  ...file,
  rules: file.rules.map(({ labels: _, ...rule }) => rule),
  ...(file.fallback === undefined ? {} : { fallback: { to: file.fallback.to } })
})

/** Members that are `null` count as absent, but an explanation shows them as they are. */
const withoutNull = (data: unknown): unknown =>
  JSON.parse(JSON.stringify(data ?? {}, (_, value) => (value === null ? undefined : value)))

describe("the facts of a request", () => {
  it.prop(
    "explain any table's decision as the whole request does",
    { generated: tables, inputs: Arbitrary.array(inputs, { minLength: 3, maxLength: 6 }) },
    ({ generated, inputs }) => {
      const file = unlabelled(generated)
      const table = makeRoutingTable(file)
      for (const { now, request } of inputs) {
        const asked = { ...request, data: withoutNull(request.data) }
        const known = rebuilt(factsOf(file, asked), asked)
        assert.deepStrictEqual(explain(table, "v1", known, now), explain(table, "v1", asked, now))
      }
    },
    { arbitrary: { runs: 300 } }
  )

  it("are what the rules look at, and nothing else", () => {
    const file: RoutesFile = {
      rules: [
        { name: "a", when: { entities: { tier: "gold" }, any: [{ confidence: 0.5 }] }, to: { queue: "q" } },
        { name: "b", when: { not: { data: { "cart.total": { above: 5 }, "/a~1b": "x" } } }, to: { queue: "q" } },
        {
          name: "c",
          when: { percentage: { of: 5, seed: "s" } },
          to: { agent: { entity: "agent" }, fallback: { agent: { entity: "other" } } }
        },
        { name: "d", when: { percentage: 5 }, to: { queue: "q" }, labels: { quoted: "{{secret}}" } }
      ]
    }
    const asked = {
      ...request("help", [
        ...[
          { name: "tier", value: "gold" },
          { name: "tier", value: "second" },
          { name: "secret", value: "x" }
        ],
        { name: "other", value: 7 }
      ]),
      data: { cart: { total: 3, items: ["secret"] }, "a/b": { deep: true } }
    }
    assert.deepStrictEqual(factsOf(file, asked), {
      confidence: null,
      entities: { tier: "gold", agent: null, other: 7 },
      data: { "cart.total": 3, "/a~1b": { deep: true } },
      shares: { s: userShare("a_b_c", "s"), "": userShare("a_b_c", "") }
    })
    assert.deepStrictEqual(factsOf({ rules: [{ name: "all", to: { queue: "q" } }] }, asked), {})
  })

  it("leave out long values, what is no JSON, and what is past 16 KiB", () => {
    const names = Array.from({ length: 40 }, (_, index) => `e${index}`)
    const tests = Object.fromEntries(names.map((name) => [name, { present: true }]))
    const file: RoutesFile = {
      rules: [
        {
          name: "a",
          when: { entities: { long: "x", ...tests }, data: { big: "1", loop: "x" } },
          to: { queue: "q" }
        }
      ]
    }
    const loop: Record<string, unknown> = {}
    loop.self = loop
    const entities = names.map((name) => ({ name, value: "v".repeat(1000) }))
    const facts = factsOf(file, {
      ...request("help", [{ name: "long", value: "v".repeat(1025) }, ...entities]),
      data: { big: 1n, loop }
    })
    assert.notProperty(facts.entities, "long")
    assert.isAtMost(Object.keys(facts.entities ?? {}).length, 16)
    assert.deepStrictEqual(facts.data, {})
  })
})
