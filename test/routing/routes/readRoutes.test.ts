import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result } from "effect"
import { webchatIds } from "../../../src/cxone/webchat/ids.ts"
import type { FileProblem } from "../../../src/routing/FileProblem.ts"
import { readRoutes } from "../../../src/routing/file/readRoutes.ts"
import type { RoutesFile, Rule } from "../../../src/routing/format/RoutesFile.ts"
import { compilePattern } from "../../../src/routing/table/Pattern.ts"
import { whole } from "../../support/arbitrary.ts"
import { among, tables } from "./generators.ts"

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
  Result.match(readRoutes(text, webchatIds), { onSuccess: () => [], onFailure: (problems) => problems })

/** Name, text, and of each problem the line and column, and what it and its suggestion say. */
type Case = readonly [
  name: string,
  text: string,
  ...ReadonlyArray<readonly [at: string, problem: string, instead: string]>
]

const table = "a routing table: queues, hours, rules, fallback"
const yaml = "YAML (or JSON): mind indentation"
const aText = "text of 1 to 256 characters"

/** Lists of nine, so many levels deep, of which each but the first consists of aliases of the one before. */
const exploding = (levels: number) =>
  Array.from({ length: levels }, (_, level) => {
    const member = level === 0 ? "x" : `*a${level - 1} `
    return `a${level}: &a${level} [${Array.from({ length: 9 }, () => member).join()}]\n`
  }).join("")

const cases: ReadonlyArray<Case> = [
  ["an empty file", "", ["1:1", "is empty", "a table"]],
  ["a blank file", " \n\n", ["1:1", "is empty", "a table"]],
  ["only a comment", "# nothing\n", ["1:1", "not what it should be", table]],
  ["a list instead of a map", "- a\n- b\n", ["1:1", "the file is not", table]],
  ["a text instead of a map", "hello", ["1:1", "the file is not", table]],
  ["a quote that is not closed", `${head}rules:\n  - name: "r\n`, ["6:1", 'Missing closing "quote', yaml]],
  ["a tab", "queues:\n\tsales: x\n", ["2:1", "Tabs are not allowed", "spaces instead of tabs"]],
  ["two documents", `${head}${any}---\na: 1\n`, ["5:1", "more than one document", "take the line --- out"]],
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
    ["1:16", "still a placeholder", "CXone Admin > People"]
  ],
  [
    "hours that overlap",
    hours("zone: UTC", 'weekly: { daily: ["08:00-12:00", "11:00-13:00"] }'),
    ["7:38", "11:00-13:00 overlap with 08:00-12:00", "end before"]
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
    ["9:19", "20:00-20:30 overlap with 22:00-20:15 of the day before", "end before"]
  ],
  [
    "a zone by its city",
    hours("zone: Berlin", "weekly: { daily: closed }"),
    ["6:11", 'no time zone: "Berlin"', "did you mean Europe/Berlin?"]
  ],
  [
    "a zone by its city of two words",
    hours("zone: new york", "weekly: { daily: closed }"),
    ["6:11", 'no time zone: "new york"', "did you mean America/New_York?"]
  ],
  [
    "a zone like none",
    hours("zone: Nowhere at all", "weekly: { daily: closed }"),
    ["6:11", 'no time zone: "Nowhere at all"', "such as Europe/Berlin or UTC"]
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
    "a rule that any intent shadows",
    rules(
      '{ name: a, when: { intent: "*" }, to: { queue: sales } }',
      "{ name: b, when: { language: de }, to: { queue: sales } }"
    ),
    ["6:13", 'rule "b" never decides: rule "a"', "put it before"]
  ],
  [
    "a rule that hours shadow which are not closed",
    `${head}hours: { h: { zone: UTC, weekly: { daily: closed } } }\nrules:\n` +
      "  - { name: a, when: { not: { closed: h } }, to: { queue: sales } }\n" +
      "  - { name: b, when: { open: h }, to: { queue: sales } }\n",
    ["7:13", 'rule "b" never decides: rule "a"', "put it before"]
  ],
  [
    "a rule that the same path shadows, written in another way",
    rules(
      "{ name: a, when: { data: { a.b: 1 } }, to: { queue: sales } }",
      "{ name: b, when: { data: { /a/b: 1 } }, to: { queue: sales } }"
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
  [
    "an expression too large",
    rule("{ entities: { a: { matches: '(a{30}){30}' } } }"),
    ["6:39", "too large", "a shorter one"]
  ],
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
  ["aliases that explode", exploding(9), ["1:1", "holds more than 1000000 values", "less of it"]],
  ["an alias in a circle", `${head}rules: &a [*a]\n`, ["1:1", "deeper than 50 levels", "less of it"]],
  ["an alias of nothing", `${head}rules: *nope\n`, ["4:8", "*nope stands for something", '"*nope"']],
  [
    "aliases of nothing, and keys that stand there twice",
    rules("{ name: r, when: { channel: *chat }, to: { queue: sales } }", "{ name: r, name: s, to: *to }"),
    ["5:33", "*chat stands for something", 'a text: "*chat"'],
    ["6:16", 'keys must be unique: "name"', "one of them"],
    ["6:29", "*to stands for something", 'a text: "*to"']
  ],
  [
    "a merge key",
    rules("&r { name: r, when: { intent: a }, to: { queue: sales } }", "{ <<: *r, name: s, to: { queue: sales } }"),
    ["6:7", "<< is not read", "an alias for a whole value"]
  ],
  ["deep nesting", `rules: ${"[".repeat(100)}${"]".repeat(100)}\n`, ["1:1", "deeper than 50 levels", "less of it"]],
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

  it("aliases that explode in a value that is wrong otherwise, too", () => {
    const found = problems(`${exploding(9)}queues: *a8 \nrules: 5\n`)
    assert.deepStrictEqual(
      found.map(({ problem }) => problem),
      ["holds more than 1000000 values"]
    )
  })

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
    const file = Result.getOrThrow(readRoutes(good, webchatIds))
    assert.strictEqual(file.rules.length, 2)
    assert.deepStrictEqual(file.rules[1]?.to, { reject: "Closed." })
    assert.deepStrictEqual(file.queues, { sales: ID })
  })

  it("as JSON, with a byte order mark, with CR LF and with aliases", () => {
    const file = Result.getOrThrow(readRoutes(good, webchatIds))
    const small = `${head}${any}`
    assert.deepStrictEqual(Result.getOrThrow(readRoutes(JSON.stringify(file), webchatIds)), file)
    assert.deepStrictEqual(Result.getOrThrow(readRoutes(JSON.stringify(file, undefined, 2), webchatIds)), file)
    assert.deepStrictEqual(Result.getOrThrow(readRoutes(good.replaceAll("\n", "\r\n"), webchatIds)), file)
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

  // A look at the whole document for each of them would take minutes.
  it("with an alias that is used 2,000 times", () => {
    const lines = Array.from(
      { length: 2000 },
      (_, index) =>
        `{ name: r${index}, when: { intent: i${index} }, to: ${index === 0 ? "&to { queue: sales }" : "*to "} }`
    )
    const file = Result.getOrThrow(readRoutes(rules(...lines), webchatIds))
    assert.deepStrictEqual(
      file.rules.map(({ to }) => to),
      lines.map(() => ({ queue: "sales" }))
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
    { arbitrary: { runs: 200 } }
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

  it("is found in texts of up to 1024 characters, and in no part of longer ones", () => {
    const onlyA = Result.getOrThrow(compilePattern("^a+$"))
    assert.isTrue(onlyA("a".repeat(1024)))
    assert.isFalse(onlyA(`${"a".repeat(1024)}b`))
    assert.isFalse(onlyA("a".repeat(1025)))
    const x = Result.getOrThrow(compilePattern("x"))
    assert.isTrue(x(`${"a".repeat(1023)}x`))
    assert.isFalse(x(`x${"a".repeat(1024)}`))
    assert.isFalse(x(`${"a".repeat(1024)}x`))
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

describe("what is compared as it is written", () => {
  const misread = [
    ["01067", "1067"],
    ["+49301234567", "49301234567"],
    ["007", "7"],
    ["12345678901234567890", "12345678901234567000"],
    ["1.10", "1.1"],
    ["True", "true"],
    ["1e3", "1000"],
    ["0x10", "16"]
  ] as const
  const tests = (value: string) =>
    [
      ["a value", value, 0],
      ["a list", `["42", ${value}]`, 7],
      ["equals", `{ equals: ${value} }`, 10],
      ["oneOf", `{ oneOf: [a, ${value}] }`, 13]
    ] as const

  for (const [value, read] of misread) {
    it(`is to be in quotes where it would be read as something else: ${value}`, () => {
      for (const member of ["entities", "data"]) {
        for (const [name, test, offset] of tests(value)) {
          const before = `    when: { not: { ${member}: { plz: `
          const text = rule(`{ not: { ${member}: { plz: ${test} } } }`)
          assert.deepStrictEqual(
            problems(text),
            [
              {
                line: 6,
                column: before.length + offset + 1,
                path: "",
                problem: `${value} is read as ${read}`,
                instead: `quotes around it: "${value}"`
              }
            ],
            `${member}, ${name}`
          )
          assert.deepStrictEqual(problems(text.replace(value, `"${value}"`)), [], `${member}, ${name}, in quotes`)
        }
      }
    })
  }

  it("may be a number that is read as it is written", () => {
    for (const value of ["42", "-7", "1.5", "0", "true", "false", "[42, true]", "{ equals: 42 }", "a1.10", "1.10.2"]) {
      assert.deepStrictEqual(problems(rule(`{ entities: { plz: ${value} }, data: { plz: ${value} } }`)), [], value)
    }
  })

  it("is no bound, score or share: these are numbers, however they are written", () => {
    for (const when of [
      "{ confidence: 0.60 }",
      "{ confidence: { atLeast: 0.60, below: 1.0 } }",
      "{ entities: { age: { atLeast: 1.50, atMost: 2.0 } } }",
      "{ data: { age: { above: 1.50, below: 1e3 } } }",
      "{ entities: { age: { present: True } } }",
      "{ percentage: 10.0 }",
      "{ percentage: { of: 2.50, seed: x } }"
    ]) {
      assert.deepStrictEqual(problems(rule(when)), [], when)
    }
  })
})

describe("a number with more digits than numbers have", () => {
  const long = ["12345678901234567890", "9007199254740993", "0.1234567890123456789"]

  it("is a bound where it is the same number", () => {
    for (const value of ["1e19", "1e21", "9007199254740992", "100000000000000000000", "0.10"]) {
      assert.deepStrictEqual(problems(rule(`{ data: { age: { atLeast: ${value} } } }`)), [])
    }
  })

  it("is no bound", () => {
    for (const value of long) {
      for (const bound of ["atLeast", "above", "atMost", "below"]) {
        for (const member of ["entities", "data"]) {
          assert.deepInclude(problems(rule(`{ ${member}: { age: { ${bound}: ${value} } } }`))[0], {
            problem: `${value} is read as ${Number(value)}`,
            instead: "a number of at most 15 digits"
          })
        }
      }
    }
  })

  it("is no score and no share", () => {
    const value = "0.1234567890123456789"
    for (const when of [
      `{ confidence: ${value} }`,
      `{ confidence: { below: ${value} } }`,
      `{ percentage: ${value} }`,
      `{ not: { percentage: { of: ${value}, seed: x } } }`
    ]) {
      assert.strictEqual(problems(rule(when))[0]?.problem, `${value} is read as ${Number(value)}`, when)
    }
  })

  it("is no name: names that are read differently than they are written want quotes", () => {
    for (const value of ["12345678901234567890", "007", "1.10", "True"]) {
      const when = `{ entities: { ${value}: gold } }`
      assert.deepInclude(problems(rule(when))[0], {
        problem: `${value} is read as ${value === "True" ? "true" : Number(value)}`,
        instead: `quotes around it: "${value}"`
      })
      assert.deepStrictEqual(problems(rule(when.replace(value, `"${value}"`))), [])
    }
    assert.deepStrictEqual(problems(rule("{ entities: { 42: gold, true: gold } }")), [])
  })

  it("is told once where it is beyond every number", () => {
    assert.lengthOf(problems(rule("{ entities: { age: { atLeast: 1e400 } } }")), 1)
  })
})

/** What is wrong, by line and column. */
const told = (text: string) => problems(text).map(({ column, line, problem }) => `${line}:${column} ${problem}`)

describe("all that is wrong is told at once, each once", () => {
  it("in one rule that is not in its format, and elsewhere", () => {
    const text = [
      "queues:",
      `  sales: ${ID}`,
      "hours:",
      "  office:",
      "    zone: Europe/Berln",
      '    weekly: { daily: ["08:00-12:00", "11:00-13:00"] }',
      "rules:",
      "  - name: a",
      "    when:",
      "      langauge: de",
      "      open: offise",
      "      entities: { tier: { matches: '(' }, plz: 01067 }",
      "    to: { queue: salse }",
      "    labels: { source: x }",
      "  - name: b",
      "    when: { open: office }",
      "    to: { queue: sales }",
      ""
    ].join("\n")
    assert.deepStrictEqual(told(text), [
      '5:11 no time zone: "Europe/Berln"',
      "6:38 the hours 11:00-13:00 overlap with 08:00-12:00",
      '10:7 unknown member "langauge"',
      '11:13 no opening hours are named "offise"',
      "12:36 no regular expression: missing closing ): `(`",
      "12:48 01067 is read as 1067",
      '13:18 no queue is named "salse"',
      "14:15 the router sets the label source itself"
    ])
  })

  for (const [what, wrong] of [
    ["a condition that is unknown, and alone", "when: { langauge: de }"],
    ["a condition that is unknown, beside another one", "when: { langauge: de, intent: '*' }"],
    ["a condition within others", "when: { any: [{ langauge: de }, { intent: '*' }] }"],
    ["an empty condition", "when: {}"],
    ["an intent that is none", "when: { intent: 5 }"],
    ["a list of which one is wrong", "when: { intent: ['*', 5] }"],
    ["a test of an entity", "when: { entities: { tier: { regex: x } } }"],
    ["an expression that is too long", `when: { entities: { tier: { matches: '${"x".repeat(257)}' } } }`],
    ["a member of the rule", "wenn: { intent: x }"],
    ["a member of the place", "when: { intent: '*' }\n    flavour: x"]
  ] as const) {
    it(`without saying that a rule shadows others that has ${what}`, () => {
      const text = rules(
        `name: r\n    ${wrong}\n    to: { queue: sales }`,
        "{ name: s, when: { intent: sales }, to: { queue: nope } }",
        "{ name: t, when: { intent: sales, language: de }, to: { queue: sales } }"
      )
      const found = told(`${text}fallback: { to: { queue: slaes } }\n`)
      assert.lengthOf(found, 4, found.join("\n"))
      assert.include(found[1], 'no queue is named "nope"')
      assert.include(found[2], 'rule "t" never decides: rule "s"')
      assert.include(found[3], 'no queue is named "slaes"')
    })
  }

  for (const [what, definition] of [
    ["no id", "queues: { sales: 5 }"],
    ["no member of theirs", "hours: { office: { tz: UTC, weekly: { daily: closed } } }"],
    ["no week", "hours: { office: { zone: UTC } }"],
    ["no hours", "hours: { office: closed }"],
    ["no days", "hours: { office: { zone: UTC, weekly: { dayly: closed } } }"],
    ["no agent", "agents: { ann: [] }"]
  ] as const) {
    it(`without saying that a name is unknown whose definition is ${what}`, () => {
      const [member = "", name = ""] = /^(\w+): \{ (\w+)/.exec(definition)?.slice(1) ?? []
      const use = { queues: "{ name: r, to: { queue: sales } }", agents: "{ name: r, to: { agent: ann } }" }[member]
      const found = told(
        `${definition}\nrules:\n  - ${use ?? `{ name: r, when: { open: ${name} }, to: { reject: No } }`}\n`
      )
      assert.isNotEmpty(found)
      for (const problem of found) assert.match(problem, /^1:/)
    })
  }

  it("also where there are no rules, or none by that name", () => {
    assert.deepStrictEqual(told("queues: { sales: your-queue-id }\nrulez: [{ name: r, to: { queue: sales } }]\n"), [
      "1:1 rules is missing",
      '1:18 the id of queue "sales" is still a placeholder',
      '2:1 unknown member "rulez"'
    ])
  })

  it("also where a name is none", () => {
    assert.deepStrictEqual(told(`queues: { "": ${ID}, sales: ${ID} }\nrules: [{ name: r, to: { queue: nope } }]\n`), [
      "1:15 queues. is not what it should be",
      '2:33 no queue is named "nope"'
    ])
  })

  it("without saying that names are unknown where all definitions are none", () => {
    assert.deepStrictEqual(told(`queues: [{ sales: ${ID} }]\nrules: [{ name: r, to: { queue: sales } }]\n`), [
      "1:9 queues is not what it should be"
    ])
    assert.deepStrictEqual(told("hours: x\nrules: [{ name: r, when: { open: office }, to: { reject: No } }]\n"), [
      "1:8 hours is not what it should be"
    ])
  })

  /** A table, of which one rule has a member more, at the end of it or of its place or condition: nothing else is elsewhere for that. */
  const written = (
    { fallback, rules, ...definitions }: RoutesFile,
    more?: { readonly rule: number; readonly within: "to" | "when" | undefined }
  ) => {
    const unknown = '"flavour":"mint"'
    const one = (rule: Rule, index: number) => {
      const members = (["name", "labels", "when", "to"] as const).flatMap((member) => {
        const text = JSON.stringify(rule[member])
        if (text === undefined) return []
        const isWrong = index === more?.rule && member === more.within
        return `"${member}":${isWrong ? `${text.slice(0, -1)},${unknown}}` : text}`
      })
      const end = index === more?.rule && more.within === undefined ? `,${unknown}` : ""
      return `{${members.join(",\n")}${end}}`
    }
    const end = fallback === undefined ? "" : `,\n"fallback":${JSON.stringify(fallback)}`
    return `${JSON.stringify(definitions).slice(0, -1)},\n"rules":[\n${rules.map(one).join(",\n")}]${end}}`
  }

  const isShadow = ({ problem }: FileProblem) => /never decides|is never used/.test(problem)
  const shadows = (found: ReadonlyArray<FileProblem>) => found.filter(isShadow).map(({ problem }) => problem)
  const isUnknown = ({ problem }: FileProblem) => problem.includes('"flavour"')

  let shadowed = 0

  it.prop(
    "with an unknown member more in a rule: all as before, and that; and of shadows those of the other rules",
    { table: tables, at: whole(0, 1000), member: among([undefined, "to", "when"] as const) },
    ({ at, member, table }) => {
      const index = at % table.rules.length
      const within = member === "when" && table.rules[index]?.when === undefined ? undefined : member
      const before = problems(written(table))
      const after = problems(written(table, { rule: index, within }))
      assert.deepStrictEqual(
        after.filter(isUnknown).map(({ path, problem }) => [path, problem]),
        [
          [
            [`rules[${index}]`, ...(within === undefined ? [] : [within]), "flavour"].join("."),
            'unknown member "flavour"'
          ]
        ]
      )
      assert.deepStrictEqual(
        after.filter((problem) => !isUnknown(problem) && !isShadow(problem)),
        before.filter((problem) => !isShadow(problem))
      )
      const others = { ...table, rules: table.rules.toSpliced(index, 1) }
      const expected = others.rules.length === 0 ? [] : shadows(problems(written(others)))
      shadowed += expected.length
      assert.deepStrictEqual(shadows(after), expected)
    },
    { arbitrary: { runs: 200 } }
  )

  it("often enough for that to mean something", () => assert.isAbove(shadowed, 20))
})

describe("the expressions of a table", () => {
  const pattern = `^${"a{40}".repeat(10)}$`
  const { size } = Result.getOrThrow(compilePattern(pattern))
  /** How many of these a table may have. */
  const most = Math.floor(50_000 / size)
  const conditions = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const test = `{ e${index}: { matches: '${pattern}' } }`
      return [
        `{ entities: ${test} }`,
        `{ data: ${test} }`,
        `{ not: { any: [{ intent: x }, { entities: ${test} }] } }`,
        `{ all: [{ data: ${test} }] }`
      ][index % 4]
    })
  const table = (count: number, last = "") =>
    rules(
      ...conditions(count).map(
        (when, index) => `{ name: r${index}, when: ${when}, to: { queue: sales${index === count - 1 ? last : ""} } }`
      )
    )

  it("may together be as large as one decision can bear", () => {
    assert.isAbove(most, 50)
    assert.deepStrictEqual(problems(table(most)), [])
  })

  it("may not be larger: told once, from where on they are, beside all else", () => {
    const found = problems(table(most + 3, "x"))
    assert.deepStrictEqual(
      found.map(({ line, path, problem }) => [line, path, problem.replace(/:.*/, "")]),
      [
        [5 + most, `rules[${most}].when`, "from here on there are too many regular expressions"],
        [5 + most + 2, `rules[${most + 2}].to.queue`, 'no queue is named "salesx"']
      ]
    )
  })

  it("are added up within a rule, too", () => {
    const all = conditions(most + 1).join()
    assert.deepStrictEqual(problems(rule(`{ any: [${conditions(most).join()}] }`)), [])
    const found = problems(rule(`{ any: [${all}] }`))
    assert.deepStrictEqual(
      found.map(({ path }) => path),
      ["rules[0].when"]
    )
  })
})
