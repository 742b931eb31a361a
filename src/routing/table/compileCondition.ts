/** Conditions of a rule, compiled to checks. */
import { Predicate } from "effect"
import { entityValue } from "../../domain/HandoverRequest.ts"
import type { Condition } from "../format/Condition.ts"
import { type Check, firstFailing, type Input, leafCheck, valueCheck } from "./Check.ts"
import type { Clockworks } from "./Clockwork.ts"
import { dataPath, memberAt } from "./dataPath.ts"
import { demands, list, within } from "./demands.ts"
import { matchesGlob } from "./Glob.ts"
import { inLanguageRange } from "./language.ts"
import { quote, render, Words } from "./render.ts"
import { shareOf, userShare } from "./userShare.ts"

/** The opening hours and the checks that the conditions of one table share. */
export interface Surroundings {
  readonly hours: Clockworks
  /** Checks of other rules, by the condition that they are compiled from: the same condition is in memory once. */
  readonly known: Map<string, ReadonlyArray<Check>>
}

type Members = { readonly [Member in keyof Condition]-?: NonNullable<Condition[Member]> }

type Compile<Member extends keyof Members> = (
  value: Members[Member],
  path: string,
  surroundings: Surroundings
) => ReadonlyArray<Check>

const nameCheck =
  (member: "intent" | "channel"): Compile<"intent" | "channel"> =>
  (wanted, path) => {
    const patterns = list(wanted)
    return [
      leafCheck(
        path,
        quote(patterns),
        ({ request }) => request[member],
        ({ request }) => {
          const value = request[member]
          return value !== undefined && patterns.some((pattern) => matchesGlob(pattern, value))
        }
      )
    ]
  }

const hoursCheck =
  (member: "open" | "closed"): Compile<"open" | "closed"> =>
  (name, path, { hours }) => {
    const clockwork = hours.get(name)
    return [
      leafCheck(
        path,
        `${name} to be ${member}`,
        ({ now }) =>
          clockwork && new Words(`${clockwork.isOpen(now) ? "open" : "closed"} at ${clockwork.localTime(now)}`),
        ({ now }) => clockwork !== undefined && clockwork.isOpen(now) === (member === "open")
      )
    ]
  }

/** The compiler of each member of a condition, in the order that costs least. */
const COMPILERS: { readonly [Member in keyof Members]: Compile<Member> } = {
  intent: nameCheck("intent"),
  confidence: (confidence, path) => {
    const demanded = within(Predicate.isNumber(confidence) ? { atLeast: confidence } : confidence)
    return [valueCheck(path, ({ request }) => request.confidence, demanded)]
  },
  language: (language, path) => {
    const ranges = list(language)
    return [
      leafCheck(
        path,
        quote(ranges),
        ({ request }) => request.language,
        ({ request: { language } }) =>
          language !== undefined && ranges.some((range) => inLanguageRange(range, language))
      )
    ]
  },
  channel: nameCheck("channel"),
  entities: (entities, path) =>
    Object.entries(entities).map(([name, test]) =>
      valueCheck(`${path}.${name}`, ({ request }) => entityValue(request, name), demands(test))
    ),
  data: (data, path) =>
    Object.entries(data).map(([name, test]) => {
      const segments = dataPath(name)
      return valueCheck(`${path}.${name}`, ({ request }) => memberAt(request.data, segments), demands(test))
    }),
  open: hoursCheck("open"),
  closed: hoursCheck("closed"),
  percentage: (percentage, path) => {
    const { of, seed } = shareOf(percentage)
    const share = ({ request }: Input) => userShare(request.userId, seed)
    return [
      leafCheck(
        path,
        `one of the first ${of} % of users`,
        (input) => new Words(`a user at ${share(input).toFixed(2)} %`),
        (input) => share(input) < of
      )
    ]
  },
  all: (all, path, surroundings) =>
    all.map((inner, index) => compileCondition(inner, `${path}[${index}]`, surroundings)),
  any: (any, path, surroundings) => {
    const inner = any.map((one, index) => compileCondition(one, `${path}[${index}]`, surroundings))
    const check: Check = {
      path,
      expected: `any of ${inner.length} conditions`,
      failing: (input) => (inner.some((one) => one.failing(input) === undefined) ? undefined : check),
      saw: (input) => new Words(inner.flatMap((one) => describeFailure(one.failing(input), input, path)).join("; "))
    }
    return [check]
  },
  not: (not, path, surroundings) => {
    const inner = compileCondition(not, path, surroundings)
    const at = pathWithin(inner.path, path)
    const check: Check = {
      path,
      expected: `not: ${at === "" ? "" : `${at} `}${inner.expected}`,
      failing: (input) => (inner.failing(input) === undefined ? check : undefined),
      saw: inner.saw
    }
    return [check]
  }
}

const compileMember = <Member extends keyof Members>(
  member: Member,
  condition: Partial<Members>,
  path: string,
  surroundings: Surroundings
): ReadonlyArray<Check> => {
  const value = condition[member]
  if (value === undefined) return []
  const key = `${path}.${member} ${JSON.stringify(value)}`
  const compile: Compile<Member> = COMPILERS[member]
  const checks = surroundings.known.get(key) ?? compile(value, `${path}.${member}`, surroundings)
  surroundings.known.set(key, checks)
  return checks
}

/** Compiles a condition at a path of its rule. The condition of opening hours that are not defined never holds. */
export const compileCondition = (condition: Condition, path: string, surroundings: Surroundings): Check => {
  const checks = (Object.keys(COMPILERS) as ReadonlyArray<keyof Condition>).flatMap((member) =>
    compileMember(member, condition, path, surroundings)
  )
  const [only] = checks
  if (checks.length === 1 && only !== undefined) return only
  return {
    path,
    expected: checks.map((check) => `${pathWithin(check.path, path)} ${check.expected}`).join(", "),
    failing: firstFailing(checks),
    saw: (input) =>
      new Words(checks.map((check) => `${pathWithin(check.path, path)} ${render(check.saw(input))}`).join(", "))
  }
}

/** The path of a check in the check around it; empty where it is the whole of it. */
export const pathWithin = (path: string, around: string): string => path.slice(around.length).replace(/^\./, "")

const describeFailure = (check: Check | undefined, input: Input, around: string): ReadonlyArray<string> =>
  check === undefined ? [] : [failureInWords(check, render(check.saw(input)), around)]

/** A check that fails in the check around it, in words. */
export const failureInWords = ({ expected, path }: Pick<Check, "expected" | "path">, shown: string, around: string) =>
  `${pathWithin(path, around)}: wants ${expected}, saw ${shown}`
