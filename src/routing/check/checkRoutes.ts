/** What the format alone cannot tell of a table: names that are not there, rules that never decide, hours that overlap. */
import { DateTime, Option, Predicate, Result } from "effect"
import { isPlaceholder, isUuid, queueIdProblem } from "../../cxone/Id.ts"
import { closest, suggestion } from "../../std/suggest.ts"
import type { Condition, Destination, Place, RoutesFile, Rule, ValueTest } from "../format/RoutesFile.ts"
import { dataPath } from "../table/Condition.ts"
import { calendarDay, overlaps, rangesOf } from "../table/Hours.ts"
import { compilePattern } from "../table/Pattern.ts"
import { FALLBACK, quotedEntities } from "../table/RoutingTable.ts"
import { shadowedRules } from "./shadowedRules.ts"

/** Where in a table something stands. */
export type Path = ReadonlyArray<string | number>

/** A path as people read it: `rules[3].to.queue`. */
export const showPath = (path: Path): string =>
  path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    ""
  )

/** Something that is wrong with a table. */
export interface Flaw {
  readonly path: Path
  /** It is the name at the end of the path that is wrong, not what stands under it. */
  readonly isName?: boolean
  /** The path is of something that is not there. */
  readonly isMissing?: boolean
  readonly problem: string
  /** What to write instead. */
  readonly instead: string
}

/** How many places a rule may try, one after the other. */
const MAX_FALLBACKS = 5

/** Labels that the router sets itself. */
const OWN_LABELS = ["cognigy_intent", "source"]

/** Everything that is wrong with a table whose format is right. Rules that are only parts of what was written (`parts`) shadow none. */
export const checkRoutes = (file: RoutesFile, parts: ReadonlySet<number> = new Set()): ReadonlyArray<Flaw> => [
  ...idFlaws(file),
  ...Object.entries(file.hours ?? {}).flatMap(([name, hours]) => hoursFlaws(hours, ["hours", name])),
  ...nameFlaws(file.rules),
  ...file.rules.flatMap((rule, index) => [
    ...conditionFlaws(file, rule.when, ["rules", index, "when"]),
    ...destinationFlaws(file, rule, ["rules", index])
  ]),
  ...(file.fallback === undefined ? [] : destinationFlaws(file, file.fallback, [FALLBACK])),
  ...patternFlaws(file),
  ...unreachable(file, parts)
]

const idFlaws = ({ agents = {}, queues = {} }: RoutesFile): ReadonlyArray<Flaw> => [
  ...Object.entries(queues).flatMap(([name, id]) => {
    const problem = queueIdProblem(id)
    if (problem === undefined) return []
    const instead = "the queue's id, a UUID: CXone Admin > Queues, open the queue, copy its id"
    return [{ path: ["queues", name], problem: `the id of queue "${name}" is ${problem}`, instead }]
  }),
  ...Object.entries(agents).flatMap(([name, id]) =>
    isPlaceholder(id)
      ? [
          {
            path: ["agents", name],
            problem: `the id of agent "${name}" is still a placeholder`,
            instead: "the agent's CXone id"
          }
        ]
      : []
  )
]

/** Zones are many, and people name them by their city. */
const zoneInstead = (zone: string): string => {
  const zones = Intl.supportedValuesOf("timeZone")
  const meant =
    zones.find((name) => name.toLowerCase().endsWith(`/${zone.toLowerCase().replaceAll(" ", "_")}`)) ??
    closest(zone, zones)
  return meant === undefined ? "the name of a zone, such as Europe/Berlin or UTC" : `did you mean ${meant}?`
}

type Hours = NonNullable<RoutesFile["hours"]>[string]

const hoursFlaws = (hours: Hours, path: Path): ReadonlyArray<Flaw> => {
  const flaws: Array<Flaw> = []
  if (Option.isNone(DateTime.zoneMakeNamed(hours.zone))) {
    flaws.push({
      path: [...path, "zone"],
      problem: `no time zone: "${hours.zone}"`,
      instead: zoneInstead(hours.zone)
    })
  }
  const days = [
    ...Object.entries(hours.weekly).map(([day, ranges]) => ({ at: [...path, "weekly", day], ranges })),
    ...Object.entries(hours.exceptions ?? {}).map(([date, ranges]) => ({ at: [...path, "exceptions", date], ranges }))
  ]
  for (const { at, ranges } of days) {
    for (const { from, text, until } of rangesOf(ranges)) {
      if (until - from === 24 * 60 && from !== 0) {
        flaws.push({ path: at, problem: `"${text}" ${ENDS_WHEN_IT_BEGINS}`, instead: "00:00-24:00 for a whole day" })
      }
    }
  }
  for (const date of Object.keys(hours.exceptions ?? {})) {
    if (calendarDay(date) === undefined) {
      flaws.push({
        path: [...path, "exceptions", date],
        isName: true,
        problem: `no date of the calendar: ${date}`,
        instead: "a date such as 2026-12-24"
      })
    }
  }
  if (flaws.some(({ problem }) => problem.endsWith(ENDS_WHEN_IT_BEGINS))) return flaws
  return [
    ...flaws,
    ...overlaps(hours).map(({ first, isOfDayBefore, path: at, second }) => ({
      path: [...path, ...at],
      problem: `the hours ${second} overlap with ${first}${isOfDayBefore ? " of the day before" : ""}`,
      instead: "hours that end before the next begin (08:00-12:00 and 12:00-18:00 do not overlap)"
    }))
  ]
}

const ENDS_WHEN_IT_BEGINS = "ends when it begins"

const nameFlaws = (rules: ReadonlyArray<Rule>): ReadonlyArray<Flaw> => {
  const seen = new Set<string>()
  return rules.flatMap(({ name }, index) => {
    const path = ["rules", index, "name"]
    if (name === FALLBACK) {
      return [{ path, problem: `"${FALLBACK}" is the name of the table's fallback`, instead: "another name" }]
    }
    const isTaken = seen.has(name)
    seen.add(name)
    return isTaken
      ? [{ path, problem: `another rule before it is named "${name}" too`, instead: "a name of its own" }]
      : []
  })
}

const testFlaws = (tests: Readonly<Record<string, ValueTest>> | undefined, path: Path): ReadonlyArray<Flaw> =>
  Object.entries(tests ?? {}).flatMap(([name, test]) => {
    if (!Predicate.isObject(test) || !("atLeast" in test || "matches" in test || "above" in test)) return []
    const { above, atLeast, atMost, below, matches } = test as {
      readonly [K in "above" | "atLeast" | "atMost" | "below"]?: number
    } & { readonly matches?: string }
    const flaws: Array<Flaw> = [...boundFlaws({ above, atLeast, atMost, below }, [...path, name])]
    const pattern = matches === undefined ? undefined : compilePattern(matches)
    if (pattern !== undefined && Result.isFailure(pattern)) {
      flaws.push({
        path: [...path, name, "matches"],
        problem: `no regular expression: ${pattern.failure}`,
        instead: /too large|longer/.test(pattern.failure)
          ? "a shorter one"
          : "one that RE2 reads: no look-ahead, look-behind or back-references; in YAML best in single quotes"
      })
    }
    return flaws
  })

const boundFlaws = (
  bounds: { readonly [K in "above" | "atLeast" | "atMost" | "below"]: number | undefined },
  path: Path
): ReadonlyArray<Flaw> => {
  const { above = Number.NEGATIVE_INFINITY, atLeast = above, atMost, below = Number.POSITIVE_INFINITY } = bounds
  const [least, most] = [Math.max(above, atLeast), Math.min(below, atMost ?? below)]
  const isEmpty = least > most || (least === most && (above === least || below === most))
  return isEmpty
    ? [{ path, problem: "no number is within these bounds", instead: "bounds with numbers between them" }]
    : []
}

const conditionFlaws = (file: RoutesFile, condition: Condition | undefined, path: Path): ReadonlyArray<Flaw> => {
  if (condition === undefined) return []
  const { all, any, confidence, data, entities, not } = condition
  const flaws: Array<Flaw> = []
  for (const member of ["open", "closed"] as const) {
    const name = condition[member]
    if (name !== undefined && !Object.hasOwn(file.hours ?? {}, name)) {
      flaws.push({
        path: [...path, member],
        problem: `no opening hours are named "${name}"`,
        instead: suggestion(name, Object.keys(file.hours ?? {}), "define them under hours")
      })
    }
  }
  if (Predicate.isObject(confidence)) {
    const { above, atLeast, atMost, below } = confidence as Exclude<typeof confidence, number>
    flaws.push(...boundFlaws({ above, atLeast, atMost, below }, [...path, "confidence"]))
  }
  for (const name of Object.keys(data ?? {})) {
    if (dataPath(name).includes("")) {
      flaws.push({
        path: [...path, "data", name],
        isName: true,
        problem: `no path to a member: "${name}" has an empty part`,
        instead: "names between dots (customer.tier), or a JSON Pointer (/customer/tier)"
      })
    }
  }
  flaws.push(...testFlaws(entities, [...path, "entities"]), ...testFlaws(data, [...path, "data"]))
  for (const [index, one] of (all ?? []).entries()) flaws.push(...conditionFlaws(file, one, [...path, "all", index]))
  for (const [index, one] of (any ?? []).entries()) flaws.push(...conditionFlaws(file, one, [...path, "any", index]))
  flaws.push(...conditionFlaws(file, not, [...path, "not"]))
  return flaws
}

const destinationFlaws = (
  file: RoutesFile,
  { labels, to }: { readonly to: Destination; readonly labels?: Readonly<Record<string, string>> },
  path: Path
): ReadonlyArray<Flaw> => [...placeFlaws(file, to, [...path, "to"], 0), ...labelFlaws(labels, [...path, "labels"])]

const placeFlaws = (
  file: RoutesFile,
  { agent, fallback, queue }: Place,
  path: Path,
  level: number
): ReadonlyArray<Flaw> => {
  const unknown = (kind: "queue" | "agent", name: string | undefined, known: Readonly<Record<string, string>> = {}) => {
    if (name === undefined || Object.hasOwn(known, name) || (isUuid(name) && !isPlaceholder(name))) return []
    const none = `define it under ${kind}s, or write ${kind === "queue" ? "the queue's" : "the agent's"} id (a UUID)`
    const problem = `no ${kind} is named "${name}"`
    return [{ path: [...path, kind], problem, instead: suggestion(name, Object.keys(known), none) }]
  }
  const flaws = [
    ...unknown("queue", queue, file.queues),
    ...unknown("agent", Predicate.isString(agent) ? agent : undefined, file.agents)
  ]
  if (fallback === undefined) return flaws
  if (level === MAX_FALLBACKS) {
    const problem = `more than ${MAX_FALLBACKS} places after the first`
    return [...flaws, { path: [...path, "fallback"], problem, instead: "fewer: each costs a call" }]
  }
  return [...flaws, ...placeFlaws(file, fallback, [...path, "fallback"], level + 1)]
}

const labelFlaws = (labels: Readonly<Record<string, string>> | undefined, path: Path): ReadonlyArray<Flaw> =>
  Object.entries(labels ?? {}).flatMap(([name, value]) => {
    if (OWN_LABELS.includes(name)) {
      const problem = `the router sets the label ${name} itself`
      return [{ path: [...path, name], isName: true, problem, instead: "another name" }]
    }
    const quoted = quotedEntities(value)
    if (quoted.includes("") || /\{\{|\}\}/.test(value.replace(/\{\{[^{}]*\}\}/g, ""))) {
      return [
        {
          path: [...path, name],
          problem: "a {{ or }} without a name",
          instead: "{{NAME}} for the value of an entity or slot"
        }
      ]
    }
    return []
  })

/** How large all regular expressions of a table may be together, in RE2's instructions: what one decision may cost at the most. */
const MAX_PATTERNS = 50_000

const patternsOf = (condition: Condition | undefined): ReadonlyArray<string> => {
  if (condition === undefined) return []
  const { all = [], any = [], data = {}, entities = {}, not } = condition
  return [
    ...[...Object.values(entities), ...Object.values(data)].flatMap((test) =>
      Predicate.isObject(test) && "matches" in test && Predicate.isString(test.matches) ? [test.matches] : []
    ),
    ...[...all, ...any, ...(not === undefined ? [] : [not])].flatMap(patternsOf)
  ]
}

const patternFlaws = ({ rules }: RoutesFile): ReadonlyArray<Flaw> => {
  let size = 0
  for (const [index, { when }] of rules.entries()) {
    for (const pattern of patternsOf(when)) {
      size += Result.match(compilePattern(pattern), { onFailure: () => 0, onSuccess: ({ size }) => size })
    }
    if (size > MAX_PATTERNS) {
      const problem = "from here on there are too many regular expressions: all of them together take too long"
      return [{ path: ["rules", index, "when"], problem, instead: "values, lists of them, or shorter expressions" }]
    }
  }
  return []
}

const unreachable = ({ fallback, rules }: RoutesFile, parts: ReadonlySet<number>): ReadonlyArray<Flaw> => {
  const whole = [...rules.keys()].filter((index) => !parts.has(index))
  const shadowed = shadowedRules(whole.map((index) => rules[index]?.when)).flatMap(({ by, rule }) => {
    const [earlier, later] = [whole[by] ?? 0, whole[rule] ?? 0]
    return [
      {
        path: ["rules", later, "name"],
        problem: `rule "${rules[later]?.name}" never decides: rule "${rules[earlier]?.name}" before it takes all that it takes`,
        instead: "put it before that one, or take it out"
      }
    ]
  })
  const all = whole.find((index) => rules[index]?.when === undefined)
  if (all === undefined || fallback === undefined) return shadowed
  const problem = `the fallback is never used: rule "${rules[all]?.name}" takes everything`
  return [...shadowed, { path: [FALLBACK], isName: true, problem, instead: "leave one of the two out" }]
}
