import { assert, describe, it } from "@effect/vitest"
import type { Detail, Entry } from "../../../src/history/Entry.ts"
import { explainRecorded } from "../../../src/history/replay/explainRecorded.ts"
import { showPassed } from "../../../src/routing/explain/showExplanation.ts"
import type { Condition } from "../../../src/routing/format/Condition.ts"
import type { RoutesFile } from "../../../src/routing/format/RoutesFile.ts"
import { entry } from "../../support/entry.ts"

const hours = { office: { zone: "Europe/Berlin", weekly: { daily: "08:00-18:00" } } }

const file: RoutesFile = {
  hours,
  rules: [
    { name: "vip", when: { intent: "sales", entities: { tier: "gold" } }, to: { queue: "v" } },
    { name: "night", when: { intent: "sales", closed: "office" }, to: { queue: "n" } },
    {
      name: "german",
      when: { any: [{ language: "de" }, { data: { "user.country": ["DE", "AT"] } }] },
      to: { queue: "g" }
    },
    { name: "sales", when: { intent: "sales", not: { confidence: { below: 0.5 } } }, to: { queue: "s" } }
  ],
  fallback: { to: { queue: "f" } }
}

const explained = (members: Partial<Entry & Detail>, table = file) => explainRecorded(table, entry(members))

/** The rules before the one that decided, as the command line shows them; `?` before those that cannot be told. */
const passed = (members: Partial<Entry & Detail>, table = file) =>
  explained(members, table)?.passed.map((rule) => `${rule.isTold ? "✗" : "?"} ${showPassed(rule)}`)

/** The condition of a rule before the one that decided. */
const failing = (when: Condition, members: Partial<Entry & Detail>) =>
  passed(
    { rule: "fallback", ...members },
    { hours, rules: [{ name: "r", when, to: { queue: "q" } }], fallback: { to: { queue: "f" } } }
  )

describe("the explanation of a recorded handover", () => {
  it("shows for each rule before the condition that failed", () => {
    const facts = { entities: { tier: "silver" }, data: { "user.country": "US" }, confidence: 0.75 }
    assert.deepStrictEqual(passed({ rule: "sales", facts }), [
      '✗ vip  entities.tier: wants "gold", saw "silver"',
      "✗ night  closed: wants office to be closed, saw open at Wed 2026-11-25 13:00 Europe/Berlin",
      '✗ german  any: wants any of 2 conditions, saw [0].language: wants "de", saw nothing; [1].data.user.country: wants one of "DE", "AT", saw "US"'
    ])
    assert.deepStrictEqual(explained({ rule: "sales", facts })?.held, [
      { rule: "sales", condition: "when.intent", expected: '"sales"', saw: "sales", shown: '"sales"', isTold: true },
      {
        rule: "sales",
        condition: "when.not",
        expected: "not: confidence below 0.5",
        saw: 0.75,
        shown: "0.75",
        isTold: true
      }
    ])
  })

  it("shows what cannot be told, and fails for what is known", () => {
    assert.deepStrictEqual(passed({ rule: "sales", facts: { data: { "user.country": null } } }), [
      '? vip  entities.tier: wants "gold", saw something that was not recorded',
      "✗ night  closed: wants office to be closed, saw open at Wed 2026-11-25 13:00 Europe/Berlin",
      '✗ german  any: wants any of 2 conditions, saw [0].language: wants "de", saw nothing; [1].data.user.country: wants one of "DE", "AT", saw nothing'
    ])
    assert.deepStrictEqual(
      passed({ rule: "sales", facts: {} })?.at(-1),
      "? german  any: wants any of 2 conditions, saw something that was not recorded"
    )
    assert.deepStrictEqual(
      explained({ rule: "sales" })?.held.map(({ isTold }) => isTold),
      [true, false]
    )
    // The intent alone decides: whatever the tier was.
    assert.deepStrictEqual(passed({ rule: "german", intent: "help" })?.[0], '✗ vip  intent: wants "sales", saw "help"')
  })

  it("names in a condition with several parts only the parts that failed for certain", () => {
    const when = { any: [{ entities: { a: 1 }, confidence: 0.9 }, { channel: "voice" }] }
    assert.deepStrictEqual(failing(when, { facts: { confidence: 0.5 } }), [
      '✗ r  any: wants any of 2 conditions, saw [0].confidence: wants at least 0.9, saw 0.5; [1].channel: wants "voice", saw nothing'
    ])
    assert.deepStrictEqual(failing({ not: { language: "de", intent: "sales" } }, { language: "de" }), [
      '✗ r  not: wants not: intent "sales", language "de", saw intent "sales", language "de"'
    ])
  })

  it("shows by which alternative a rule held", () => {
    const held = explained({ rule: "german", language: "de-AT" })?.held
    assert.deepStrictEqual(
      held?.map(({ condition, shown }) => [condition, shown]),
      [["when.any[0].language", '"de-AT"']]
    )
  })

  it("has all rules for a request that no rule took, and for the fallback", () => {
    const members = { rule: null, outcome: "refused", reason: "unsupported_intent", targets: [], intent: "x" } as const
    assert.lengthOf(explained(members, { rules: file.rules, hours })?.passed ?? [], 4)
    const fallback = explained({ rule: "fallback", intent: "x" })
    assert.deepStrictEqual([fallback?.rule, fallback?.held, fallback?.passed.length], ["fallback", [], 4])
  })

  it("does not claim that a rule failed where the records say that it holds", () => {
    assert.deepStrictEqual(
      passed({ rule: "sales", facts: { entities: { tier: "gold" } } })?.[0],
      "? vip  when: wants what the records show, saw something else at the time"
    )
  })

  it("is none for copies, undecided requests, and rules in code", () => {
    assert.isUndefined(explained({ rule: "sales", outcome: "repeated", firstId: "x" }))
    assert.isUndefined(
      explained({ rule: null, outcome: "refused", reason: "invalid_payload", intent: null, targets: [] })
    )
    assert.isUndefined(explained({ rule: "in code" }))
  })
})
