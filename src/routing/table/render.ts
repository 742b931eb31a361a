/** Values that a check saw, as people and machines get them. */
import { Predicate, type Schema } from "effect"
import { firstCharacters } from "../../std/text.ts"

/** A description instead of a member of the request: shown as it is, without quotes. */
export class Words {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toJSON() {
    return this.text
  }
}

/** The most characters that people see of one value. */
const MAX_SHOWN = 200

/** The most characters that people see of the values of several conditions. */
const MAX_WORDS = 2000

/** The beginning of a text, with `…` in place of the rest where it is long. */
export const cut = (text: string, most = MAX_SHOWN): string => {
  const shown = firstCharacters(text, most)
  return shown === text ? text : `${shown}…`
}

/** A value for people: as JSON, cut where it is long. */
export const render = (seen: unknown): string =>
  seen instanceof Words ? cut(seen.text, MAX_WORDS) : seen === undefined ? "nothing" : cut(JSON.stringify(seen))

/** A value for machines: as JSON, or where it is long as a text that is cut. */
export const toJsonValue = (seen: unknown): Schema.Json => {
  if (seen instanceof Words) return cut(seen.text, MAX_WORDS)
  if (Predicate.isString(seen)) return cut(seen)
  if (Predicate.isNumber(seen) || Predicate.isBoolean(seen)) return seen
  const text = JSON.stringify(seen ?? null)
  return text.length <= MAX_SHOWN ? JSON.parse(text) : cut(text)
}

/** Values as JSON, as the end of "expected …". */
export const quote = (values: ReadonlyArray<unknown>): string => {
  const texts = values.map((value) => JSON.stringify(value))
  return texts.length === 1 ? `${texts[0]}` : `one of ${texts.join(", ")}`
}
