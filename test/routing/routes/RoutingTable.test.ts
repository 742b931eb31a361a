import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result } from "effect"
import type { Entity, EntityValue, HandoverRequest } from "../../../src/domain/HandoverRequest.ts"
import type { Condition } from "../../../src/routing/format/Condition.ts"
import type { Destination } from "../../../src/routing/format/Destination.ts"
import type { RoutesFile, Rule } from "../../../src/routing/format/RoutesFile.ts"
import type { ValueTest } from "../../../src/routing/format/ValueTest.ts"
import type { Input } from "../../../src/routing/table/Check.ts"
import { compileCondition } from "../../../src/routing/table/compileCondition.ts"
import { isGlob, matchesGlob } from "../../../src/routing/table/Glob.ts"
import { makeIntentIndex } from "../../../src/routing/table/IntentIndex.ts"
import { makeRoutingTable } from "../../../src/routing/table/RoutingTable.ts"
import { userShare } from "../../../src/routing/table/userShare.ts"
import { whole } from "../../support/arbitrary.ts"
import { nothingElse, request } from "../../support/request.ts"
import { among, CLOCKWORKS, conditions, HOURS, inputs, tables, texts } from "./generators.ts"

const NOON = Date.UTC(2026, 10, 25, 12)

/** Whether a condition holds for a request, in a table with nothing else. */
const takes = (when: Condition, members: Partial<HandoverRequest>, now = NOON) => {
  const table = makeRoutingTable({ hours: HOURS, rules: [{ name: "only", when, to: { queue: "q" } }] })
  return Result.isSuccess(table.decide({ request: { ...request("sales"), ...members }, now }))
}

type Requests = ReadonlyArray<Partial<HandoverRequest>>

const check = (name: string, when: Condition, yes: Requests, no: Requests) => {
  it(name, () => {
    for (const members of yes) assert.isTrue(takes(when, members), `should hold: ${JSON.stringify(members)}`)
    for (const members of no) assert.isFalse(takes(when, members), `should not hold: ${JSON.stringify(members)}`)
  })
}

const intents = (...names: ReadonlyArray<string>): Requests => names.map((intent) => ({ intent }))

const languages = (...names: ReadonlyArray<string | undefined>): Requests => names.map((language) => ({ language }))

const channels = (...names: ReadonlyArray<string | undefined>): Requests => names.map((channel) => ({ channel }))

const scores = (...scores: ReadonlyArray<number | undefined>): Requests => scores.map((confidence) => ({ confidence }))

/** Requests with an entity `e` of these values. */
const values = (...given: ReadonlyArray<EntityValue>): Requests =>
  given.map((value) => ({ entities: [{ name: "e", value }] }))

const pairs = (...entities: ReadonlyArray<readonly [string, EntityValue]>) => ({
  entities: entities.map(([name, value]) => ({ name, value }))
})

const none = pairs(["E", "x"])

const data = (...given: ReadonlyArray<unknown>): Requests => given.map((data) => ({ data }))

describe("intents", () => {
  check("by name", { intent: "sales" }, intents("sales"), intents("Sales", "sales ", "sale", "", "salesx", "xsales"))
  check("by several", { intent: ["a", "b*"] }, intents("a", "b", "bc"), intents("c", "ab", ""))
  check(
    "by *",
    { intent: "s*_de" },
    intents("s_de", "sales_de", "s_de_de"),
    intents("sales", "_de", "sales_de_", "S_de")
  )
  check("by ?", { intent: "s?le" }, intents("sale", "sole"), intents("sle", "saale", "sale ", "s"))
  check("by * alone", { intent: "*" }, intents("", "a", "*", "😀"), [])
  check("by signs of expressions", { intent: "a.b[c]$" }, intents("a.b[c]$"), intents("axb[c]$", "a.bc"))
  check("by ? where a * stands", { intent: "a?" }, intents("ab", "a*"), intents("a"))

  it("by many * in no time that explodes", () => {
    assert.isFalse(matchesGlob(`${"a*".repeat(100)}b`, "a".repeat(10_000)))
    assert.isTrue(matchesGlob("*".repeat(200), "a".repeat(10_000)))
  })

  const text = (alphabet: ReadonlyArray<string>) =>
    Arbitrary.map(Arbitrary.array(among(alphabet), { maxLength: 7 }), (all) => all.join(""))

  it.prop(
    "by a pattern are those that an expression made of it takes",
    { pattern: text(["a", "b", "*", "?", "."]), text: text(["a", "b", ".", "\n"]) },
    ({ pattern, text }) => {
      const source = [...pattern].map((c) => (c === "*" ? "[^]*" : c === "?" ? "[^]" : c === "." ? "\\." : c)).join("")
      assert.strictEqual(matchesGlob(pattern, text), new RegExp(`^${source}$`).test(text))
    },
    { arbitrary: { runs: 500 } }
  )
})

describe("confidence", () => {
  check("at least", { confidence: 0.8 }, scores(0.8, 1), scores(0.79, 0, undefined))
  check("within bounds", { confidence: { above: 0.2, below: 0.8 } }, scores(0.5), scores(0.2, 0.8, undefined))
  check("at most", { confidence: { atMost: 0.5 } }, scores(0, 0.5), scores(0.51, undefined))
})

describe("languages and channels", () => {
  check("by a range", { language: "de" }, languages("de", "DE", "de-DE", "de_AT"), languages("den", "d", "", undefined))
  check("by a narrow range", { language: "DE_at" }, languages("de-AT", "de-at-x"), languages("de", "de-ATX"))
  check("by several", { language: ["fr", "en-GB"] }, languages("fr-CA", "en_gb"), languages("en", "en-US", undefined))
  check("by *", { language: "*" }, languages("de", "x"), languages(undefined))
  check("by patterns", { channel: ["web*", "voice"] }, channels("webchat3", "voice"), channels("Voice", "x", undefined))
})

const e = (test: ValueTest): Condition => ({ entities: { e: test } })

describe("entities", () => {
  check("equal a text", e("gold"), values("gold"), [...values("Gold", "gold ", "", 1, true), none])
  check("equal a number, or the same as text", e(42), values(42, "42"), values("42.0", " 42", 42.5, "042"))
  check("equal a text that is a number", e("42"), values(42, "42"), values("42.0", 4.2))
  check("equal true, or the same as text", e(true), values(true, "true"), [...values(false, "True", 1), none])
  check("are one of a list", e(["gold", 7]), values("gold", 7, "7"), [...values("silver", 70), none])
  check("are one of oneOf", e({ oneOf: ["a", "b"] }), values("a", "b"), values("c", "ab"))
  check("equal equals", e({ equals: "" }), values(""), [...values(" ", "x"), none])
  check("are present", e({ present: true }), values("x", 0, false, " x "), [...values("", " "), none, pairs()])
  check("are not present", e({ present: false }), [...values("", " \n"), none, pairs()], values("x", 0, false))
  check("match", e({ matches: "^gold\\d+$" }), values("gold1", "gold42"), [...values("gold", "xgold1", 1), none])
  check("match as text", e({ matches: "^(42|true)$" }), values(42, true, "true"), values(420, false))
  check("match whatever the case", e({ matches: "(?i)GOLD" }), values("xGoldx"), values("silver"))
  check(
    "match in no part of a long text",
    e({ matches: "^x|x$" }),
    values(`x${"a".repeat(1023)}`, `${"a".repeat(1023)}x`),
    values(`x${"a".repeat(1024)}`, `${"a".repeat(1024)}x`)
  )
  check("match no expression that is none", e({ matches: "(" }), [], values("("))
  check("are at least", e({ atLeast: 18 }), values(18, "18", " +18.5 ", 1e9), [
    ...values(17.9, "-18", "", "18a", true),
    none
  ])
  check(
    "are compared to their last digit, as they are written",
    e({ above: 9007199254740992, below: 9007199254740994 }),
    values("9007199254740993", "9007199254740992.1", "+9007199254740993.99 ", "9.007199254740993e15"),
    values("9007199254740992", "9007199254740994", "9007199254740992.0", "90071992547409930", "-9007199254740993")
  )
  check("are larger than every number", e({ atLeast: 1e21 }), values("1e400", `1${"0".repeat(21)}`), [
    ...values("-1e400", "1e-400", "999999999999999999999", "1e", "e5", Number.NaN)
  ])
  check("are above", e({ above: 18 }), values(18.1, "19"), values(18, "18"))
  check("are at most", e({ atMost: -1 }), values(-1, "-1.0", "-2"), values(0, "-0.5", "", "one"))
  check("are below", e({ below: 0 }), values(-0.1), values(0, "0", Number.NaN))
  check("fulfil all that is asked", e({ atLeast: 1, below: 5, oneOf: [1, 7] }), values(1, "1"), values(7, 2))
  check(
    "must all",
    { entities: { e: "x", f: "y" } },
    [pairs(["f", "y"], ["e", "x"])],
    [pairs(["e", "x"]), pairs(["e", "x"], ["f", "x"])]
  )
  check("count by their first value", e("x"), [pairs(["e", "x"], ["e", "y"])], [pairs(["e", "y"], ["e", "x"])])
})

const gold = {
  customer: { tier: "gold", tags: ["a", { id: 7 }] },
  "a.b": { "c/d~e": 1 },
  no: null,
  empty: "",
  blank: "\t "
}

describe("data", () => {
  check(
    "by names between dots",
    { data: { "customer.tier": "gold" } },
    data(gold),
    data({}, undefined, null, "gold", [], { "customer.tier": "gold" })
  )
  check(
    "by an index",
    { data: { "customer.tags.1.id": 7, "customer.tags.0": "a" } },
    data(gold),
    data({ customer: { tags: [] } })
  )
  check(
    "by a JSON Pointer",
    { data: { "/a.b/c~1d~0e": { atLeast: 1 } } },
    data(gold),
    data({ a: { b: { "c/d~e": 1 } } })
  )
  check(
    "that is an object is there",
    { data: { customer: { present: true } } },
    data(gold, { customer: [] }),
    data({}, { customer: null })
  )
  check(
    "that is an object matches nothing",
    { data: { customer: { matches: "" } } },
    data({ customer: "" }),
    data(gold, {})
  )
  check(
    "that is null, empty or blank is not there",
    { data: { no: { present: false }, empty: { present: false }, blank: { present: false } } },
    data(gold, {}, null, 7),
    data({ no: 0 })
  )
  for (const path of [
    "__proto__",
    "constructor",
    "toString",
    "customer.__proto__",
    "/customer/constructor/name",
    "customer.tier.length",
    "customer.tags.length",
    "/customer/tags/length",
    "customer.tags.push"
  ]) {
    check(`has only its own members: not ${path}`, { data: { [path]: { present: true } } }, [], data(gold))
  }
  check(
    "has no length of a list, but may have a member of that name",
    { data: { "orders.length": { atLeast: 0 } } },
    data({ orders: { length: 3 } }, { orders: { length: "0" } }),
    data({ orders: [] }, { orders: [1, 2, 3] }, { orders: "abc" })
  )
  const odd = '{ "__proto__": "x", "constructor": { "name": "y" } }'
  check(
    "has its own members, whatever they are called",
    { data: { ["__proto__"]: "x", "constructor.name": "y" } },
    data(JSON.parse(odd)),
    data({})
  )
})

describe("opening hours", () => {
  it("are open or closed, and neither where they are not there", () => {
    const night = NOON + 9 * 3_600_000
    assert.deepStrictEqual(
      [NOON, night].map((now) => takes({ open: "office" }, {}, now)),
      [true, false]
    )
    assert.deepStrictEqual(
      [NOON, night].map((now) => takes({ closed: "office" }, {}, now)),
      [false, true]
    )
    for (const name of ["nowhere", "__proto__", "constructor"]) {
      assert.isFalse(takes({ open: name }, {}) || takes({ closed: name }, {}))
    }
  })
})

const users = Array.from({ length: 20_000 }, (_, index) => `user-${index}`)

describe("a percentage", () => {
  it("is about as many users as it says, whatever the seed", () => {
    for (const seed of ["", "x"]) {
      const shares = users.map((user) => userShare(user, seed))
      for (const of of [0.5, 10, 25, 50, 99]) {
        assert.closeTo((shares.filter((share) => share < of).length / users.length) * 100, of, 1.5)
      }
    }
  })

  it("takes others with another seed", () => {
    const half = users.filter((user) => userShare(user, "x") < 50)
    assert.closeTo(half.filter((user) => userShare(user, "y") < 50).length / half.length, 0.5, 0.03)
  })

  it("is the same in all versions", () => {
    // The first four bytes of the SHA-256 of '["","u1"]', modulo 10,000, as hundredths: who changes this moves users.
    assert.deepStrictEqual(
      ["u1", "u2"].map((user) => userShare(user, "").toFixed(2)),
      ["26.01", "6.57"]
    )
  })

  it.prop(
    "always takes the same users, and a larger one these and more",
    { userId: texts, few: whole(0, 100), many: whole(0, 100) },
    ({ few, many, userId }) => {
      const taken = takes({ percentage: few }, { userId })
      assert.strictEqual(takes({ percentage: few }, { userId, intent: "other" }, NOON + 1e9), taken)
      if (taken && few <= many) assert.isTrue(takes({ percentage: many }, { userId }))
      assert.isTrue(takes({ percentage: 100 }, { userId }))
      assert.isFalse(takes({ percentage: 0 }, { userId }))
    }
  )
})

describe("conditions of conditions", () => {
  const [a, b]: [Condition, Condition] = [{ intent: "a*" }, { language: "de" }]
  const both = { intent: "a", language: "de" }
  const [onlyA, onlyB, neither] = [{ intent: "a" }, { intent: "b", language: "de" }, { intent: "b" }]
  check("all", { all: [a, b] }, [both], [onlyA, onlyB, neither])
  check("any", { any: [a, b] }, [both, onlyA, onlyB], [neither])
  check("not", { not: { all: [a, b] } }, [onlyA, onlyB, neither], [both])
  check("not not", { not: { not: a } }, [both, onlyA], [onlyB, neither])
  check("any beside not", { any: [a], not: b }, [onlyA], [both, onlyB, neither])
})

const numeric = (value: unknown) =>
  typeof value === "number"
    ? value
    : typeof value === "string" && /^ *[+-]?\d+(\.\d+)?(e[+-]?\d+)? *$/i.test(value)
      ? Number(value)
      : Number.NaN

interface Bounds {
  readonly atLeast?: number
  readonly above?: number
  readonly atMost?: number
  readonly below?: number
}

const bounded = ({ above, atLeast, atMost, below }: Bounds, value: unknown) =>
  (atLeast === undefined || numeric(value) >= atLeast) &&
  (above === undefined || numeric(value) > above) &&
  (atMost === undefined || numeric(value) <= atMost) &&
  (below === undefined || numeric(value) < below)

const fulfils = (test: ValueTest, value: unknown): boolean => {
  const isScalar = ["string", "number", "boolean"].includes(typeof value)
  const isOne = (values: ReadonlyArray<unknown>) => isScalar && values.some((one) => `${one}` === `${value}`)
  if (typeof test !== "object") return isOne([test])
  if (Array.isArray(test)) return isOne(test)
  const { equals, matches, oneOf, present, ...bounds } = test as Exclude<
    ValueTest,
    string | number | boolean | ReadonlyArray<unknown>
  >
  const flags = matches?.startsWith("(?i)") ? "i" : ""
  return (
    (present === undefined || present === (value !== undefined && value !== null && value !== "")) &&
    (equals === undefined || isOne([equals])) &&
    (oneOf === undefined || isOne(oneOf)) &&
    (matches === undefined || (isScalar && new RegExp(matches.replace("(?i)", ""), flags).test(`${value}`))) &&
    bounded(bounds, value)
  )
}

/** An opinion on conditions that owes little to the code. */
const holds = (condition: Condition, input: Input): boolean => {
  const { now, request } = input
  const {
    all,
    any,
    channel,
    closed,
    confidence,
    data,
    entities,
    intent,
    language,
    not,
    open,
    percentage: p
  } = condition
  const list = (value: string | ReadonlyArray<string>) => (typeof value === "string" ? [value] : value)
  const glob = (pattern: string, text: string) =>
    new RegExp(`^${pattern.replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`).test(text)
  const dig = (path: string) =>
    path
      .split(/[./]/)
      .filter((name) => name !== "")
      .reduce<unknown>(
        (value, name) =>
          typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined,
        request.data
      )
  const tag = (text: string) => `${text.toLowerCase().replace("_", "-")}-`
  return (
    (intent === undefined || list(intent).some((one) => glob(one, request.intent))) &&
    (channel === undefined ||
      list(channel).some((one) => request.channel !== undefined && glob(one, request.channel))) &&
    (confidence === undefined ||
      (request.confidence !== undefined &&
        bounded(
          typeof confidence === "number" ? { atLeast: confidence } : (confidence as Bounds),
          request.confidence
        ))) &&
    (language === undefined ||
      list(language).some(
        (one) => request.language !== undefined && (one === "*" || tag(request.language).startsWith(tag(one)))
      )) &&
    Object.entries(entities ?? {}).every(([name, test]) =>
      fulfils(test, request.entities.find((one) => one.name === name)?.value)
    ) &&
    Object.entries(data ?? {}).every(([path, test]) => fulfils(test, dig(path))) &&
    (open === undefined || CLOCKWORKS.get(open)?.isOpen(now) === true) &&
    (closed === undefined || CLOCKWORKS.get(closed)?.isOpen(now) === false) &&
    (p === undefined ||
      (typeof p === "number" ? userShare(request.userId, "") < p : userShare(request.userId, p.seed) < p.of)) &&
    (all ?? []).every((one) => holds(one, input)) &&
    (any === undefined || any.some((one) => holds(one, input))) &&
    (not === undefined || !holds(not, input))
  )
}

let held = 0

describe("any condition", () => {
  it.prop(
    "holds where a plain reading of it says so, and tells what failed where it does not",
    { condition: conditions(2), input: inputs },
    ({ condition, input }) => {
      const failing = compileCondition(condition, "when", { hours: CLOCKWORKS, known: new Map() }).failing(input)
      assert.strictEqual(failing === undefined, holds(condition, input))
      if (failing === undefined) return void held++
      assert.match(failing.path, /^when/)
      assert.notStrictEqual(failing.expected, "")
      JSON.stringify(failing.saw(input))
    },
    { arbitrary: { runs: 1000 } }
  )

  it("holds often enough for that to mean something", () => assert.isAbove(held, 120))
})

const decide = (file: Partial<RoutesFile>, entities: ReadonlyArray<Entity> = []) =>
  makeRoutingTable({ rules: [], ...file }).decide({ request: request("sales", entities), now: NOON })

const success = <A, E>(result: Result.Result<A, E>): A => Result.getOrThrow(result)

const failure = <A, E>(result: Result.Result<A, E>): E => Result.getOrThrow(Result.flip(result))

const eIs = (value: EntityValue) => [{ name: "e", value }]

describe("labels", () => {
  const label = (l: string, entities?: ReadonlyArray<Entity>) =>
    success(decide({ rules: [{ name: "r", to: { queue: "q" }, labels: { l } }] }, entities)).labels

  for (const [name, value, entities, expected] of [
    ["stand as they are", "plain $& $1 { } {x}", [], "plain $& $1 { } {x}"],
    ["quote entities", "{{e}}/{{ e }}", eIs("gold"), "gold/gold"],
    ["quote numbers", "{{e}}", eIs(4.2), "4.2"],
    ["quote 0", "{{e}}", eIs(0), "0"],
    ["quote false", "{{e}}", eIs(false), "false"],
    ["quote what is not there as nothing", "a {{f}} b", eIs("x"), "a b"],
    ["quote nothing that a value quotes", "{{e}}", eIs("{{e}} $& $1"), "{{e}} $& $1"],
    ["are one line without control characters", "{{e}}", eIs("\u0000a\r\n\tb\u0085c\u2028d\u007f "), "a b c d"],
    ["are well-formed", "{{e}}", eIs("a\ud83db"), "a\ufffdb"],
    ["have 256 characters", "x{{e}}", eIs("y".repeat(5000)), `x${"y".repeat(255)}`],
    ["have 256 whole characters", "x{{e}}", eIs("😀".repeat(5000)), `x${"😀".repeat(255)}`]
  ] as const) {
    it(name, () => assert.deepStrictEqual(label(value, entities), { l: expected }))
  }

  it("are left out when they are empty", () => {
    for (const value of ["", " ", "\u0000\n"]) assert.deepStrictEqual(label("{{e}}", eIs(value)), {})
    assert.deepStrictEqual(label("{{e}}{{__proto__}}{{constructor}}"), {})
  })

  it("come with the fallback too, and not with a rule that has none", () => {
    const fallback = { to: { queue: "q" }, labels: { l: "{{e}}" } }
    assert.deepStrictEqual(success(decide({ fallback }, eIs("x"))).labels, { l: "x" })
    assert.notProperty(success(decide({ rules: [{ name: "r", to: { queue: "q" } }] })), "labels")
  })

  it.prop(
    "are short, in one line, well-formed and not empty, whatever they quote",
    { value: texts, around: texts },
    ({ around, value }) => {
      for (const text of Object.values(label(`${around}{{e}}${around}`, eIs(value)) ?? {})) {
        assert.notStrictEqual(text, "")
        assert.isAtMost([...text].length, 256)
        assert.isTrue(text.isWellFormed())
        assert.notMatch(text, /[\p{Cc}\u2028\u2029]/u)
      }
    }
  )
})

describe("where to", () => {
  const file = { queues: { sales: "id-sales" }, agents: { ann: "id-ann" } }
  const to = (to: Destination, entities?: ReadonlyArray<Entity>) =>
    decide({ ...file, rules: [{ name: "r", to }] }, entities)
  const [sales, ann] = [
    { type: "queue", id: "id-sales" },
    { type: "agent", id: "id-ann" }
  ] as const

  it("is a queue or an agent, by name or id", () => {
    assert.deepStrictEqual(success(to({ queue: "sales" })), { rule: "r", target: sales })
    assert.deepStrictEqual(success(to({ agent: "ann" })).target, ann)
    assert.deepStrictEqual(success(to({ queue: "ann" })).target, { type: "queue", id: "ann" })
    assert.deepStrictEqual(success(to({ agent: "__proto__" })).target, { type: "agent", id: "__proto__" })
  })

  it("has fallbacks, in their order", () => {
    const fallback = { agent: { entity: "e" }, fallback: { agent: "ann", fallback: { queue: "sales" } } }
    assert.deepStrictEqual(success(to({ queue: "x", fallback })).fallbacks, [ann, sales])
    assert.deepStrictEqual(success(to({ queue: "x", fallback }, eIs(7))).fallbacks, [
      { type: "agent", id: "7" },
      ann,
      sales
    ])
  })

  it("is the agent whom an entity names, or the fallback", () => {
    const place = { agent: { entity: "e" }, fallback: { queue: "sales" } }
    const target = { type: "agent", id: "ann" } as const
    assert.deepStrictEqual(success(to(place, eIs("ann"))), { rule: "r", target, fallbacks: [sales] })
    for (const value of ["", true, 1.5, "x\n", "x".repeat(257)]) {
      assert.deepStrictEqual(success(to(place, eIs(value))), { rule: "r", target: sales })
    }
  })

  it("is nowhere where no place is left: the first one's problem is told", () => {
    const place = { agent: { entity: "e" }, fallback: { agent: { entity: "f" } } }
    assert.deepInclude(failure(to(place, [{ name: "f", value: true }])), {
      _tag: "AgentIdMissing",
      entity: "e",
      problem: "it is not there"
    })
  })

  it("is nowhere where a rule rejects", () => {
    assert.deepInclude(failure(to({ reject: "Sorry." })), { _tag: "Rejected", rule: "r", text: "Sorry." })
  })

  it("is the table's fallback where no rule takes the request", () => {
    const rules: ReadonlyArray<Rule> = [{ name: "r", when: { intent: "other" }, to: { queue: "sales" } }]
    const fallback = { to: { queue: "sales", fallback: { agent: "ann" } } }
    assert.deepStrictEqual(success(decide({ ...file, rules, fallback })), {
      rule: "fallback",
      target: sales,
      fallbacks: [ann]
    })
    assert.deepInclude(failure(decide({ rules, fallback: { to: { reject: "No." } } })), {
      rule: "fallback",
      text: "No."
    })
    assert.deepInclude(failure(decide({ ...file, rules })), { _tag: "UnsupportedIntent", intent: "sales" })
  })

  it("is what the first rule says that takes the request, and no later one's, even where it fails", () => {
    const rules: ReadonlyArray<Rule> = [
      { name: "no", when: { intent: "support" }, to: { queue: "a" } },
      { name: "first", when: { intent: "s*" }, to: { agent: { entity: "e" } } },
      { name: "second", when: { intent: "sales" }, to: { queue: "b" } }
    ]
    const error = failure(decide({ rules, fallback: { to: { queue: "c" } } }))
    assert.deepInclude(error, { _tag: "AgentIdMissing", rule: "first" })
  })

  it("has the name that the table gave it", () => {
    const { nameOf } = makeRoutingTable({ ...file, rules: [] })
    assert.deepStrictEqual(
      [nameOf(sales), nameOf(ann), nameOf({ ...ann, id: "id-sales" })],
      ["sales", "ann", undefined]
    )
  })
})

/** The name of what decided. */
const decider = (result: ReturnType<typeof decide>) =>
  Result.match(result, {
    onSuccess: ({ rule }) => rule,
    onFailure: (error) => (error._tag === "UnsupportedIntent" ? undefined : error.rule)
  })

let decidedByRule = 0

describe("any table", () => {
  it.prop(
    "decides by the first rule whose condition holds, the same each time, passes over those before it, and throws nothing",
    { file: tables, inputs: Arbitrary.array(inputs, { minLength: 5, maxLength: 10 }) },
    ({ file, inputs }) => {
      const [table, again] = [makeRoutingTable(file), makeRoutingTable(file)]
      for (const input of inputs) {
        const first = file.rules.findIndex(({ when }) => when === undefined || holds(when, input))
        if (first >= 0) decidedByRule++
        const decided = table.decide(input)
        assert.strictEqual(decider(decided), file.rules[first]?.name ?? (file.fallback && "fallback"))
        assert.deepStrictEqual(again.decide(structuredClone(input)), decided)
        assert.deepStrictEqual(table.decide(input), decided)
        const passed = table.passed(input)
        const before = first < 0 ? file.rules : file.rules.slice(0, first)
        assert.deepStrictEqual(
          passed.map(({ rule }) => rule),
          before.map(({ name }) => name)
        )
        for (const { failed } of passed) assert.isDefined(failed.failing(input))
      }
    },
    { arbitrary: { runs: 300 } }
  )

  it("is often decided by a rule", () => assert.isAbove(decidedByRule, 300))

  const text = (alphabet: ReadonlyArray<string>, minLength: number) =>
    Arbitrary.map(Arbitrary.array(among(alphabet), { minLength, maxLength: 4 }), (all) => all.join(""))
  const patterns = Arbitrary.array(text(["a", "b", "ab", "*", "?"], 1), { minLength: 1, maxLength: 3 })

  it.prop(
    "has an index that names each rule of an intent, in order and once, and no rule of another name",
    { rules: Arbitrary.array(patterns, { maxLength: 12 }), intent: text(["a", "b", "ab"], 0) },
    ({ intent, rules }) => {
      const found = [...makeIntentIndex(rules)(intent)]
      assert.deepStrictEqual(
        found,
        [...new Set(found)].sort((a, b) => a - b)
      )
      for (const [rule, wanted] of rules.entries()) {
        if (wanted.some((one) => matchesGlob(one, intent))) assert.include(found, rule)
        else if (!wanted.some(isGlob)) assert.notInclude(found, rule)
      }
    },
    { arbitrary: { runs: 500 } }
  )

  it("has rules for any intent in its index", () => {
    const index = makeIntentIndex([["a"], undefined, ["b", "*a"], ["*"]])
    assert.deepStrictEqual(
      ["a", "", "x"].map((intent) => [...index(intent)]),
      [
        [0, 1, 2, 3],
        [1, 3],
        [1, 3]
      ]
    )
  })

  it("decides on a request with nothing in it", () => {
    const table = makeRoutingTable({ rules: [{ name: "r", when: { not: { language: "de" } }, to: { queue: "q" } }] })
    assert.strictEqual(decider(table.decide({ request: { ...nothingElse, intent: "", userId: "" }, now: 0 })), "r")
  })
})
