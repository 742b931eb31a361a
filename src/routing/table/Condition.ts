/** Conditions, made ready to be checked: each check says what it wants, and what it saw. */
import { createHash } from "node:crypto"
import { Predicate, Result, type Schema } from "effect"
import { firstCharacters } from "../../cxone/Id.ts"
import { entityValue, type HandoverRequest } from "../../domain/HandoverRequest.ts"
import type { Condition, ValueTest } from "../format/RoutesFile.ts"
import { matchesGlob } from "./Glob.ts"
import type { Clockwork } from "./Hours.ts"
import { compilePattern } from "./Pattern.ts"

/** What is decided on: a request, at a time. */
export interface Input {
  readonly request: HandoverRequest
  /** Milliseconds since 1970. */
  readonly now: number
}

/** A condition that can be checked. */
export interface Check {
  /** Where it stands in its rule: `when.entities.tier`. */
  readonly path: string
  /** What must be, in words. */
  readonly expected: string
  /** The check that fails, this one or one within; `undefined` where the condition holds. */
  readonly failing: (input: Input) => Check | undefined
  /** What it decides on. */
  readonly saw: (input: Input) => unknown
}

/** The opening hours that conditions may name. */
export type Clockworks = ReadonlyMap<string, Clockwork>

/** What a check saw that is no member of the request: shown as it is, without quotes. */
class Words {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toJSON() {
    return this.text
  }
}

const leaf = (
  path: string,
  expected: string,
  saw: (input: Input) => unknown,
  holds: (input: Input) => boolean
): Check => {
  const check: Check = { path, expected, saw, failing: (input) => (holds(input) ? undefined : check) }
  return check
}

/** One or several, as a list. */
export const list = <A>(value: A | ReadonlyArray<A>): ReadonlyArray<A> => (Array.isArray(value) ? value : [value as A])

const quote = (values: ReadonlyArray<unknown>): string => {
  const texts = values.map((value) => JSON.stringify(value))
  return texts.length === 1 ? `${texts[0]}` : `one of ${texts.join(", ")}`
}

const isScalar = Predicate.or(Predicate.or(Predicate.isString, Predicate.isNumber), Predicate.isBoolean)

const isThere = (value: unknown): boolean => !Predicate.isNullish(value) && value !== ""

/** A number, or text that is written as one. */
const toNumber = (value: unknown): number | undefined => {
  if (Predicate.isNumber(value)) return value
  return Predicate.isString(value) && /^\s*[+-]?\d{1,30}(?:\.\d{1,30})?\s*$/.test(value) ? Number(value) : undefined
}

/** One thing that a value must be, in words and as a check. */
interface Demand {
  readonly expected: string
  readonly holds: (value: unknown) => boolean
}

const equalsOneOf = (values: ReadonlyArray<string | number | boolean>): Demand => {
  // A slot's 42 comes as a number or as text, as its author had it.
  const texts = new Set(values.map(String))
  return { expected: quote(values), holds: (value) => isScalar(value) && texts.has(String(value)) }
}

const compares = (word: string, bound: number, compare: (number: number) => boolean): Demand => ({
  expected: `${word} ${bound}`,
  holds: (value) => {
    const number = toNumber(value)
    return number !== undefined && compare(number)
  }
})

/** Bounds of a number. */
export interface Bounds {
  readonly atLeast?: number
  readonly above?: number
  readonly atMost?: number
  readonly below?: number
}

const within = ({ above, atLeast, atMost, below }: Bounds): ReadonlyArray<Demand> => [
  ...(atLeast === undefined ? [] : [compares("at least", atLeast, (number) => number >= atLeast)]),
  ...(above === undefined ? [] : [compares("above", above, (number) => number > above)]),
  ...(atMost === undefined ? [] : [compares("at most", atMost, (number) => number <= atMost)]),
  ...(below === undefined ? [] : [compares("below", below, (number) => number < below)])
]

/** What a test demands of a value. */
export const demands = (test: ValueTest): ReadonlyArray<Demand> => {
  if (isScalar(test)) return [equalsOneOf([test])]
  if (Array.isArray(test)) return [equalsOneOf(test)]
  const { equals, matches, oneOf, present, ...bounds } = test as Exclude<
    ValueTest,
    string | number | boolean | ReadonlyArray<unknown>
  >
  const pattern = matches === undefined ? undefined : Result.getOrUndefined(compilePattern(matches))
  return [
    ...(present === undefined
      ? []
      : [{ expected: present ? "a value" : "no value", holds: (value: unknown) => isThere(value) === present }]),
    ...(equals === undefined ? [] : [equalsOneOf([equals])]),
    ...(oneOf === undefined ? [] : [equalsOneOf(oneOf)]),
    ...(matches === undefined
      ? []
      : [
          {
            expected: `what matches ${matches}`,
            holds: (value: unknown) => isScalar(value) && pattern?.(String(value)) === true
          }
        ]),
    ...within(bounds)
  ]
}

const valueCheck = (path: string, saw: (input: Input) => unknown, demanded: ReadonlyArray<Demand>): Check =>
  leaf(path, demanded.map(({ expected }) => expected).join(", and "), saw, (input) => {
    const value = saw(input)
    return demanded.every(({ holds }) => holds(value))
  })

/** The segments of a path into `data`: names between dots, or a JSON Pointer (RFC 6901). */
export const dataPath = (path: string): ReadonlyArray<string> =>
  path.startsWith("/")
    ? path
        .slice(1)
        .split("/")
        .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"))
    : path.split(".")

/** A member of a value, of its own and not of its prototypes. */
const member = (value: unknown, name: string): unknown =>
  Predicate.isObjectOrArray(value) && Object.hasOwn(value, name) && !(Array.isArray(value) && name === "length")
    ? (value as { readonly [name: string]: unknown })[name]
    : undefined

/** Whether a language is in a range: `de` takes `de-DE` (RFC 4647, basic filtering). */
export const inLanguageRange = (range: string, language: string): boolean => {
  const [wide = "", narrow = ""] = [range, language].map((tag) => tag.toLowerCase().replaceAll("_", "-"))
  return wide === "*" || narrow === wide || narrow.startsWith(`${wide}-`)
}

/** Shares are counted in hundredths of a percent: so many each. */
const SHARES = 100

/** Where a user stands, from 0 until 100, among all users: the same at any time, and for all rules with the same seed. */
export const userShare = (userId: string, seed: string): number =>
  (createHash("sha256")
    .update(JSON.stringify([seed, userId]))
    .digest()
    .readUInt32BE() %
    (100 * SHARES)) /
  SHARES

/** All of these hold; the first that does not is what failed. */
const allOf = (checks: ReadonlyArray<Check>): ((input: Input) => Check | undefined) => {
  const [only] = checks
  if (checks.length === 1 && only !== undefined) return only.failing
  return (input) => {
    for (const check of checks) {
      const failing = check.failing(input)
      if (failing !== undefined) return failing
    }
    return undefined
  }
}

/** The members of a condition, in the order that costs least. */
const MEMBERS = [
  "intent",
  "confidence",
  "language",
  "channel",
  "entities",
  "data",
  "open",
  "closed",
  "percentage",
  "all",
  "any",
  "not"
] as const

/** What conditions are made ready with. */
export interface Surroundings {
  readonly hours: Clockworks
  /** Checks that were made for another rule, by what they are made from: what many rules ask for stands in memory once, and near. */
  readonly known: Map<string, ReadonlyArray<Check>>
}

/** Makes a condition ready. Names that no hours have never hold. */
export const compileCondition = (condition: Condition, path: string, surroundings: Surroundings): Check => {
  const { known } = surroundings
  const checks = MEMBERS.flatMap((member) => {
    const value = condition[member]
    if (value === undefined) return []
    const key = `${path}.${member} ${JSON.stringify(value)}`
    const made = known.get(key) ?? checksOf({ [member]: value }, path, surroundings)
    known.set(key, made)
    return made
  })
  const [only] = checks
  if (checks.length === 1 && only !== undefined) return only
  return {
    path,
    expected: checks.map(({ expected, path: at }) => `${at.slice(path.length + 1)} ${expected}`).join(", "),
    failing: allOf(checks),
    saw: (input) =>
      new Words(checks.map((check) => `${check.path.slice(path.length + 1)} ${render(check.saw(input))}`).join(", "))
  }
}

const checksOf = (condition: Condition, path: string, surroundings: Surroundings): ReadonlyArray<Check> => {
  const { hours } = surroundings
  const { all, any, channel, closed, confidence, data, entities, intent, language, not, open, percentage } = condition
  const checks: Array<Check> = []

  const nameCheck = (member: "intent" | "channel", wanted: string | ReadonlyArray<string>) => {
    const patterns = list(wanted)
    const saw = ({ request }: Input) => request[member]
    checks.push(
      leaf(`${path}.${member}`, quote(patterns), saw, (input) => {
        const value = saw(input)
        return value !== undefined && patterns.some((pattern) => matchesGlob(pattern, value))
      })
    )
  }
  const hoursCheck = (member: "open" | "closed", name: string) => {
    const clockwork = hours.get(name)
    checks.push(
      leaf(
        `${path}.${member}`,
        `${name} to be ${member}`,
        ({ now }) =>
          clockwork && new Words(`${clockwork.isOpen(now) ? "open" : "closed"} at ${clockwork.localTime(now)}`),
        ({ now }) => clockwork !== undefined && clockwork.isOpen(now) === (member === "open")
      )
    )
  }

  if (intent !== undefined) nameCheck("intent", intent)
  if (confidence !== undefined) {
    const demanded = within(Predicate.isNumber(confidence) ? { atLeast: confidence } : confidence)
    checks.push(valueCheck(`${path}.confidence`, ({ request }) => request.confidence, demanded))
  }
  if (language !== undefined) {
    const ranges = list(language)
    checks.push(
      leaf(
        `${path}.language`,
        quote(ranges),
        ({ request }) => request.language,
        ({ request }) =>
          ranges.some((range) => request.language !== undefined && inLanguageRange(range, request.language))
      )
    )
  }
  if (channel !== undefined) nameCheck("channel", channel)
  for (const [name, test] of Object.entries(entities ?? {})) {
    checks.push(valueCheck(`${path}.entities.${name}`, ({ request }) => entityValue(request, name), demands(test)))
  }
  for (const [name, test] of Object.entries(data ?? {})) {
    const segments = dataPath(name)
    checks.push(
      valueCheck(`${path}.data.${name}`, ({ request }) => segments.reduce<unknown>(member, request.data), demands(test))
    )
  }
  if (open !== undefined) hoursCheck("open", open)
  if (closed !== undefined) hoursCheck("closed", closed)
  if (percentage !== undefined) {
    const { of, seed } = Predicate.isNumber(percentage) ? { of: percentage, seed: "" } : percentage
    const saw = ({ request }: Input) => userShare(request.userId, seed)
    checks.push(
      leaf(
        `${path}.percentage`,
        `one of the first ${of} % of users`,
        (input) => new Words(`a user at ${saw(input).toFixed(2)} %`),
        (input) => saw(input) < of
      )
    )
  }
  for (const [index, inner] of (all ?? []).entries()) {
    checks.push(compileCondition(inner, `${path}.all[${index}]`, surroundings))
  }
  if (any !== undefined) {
    const inner = any.map((one, index) => compileCondition(one, `${path}.any[${index}]`, surroundings))
    const check: Check = {
      path: `${path}.any`,
      expected: `any of ${inner.length} conditions`,
      failing: (input) => (inner.some((one) => one.failing(input) === undefined) ? undefined : check),
      saw: (input) =>
        new Words(inner.flatMap((one) => describeFailure(one.failing(input), input, `${path}.any`)).join("; "))
    }
    checks.push(check)
  }
  if (not !== undefined) {
    const inner = compileCondition(not, `${path}.not`, surroundings)
    const at = pathWithin(inner.path, `${path}.not`)
    const check: Check = {
      path: `${path}.not`,
      expected: `not: ${at === "" ? "" : `${at} `}${inner.expected}`,
      failing: (input) => (inner.failing(input) === undefined ? check : undefined),
      saw: inner.saw
    }
    checks.push(check)
  }
  return checks
}

/** How much of a value that was seen people are shown, in characters; and how much where it is of several conditions. */
const MAX_SHOWN = 200
const MAX_WORDS = 2000

/** A text as people are shown it: its end is cut off where it is long. */
export const cut = (text: string, most = MAX_SHOWN): string => {
  const shown = firstCharacters(text, most)
  return shown === text ? text : `${shown}…`
}

/** What was seen, as people are shown it: values as JSON, all cut where it is long. */
export const render = (seen: unknown): string =>
  seen instanceof Words ? cut(seen.text, MAX_WORDS) : seen === undefined ? "nothing" : cut(JSON.stringify(seen))

/** What was seen, for machines: as a JSON value, and where it is long as a text that is cut. */
export const toJsonValue = (seen: unknown): Schema.Json => {
  if (seen instanceof Words) return cut(seen.text, MAX_WORDS)
  if (isScalar(seen)) return Predicate.isString(seen) ? cut(seen) : seen
  const text = JSON.stringify(seen ?? null)
  return text.length <= MAX_SHOWN ? JSON.parse(text) : cut(text)
}

/** Where a check stands in one around it; empty where it is all of it. */
const pathWithin = (path: string, around: string): string => path.slice(around.length).replace(/^\./, "")

const describeFailure = (check: Check | undefined, input: Input, around: string): ReadonlyArray<string> =>
  check === undefined
    ? []
    : [`${pathWithin(check.path, around)}: wants ${check.expected}, saw ${render(check.saw(input))}`]
