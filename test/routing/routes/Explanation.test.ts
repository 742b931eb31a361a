import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import type { EntityValue, HandoverRequest } from "../../../src/domain/HandoverRequest.ts"
import { Explanation } from "../../../src/routing/Explanation.ts"
import { explain } from "../../../src/routing/explain/explain.ts"
import { showExplanation } from "../../../src/routing/explain/showExplanation.ts"
import type { Condition } from "../../../src/routing/format/Condition.ts"
import type { RoutesFile } from "../../../src/routing/format/RoutesFile.ts"
import { outcomeOf } from "../../../src/routing/outcomeOf.ts"
import type { Input } from "../../../src/routing/table/Check.ts"
import { makeRoutingTable } from "../../../src/routing/table/RoutingTable.ts"
import { nothingElse } from "../../support/request.ts"
import { inputs, tables, texts } from "./generators.ts"

/** Wednesday, 12:00 in Berlin. */
const NOON = Date.UTC(2026, 10, 25, 11)
const NIGHT = NOON + 9 * 3_600_000

const asked = (facts: Partial<HandoverRequest>): HandoverRequest => ({
  ...nothingElse,
  intent: "sales",
  userId: "anna",
  ...facts
})

const entities = (facts: Readonly<Record<string, EntityValue>>) =>
  Object.entries(facts).map(([name, value]) => ({ name, value }))

const table = (file: Partial<RoutesFile>) => makeRoutingTable({ rules: [], ...file })

const hours = { office: { zone: "Europe/Berlin", weekly: { weekdays: "08:00-18:00" } } }

/** What is told of a rule that a request does not meet. */
const passedOver = (when: Condition, facts: Partial<HandoverRequest> = {}, now = NOON) => {
  const file = { hours, rules: [{ name: "r", when, to: { queue: "q" } }] }
  const { passed } = explain(table(file), undefined, asked(facts), now)
  assert.lengthOf(passed, 1)
  const [{ rule, ...told } = assert.fail("nothing passed over")] = passed
  assert.strictEqual(rule, "r")
  return told
}

describe("a rule that is passed over", () => {
  for (const [what, when, facts, told] of [
    ["its intent", { intent: "support" }, {}, ["when.intent", '"support"', "sales", '"sales"']],
    [
      "its intents",
      { intent: ["support", "bill*"] },
      {},
      ["when.intent", 'one of "support", "bill*"', "sales", '"sales"']
    ],
    ["its confidence", { confidence: 0.8 }, { confidence: 0.5 }, ["when.confidence", "at least 0.8", 0.5, "0.5"]],
    ["a confidence that is not there", { confidence: 0 }, {}, ["when.confidence", "at least 0", null, "nothing"]],
    [
      "bounds of the confidence",
      { confidence: { above: 0.2, below: 0.4 } },
      { confidence: 0.4 },
      ["when.confidence", "above 0.2, and below 0.4", 0.4, "0.4"]
    ],
    ["its language", { language: "de" }, { language: "en-GB" }, ["when.language", '"de"', "en-GB", '"en-GB"']],
    ["its channel", { channel: "web*" }, {}, ["when.channel", '"web*"', null, "nothing"]],
    [
      "an entity",
      { entities: { tier: "gold" } },
      { entities: entities({ tier: "silver", age: 7 }) },
      ["when.entities.tier", '"gold"', "silver", '"silver"']
    ],
    [
      "an entity that is not there",
      { entities: { tier: { present: true } } },
      { entities: entities({ age: 7 }) },
      ["when.entities.tier", "a value", null, "nothing"]
    ],
    [
      "an entity that is there",
      { entities: { tier: { present: false } } },
      { entities: entities({ tier: false }) },
      ["when.entities.tier", "no value", false, "false"]
    ],
    [
      "a pattern",
      { entities: { order: { matches: "^A\\d+$" } } },
      { entities: entities({ order: "B7" }) },
      ["when.entities.order", "what matches ^A\\d+$", "B7", '"B7"']
    ],
    [
      "several tests of one value",
      { entities: { age: { oneOf: [1, 2], atLeast: 2 } } },
      { entities: entities({ age: 1 }) },
      ["when.entities.age", "one of 1, 2, and at least 2", 1, "1"]
    ],
    [
      "a member of data",
      { data: { "customer.tier": "gold" } },
      { data: { customer: { tier: ["gold"] } } },
      ["when.data.customer.tier", '"gold"', ["gold"], '["gold"]']
    ],
    [
      "a member of data that is null",
      { data: { "/customer": "gold" } },
      { data: { customer: null } },
      ["when.data./customer", '"gold"', null, "null"]
    ],
    [
      "closed hours",
      { closed: "office" },
      {},
      [
        "when.closed",
        "office to be closed",
        "open at Wed 2026-11-25 12:00 Europe/Berlin",
        "open at Wed 2026-11-25 12:00 Europe/Berlin"
      ]
    ],
    ["hours that are not there", { open: "nowhere" }, {}, ["when.open", "nowhere to be open", null, "nothing"]],
    [
      "one of all",
      { all: [{ intent: "sales" }, { language: "de" }] },
      {},
      ["when.all[1].language", '"de"', null, "nothing"]
    ],
    [
      "any",
      { any: [{ intent: "support" }, { language: "de", channel: "web" }] },
      { language: "de" },
      [
        "when.any",
        "any of 2 conditions",
        '[0].intent: wants "support", saw "sales"; [1].channel: wants "web", saw nothing',
        '[0].intent: wants "support", saw "sales"; [1].channel: wants "web", saw nothing'
      ]
    ],
    ["not", { not: { intent: "sales" } }, {}, ["when.not", 'not: intent "sales"', "sales", '"sales"']],
    [
      "not of several",
      { not: { intent: "sales", language: "de" } },
      { language: "de" },
      [
        "when.not",
        'not: intent "sales", language "de"',
        'intent "sales", language "de"',
        'intent "sales", language "de"'
      ]
    ]
  ] as ReadonlyArray<
    readonly [string, Condition, Partial<HandoverRequest>, readonly [string, string, unknown, string]]
  >) {
    it(`is told with ${what}: where it stands, what it wants, and what it saw`, () => {
      const [condition, expected, saw, shown] = told
      assert.deepStrictEqual(passedOver(when, facts), { condition, expected, saw, shown })
    })
  }

  it("is told with hours at the time that is asked for", () => {
    assert.deepInclude(passedOver({ open: "office" }, {}, NIGHT), {
      expected: "office to be open",
      shown: "closed at Wed 2026-11-25 21:00 Europe/Berlin"
    })
  })

  it("is told with where the user stands among all", () => {
    const { condition, expected, saw, shown } = passedOver({ percentage: 0 })
    assert.deepStrictEqual([condition, expected], ["when.percentage", "one of the first 0 % of users"])
    assert.match(shown, /^a user at \d{1,2}\.\d\d %$/)
    assert.strictEqual(saw, shown)
  })

  it("is told with the first of its conditions that failed, and no other", () => {
    const when: Condition = {
      intent: "sales",
      language: "de",
      entities: { tier: "gold", age: { atLeast: 18 } },
      open: "office"
    }
    const steps: ReadonlyArray<readonly [Partial<HandoverRequest>, string]> = [
      [{ intent: "support" }, "when.intent"],
      [{}, "when.language"],
      [{ language: "de" }, "when.entities.tier"],
      [{ language: "de", entities: entities({ tier: "gold", age: 17 }) }, "when.entities.age"],
      [{ language: "de", entities: entities({ tier: "gold", age: 18 }) }, "when.open"]
    ]
    for (const [facts, condition] of steps) assert.strictEqual(passedOver(when, facts, NIGHT).condition, condition)
  })

  it("is told with what it saw in a few characters, however much that is", () => {
    const long = "x".repeat(100_000)
    for (const [when, facts, most] of [
      [{ entities: { tier: "gold" } }, { entities: entities({ tier: long }) }, 200],
      [{ data: { tier: "gold" } }, { data: { tier: long } }, 200],
      [{ data: { tier: "gold" } }, { data: { tier: Array.from({ length: 5000 }, (_, i) => ({ i })) } }, 200],
      [{ any: Array.from({ length: 1000 }, () => ({ intent: "support" })) }, {}, 2000],
      [{ not: { intent: "sales", all: Array.from({ length: 1000 }, () => ({ intent: "s*" })) } }, {}, 2000]
    ] as ReadonlyArray<readonly [Condition, Partial<HandoverRequest>, number]>) {
      const { saw, shown } = passedOver(when, facts)
      assert.isAtMost(String(saw).length, most + 1)
      assert.isAtMost(shown.length, most + 1)
      assert.match(shown, /…$/)
    }
  })

  it("is told with each of several conditions, and with each value among them in a few characters", () => {
    const intents = Array.from({ length: 20 }, (_, index) => ({ intent: `support number ${index}` }))
    const { shown } = passedOver({ any: [...intents, { data: { tier: "gold" } }] }, { data: { tier: "x".repeat(900) } })
    assert.include(shown, '[19].intent: wants "support number 19", saw "sales"')
    assert.match(shown, /\[20\]\.data\.tier: wants "gold", saw "x{199}…$/)
  })

  it("is told with a value as it came where it is short", () => {
    const data = { tier: { level: 3, tags: ["a", null], since: "2020" } }
    assert.deepStrictEqual(passedOver({ data: { tier: "gold" } }, { data }).saw, data.tier)
  })
})

const file: Partial<RoutesFile> = {
  queues: { sales: "id-sales", vip: "id-vip" },
  agents: { ann: "id-ann" },
  hours,
  rules: [
    {
      name: "vip",
      when: { intent: "sales*", entities: { tier: "gold" } },
      to: { queue: "vip", fallback: { agent: "ann", fallback: { queue: "id-other" } } },
      labels: { tier: "{{tier}}", from: "bot" }
    },
    { name: "out of hours", when: { closed: "office" }, to: { reject: "We open at 8." } },
    { name: "by name", when: { intent: "agent" }, to: { agent: { entity: "agentId" } } },
    { name: "sales", when: { intent: "sales" }, to: { queue: "sales" } }
  ]
}

const explained = (facts: Partial<HandoverRequest>, now = NOON, version?: string, over: Partial<RoutesFile> = {}) =>
  explain(table({ ...file, ...over }), version, asked(facts), now)

const gold = { entities: entities({ tier: "gold" }) }

describe("an explanation", () => {
  it("names the target, its fallbacks in their order, and the labels", () => {
    assert.deepStrictEqual(explained(gold).outcome, {
      type: "handover",
      rule: "vip",
      target: { type: "queue", id: "id-vip", name: "vip" },
      fallbacks: [
        { type: "agent", id: "id-ann", name: "ann" },
        { type: "queue", id: "id-other" }
      ],
      labels: { tier: "gold", from: "bot" }
    })
  })

  it("has no fallbacks and no labels where the rule has none", () => {
    assert.deepStrictEqual(explained({}).outcome, {
      type: "handover",
      rule: "sales",
      target: { type: "queue", id: "id-sales", name: "sales" },
      fallbacks: [],
      labels: {}
    })
  })

  it("tells a name of the table from an id that a bot sent", () => {
    const to = (agentId: string) => explained({ intent: "agent", entities: entities({ agentId }) }).outcome
    assert.deepInclude(to("a-7"), { target: { type: "agent", id: "a-7" } })
    assert.deepInclude(to("id-ann"), { target: { type: "agent", id: "id-ann", name: "ann" } })
  })

  it("says what the bot is to say where a rule rejects", () => {
    assert.deepStrictEqual(explained({}, NIGHT).outcome, {
      type: "rejected",
      rule: "out of hours",
      text: "We open at 8."
    })
  })

  it("says what the answer's error would be where no rule takes the request, and that no rule did", () => {
    const { outcome, passed } = explained({ intent: "order_pizza" })
    assert.deepStrictEqual(outcome, {
      type: "refused",
      error: "Unsupported intent",
      detail: 'no routing rule takes the intent "order_pizza" as it came, and there is no fallback'
    })
    assert.deepStrictEqual(
      passed.map(({ rule }) => rule),
      ["vip", "out of hours", "by name", "sales"]
    )
  })

  it("says which rule missed which entity", () => {
    const { outcome } = explained({ intent: "agent" })
    assert.deepInclude(outcome, { type: "refused", error: "Agent ID missing", rule: "by name" })
    assert.include("detail" in outcome ? outcome.detail : "", '"agentId"')
  })

  it("passes over all rules where the fallback decides", () => {
    const fallback = { to: { queue: "vip" } }
    const { outcome, passed } = explained({ intent: "order_pizza" }, NOON, undefined, { fallback })
    assert.deepInclude(outcome, { rule: "fallback", target: { type: "queue", id: "id-vip", name: "vip" } })
    assert.lengthOf(passed, 4)
  })

  it("passes over nothing where the first rule decides", () => {
    assert.deepStrictEqual(explained(gold).passed, [])
  })

  it("says for which time and which version it holds; no version where the table has none", () => {
    assert.deepInclude(explained({}, NOON, "0123456789ab"), { at: "2026-11-25T11:00:00.000Z", version: "0123456789ab" })
    assert.notProperty(explained({}), "version")
  })
})

describe("the text of an explanation", () => {
  it("shows where to, where to instead, the labels, and the rules in columns", () => {
    assert.strictEqual(
      showExplanation(explained(gold, NOON, "0123456789ab")),
      `rule vip → queue vip (id-vip)
  unknown to CXone? → agent ann (id-ann)
  unknown to CXone? → queue id-other
  label tier: gold
  label from: bot

at 2026-11-25T11:00:00.000Z, table 0123456789ab
  ✓ vip`
    )
  })

  it("shows why each rule was passed over", () => {
    assert.strictEqual(
      showExplanation(explained({})),
      `rule sales → queue sales (id-sales)

at 2026-11-25T11:00:00.000Z
  ✗ vip           entities.tier: wants "gold", saw nothing
  ✗ out of hours  closed: wants office to be closed, saw open at Wed 2026-11-25 12:00 Europe/Berlin
  ✗ by name       intent: wants "agent", saw "sales"
  ✓ sales`
    )
  })

  it("shows a rejection", () => {
    assert.strictEqual(
      showExplanation(explained({}, NIGHT)),
      `rule out of hours → rejected, the bot says: We open at 8.

at 2026-11-25T20:00:00.000Z
  ✗ vip  entities.tier: wants "gold", saw nothing
  ✓ out of hours`
    )
  })

  it("shows a refusal without a rule, and with the one that missed an entity", () => {
    const none = showExplanation(explained({ intent: "x" }))
    assert.match(none, /^no handover → 400 Unsupported intent: no routing rule takes the intent "x" as it came, /)
    assert.notInclude(none, "✓")
    const missing = showExplanation(explained({ intent: "agent" }))
    assert.match(missing, /^no handover → 400 Agent ID missing: rule "by name" sends to the agent /)
    assert.match(missing, /\n {2}✓ by name$/)
  })

  it("shows an agent that has no name in the table by the id alone", () => {
    const text = showExplanation(explained({ intent: "agent", entities: entities({ agentId: "a-7" }) }))
    assert.match(text, /^rule by name → agent a-7\n/)
  })

  it("gives long names of rules no more than 40 columns", () => {
    const rules = [
      { name: "n".repeat(256), when: { intent: "a" }, to: { queue: "q" } },
      { name: "short", when: { intent: "b" }, to: { queue: "q" } }
    ]
    const text = showExplanation(explained({}, NOON, undefined, { rules }))
    assert.include(text, `\n  ✗ short${" ".repeat(35)}  intent: wants "b", saw "sales"`)
  })

  /** The texts for a value that a bot sent, wherever a condition may look at it. */
  const textsWith = (value: string): ReadonlyArray<string> =>
    [
      { entities: entities({ tier: value }) },
      { data: { tier: value, [value]: value } },
      { data: { tier: [{ [value]: value }] } }
    ].flatMap((facts) =>
      [
        { entities: { tier: "gold" } },
        { data: { tier: "gold" } },
        { any: [{ entities: { tier: "gold" } }, { data: { tier: "gold" } }] }
      ].map((when) =>
        showExplanation(explained(facts, NOON, undefined, { rules: [{ name: "r", when, to: { queue: "q" } }] }))
      )
    )

  it.prop("is one line for each rule, whatever a bot sends", { value: texts }, ({ value }) => {
    for (const text of textsWith(value)) assert.lengthOf(text.split("\n"), 4)
  })

  // A terminal may take U+009B for the beginning of a command.
  it.prop("has no control characters but its line breaks, whatever a bot sends", { value: texts }, ({ value }) => {
    for (const text of textsWith(value)) assert.notMatch(text.replaceAll("\n", ""), /\p{Cc}/u)
  })
})

/** The name of what decided, if anything did. */
const decider = ({ outcome }: Explanation) => ("rule" in outcome ? outcome.rule : undefined)

const decodeJson = Schema.decodeUnknownSync(Explanation, { onExcessProperty: "error" })

const seen: Record<Explanation["outcome"]["type"], number> = { handover: 0, rejected: 0, refused: 0 }

describe("the explanation of any table", () => {
  it.prop(
    "agrees with its decision; the rules passed over and the one that decided are the table's first ones",
    { file: tables, inputs: Arbitrary.array(inputs, { minLength: 5, maxLength: 10 }) },
    ({ file, inputs }) => {
      const table = makeRoutingTable(file)
      for (const input of inputs) {
        const explanation = explain(table, "v", input.request, input.now)
        const { outcome, passed } = explanation
        seen[outcome.type]++
        const decided = table.decide(input)
        assert.deepStrictEqual(outcome, outcomeOf(decided, table.nameOf))
        agrees(outcome, decided)

        const names = file.rules.map(({ name }) => name)
        const by = decider(explanation)
        const told = passed.map(({ rule }) => rule)
        const all = by === undefined || by === "fallback" ? told : [...told, by]
        assert.deepStrictEqual(all, names.slice(0, all.length))
        if (by === undefined || by === "fallback") assert.lengthOf(told, names.length)
      }
    },
    { arbitrary: { runs: 300 } }
  )

  const agrees = (outcome: Explanation["outcome"], decided: ReturnType<ReturnType<typeof table>["decide"]>) =>
    Result.match(decided, {
      onSuccess: ({ fallbacks = [], labels = {}, rule, target }) => {
        if (outcome.type !== "handover") return assert.fail(outcome.type)
        const bare = ({ id, type }: { readonly id: string; readonly type: "queue" | "agent" }) => ({ id, type })
        assert.strictEqual(outcome.rule, rule)
        assert.deepStrictEqual([outcome.target, ...outcome.fallbacks].map(bare), [target, ...fallbacks].map(bare))
        assert.deepStrictEqual(outcome.labels, labels)
      },
      onFailure: (error) => {
        if (error._tag === "Rejected") assert.deepInclude(outcome, { type: "rejected", text: error.text })
        else {
          const name = error._tag === "UnsupportedIntent" ? "Unsupported intent" : "Agent ID missing"
          assert.deepInclude(outcome, { type: "refused", error: name, detail: error.message })
        }
      }
    })

  it("is of each kind often enough for that to mean something", () => {
    for (const count of Object.values(seen)) assert.isAbove(count, 50)
  })

  it.prop(
    "is the same again, goes through JSON unharmed, and has a text",
    { file: tables, input: inputs },
    ({ file, input }: { readonly file: RoutesFile; readonly input: Input }) => {
      const table = makeRoutingTable(file)
      const explanation = explain(table, undefined, input.request, input.now)
      assert.deepStrictEqual(explain(table, undefined, structuredClone(input.request), input.now), explanation)
      assert.deepStrictEqual(decodeJson(JSON.parse(JSON.stringify(explanation))), explanation)
      const text = showExplanation(explanation)
      assert.strictEqual(text.split("\n").filter((line) => line.startsWith("  ✗ ")).length, explanation.passed.length)
    },
    { arbitrary: { runs: 150 } }
  )
})
