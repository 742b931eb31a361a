/** Conditions, requests and tables from small alphabets, so that they often meet. */
import { Arbitrary, Schema } from "effect"
import type { Entity, HandoverRequest } from "../../../src/domain/HandoverRequest.ts"
import type { Condition } from "../../../src/routing/format/Condition.ts"
import type { Destination } from "../../../src/routing/format/Destination.ts"
import type { OpeningHours } from "../../../src/routing/format/OpeningHours.ts"
import type { Place } from "../../../src/routing/format/Place.ts"
import type { RoutesFile, Rule } from "../../../src/routing/format/RoutesFile.ts"
import type { ValueTest } from "../../../src/routing/format/ValueTest.ts"
import type { Input } from "../../../src/routing/table/Check.ts"
import type { Clockworks } from "../../../src/routing/table/Clockwork.ts"
import { clockwork } from "../../../src/routing/table/Clockwork.ts"
import { oneOf, whole } from "../../support/arbitrary.ts"
import { nothingElse } from "../../support/request.ts"

/** One of these values, of whatever kind. */
export const among = <A>(values: ReadonlyArray<A>): Arbitrary.Arbitrary<A> =>
  Arbitrary.map(whole(0, values.length - 1), (index) => values[index] as A)

/** A value of one of these arbitraries. */
export const either = <A>(choices: ReadonlyArray<Arbitrary.Arbitrary<A>>): Arbitrary.Arbitrary<A> =>
  Arbitrary.flatMap(whole(0, choices.length - 1), (index) => choices[index] as Arbitrary.Arbitrary<A>)

/** A value, or one time in `times` nothing. */
export const maybe = <A>(arbitrary: Arbitrary.Arbitrary<A>, times = 2): Arbitrary.Arbitrary<A | undefined> =>
  Arbitrary.flatMap(
    whole(1, times),
    (number): Arbitrary.Arbitrary<A | undefined> => (number === 1 ? Arbitrary.Constant(undefined) : arbitrary)
  )

/** Members that are `undefined`, left out. */
const given = <A extends object>(value: A): { [K in keyof A]: Exclude<A[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never

const some = <A>(item: Arbitrary.Arbitrary<A>): Arbitrary.Arbitrary<A | ReadonlyArray<A>> =>
  either<A | ReadonlyArray<A>>([item, Arbitrary.array(item, { minLength: 1, maxLength: 3 })])

const INTENTS = ["sales", "sales_de", "sale", "support", "support_de", "s*le", "s", "", "x"]
const PATTERNS = ["sales", "sales_de", "support", "sale", "sales*", "sale?", "s?le", "s*le", "*_de", "s*_de"]
const WIDE_PATTERNS = ["*", "?", "*al*", "**", "s*", "*e", "?*", "*s*p*"]
const SCALARS = ["gold", "silver", "gold42", "42", 42, "7", 7, 7.5, "7.5", true, "true", "", 1e21, "1e+21", "-1", " 7 "]
const BOUNDS = [-1, 0, 7, 7.5, 42, 1e21]
const REGEXES = ["^gold", "42$", "^\\d+$", "[a-z]", "^$", "(?i)GOLD"]

const valueTest: Arbitrary.Arbitrary<ValueTest> = either<ValueTest>([
  among(SCALARS),
  Arbitrary.array(among(SCALARS), { minLength: 1, maxLength: 3 }),
  Arbitrary.map(
    Arbitrary.all({
      present: maybe(among([true, false]), 2),
      atLeast: maybe(among(BOUNDS), 2),
      above: maybe(among(BOUNDS), 2)
    }),
    (test) => (Object.keys(given(test)).length === 0 ? { present: true } : given(test)) as ValueTest
  ),
  Arbitrary.map(
    Arbitrary.all({
      equals: maybe(among(SCALARS), 4),
      oneOf: maybe(Arbitrary.array(among(SCALARS), { minLength: 1, maxLength: 3 }), 2),
      matches: maybe(among(REGEXES), 2),
      present: maybe(among([true, false]), 2)
    }),
    (test) => (Object.keys(given(test)).length === 0 ? { present: false } : given(test)) as ValueTest
  ),
  Arbitrary.map(
    Arbitrary.all({
      atLeast: maybe(among(BOUNDS), 2),
      above: maybe(among(BOUNDS), 2),
      atMost: maybe(among(BOUNDS), 2),
      below: among(BOUNDS)
    }),
    (test) => given(test) as ValueTest
  )
])

const score = among([0, 0.25, 0.5, 0.75, 1])

const tests = (names: ReadonlyArray<string>) =>
  Arbitrary.map(
    Arbitrary.array(Arbitrary.all([among(names), valueTest]), { minLength: 1, maxLength: 2 }),
    (entries): Readonly<Record<string, ValueTest>> => Object.fromEntries(entries)
  )

const share = among([0, 10, 50, 60, 100])

const simple: ReadonlyArray<Arbitrary.Arbitrary<Condition>> = [
  Arbitrary.map(some(among([...PATTERNS, ...WIDE_PATTERNS])), (intent) => ({ intent })),
  Arbitrary.map(some(among(PATTERNS)), (intent) => ({ intent })),
  Arbitrary.map(
    either<NonNullable<Condition["confidence"]>>([
      score,
      Arbitrary.map(
        Arbitrary.all({ atLeast: score, above: maybe(score), atMost: maybe(score), below: maybe(score) }),
        given
      )
    ]),
    (confidence) => ({ confidence })
  ),
  Arbitrary.map(some(among(["de", "de-AT", "en", "*", "DE_de", "e"])), (language) => ({ language })),
  Arbitrary.map(some(among(["web*", "webchat", "*", "voice", "v?ice"])), (channel) => ({ channel })),
  Arbitrary.map(tests(["tier", "age"]), (entities) => ({ entities })),
  Arbitrary.map(tests(["tier", "age"]), (entities) => ({ entities })),
  Arbitrary.map(tests(["tier", "a.b", "/a/b", "list.0", "__proto__.tier", "constructor"]), (data) => ({ data })),
  Arbitrary.map(oneOf(["office", "night", "nowhere"]), (open) => ({ open })),
  Arbitrary.map(oneOf(["office", "night", "nowhere"]), (closed) => ({ closed })),
  Arbitrary.map(
    either<NonNullable<Condition["percentage"]>>([
      share,
      Arbitrary.map(Arbitrary.all([share, oneOf(["x", "y"])]), ([of, seed]) => ({ of, seed }))
    ]),
    (percentage) => ({ percentage })
  )
]

/** A condition, nested so many levels. */
export const conditions = (levels: number): Arbitrary.Arbitrary<Condition> => {
  const within = levels === 0 ? undefined : conditions(levels - 1)
  const nested: ReadonlyArray<Arbitrary.Arbitrary<Condition>> =
    within === undefined
      ? []
      : [
          Arbitrary.map(Arbitrary.array(within, { minLength: 1, maxLength: 2 }), (all) => ({ all })),
          Arbitrary.map(Arbitrary.array(within, { minLength: 1, maxLength: 3 }), (any) => ({ any })),
          Arbitrary.map(Arbitrary.array(within, { minLength: 1, maxLength: 3 }), (any) => ({ any })),
          Arbitrary.map(within, (not) => ({ not }))
        ]
  return Arbitrary.map(
    Arbitrary.array(either([...simple, ...nested]), { minLength: 1, maxLength: 2 }),
    (facts): Condition => Object.assign({}, ...facts)
  )
}

const entity: Arbitrary.Arbitrary<Entity> = Arbitrary.all({
  name: oneOf(["tier", "age", "agentId"]),
  value: among(SCALARS)
})

const json = (text: string): unknown => JSON.parse(text)

const DATA = [
  undefined,
  null,
  "text",
  { tier: "gold", a: { b: 42 } },
  { tier: "silver", a: { b: "7" }, "a.b": "gold" },
  { list: ["gold", 7], a: {} },
  { tier: null, a: { b: "" } },
  json('{ "__proto__": { "tier": "gold" }, "a": { "b": true } }'),
  json('{ "constructor": "42", "a": { "b": 1e21 } }'),
  [1, { b: 2 }]
]

const NOON = Date.UTC(2026, 10, 25, 12)

/** A request at a time. */
export const inputs: Arbitrary.Arbitrary<Input> = Arbitrary.map(
  Arbitrary.all({
    intent: among(INTENTS),
    confidence: maybe(among([0, 0.25, 0.3, 0.5, 0.75, 1]), 4),
    language: maybe(among(["de", "de-DE", "de_AT", "en-GB", "EN", "e", "den"]), 4),
    channel: maybe(among(["webchat", "web", "voice", "*", ""]), 4),
    entities: Arbitrary.array(entity, { maxLength: 3 }),
    data: among(DATA),
    userId: among(["u1", "u2", "u3", "u4", "u5", "u6", "u7"]),
    now: among([NOON, NOON + 9 * 3_600_000])
  }),
  ({ now, ...request }) => ({ now, request: { ...nothingElse, ...request } satisfies HandoverRequest })
)

/** The opening hours that generated conditions name, besides `nowhere`, which is not there. */
export const HOURS: Readonly<Record<string, OpeningHours>> = {
  office: { zone: "UTC", weekly: { daily: "08:00-18:00" } },
  night: { zone: "UTC", weekly: { daily: "20:00-06:00" } }
}

/** The same, made ready. */
export const CLOCKWORKS: Clockworks = new Map(
  Object.entries(HOURS).flatMap(([name, hours]) => {
    const ready = clockwork(hours)
    return ready === undefined ? [] : [[name, ready] as const]
  })
)

const place: Arbitrary.Arbitrary<Place> = either<Place>([
  Arbitrary.map(oneOf(["q1", "q2", "other"]), (queue) => ({ queue })),
  Arbitrary.map(oneOf(["a1", "other"]), (agent) => ({ agent })),
  Arbitrary.map(oneOf(["agentId", "tier", "age"]), (entity) => ({ agent: { entity } }))
])

const destination: Arbitrary.Arbitrary<Destination> = either<Destination>([
  place,
  Arbitrary.map(Arbitrary.all([place, place]), ([first, fallback]) => ({ ...first, fallback })),
  Arbitrary.Constant({ reject: "No." })
])

const labels = among([undefined, { tier: "{{tier}}" }, { a: "x {{age}} y", b: "{{nowhere}}" }])

/** A table. Its rules are named `rule 0`, `rule 1`, …. */
export const tables: Arbitrary.Arbitrary<RoutesFile> = Arbitrary.map(
  Arbitrary.all({
    rules: Arbitrary.array(Arbitrary.all({ when: maybe(conditions(1), 20), to: destination, labels }), {
      minLength: 1,
      maxLength: 8
    }),
    fallback: maybe(Arbitrary.all({ to: destination, labels }))
  }),
  ({ fallback, rules }) => ({
    queues: { q1: "id-q1", q2: "id-q2" },
    agents: { a1: "id-a1" },
    hours: HOURS,
    rules: rules.map((rule, index): Rule => ({ name: `rule ${index}`, ...(given(rule) as Omit<Rule, "name">) })),
    ...(fallback === undefined ? {} : { fallback: given(fallback) as NonNullable<RoutesFile["fallback"]> })
  })
)

/** Any text, now and then with characters that are hard to handle. */
export const texts = either([
  Arbitrary.schema(Schema.String),
  among(["a\r\nb", "\u0000", "😀".repeat(300), "\ud83d", "{{tier}}", "$&", "  ", "\u0085x\u2028y"])
])
