import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { Detail, Entry } from "../../../src/history/Entry.ts"
import { replay } from "../../../src/history/replay/replay.ts"
import type { Condition } from "../../../src/routing/format/Condition.ts"
import type { RoutesFile } from "../../../src/routing/format/RoutesFile.ts"
import { entry } from "../../support/entry.ts"

const NOON = Date.UTC(2026, 10, 25, 12)

const summaryOf = (file: RoutesFile, entries: ReadonlyArray<Partial<Entry & Detail>>, examples?: number) =>
  replay(file, Stream.fromIterable(entries.map((members, index) => entry({ id: `id-${index}`, ...members }))), examples)

/** A table with one rule, and another place for all that it does not take. */
const only = (when: Condition): RoutesFile => ({
  hours: { office: { zone: "UTC", weekly: { daily: "08:00-18:00" } } },
  rules: [{ name: "only", when, to: { queue: "yes" } }],
  fallback: { to: { queue: "no" } }
})

/** Where a table with one rule sends an entry: `yes` where the rule holds, `no` where it does not, or what was not recorded. */
const told = Effect.fnUntraced(function* (when: Condition, members: Partial<Entry & Detail>) {
  const { changes, missing } = yield* summaryOf(only(when), [members])
  const [change] = changes
  return change === undefined ? missing.map(({ member }) => member) : "id" in change.to.routed && change.to.routed.id
})

describe("a condition on a recorded request", () => {
  it.effect.each<[string, Condition, Partial<Entry & Detail>, unknown]>([
    ["of an entity that was not recorded", { entities: { tier: "gold" } }, {}, ["entities.tier"]],
    ["of an entity that was not there", { entities: { tier: "gold" } }, { facts: { entities: { tier: null } } }, "no"],
    [
      "that an entity is not there",
      { entities: { e: { present: false } } },
      { facts: { entities: { e: null } } },
      "yes"
    ],
    [
      "of a number that came as text",
      { entities: { age: { atLeast: 18 } } },
      { facts: { entities: { age: "18.5" } } },
      "yes"
    ],
    ["of data that was not recorded", { data: { "a.b": 1 } }, { facts: { data: { "a.c": 1 } } }, ["data.a.b"]],
    [
      "of data that was not there",
      { data: { "a.b": { present: false } } },
      { facts: { data: { "a.b": null } } },
      "yes"
    ],
    ["of data under another notation", { data: { "/a/b": 1 } }, { facts: { data: { "a.b": 1 } } }, "yes"],
    ["of data under the first notation", { data: { "a.b": 1 } }, { facts: { data: { "/a/b": 1 } } }, "yes"],
    ["of a part of data", { data: { "a.b.0": 1 } }, { facts: { data: { a: { b: [1] } } } }, "yes"],
    ["of a part of data that is not there", { data: { "a.b": 1 } }, { facts: { data: { a: null } } }, "no"],
    ["of a part of data in a text", { data: { "a.b": 1 } }, { facts: { data: { a: '{"b":1}' } } }, "yes"],
    [
      "of data around what was recorded",
      { data: { a: { present: true } } },
      { facts: { data: { "a.b": 1 } } },
      ["data.a"]
    ],
    ["of a score that was not recorded", { confidence: 0.5 }, {}, ["confidence"]],
    ["of a score that was not there", { confidence: 0.5 }, { facts: { confidence: null } }, "no"],
    ["of no language", { language: "de" }, { facts: {} }, "no"],
    ["of a share by the user's id", { percentage: 50 }, { userId: "anna" }, "no"],
    [
      "of a share by another seed",
      { percentage: { of: 50, seed: "x" } },
      { facts: { shares: { "": 7 } }, userId: null },
      ["percentage (seed x)"]
    ],
    [
      "of a share that was recorded",
      { percentage: { of: 50, seed: "x" } },
      { facts: { shares: { x: 7 } }, userId: null },
      "yes"
    ],
    ["of a share of a user as a digest", { percentage: 99 }, { userId: `sha256:${"0".repeat(64)}` }, ["percentage"]],
    ["of hours at the time of the record", { open: "office" }, { at: NOON }, "yes"],
    ["of hours in the night of the record", { open: "office" }, { at: NOON + 6 * 3_600_000 }, "no"],
    ["of hours that ended meanwhile", { open: "office" }, { at: NOON + 6 * 3_600_000 - 1, took: 1 }, ["hours.office"]],
    ["that fails although another part is not recorded", { entities: { e: 1 }, intent: "x" }, {}, "no"],
    ["of alternatives of which one holds", { any: [{ entities: { e: 1 } }, { intent: "sales" }] }, {}, "yes"],
    [
      "of alternatives of which one cannot be told",
      { any: [{ entities: { e: 1 } }, { intent: "x" }] },
      {},
      ["entities.e"]
    ],
    ["that does not hold, of what cannot be told", { not: { entities: { e: 1 } } }, {}, ["entities.e"]],
    ["of two that were not recorded", { entities: { e: 1 }, confidence: 1 }, {}, ["confidence", "entities.e"]]
  ])("%s", ([, when, members, expected]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* told(when, members), expected)
    })
  )
})

const table: RoutesFile = {
  queues: { sales: "id-q1", vip: "id-vip" },
  rules: [
    { name: "vip", when: { entities: { tier: "gold" } }, to: { queue: "vip" } },
    { name: "abuse", when: { intent: "abuse" }, to: { reject: "No." } },
    { name: "agent", when: { intent: "agent" }, to: { agent: { entity: "agentId" } } },
    { name: "rule 0", when: { intent: "sales" }, to: { queue: "sales" } }
  ]
}

const tier = (tier: string | null) => ({ facts: { entities: { tier } } })

describe("a replay", () => {
  it.effect("groups handovers that go elsewhere by place and rule, the most frequent first", () =>
    Effect.gen(function* () {
      const summary = yield* summaryOf(
        table,
        [
          { ...tier("gold"), at: NOON + 4 },
          { ...tier(null), intent: "abuse", rule: "abuse", outcome: "success", at: NOON + 3 },
          { ...tier("gold"), at: NOON + 2 },
          { ...tier("gold"), at: NOON + 1, outcome: "failed", reason: "unavailable", status: 503 },
          { ...tier("silver"), at: NOON }
        ],
        2
      )
      const { changes, period, ...counts } = summary
      assert.deepStrictEqual(counts, {
        ...{ decided: 5, changed: 4, untold: 0, renamed: 0, copies: 0, undecided: 0, unlisted: 0 },
        missing: []
      })
      assert.deepStrictEqual(period, { from: NOON, to: NOON + 4 })
      const from = { routed: { type: "queue", id: "id-q1" }, table: "3f9c1a7be204" } as const
      assert.deepStrictEqual(changes, [
        {
          from: { ...from, rule: "rule 0" },
          to: { routed: { type: "queue", id: "id-vip" }, rules: ["vip"] },
          count: 3,
          examples: [
            { id: "id-0", at: NOON + 4, intent: "sales" },
            { id: "id-2", at: NOON + 2, intent: "sales" }
          ]
        },
        {
          from: { ...from, rule: "abuse" },
          to: { routed: { type: "rejected" }, rules: ["abuse"] },
          count: 1,
          examples: [{ id: "id-1", at: NOON + 3, intent: "abuse" }]
        }
      ])
    })
  )

  it.effect("leaves out copies and what came to no decision", () =>
    Effect.gen(function* () {
      const { copies, decided, undecided } = yield* summaryOf(table, [
        { ...tier(null), outcome: "repeated", firstId: "id-9" },
        { ...tier(null), outcome: "failed", reason: "unavailable", firstId: "id-9" },
        { outcome: "refused", reason: "invalid_payload", intent: null, rule: null, targets: [] },
        { outcome: "refused", reason: "key_reused", rule: null, targets: [] },
        { outcome: "failed", reason: "deadline_exceeded", rule: null, targets: [] }
      ])
      assert.deepStrictEqual({ copies, decided, undecided }, { copies: 2, decided: 0, undecided: 3 })
    })
  )

  it.effect("compares rejections and refusals, whatever their text and rule", () =>
    Effect.gen(function* () {
      const nowhere = { ...tier(null), rule: null, outcome: "refused", targets: [] } as const
      const { changed, decided, renamed } = yield* summaryOf(table, [
        { ...nowhere, intent: "x", reason: "unsupported_intent" },
        { ...nowhere, intent: "x", reason: "agent_id_missing", rule: "old" },
        { ...nowhere, intent: "abuse", outcome: "rejected", reason: "rejected", rule: "old" },
        { ...tier(null), rule: "old" }
      ])
      assert.deepStrictEqual({ changed, decided, renamed }, { changed: 0, decided: 4, renamed: 3 })
      const toSales = yield* summaryOf(table, [{ ...nowhere, reason: "unsupported_intent" }])
      assert.deepStrictEqual(toSales.changes[0]?.from, {
        routed: { type: "refused" },
        rule: null,
        table: "3f9c1a7be204"
      })
    })
  )

  it.effect("tells by which members it cannot be told, for each of them once an entry", () =>
    Effect.gen(function* () {
      const tables: RoutesFile = {
        rules: [
          { name: "a", when: { entities: { tier: "gold" }, confidence: 0.5 }, to: { queue: "a" } },
          { name: "b", when: { entities: { tier: "silver" } }, to: { queue: "b" } },
          ...table.rules
        ]
      }
      const { decided, missing, untold } = yield* summaryOf(tables, [{}, { facts: { confidence: 0.1 } }, tier("x")], 1)
      assert.deepStrictEqual([decided, untold], [3, 2])
      assert.deepStrictEqual(missing, [
        {
          member: "entities.tier",
          rules: ["a", "b", "vip"],
          count: 2,
          examples: [{ id: "id-0", at: NOON, intent: "sales" }]
        },
        { member: "confidence", rules: ["a"], count: 1, examples: [{ id: "id-0", at: NOON, intent: "sales" }] }
      ])
    })
  )

  it.effect("can tell where all that is possible is the same", () =>
    Effect.gen(function* () {
      const same: RoutesFile = {
        rules: [
          { name: "a", when: { entities: { tier: "gold" } }, to: { queue: "new" } },
          { name: "b", when: { intent: "sales" }, to: { queue: "new", fallback: { agent: { entity: "agentId" } } } }
        ]
      }
      const { changes, untold } = yield* summaryOf(same, [{}])
      assert.strictEqual(untold, 0)
      assert.deepStrictEqual(changes[0]?.to, { routed: { type: "queue", id: "new" }, rules: ["a", "b"] })
    })
  )

  it.effect("sends to agents whom recorded entities name", () =>
    Effect.gen(function* () {
      const entities = (agentId: unknown) => ({ intent: "agent", facts: { entities: { tier: null, agentId } } })
      const { changes, missing } = yield* summaryOf(table, [
        entities("anna"),
        entities(42),
        entities(null),
        { ...tier(null), intent: "agent" }
      ])
      assert.deepStrictEqual(
        changes.map(({ to }) => to.routed),
        [{ type: "agent", id: "anna" }, { type: "agent", id: "42" }, { type: "refused" }]
      )
      assert.deepStrictEqual(
        missing.map(({ member, rules }) => [member, rules]),
        [["entities.agentId", ["agent"]]]
      )
    })
  )

  it.effect("keeps as many changes as people can read, and counts the others", () =>
    Effect.gen(function* () {
      const entries = Array.from({ length: 1500 }, (_, index) => ({
        intent: "agent",
        facts: { entities: { tier: null, agentId: `agent-${index}` } }
      }))
      const { changed, changes, unlisted } = yield* summaryOf(table, entries)
      assert.deepStrictEqual([changed, changes.length, unlisted], [1500, 1000, 500])
    })
  )
})
