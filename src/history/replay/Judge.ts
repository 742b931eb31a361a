/** Conditions over records: they hold, do not hold, or cannot be told, since something that they look at was not recorded. */

import type { Condition } from "../../routing/format/Condition.ts"
import type { Check } from "../../routing/table/Check.ts"
import {
  compileCondition,
  failureInWords,
  pathWithin,
  type Surroundings
} from "../../routing/table/compileCondition.ts"
import { demands } from "../../routing/table/demands.ts"
import { render, Words } from "../../routing/table/render.ts"
import { shareOf } from "../../routing/table/userShare.ts"
import { hasEntity, type Recorded, recordedMember, shareIn } from "./Recorded.ts"

/** True or false, or the members that were not recorded and that it depends on: `entities.tier`. */
export type Verdict = boolean | ReadonlyArray<string>

/** A condition that can be judged by records. */
export interface Judge {
  /** Its path in the rule: `when.entities.tier`. */
  readonly path: string
  /** The expected value, in words. */
  readonly expected: string
  readonly verdict: (recorded: Recorded) => Verdict
  /** The value that it decides on. */
  readonly saw: (recorded: Recorded) => unknown
  /** The part that does not hold: one that is known not to, else one that cannot be told. */
  readonly failing: (recorded: Recorded) => Judge
  /** The parts that make it hold. */
  readonly holding: (recorded: Recorded) => ReadonlyArray<Judge>
}

/** The text in place of a value that was not recorded. */
const NOT_RECORDED = "something that was not recorded"

/** The value of a judge for people. */
export const shownIn = (judge: Judge, recorded: Recorded): string =>
  typeof judge.verdict(recorded) === "object" ? NOT_RECORDED : render(judge.saw(recorded))

/** A condition with one member. `missing` is the name of what it looks at. */
const leaf = (
  { expected, path }: Check,
  missing: string,
  isRecorded: (recorded: Recorded) => boolean,
  saw: (recorded: Recorded) => unknown,
  holds: (recorded: Recorded) => boolean
): Judge => {
  const untold = [missing]
  const judge: Judge = {
    path,
    expected,
    saw,
    verdict: (recorded) => (isRecorded(recorded) ? holds(recorded) : untold),
    failing: () => judge,
    holding: () => [judge]
  }
  return judge
}

/** A check of the router's own, of a member that the recorded request has where it is recorded. */
const leafOf = (check: Check, missing: string, isRecorded: (recorded: Recorded) => boolean = () => true): Judge =>
  leaf(check, missing, isRecorded, check.saw, (recorded) => check.failing(recorded) === undefined)

const allHold = (judges: ReadonlyArray<Judge>) => (recorded: Recorded) => {
  let untold: ReadonlyArray<string> | undefined
  for (const judge of judges) {
    const verdict = judge.verdict(recorded)
    if (verdict === false) return false
    if (verdict !== true) untold = untold === undefined ? verdict : [...untold, ...verdict]
  }
  return untold ?? true
}

const all = (path: string, judges: ReadonlyArray<Judge>): Judge => {
  const [only] = judges
  if (judges.length === 1 && only !== undefined) return only
  const judge: Judge = {
    path,
    expected: judges.map((one) => `${pathWithin(one.path, path)} ${one.expected}`).join(", "),
    verdict: allHold(judges),
    saw: (recorded) =>
      new Words(judges.map((one) => `${pathWithin(one.path, path)} ${shownIn(one, recorded)}`).join(", ")),
    failing: (recorded) =>
      (
        judges.find((one) => one.verdict(recorded) === false) ?? judges.find((one) => one.verdict(recorded) !== true)
      )?.failing(recorded) ?? judge,
    holding: (recorded) => judges.flatMap((one) => one.holding(recorded))
  }
  return judge
}

const any = (path: string, judges: ReadonlyArray<Judge>): Judge => {
  const none = allHold(judges.map((one) => negation(one)))
  const judge: Judge = {
    path,
    expected: `any of ${judges.length} conditions`,
    verdict: (recorded) => not(none(recorded)),
    saw: (recorded) =>
      new Words(
        judges
          .filter((one) => one.verdict(recorded) !== true)
          .map((one) => one.failing(recorded))
          .map((one) => failureInWords(one, shownIn(one, recorded), path))
          .join("; ")
      ),
    failing: () => judge,
    holding: (recorded) => judges.find((one) => one.verdict(recorded) === true)?.holding(recorded) ?? [judge]
  }
  return judge
}

const not = (verdict: Verdict): Verdict => (typeof verdict === "boolean" ? !verdict : verdict)

const negation = (inner: Judge, path = inner.path): Judge => {
  const at = pathWithin(inner.path, path)
  const judge: Judge = {
    path,
    expected: `not: ${at === "" ? "" : `${at} `}${inner.expected}`,
    verdict: (recorded) => not(inner.verdict(recorded)),
    saw: inner.saw,
    failing: () => judge,
    holding: () => [judge]
  }
  return judge
}

/** The hours may have changed between the request and the decision. */
const isSteady =
  ({ hours }: Surroundings, name: string) =>
  ({ ended, now }: Recorded) => {
    const clockwork = hours.get(name)
    return clockwork === undefined || clockwork.isOpen(now) === clockwork.isOpen(ended)
  }

/** Compiles a condition at a path of its rule. */
export const judgeOf = (condition: Condition, path: string, surroundings: Surroundings): Judge => {
  const {
    all: inner = [],
    any: alternatives,
    closed,
    data = {},
    entities = {},
    not: negated,
    open,
    percentage,
    ...others
  } = condition
  const { channel, confidence, intent, language } = others
  const check = (part: Condition) => compileCondition(part, path, surroundings)
  return all(path, [
    ...(intent === undefined ? [] : [leafOf(check({ intent }), "intent")]),
    ...(confidence === undefined
      ? []
      : [leafOf(check({ confidence }), "confidence", ({ facts }) => facts.confidence !== undefined)]),
    ...(language === undefined ? [] : [leafOf(check({ language }), "language")]),
    ...(channel === undefined ? [] : [leafOf(check({ channel }), "channel")]),
    ...Object.entries(entities).map(([name, test]) =>
      leafOf(check({ entities: { [name]: test } }), `entities.${name}`, (recorded) => hasEntity(recorded, name))
    ),
    ...Object.entries(data).map(([name, test]) => {
      const { isRecorded, valueIn } = recordedMember(name)
      const demanded = demands(test)
      return leaf(check({ data: { [name]: test } }), `data.${name}`, isRecorded, valueIn, (recorded) => {
        const value = valueIn(recorded)
        return demanded.every(({ holds }) => holds(value))
      })
    }),
    ...(open === undefined ? [] : [leafOf(check({ open }), `hours.${open}`, isSteady(surroundings, open))]),
    ...(closed === undefined ? [] : [leafOf(check({ closed }), `hours.${closed}`, isSteady(surroundings, closed))]),
    ...(percentage === undefined ? [] : [shareJudge(check({ percentage }), percentage)]),
    ...inner.map((one, index) => judgeOf(one, `${path}.all[${index}]`, surroundings)),
    ...(alternatives === undefined
      ? []
      : [
          any(
            `${path}.any`,
            alternatives.map((one, index) => judgeOf(one, `${path}.any[${index}]`, surroundings))
          )
        ]),
    ...(negated === undefined ? [] : [negation(judgeOf(negated, `${path}.not`, surroundings), `${path}.not`)])
  ])
}

const shareJudge = (check: Check, percentage: NonNullable<Condition["percentage"]>): Judge => {
  const { of, seed } = shareOf(percentage)
  return leaf(
    check,
    seed === "" ? "percentage" : `percentage (seed ${seed})`,
    (recorded) => shareIn(recorded, seed) !== undefined,
    (recorded) => new Words(`a user at ${shareIn(recorded, seed)?.toFixed(2)} %`),
    (recorded) => (shareIn(recorded, seed) ?? 100) < of
  )
}
