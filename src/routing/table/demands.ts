/** The demands that a test makes on a value. */
import { Predicate, Result } from "effect"
import { compareDecimals, decimalOf } from "../../std/decimal.ts"
import { present } from "../../std/present.ts"
import type { Bounds, Scalar, ValueTest, ValueTests } from "../format/ValueTest.ts"
import { compilePattern } from "./Pattern.ts"
import { quote } from "./render.ts"

/** One demand on a value, in words and as a check. */
export interface Demand {
  readonly expected: string
  readonly holds: (value: unknown) => boolean
}

/** One value or several, as a list. */
export const list = <A>(value: A | ReadonlyArray<A>): ReadonlyArray<A> => (Array.isArray(value) ? value : [value as A])

/** True for an object of tests, false for a value or a list of values. */
export const isTests = (test: ValueTest): test is ValueTests => Predicate.isObject(test)

const isScalar = Predicate.or(Predicate.or(Predicate.isString, Predicate.isNumber), Predicate.isBoolean)

const isPresent = (value: unknown): boolean => present(value) !== undefined

/** The order of a value and a number: negative where the value is less, `undefined` where it is no number. Text counts as it is written, to its last digit. */
const orderBy = (bound: number): ((value: unknown) => number | undefined) => {
  const exact = decimalOf(String(bound))
  return (value) => {
    if (Predicate.isNumber(value)) return value < bound ? -1 : value > bound ? 1 : value === bound ? 0 : undefined
    const decimal = Predicate.isString(value) ? decimalOf(value) : undefined
    return decimal === undefined || exact === undefined ? undefined : compareDecimals(decimal, exact)
  }
}

const equalsOneOf = (values: ReadonlyArray<Scalar>): Demand => {
  // A slot's 42 comes as a number or as text, depending on its author.
  const texts = new Set(values.map(String))
  return { expected: quote(values), holds: (value) => isScalar(value) && texts.has(String(value)) }
}

const matches = (source: string): Demand => {
  const pattern = Result.getOrUndefined(compilePattern(source))
  return {
    expected: `what matches ${source}`,
    holds: (value) => isScalar(value) && pattern?.(String(value)) === true
  }
}

const compares = (word: string, bound: number | undefined, accepts: (order: number) => boolean) => {
  if (bound === undefined) return []
  const orderOf = orderBy(bound)
  const holds = (value: unknown) => {
    const order = orderOf(value)
    return order !== undefined && accepts(order)
  }
  return [{ expected: `${word} ${bound}`, holds }]
}

/** The demands that bounds make on a number. */
export const within = ({ above, atLeast, atMost, below }: Bounds): ReadonlyArray<Demand> => [
  ...compares("at least", atLeast, (order) => order >= 0),
  ...compares("above", above, (order) => order > 0),
  ...compares("at most", atMost, (order) => order <= 0),
  ...compares("below", below, (order) => order < 0)
]

/** The demands of a test: all must hold. */
export const demands = (test: ValueTest): ReadonlyArray<Demand> => {
  if (!isTests(test)) return [equalsOneOf(list<Scalar>(test))]
  const { equals, matches: source, oneOf, present, ...bounds } = test
  return [
    ...(present === undefined
      ? []
      : [{ expected: present ? "a value" : "no value", holds: (value: unknown) => isPresent(value) === present }]),
    ...(equals === undefined ? [] : [equalsOneOf([equals])]),
    ...(oneOf === undefined ? [] : [equalsOneOf(oneOf)]),
    ...(source === undefined ? [] : [matches(source)]),
    ...within(bounds)
  ]
}
