/** Decimal numbers as they are written, compared digit by digit. */

/** A decimal number: its sign, and `0.DIGITS` times ten to the power of `exponent`. Zero has no sign and no digits. */
export interface Decimal {
  readonly sign: -1 | 0 | 1
  readonly exponent: number
  /** Without zeros at either end. */
  readonly digits: string
}

/** At most 400 digits on either side of the point, more than the largest number of JavaScript has: every rule of a table may look at the text again. */
const FORM = /^\s*([+-]?)(\d{1,400})(?:\.(\d{1,400}))?(?:[eE]([+-]?\d{1,100}))?\s*$/

/** Reads a number such as `-12.50` or `1e3`, with spaces around it or without; `undefined` for any other text. */
export const decimalOf = (text: string): Decimal | undefined => {
  const parts = FORM.exec(text)
  if (parts === null) return undefined
  const [, sign, whole = "", fraction = "", power = "0"] = parts
  const all = whole + fraction
  const zeros = all.search(/[1-9]/)
  if (zeros < 0) return { sign: 0, exponent: 0, digits: "" }
  return {
    sign: sign === "-" ? -1 : 1,
    exponent: whole.length - zeros + Number(power),
    digits: all.slice(zeros).replace(/0+$/, "")
  }
}

/** Negative where `a` is less than `b`, positive where it is more, 0 where they are equal. */
export const compareDecimals = (a: Decimal, b: Decimal): number => {
  if (a.sign !== b.sign) return a.sign - b.sign
  if (a.exponent !== b.exponent) return a.sign * (a.exponent < b.exponent ? -1 : 1)
  return a.digits === b.digits ? 0 : a.sign * (a.digits < b.digits ? -1 : 1)
}
