/** JSON in which no number becomes another one. */
import { randomUUID } from "node:crypto"
import { Predicate } from "effect"
import { compareDecimals, decimalOf } from "./decimal.ts"
import { excessOf } from "./excess.ts"
import { WrittenNumber } from "./WrittenNumber.ts"

/** True when a number and a text say the same, as 1000 and `1e3` do. */
export const isSame = (value: number, written: string): boolean => {
  const [is, wanted] = [decimalOf(String(value)), decimalOf(written)]
  return is !== undefined && wanted !== undefined && compareDecimals(is, wanted) === 0
}

/** True when JavaScript's number is surely the one that is written. Whole numbers past 2^53 - 1 may stand for others too. */
export const isExact = (value: number, written: string): boolean =>
  (Number.isSafeInteger(value) || !Number.isInteger(value)) && isSame(value, written)

/** A number with 16 digits or an exponent, perhaps in a text. Fewer digits are always exact. */
const MAY_BE_INEXACT = /(?:^|[[,:\s])-?(?:[\d.]{16}|[\d.]+[eE])/

/** Larger values are left alone: recursive code survives these levels, and bodies are refused long before. */
const MOST = { levels: 500, members: 20_000 }

/** A string or a number of valid JSON. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g

/** The start of a string that stands for a number. No sender can guess it. */
const MARK = randomUUID()

const marked = (token: string): string =>
  token.startsWith('"') || isExact(Number(token), token) ? token : `"${MARK}${token}"`

/**
 * Parses JSON. A number that is not exact becomes a `WrittenNumber`, but not in values of more than 500 levels or 20,000 members. Throws a `SyntaxError`.
 * The reviver's own access to the source will not do: V8 now and then leaves the source out, depending on what was parsed before (seen in Node 24).
 */
export const parseJson = (text: string): unknown => {
  const value: unknown = JSON.parse(text)
  if (!MAY_BE_INEXACT.test(text) || excessOf(value, MOST) !== undefined) return value
  return JSON.parse(text.replace(TOKEN, marked), (_key, value: unknown) =>
    Predicate.isString(value) && value.startsWith(MARK) ? new WrittenNumber(value.slice(MARK.length)) : value
  )
}

const hasWrittenNumber = (value: unknown, below = MOST.levels): boolean =>
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
