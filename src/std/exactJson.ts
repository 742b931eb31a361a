/** JSON in which no number becomes another one. */
import { Predicate } from "effect"
import { compareDecimals, decimalOf } from "./decimal.ts"
import { excessOf } from "./excess.ts"
import { WrittenNumber } from "./WrittenNumber.ts"

/** True when a number of JavaScript is the one that is written: `1.0` and `1e3` are, `0.1234567890123456789` and whole numbers past 2^53 - 1 are not. */
export const isExact = (value: number, written: string): boolean => {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return false
  const [is, wanted] = [decimalOf(String(value)), decimalOf(written)]
  return is !== undefined && wanted !== undefined && compareDecimals(is, wanted) === 0
}

/** A number with 16 digits or an exponent, perhaps in a text. Fewer digits are always exact. */
const MAY_BE_INEXACT = /(?:^|[[,:\s])-?(?:[\d.]{16}|[\d.]+[eE])/

/** The deepest nesting that the engine's recursion surely survives. */
const MAX_LEVELS = 500

/** The reviver's third parameter, which TypeScript's library lacks. */
type Reviver = (key: string, value: unknown, context: { readonly source: string }) => unknown

const parseWith = JSON.parse as (text: string, reviver: Reviver) => unknown

/** Parses JSON. A number that is not exact becomes a `WrittenNumber`, but not in values nested deeper than 500 levels. Throws a `SyntaxError`. */
export const parseJson = (text: string): unknown => {
  const value: unknown = JSON.parse(text)
  if (!MAY_BE_INEXACT.test(text)) return value
  if (excessOf(value, { levels: MAX_LEVELS, members: Number.POSITIVE_INFINITY }) !== undefined) return value
  return parseWith(text, (_key, value, { source }) =>
    Predicate.isNumber(value) && !isExact(value, source) ? new WrittenNumber(source) : value
  )
}

const hasWrittenNumber = (value: unknown, below = MAX_LEVELS): boolean =>
  value instanceof WrittenNumber ||
  (Predicate.isObjectOrArray(value) &&
    below > 0 &&
    Object.values(value).some((member) => hasWrittenNumber(member, below - 1)))

const withTexts = (value: unknown): unknown => {
  if (value instanceof WrittenNumber) return value.text
  if (Array.isArray(value)) return value.map(withTexts)
  if (!Predicate.isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withTexts(member)]))
}

/** A parsed value with texts in place of numbers that are not exact. */
export const asWritten = (value: unknown): unknown => (hasWrittenNumber(value) ? withTexts(value) : value)
