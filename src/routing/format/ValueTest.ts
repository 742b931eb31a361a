/** The test of a value: of an entity, a slot, or a member of the payload's data. */
import { Schema } from "effect"
import { describe, isShortText, MAX_LIST, notEmpty } from "./names.ts"

const Scalar = Schema.Union([Schema.String.check(isShortText), Schema.Finite, Schema.Boolean]).annotate({
  message: "expected text, a number, or true or false"
})

/** A value that tests compare with. */
export type Scalar = typeof Scalar.Type

const bounds = {
  atLeast: describe(
    "The number is this or more. Text that is written as a number counts, to its last digit.",
    Schema.Finite
  ),
  above: describe("The number is more than this.", Schema.Finite),
  atMost: describe("The number is this or less.", Schema.Finite),
  below: describe("The number is less than this.", Schema.Finite)
}

/** The most characters of a regular expression. */
export const MAX_PATTERN = 256

const Tests = Schema.Struct({
  present: describe("true: there is a value that is not empty; false: there is none.", Schema.Boolean),
  equals: describe('The value is this one. Case counts; 42 and "42" are the same.', Scalar),
  oneOf: describe(
    "The value is one of these.",
    Schema.Array(Scalar).check(Schema.isMinLength(1), Schema.isMaxLength(MAX_LIST))
  ),
  matches: describe(
    "A regular expression (RE2) that is found in the value; ^ and $ for the whole of it, (?i) where case does not count. Nothing is found in values of more than 1024 characters.",
    Schema.String.check(
      Schema.isNonEmpty({ message: "expected a regular expression" }),
      Schema.isMaxLength(MAX_PATTERN, { message: `expected at most ${MAX_PATTERN} characters` })
    )
  ),
  ...bounds
}).check(notEmpty("empty: expected one of present, equals, oneOf, matches, atLeast, above, atMost, below"))

/** The test of a value: a value, a list of values, or an object of tests. */
export const ValueTest = Schema.Union([
  Scalar,
  Schema.Array(Scalar).check(
    Schema.isMinLength(1, { message: "expected at least one value" }),
    Schema.isMaxLength(MAX_LIST, { message: `expected at most ${MAX_LIST} values` })
  ),
  Tests
]).annotate({
  identifier: "ValueTest",
  description: "A value (equals it), a list (one of them), or what the value must be. Of several all must hold.",
  message:
    "expected a value, a list of values, or some of present, equals, oneOf, matches, atLeast, above, atMost, below"
})

/** The test of a value: a value, a list of values, or an object of tests. */
export type ValueTest = typeof ValueTest.Type

/** The tests of a value, with each test under its name. */
export type ValueTests = typeof Tests.Type

/** The bounds of a number. */
export type Bounds = Pick<ValueTests, keyof typeof bounds>
