/** `test-routes`, as the owner of a table calls it. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { platform, routesPath, run } from "./support.ts"

const example = readFileSync(routesPath("example/routes.yaml"), "utf8")
const examples = readFileSync(routesPath("example/routes.tests.yaml"), "utf8")
const guide = readFileSync(routesPath("README.md"), "utf8")

const testRoutes = (tests: string, table = example, file = "routes.yaml") =>
  run(["test-routes", `@/${file}`], { files: { "routes.yaml": table, "routes.tests.yaml": tests } })

/** A file with one example, at a time when the office is open. */
const one = (payload: string, expect: string) =>
  `at: 2026-11-25 10:00 Europe/Berlin\ntests:\n  - name: it\n    payload: ${payload}\n    expect: ${expect}\n`

describe("test-routes", () => {
  it.effect.each(["routes.yaml", "routes.tests.yaml"])(
    "finds all examples of the guide's table as they say, by %s",
    (file) =>
      Effect.gen(function* () {
        const { failure, printed } = yield* testRoutes(examples, example, file)
        assert.isUndefined(failure)
        const lines = printed.split("\n")
        assert.strictEqual(lines.filter((line) => line.startsWith("✓ ")).length, 14)
        assert.deepStrictEqual(lines.slice(14), ["", "14 examples as expected."])
      }).pipe(Effect.provide(platform))
  )

  it.effect("prints what the guide shows", () =>
    Effect.gen(function* () {
      const [, tests = "", shown = ""] = /^```yaml tests\n(.*?)^```$.*?^```\n(.*?)^```$/ms.exec(guide) ?? []
      const { failure, printed } = yield* testRoutes(tests)
      assert.strictEqual(`${printed.replaceAll("@/", "")}\n`, shown)
      assert.strictEqual(failure, "")
    }).pipe(Effect.provide(platform))
  )

  it.effect.each([
    [
      "the rule, and why it did not decide",
      "{ intent: transfer_to_sales, userId: ben }",
      "{ rule: transfer_to_sales }",
      [
        "- rule: transfer_to_sales",
        "+ rule: fallback",
        "  transfer_to_sales  confidence: wants at least 0.6, saw nothing"
      ]
    ],
    [
      "a rule that comes later",
      "{ intent: transfer_to_agent, userId: ben }",
      "{ rule: vip }",
      ["- rule: vip", "+ rule: transfer_to_agent", "  transfer_to_agent comes before vip"]
    ],
    [
      "the kind of the target",
      "{ intent: transfer_to_agent, userId: ben }",
      "{ queue: support }",
      ["- queue: support", "+ agent: alex (a6e27000-0000-4000-8000-000000000003)"]
    ],
    [
      "the fallbacks",
      "{ intent: transfer_to_agent, userId: ben }",
      "{ agent: alex, fallbacks: [] }",
      ["  agent: alex", "- fallbacks: none", "+ fallbacks: queue support (50bb0000-0000-4000-8000-000000000002)"]
    ],
    [
      "a label that is missing, and one too many",
      "{ intent: billing_x, userId: ben, slots: { amount: [1000] } }",
      '{ labels: { amount: "1000", team: a } }',
      [
        "  label amount: 1000",
        "- label team: a",
        "+ label team: none",
        "- label priority: none",
        "+ label priority: high"
      ]
    ],
    [
      "the text for the bot",
      "{ intent: abuse, intentScore: 1, userId: ben }",
      '{ reject: "No." }',
      ["- reject: No.", "+ reject: Let us talk about something else."]
    ],
    [
      "a payload that the webhook refuses",
      "{ intent: abuse }",
      "{ rule: abuse }",
      ["  the webhook would answer 400 Missing required fields: missing or empty: userId"]
    ]
  ] as const)("shows what differs: %s", ([, payload, expect, lines]) =>
    Effect.gen(function* () {
      const { failure, printed } = yield* testRoutes(one(payload, expect))
      assert.strictEqual(failure, "")
      assert.deepStrictEqual(printed.split("\n").slice(0, lines.length + 1), [
        "✗ it (@/routes.tests.yaml:3:5)",
        ...lines.map((line) => `    ${line}`)
      ])
      assert.include(printed, "1 of 1 example failed.")
    }).pipe(Effect.provide(platform))
  )

  it.effect.each([
    ["the fallback", "{ intent: x, userId: ben }", "{ rule: fallback, queue: f0de0000-0000-4000-8000-000000000003 }"],
    [
      "a target by its id",
      "{ intent: transfer_to_agent, userId: ben }",
      "{ agent: a6e27000-0000-4000-8000-000000000003 }"
    ]
  ] as const)("knows %s", ([, payload, expect]) =>
    Effect.gen(function* () {
      assert.isUndefined((yield* testRoutes(one(payload, expect))).failure)
    }).pipe(Effect.provide(platform))
  )

  it.effect("accepts an expected refusal", () =>
    Effect.gen(function* () {
      const table = "rules: [{ name: a, when: { intent: a }, to: { agent: { entity: agentId } } }]"
      const tests =
        "tests:\n" +
        "  - { name: none, payload: { intent: b, userId: u }, expect: { error: Unsupported intent } }\n" +
        "  - { name: no agent, payload: { intent: a, userId: u }, expect: { rule: a, error: Agent ID missing } }\n"
      assert.isUndefined((yield* testRoutes(tests, table)).failure)
    }).pipe(Effect.provide(platform))
  )

  it.effect("wants a time where there are hours: an example must not depend on when it is run", () =>
    Effect.gen(function* () {
      const { printed } = yield* testRoutes(
        one("{ intent: x, userId: u }", "{ queue: front-desk }").replace(/^at.*/, "")
      )
      assert.include(printed, "the table has opening hours: say at which time")
    }).pipe(Effect.provide(platform))
  )

  it.effect.each([
    [
      "a member that is unknown",
      "tests: [{ name: a, payload: {}, expected: {} }]",
      /1:33 unknown member "expected"\n.*did you mean expect\?/
    ],
    [
      "a time that is none",
      "at: tomorrow\ntests: [{ name: a, payload: {}, expect: { rule: a } }]",
      /1:5 at .*\n.*a time such as/
    ],
    [
      "an empty expectation",
      "tests: [{ name: a, payload: {}, expect: {} }]",
      /expect is empty\n.* some of rule, queue/
    ],
    ["two targets", "tests: [{ name: a, payload: {}, expect: { queue: a, agent: b } }]", /only one of queue and agent/],
    ["no examples", "tests: []", /at least one example/],
    ["no YAML", "tests: [", /cannot be read/]
  ] as const)("says what is wrong with a file of examples: %s", ([, tests, expected]) =>
    Effect.gen(function* () {
      const { failure } = yield* testRoutes(tests)
      assert.match(failure ?? "", /^The examples have \d+ problems?\.\n\n {2}@\/routes\.tests\.yaml:/)
      assert.match(failure ?? "", expected)
    }).pipe(Effect.provide(platform))
  )

  it.effect("says all at once which names the table does not have, and where", () =>
    Effect.gen(function* () {
      const { failure, printed } = yield* testRoutes(
        "at: 2026-11-25 10:00 Europe/Berlin\ntests:\n" +
          "  - { name: a, payload: { intent: a, userId: u }, expect: { rule: vipp, queue: suport } }\n" +
          "  - { name: b, payload: { intent: a, userId: u }, expect: { rule: fallback } }\n" +
          "  - { name: c, payload: { intent: a, userId: u }, expect: { agent: alx } }\n" +
          "  - { name: d, payload: { intent: a, userId: u }, expect: { queue: f0de0000-0000-4000-8000-000000000009 } }\n" +
          "  - { name: e, payload: { intent: a, userId: u }, expect: { queue: constructor } }\n"
      )
      assert.strictEqual(
        failure?.replaceAll(/there are .*/g, "there are …"),
        [
          "The examples have 4 problems.",
          "",
          '  @/routes.tests.yaml:3:67 the table has no rule named "vipp"',
          "    → did you mean vip?",
          '  @/routes.tests.yaml:3:80 the table has no queue named "suport"',
          "    → did you mean support?",
          '  @/routes.tests.yaml:5:68 the table has no agent named "alx"',
          "    → did you mean alex?",
          '  @/routes.tests.yaml:7:68 the table has no queue named "constructor"',
          "    → there are …"
        ].join("\n")
      )
      assert.strictEqual(printed, "")
    }).pipe(Effect.provide(platform))
  )

  it.effect.each([
    ["01067", "1067"],
    ["+49301234567", "49301234567"],
    ["007", "7"],
    ["12345678901234567890", "12345678901234567000"],
    ["1.10", "1.1"],
    ["True", "true"]
  ])("wants quotes around what a payload has otherwise than it is read: %s", ([value, read]) =>
    Effect.gen(function* () {
      const { failure, printed } = yield* testRoutes(
        one(`{ intent: x, userId: ben, slots: { plz: [${value}] } }`, "{ rule: fallback }")
      )
      assert.strictEqual(
        failure,
        `The examples have 1 problem.\n\n  @/routes.tests.yaml:4:55 ${value} is read as ${read}\n    → quotes around it: "${value}"`
      )
      assert.strictEqual(printed, "")
    }).pipe(Effect.provide(platform))
  )

  it.effect("reads scores, ids and members that nobody knows as the webhook does", () =>
    Effect.gen(function* () {
      const long = "12345678901234567890"
      const fine = `{ intent: x, intentScore: 0.${long}, userId: ben, slots: '{"n":[${long}]}', data: '{"n":${long}}', unknown: ${long} }`
      assert.isUndefined((yield* testRoutes(one(fine, "{ rule: fallback }"))).failure)
      const { printed } = yield* testRoutes(one(`{ intent: x, userId: ${long} }`, "{ rule: fallback }"))
      assert.include(printed, "the webhook would answer 400 Invalid payload: userId: ")
      const { failure } = yield* testRoutes(
        one("{ intent: x, userId: ben, slots: { n: [12345678901234567000] } }", "{ rule: fallback }")
      )
      assert.include(failure, "12345678901234567000 is too long for a number")
    }).pipe(Effect.provide(platform))
  )

  it.effect("takes numbers that are read as they are written", () =>
    Effect.gen(function* () {
      const payload =
        '{ intent: x, intentScore: 0.5, userId: "007", slots: { plz: ["01067"], age: [42], vip: [true] } }'
      assert.isUndefined((yield* testRoutes(one(payload, "{ rule: fallback }"))).failure)
    }).pipe(Effect.provide(platform))
  )

  it.effect("names the fallback where no example reaches it, and there is one", () =>
    Effect.gen(function* () {
      const reached = (yield* testRoutes(one("{ intent: x, userId: ben }", "{ rule: fallback }"))).printed
      assert.notMatch(reached, /No example reaches: .*fallback/)
      const table =
        "queues: { q: 5a1e0000-1111-4222-8333-444444444444 }\nrules: [{ name: a, when: { intent: a }, to: { queue: q } }]\n"
      const example = one("{ intent: a, userId: ben }", "{ rule: a }")
      assert.notInclude((yield* testRoutes(example, table)).printed, "No example reaches")
      const withFallback = `${table}fallback: { to: { queue: q } }\n`
      assert.include((yield* testRoutes(example, withFallback)).printed, "No example reaches: fallback.")
    }).pipe(Effect.provide(platform))
  )

  it.effect("names a missing file, and the table's problems", () =>
    Effect.gen(function* () {
      const noTests = yield* run(["test-routes", "@/routes.yaml"], { files: { "routes.yaml": example } })
      assert.match(noTests.failure ?? "", /^@\/routes\.tests\.yaml: there is no such file/)
      const broken = yield* testRoutes(examples, example.replace("queue: night }", "queue: nihgt }"))
      assert.match(broken.failure ?? "", /@\/routes\.yaml:60:18 no queue is named "nihgt"\n.*did you mean night\?/)
    }).pipe(Effect.provide(platform))
  )
})

describe("with CXONE_DIALECT=digital", () => {
  const files = {
    "routes.yaml": 'queues: { sales: "4001" }\nrules:\n  - { name: all, to: { queue: sales } }\n',
    "routes.tests.yaml":
      "tests:\n  - { name: it, payload: { intent: a, userId: ben }, expect: { rule: all, queue: '4001' } }\n"
  }

  it.effect("ids are skill numbers, in the table and in its examples", () =>
    Effect.gen(function* () {
      const { failure } = yield* run(["test-routes", "@/routes.yaml"], { files, env: { CXONE_DIALECT: "digital" } })
      assert.isUndefined(failure)
      const webchat = yield* run(["test-routes", "@/routes.yaml"], { files })
      assert.match(webchat.failure ?? "", /"sales" is not a UUID/)
    }).pipe(Effect.provide(platform))
  )
})
