/** Whether one condition holds wherever another does: how rules that can never decide are found. */
import { Predicate } from "effect"
import type { Condition, ValueTest } from "../format/RoutesFile.ts"
import { type Bounds, dataPath, demands, inLanguageRange, list } from "../table/Condition.ts"
import { coversGlob } from "../table/Glob.ts"

type Scalar = string | number | boolean

const isTest = (test: ValueTest): test is Exclude<ValueTest, Scalar | ReadonlyArray<Scalar>> =>
  Predicate.isObject(test) && !Array.isArray(test)

/** The values that a test takes, where it takes only these. */
export const finiteValues = (test: ValueTest): ReadonlyArray<Scalar> | undefined => {
  if (!isTest(test)) return list(test as Scalar | ReadonlyArray<Scalar>)
  return test.equals !== undefined ? [test.equals] : test.oneOf
}

const lower = ({ above, atLeast }: Bounds) =>
  Math.max(atLeast ?? Number.NEGATIVE_INFINITY, above ?? Number.NEGATIVE_INFINITY)
const upper = ({ atMost, below }: Bounds) =>
  Math.min(atMost ?? Number.POSITIVE_INFINITY, below ?? Number.POSITIVE_INFINITY)

const hasBounds = (bounds: Bounds) =>
  lower(bounds) > Number.NEGATIVE_INFINITY || upper(bounds) < Number.POSITIVE_INFINITY

/** Whether numbers within the narrow bounds are all within the wide ones. */
const withinBounds = (narrow: Bounds, wide: Bounds): boolean => {
  const [low, high] = [lower(narrow), upper(narrow)]
  return (
    (wide.atLeast === undefined || low >= wide.atLeast) &&
    (wide.atMost === undefined || high <= wide.atMost) &&
    (wide.above === undefined || low > wide.above || (low === wide.above && narrow.above === low)) &&
    (wide.below === undefined || high < wide.below || (high === wide.below && narrow.below === high))
  )
}

/** Whether each value that the narrow test takes is taken by the wide one. */
const testImplies = (narrow: ValueTest, wide: ValueTest): boolean => {
  const values = finiteValues(narrow)
  if (values !== undefined) {
    const [taken, demanded] = [demands(narrow), demands(wide)]
    // A number may come as the text that it is written as.
    return values
      .flatMap((value) => [value, String(value)])
      .every((value) => demanded.every(({ holds }) => holds(value)) || !taken.every(({ holds }) => holds(value)))
  }
  if (!isTest(narrow) || !isTest(wide) || finiteValues(wide) !== undefined) return false
  const { matches, present, ...bounds } = wide
  return (
    (matches === undefined || matches === narrow.matches) &&
    (present === undefined || present === narrow.present || (present && hasBounds(narrow))) &&
    withinBounds(narrow, bounds)
  )
}

/** Whether each of the narrow patterns stands for nothing that one of the wide ones does not stand for. */
const covered = (
  narrow: string | ReadonlyArray<string> | undefined,
  wide: string | ReadonlyArray<string>,
  covers: (wide: string, narrow: string) => boolean
): boolean => narrow !== undefined && list(narrow).every((one) => list(wide).some((other) => covers(other, one)))

const asBounds = (confidence: number | Bounds): Bounds =>
  Predicate.isNumber(confidence) ? { atLeast: confidence } : confidence

const share = (percentage: NonNullable<Condition["percentage"]>) =>
  Predicate.isNumber(percentage) ? { of: percentage, seed: "" } : percentage

/** The facts of conditions that were asked for before: each is compared with many others. */
const known = new WeakMap<Condition, ReadonlyArray<Condition>>()

/** A condition as a list of conditions with one member each, which must all hold. */
export const facts = (condition: Condition | undefined): ReadonlyArray<Condition> => {
  if (condition === undefined) return []
  const before = known.get(condition)
  if (before !== undefined) return before
  const found = factsOf(condition)
  known.set(condition, found)
  return found
}

const factsOf = (condition: Condition): ReadonlyArray<Condition> => {
  const { all = [], data = {}, entities = {}, ...others } = condition
  return [
    ...Object.entries(others).map(([member, value]) => positive({ [member]: value })),
    ...Object.entries(entities).map(([name, test]) => ({ entities: { [name]: test } })),
    // As one path however it is written.
    ...Object.entries(data).map(([path, test]) => ({ data: { [JSON.stringify(dataPath(path))]: test } })),
    ...all.flatMap(facts)
  ]
}

/** Hours that are not closed are open, and the other way round. */
const positive = (fact: Condition): Condition => {
  const { closed, open, ...others } = fact.not ?? {}
  if (Object.keys(others).length > 0 || (closed === undefined) === (open === undefined)) return fact
  return open === undefined ? { open: closed as string } : { closed: open }
}

const recordImplies = (
  narrow: Readonly<Record<string, ValueTest>> | undefined,
  wide: Readonly<Record<string, ValueTest>>
): boolean =>
  Object.entries(wide).every(([name, test]) => {
    const given = narrow !== undefined && Object.hasOwn(narrow, name) ? narrow[name] : undefined
    return given !== undefined && testImplies(given, test)
  })

/** Whether one fact makes sure of another. */
const factImplies = (narrow: Condition, wide: Condition): boolean => {
  const { channel, closed, confidence, data, entities, intent, language, not, open, percentage } = wide
  if (narrow.any?.every((one) => factsImply(facts(one), [wide]))) return true
  if (intent !== undefined) return covered(narrow.intent, intent, coversGlob)
  if (channel !== undefined) return covered(narrow.channel, channel, coversGlob)
  if (language !== undefined) return covered(narrow.language, language, inLanguageRange)
  if (confidence !== undefined) {
    return narrow.confidence !== undefined && withinBounds(asBounds(narrow.confidence), asBounds(confidence))
  }
  if (entities !== undefined) return recordImplies(narrow.entities, entities)
  if (data !== undefined) return recordImplies(narrow.data, data)
  if (open !== undefined) return narrow.open === open
  if (closed !== undefined) return narrow.closed === closed
  if (percentage !== undefined && narrow.percentage !== undefined) {
    const [few, many] = [share(narrow.percentage), share(percentage)]
    return few.seed === many.seed && few.of <= many.of
  }
  return not !== undefined && narrow.not !== undefined && implies(not, narrow.not)
}

const isSure = ({ intent, percentage }: Condition) =>
  (percentage !== undefined && share(percentage).of === 100) || (intent !== undefined && list(intent).includes("*"))

/**
 * Whether all of the wide facts hold wherever all of the narrow ones do. An answer of true is certain; it may be false where only a closer look
 * at what the facts mean together would tell.
 */
export const factsImply = (narrow: ReadonlyArray<Condition>, wide: ReadonlyArray<Condition>): boolean =>
  wide.every(
    (fact) =>
      isSure(fact) ||
      narrow.some((given) => factImplies(given, fact)) ||
      (fact.any?.some((one) => factsImply(narrow, facts(one))) ?? false)
  )

/** Whether the wide condition holds wherever the narrow one does, as `factsImply` tells. */
const implies = (narrow: Condition, wide: Condition): boolean => factsImply(facts(narrow), facts(wide))
