import { Result } from "effect"
import { parseJson } from "./exactJson.ts"
import { EXTENT, excessOf } from "./excess.ts"

/** The object or list whose JSON a text is; `undefined` for any other text, and for one that exceeds the extent of values from outside. */
export const structureIn = (text: string): unknown => {
  if (!/^\s*[{[]/.test(text)) return undefined
  const value = Result.getOrUndefined(Result.try(() => parseJson(text)))
  return excessOf(value, EXTENT) === undefined ? value : undefined
}
