/** Implication between tests of a value. */
import { Predicate } from "effect"
import type { Condition } from "../format/Condition.ts"
import type { Bounds, Scalar, ValueTest } from "../format/ValueTest.ts"
import { demands, isTests, list } from "../table/demands.ts"

/** The values that a test accepts; `undefined` where it accepts others than listed ones. */
export const finiteValues = (test: ValueTest): ReadonlyArray<Scalar> | undefined => {
  if (!isTests(test)) return list<Scalar>(test)
  return test.equals !== undefined ? [test.equals] : test.oneOf
}

const lower = ({ above, atLeast }: Bounds) =>
  Math.max(atLeast ?? Number.NEGATIVE_INFINITY, above ?? Number.NEGATIVE_INFINITY)
const upper = ({ atMost, below }: Bounds) =>
  Math.min(atMost ?? Number.POSITIVE_INFINITY, below ?? Number.POSITIVE_INFINITY)

const hasBounds = (bounds: Bounds) =>
  lower(bounds) > Number.NEGATIVE_INFINITY || upper(bounds) < Number.POSITIVE_INFINITY

const boundsImply = (narrow: Bounds, wide: Bounds): boolean => {
  const [low, high] = [lower(narrow), upper(narrow)]
  return (
    (wide.atLeast === undefined || low >= wide.atLeast) &&
    (wide.atMost === undefined || high <= wide.atMost) &&
    (wide.above === undefined || low > wide.above || (low === wide.above && narrow.above === low)) &&
    (wide.below === undefined || high < wide.below || (high === wide.below && narrow.below === high))
  )
}

type Confidence = NonNullable<Condition["confidence"]>

const asBounds = (confidence: Confidence): Bounds =>
  Predicate.isNumber(confidence) ? { atLeast: confidence } : confidence

/** True when the wide condition accepts each score that the narrow one accepts. */
export const confidenceImplies = (narrow: Confidence, wide: Confidence): boolean =>
  boundsImply(asBounds(narrow), asBounds(wide))

/** True when the wide test accepts each value that the narrow one accepts. */
export const testImplies = (narrow: ValueTest, wide: ValueTest): boolean => {
  const values = finiteValues(narrow)
  if (values !== undefined) {
    const [accepted, demanded] = [demands(narrow), demands(wide)]
    // A number may come as text.
    return values
      .flatMap((value) => [value, String(value)])
      .every((value) => demanded.every(({ holds }) => holds(value)) || !accepted.every(({ holds }) => holds(value)))
  }
  if (!isTests(narrow) || !isTests(wide) || finiteValues(wide) !== undefined) return false
  const { matches, present, ...bounds } = wide
  return (
    (matches === undefined || matches === narrow.matches) &&
    (present === undefined || present === narrow.present || (present && hasBounds(narrow))) &&
    boundsImply(narrow, bounds)
  )
}
