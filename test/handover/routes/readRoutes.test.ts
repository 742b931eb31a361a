import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result } from "effect"
import { compilePattern } from "../../../src/handover/routes/Pattern.ts"
import { type FileProblem, readRoutes } from "../../../src/handover/routes/readRoutes.ts"
import { whole } from "../../support/arbitrary.ts"
import { among } from "./generators.ts"

const ID = "5a1e0000-1111-4222-8333-444444444444"

const head = `queues:\n  sales: ${ID}\n  support: 6a1e0000-1111-4222-8333-444444444444\n`
const any = "rules: [{ name: r, to: { queue: sales } }]\n"

/** A table of one rule, with its condition on line 6 and its place on line 7. */
const rule = (when: string, to = "{ queue: sales }") => `${head}rules:\n  - name: r\n    when: ${when}\n    to: ${to}\n`

/** A table with opening hours, whose members begin on line 6. */
const hours = (...lines: ReadonlyArray<string>) =>
  `${head}hours:\n  office:\n${lines.map((line) => `    ${line}\n`).join("")}${any}`

/** A table with rules, the first on line 5. */
const rules = (...lines: ReadonlyArray<string>) => `${head}rules:\n${lines.map((line) => `  - ${line}\n`).join("")}`

const labels = (label: string) => `${head}rules:\n  - name: r\n    to: { queue: sales }\n    labels:\n      ${label}\n`

const problems = (text: string): ReadonlyArray<FileProblem> =>
  Result.match(readRoutes(text), { onSuccess: () => [], onFailure: (problems) => problems })

/** Name, text, and of each problem the line and column, and what it and its suggestion say. */
type Case = readonly [
  name: string,
  text: string,
  ...ReadonlyArray<readonly [at: string, problem: string, instead: string]>
]

const table = "a routing table: queues, hours, rules, fallback"
const yaml = "YAML (or JSON): mind indentation"
const aText = "text of 1 to 256 characters"

const cases: ReadonlyArray<Case> = [
  ["an empty file", "", ["1:1", "is empty", "a table"]],
  ["a blank file", " \n\n", ["1:1", "is empty", "a table"]],
  ["only a comment", "# nothing\n", ["1:1", "not what it should be", table]],
  ["a list instead of a map", "- a\n- b\n", ["1:1", "the file is not", table]],
  ["a text instead of a map", "hello", ["1:1", "the file is not", table]],
  ["a quote that is not closed", `${head}rules:\n  - name: "r\n`, ["6:1", 'Missing closing "quote', yaml]],
  ["a tab", "queues:\n\tsales: x\n", ["2:1", "Tabs are not allowed", yaml]],
  ["two documents", `${head}${any}---\na: 1\n`, ["5:1", "multiple documents", yaml]],
  ["a key twice", `${head}  sales: ${ID}\n${any}`, ["4:3", "keys must be unique", "one of them"]],
  ["an unknown member", `${head}rulez: []\n${any}`, ["4:1", 'unknown member "rulez"', "did you mean rules?"]],
  ["a condition misspelled", rule("{ langauge: de }"), ["6:13", '"langauge"', "did you mean language?"]],
  ["a condition from elsewhere", rule("{ slots: { a: b } }"), ["6:13", '"slots"', "did you mean entities?"]],
  ["a condition like none", rule("{ zzzzzzzz: 1 }"), ["6:13", '"zzzzzzzz"', "there are intent, confidence"]],
  [
    "members of a rule from elsewhere",
    rules("name: r\n    if: { intent: a }\n    target: { queue: sales }"),
    ["5:5", "rules[0].to is missing", "write to"],
    ["6:5", '"if"', "did you mean when?"],
    ["7:5", '"target"', "did you mean to?"]
  ],
  ["a test from elsewhere", rule("{ entities: { a: { regex: x } } }"), ["6:30", '"regex"', "did you mean matches?"]],
  ["no rules", head, ["1:1", "rules is missing", "write rules"]],
  ["an empty list of rules", `${head}rules: []\n`, ["4:8", "rules is not", "at least one rule"]],
  ["a map of rules", `${head}rules: { a: b }\n`, ["4:8", "rules", ""]],
  ["no place", rules("name: r\n    when: { intent: a }"), ["5:5", "rules[0].to is missing", "write to"]],
  ["no name", rules("to: { queue: sales }"), ["5:5", "rules[0].name is missing", "write name"]],
  ["a number as an intent", rule("{ intent: 5 }"), ["6:21", "rules[0].when.intent", "an intent, or a list"]],
  ["no intent in a list", rule("{ intent: [] }"), ["6:21", "rules[0].when.intent", "at least one"]],
  ["a score in percent", rule("{ confidence: 80 }"), ["6:25", "when.confidence", "0 to 1"]],
  ["a score in words", rule("{ confidence: high }"), ["6:25", "when.confidence", "a number, or some of"]],
  ["too many percent", rule("{ percentage: 101 }"), ["6:25", "when.percentage", "0 to 100"]],
  ["an empty condition", rule("{}"), ["6:11", "rules[0].when", ""]],
  ["a text as a condition", rule("sales"), ["6:11", "rules[0].when", ""]],
  [
    "two places in one",
    rule("{ intent: a }", "{ queue: sales, agent: x }"),
    ["7:9", "rules[0].to", "only one of queue and agent"]
  ],
  ["a place that is none", rule("{ intent: a }", "{}"), ["7:9", "rules[0].to", "one of queue, agent, reject"]],
  [
    "a fallback of a rejection",
    rule("{ intent: a }", "{ reject: No, fallback: { queue: sales } }"),
    ["7:33", "to.fallback", ""]
  ],
  [
    "an unknown queue",
    rule("{ intent: a }", "{ queue: sale }"),
    ["7:18", 'no queue is named "sale"', "did you mean sales?"]
  ],
  [
    "an unknown queue like none",
    rule("{ intent: a }", "{ queue: billing }"),
    ["7:18", "billing", "there are sales, support"]
  ],
  [
    "a name of an object's",
    rule("{ intent: a }", "{ queue: constructor }"),
    ["7:18", "constructor", "there are sales, support"]
  ],
  [
    "an unknown agent",
    rule("{ intent: a }", "{ agent: ann }"),
    ["7:18", 'no agent is named "ann"', "define it under agents"]
  ],
  [
    "an unknown fallback",
    rule("{ intent: a }", "{ queue: sales, fallback: { queue: suport } }"),
    ["7:44", "suport", "did you mean support?"]
  ],
  [
    "unknown hours",
    rule("{ open: office }"),
    ["6:19", 'no opening hours are named "office"', "define them under hours"]
  ],
  [
    "unknown hours deep within",
    rule("{ any: [{ intent: a }, { not: { closed: x } }] }"),
    ["6:51", '"x"', "define them"]
  ],
  ["a placeholder", `queues:\n  sales: your-queue-id\n${any}`, ["2:10", "still a placeholder", "UUID"]],
  ["a queue's id that is none", `queues: { sales: abc }\n${any}`, ["1:18", "not a UUID", "CXone Admin"]],
  [
    "an agent's placeholder",
    "agents: { ann: TODO }\nrules: [{ name: r, to: { agent: ann } }]\n",
    ["1:16", "still a placeholder", "CXone id"]
  ],
  [
    "hours that overlap",
    hours("zone: UTC", 'weekly: { daily: ["08:00-12:00", "11:00-13:00"] }'),
    ["7:22", "11:00-13:00 overlap with 08:00-12:00", "end before"]
  ],
  [
    "hours that overlap with the next day's",
    hours(
      "zone: UTC",
      'weekly: { daily: "20:00-21:00" }',
      "exceptions:",
      '  2026-12-24: "20:00-20:30"',
      '  2026-12-23: "22:00-20:15"'
    ),
    ["9:19", "20:00-20:30 overlap with 22:00-20:15", "end before"]
  ],
  [
    "an unknown zone",
    hours("zone: Europe/Berln", "weekly: { daily: closed }"),
    ["6:11", 'no time zone: "Europe/Berln"', "Europe/Berlin?"]
  ],
  [
    "no zone",
    hours("tz: UTC", "weekly: { monday: closed }"),
    ["6:5", '"tz"', "zone?"],
    ["6:5", "zone is missing", "write zone"]
  ],
  [
    "a date that is none",
    hours("zone: UTC", "weekly: { daily: closed }", "exceptions:", "  2026-02-30: closed"),
    ["9:7", "no date of the calendar", "a date such as"]
  ],
  ["hours that are none", hours("zone: UTC", "weekly: { daily: 8-18 }"), ["7:22", "weekly.daily", '"08:00-18:00"']],
  [
    "an hour that is none",
    hours("zone: UTC", 'weekly: { monday: "08:00-25:00" }'),
    ["7:23", "weekly.monday", '"08:00-18:00"']
  ],
  [
    "hours of no length",
    hours("zone: UTC", 'weekly: { monday: "08:00-08:00" }'),
    ["7:23", "ends when it begins", "00:00-24:00"]
  ],
  [
    "a day that is none",
    hours("zone: UTC", "weekly: { mondays: closed }"),
    ["7:15", '"mondays"', "did you mean monday?"]
  ],
  [
    "a name twice",
    rules(
      "{ name: r, when: { intent: a }, to: { queue: sales } }",
      "{ name: r, when: { intent: b }, to: { queue: sales } }"
    ),
    ["6:13", 'another rule before it is named "r" too', "a name of its own"]
  ],
  [
    "the fallback's name",
    rules("{ name: fallback, to: { queue: sales } }"),
    ["5:13", "the table's fallback", "another name"]
  ],
  [
    "a shadowed rule",
    rules(
      "{ name: a, when: { intent: s* }, to: { queue: sales } }",
      "{ name: b, when: { intent: sales }, to: { queue: sales } }"
    ),
    ["6:13", 'rule "b" never decides: rule "a"', "put it before"]
  ],
  [
    "an unused fallback",
    `${rules("{ name: a, to: { queue: sales } }")}fallback:\n  to: { queue: sales }\n`,
    ["6:1", "never used", "leave one"]
  ],
  [
    "an expression that is none",
    rule("{ entities: { a: { matches: '(' } } }"),
    ["6:39", "no regular expression: missing closing )", "RE2"]
  ],
  ["a look-ahead", rule("{ data: { a.b: { matches: '(?=a)' } } }"), ["6:37", "no regular expression", "no look-ahead"]],
  ["an expression too large", rule("{ entities: { a: { matches: '(a{30}){30}' } } }"), ["6:39", "too large", "RE2"]],
  [
    "bounds with nothing between",
    rule("{ entities: { a: { atLeast: 5, below: 5 } } }"),
    ["6:28", "no number is within", "bounds"]
  ],
  [
    "scores with nothing between",
    rule("{ confidence: { atLeast: 0.9, atMost: 0.1 } }"),
    ["6:25", "no number is within", "bounds"]
  ],
  ["a path with an empty part", rule("{ data: { a..b: x } }"), ["6:21", "empty part", "JSON Pointer"]],
  ["a reserved label", labels("source: x"), ["8:7", "sets the label source itself", "another name"]],
  ["a label with an open brace", labels('tier: "{{tier"'), ["8:13", "{{ or }}", "{{NAME}}"]],
  ["a label that is a number", labels("a: 5"), ["8:10", "labels.a", "in quotes"]],
  [
    "aliases that explode",
    `a: &a [${"x,".repeat(9)}]\nb: &b [${"*a,".repeat(9)}]\nc: &c [${"*b,".repeat(9)}]\nd: [${"*c,".repeat(9)}]\n`,
    ["1:1", "Excessive alias count", "fewer aliases"]
  ],
  ["an alias in a circle", `${head}rules: &a [*a]\n`, ["1:1", "deeper than 50 levels", "smaller"]],
  ["an alias of nothing", `${head}rules: *nope\n`, ["1:1", "Unresolved alias", "aliases"]],
  ["deep nesting", `rules: ${"[".repeat(100)}${"]".repeat(100)}\n`, ["1:1", "deeper than 50 levels", "smaller"]],
  [
    "JSON with an unknown queue",
    `{\n  "queues": { "sales": "${ID}" },\n  "rules": [\n    { "name": "r", "to": { "queue": "sale" } }\n  ]\n}\n`,
    ["4:37", '"sale"', "did you mean sales?"]
  ],
  [
    "lines that end with CR LF",
    `${head}${any.replace("sales", "x")}`.replaceAll("\n", "\r\n"),
    ["4:33", '"x"', "there are"]
  ],
  [
    "several problems, in the order of the file",
    "queues:\n  sales: xxx\nrules:\n  - name: r\n    when: { open: nowhere }\n    to: { queue: nope }\n  - name: r\n    when: { intent: a }\n    to: { agent: nobody }\n",
    ["2:10", "placeholder", "UUID"],
    ["5:19", "nowhere", "define"],
    ["6:18", "nope", "there is sales"],
    ["7:11", "named", "its own"],
    ["9:18", "nobody", "define"]
  ],
  [
    "several members that are wrong, in the order of the file",
    'rules:\n  - nam: r\n    to: { queue: 5 }\n  - name: ""\n    to: {}\nfoo: 1\n',
    ["2:5", '"nam"', "did you mean name?"],
    ["2:5", "rules[0].name is missing", "write name"],
    ["3:18", "to.queue", aText],
    ["4:11", "rules[1].name", aText],
    ["5:9", "rules[1].to", "one of queue"],
    ["6:1", '"foo"', "there are"]
  ]
]

describe("a file is refused with", () => {
  for (const [name, text, ...expected] of cases) {
    it(name, () => {
      const found = problems(text)
      assert.deepStrictEqual(
        found.map(({ column, line }) => `${line}:${column}`),
        expected.map(([at]) => at),
        JSON.stringify(found)
      )
      for (const [index, [, problem, instead]] of expected.entries()) {
        assert.include(found[index]?.problem, problem)
        assert.include(found[index]?.instead, instead)
      }
    })
  }

  it("nesting so deep that the parser gives up", () => {
    assert.isAbove(problems(`rules: ${"[".repeat(20_000)}${"]".repeat(20_000)}`).length, 0)
    assert.isAbove(problems(`${"{a: ".repeat(20_000)}`).length, 0)
  })

  it("a key twice, also in a large file", () => {
    const padding = `# ${"x".repeat(98)}\n`.repeat(6000)
    assert.isAbove(problems(`${padding}${head}  sales: ${ID}\n${any}`).length, 0)
  })
})

/** Says what it should be, in the format's own words. */
describe("the format's own words are told for", () => {
  for (const [name, text, words] of [
    ["rules that are no list", `${head}rules: { a: b }\n`, "a list of rules"],
    ["a condition that is a text", rule("sales"), "conditions"],
    ["a place that is a text", rule("{ intent: a }", "sales"), "queue: NAME"],
    ["an empty record", rule("{ data: {} }"), "the path of a member"],
    ["an empty week", hours("zone: UTC", "weekly: {}"), "hours for some day"],
    [
      "a date in another form",
      hours("zone: UTC", "weekly: { daily: closed }", "exceptions: { 24.12.2026: closed }"),
      "2026-12-24"
    ],
    ["a label's name", labels('"a b": x'), "64 letters"],
    [
      "a fallback of a rejection",
      rule("{ intent: a }", "{ reject: No, fallback: { queue: sales } }"),
      "has no fallback"
    ],
    ["two letters that changed places", rule("{ intent: a }", "{ queue: salse }"), "did you mean sales?"]
  ] as const) {
    it(name, () =>
      assert.include(
        problems(text)
          .map(({ instead, problem }) => `${problem} ${instead}`)
          .join(),
        words
      )
    )
  }
})

const good = `$schema: x
queues: &queues
  sales: ${ID}
agents: { ann: 7a1e0000-1111-4222-8333-444444444444 }
hours:
  office:
    zone: Europe/Berlin
    weekly: { weekdays: ["08:00-12:00", "13:00-18:00"], saturday: "22:00-06:00" }
    exceptions: { 2026-12-24: closed }
rules:
  - name: gold
    when:
      intent: [sales, "s*_de"]
      confidence: { atLeast: 0.5 }
      entities: { tier: { matches: '^gold\\d*$' }, age: { atLeast: 18, below: 99 } }
      any: [{ language: de }, { not: { channel: "web*" } }]
      percentage: { of: 50, seed: x }
      data: { customer.tier: [a, 1, true], /a~1b: { present: true } }
      open: office
    to: { agent: { entity: agentId }, fallback: { queue: sales } }
    labels: { tier: "{{tier}} x" }
  - name: no
    when: { all: [{ closed: office }] }
    to: { reject: "Closed." }
fallback:
  to: { queue: sales }
`

describe("a file is read", () => {
  it("whole", () => {
    const file = Result.getOrThrow(readRoutes(good))
    assert.strictEqual(file.rules.length, 2)
    assert.deepStrictEqual(file.rules[1]?.to, { reject: "Closed." })
    assert.deepStrictEqual(file.queues, { sales: ID })
  })

  it("as JSON, with a byte order mark, with CR LF and with aliases", () => {
    const file = Result.getOrThrow(readRoutes(good))
    const small = `${head}${any}`
    assert.deepStrictEqual(Result.getOrThrow(readRoutes(JSON.stringify(file))), file)
    assert.deepStrictEqual(Result.getOrThrow(readRoutes(JSON.stringify(file, undefined, 2))), file)
    assert.deepStrictEqual(Result.getOrThrow(readRoutes(good.replaceAll("\n", "\r\n"))), file)
    assert.deepStrictEqual(problems(`\ufeff${small}`), [])
    assert.deepStrictEqual(
      problems(
        `${head}rules:\n  - { name: a, when: { intent: a }, to: &to { queue: sales } }\n  - { name: b, to: *to }\n`
      ),
      []
    )
    assert.deepStrictEqual(
      problems(`queues: { __proto__: ${ID} }\nrules: [{ name: r, to: { queue: __proto__ } }]\n`),
      []
    )
  })

  const edit = Arbitrary.all([
    whole(0, good.length),
    whole(0, 6),
    among([
      "",
      "",
      "x",
      "{",
      "]",
      ":",
      "\n",
      "\t",
      '"',
      "*queues",
      "&a ",
      "- ",
      "\u0000",
      "😀",
      "<<: ",
      "? ",
      "!!x ",
      "%",
      "null"
    ])
  ])

  it.prop(
    "or refused, whatever was changed in it, with positions that are in it",
    { edits: Arbitrary.array(edit, { minLength: 1, maxLength: 5 }) },
    ({ edits }) => {
      const text = edits.reduce(
        (text, [at, length, insert]) => text.slice(0, at) + insert + text.slice(at + length),
        good
      )
      const lines = text.split(/\r\n|\r|\n/)
      let before = { line: 1, column: 1 }
      for (const { column, instead, line, problem } of problems(text)) {
        assert.isAtLeast(line, 1)
        assert.isAtMost(line, lines.length)
        assert.isAtLeast(column, 1)
        assert.isAtMost(column, (lines[line - 1] ?? "").length + 1)
        assert.notStrictEqual(problem, "")
        assert.notStrictEqual(instead, "")
        assert.isTrue(line > before.line || (line === before.line && column >= before.column), "in order")
        before = { line, column }
      }
    },
    { arbitrary: { runs: 500 } }
  )
})

describe("an expression", () => {
  const long = "a".repeat(1024 * 1024)

  for (const source of [
    "(a+)+$",
    "(a+)+b",
    "(a|aa)+c",
    "(a*)*b",
    "^(a?){50}a{50}b",
    "(.*)(.*)(.*)(.*)x",
    "(?i)(A+)+!$"
  ]) {
    it(`that would hang others returns: ${source}`, () => {
      const matches = Result.getOrThrow(compilePattern(source))
      for (const text of [long, `${long}!`, `${"a".repeat(1023)}!`]) assert.isBoolean(matches(text))
    })
  }

  it("looks at the beginning of a long text", () => {
    const matches = Result.getOrThrow(compilePattern("x"))
    assert.isTrue(matches(`${"a".repeat(1023)}x`))
    assert.isFalse(matches(`${"a".repeat(1024)}x`))
  })

  it("is refused when it is large, long or none", () => {
    for (const source of [
      "a".repeat(257),
      "(a{30}){30}",
      "(",
      "[z-a]",
      "(?=a)",
      "(?<!a)",
      "\\1",
      "a**",
      "a{1001}",
      "\\"
    ]) {
      assert.isTrue(Result.isFailure(compilePattern(source)), source)
    }
  })
})
