/** The demands that a test makes on a value. */
import { Predicate, Result } from "effect"
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
export const isTests = (test: ValueTest): test is ValueTests => Predicate.isObject(test) && !Array.isArray(test)

const isScalar = Predicate.or(Predicate.or(Predicate.isString, Predicate.isNumber), Predicate.isBoolean)

const isPresent = (value: unknown): boolean => !Predicate.isNullish(value) && value !== ""

/** A number, or text that is written as a number. */
const toNumber = (value: unknown): number | undefined => {
  if (Predicate.isNumber(value)) return value
  return Predicate.isString(value) && /^\s*[+-]?\d{1,30}(?:\.\d{1,30})?\s*$/.test(value) ? Number(value) : undefined
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

const compares = (word: string, bound: number | undefined, compare: (number: number, bound: number) => boolean) =>
  bound === undefined
    ? []
    : [
        {
          expected: `${word} ${bound}`,
          holds: (value: unknown) => {
            const number = toNumber(value)
            return number !== undefined && compare(number, bound)
          }
        }
      ]

/** The demands that bounds make on a number. */
export const within = ({ above, atLeast, atMost, below }: Bounds): ReadonlyArray<Demand> => [
  ...compares("at least", atLeast, (number, bound) => number >= bound),
  ...compares("above", above, (number, bound) => number > bound),
  ...compares("at most", atMost, (number, bound) => number <= bound),
  ...compares("below", below, (number, bound) => number < bound)
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
