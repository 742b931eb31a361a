/** Paths into the payload's `data`. */
import { Predicate } from "effect"
import { asWritten } from "../../std/exactJson.ts"
import { structureIn } from "../../std/structureIn.ts"

/** The segments of a path into `data`: names between dots, or a JSON Pointer (RFC 6901). */
export const dataPath = (path: string): ReadonlyArray<string> =>
  path.startsWith("/")
    ? path
        .slice(1)
        .split("/")
        .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"))
    : path.split(".")

/** A member of a value, of its own and not of its prototypes. */
const member = (value: unknown, name: string): unknown =>
  Predicate.isObjectOrArray(value) && Object.hasOwn(value, name) && !(Array.isArray(value) && name === "length")
    ? (value as { readonly [name: string]: unknown })[name]
    : undefined

/** What the texts of each `data` hold in JSON: each is parsed once, however many rules look into it. */
const known = new WeakMap<object, Map<string, unknown>>()

/** A value, or what is in it where it is JSON in a text. */
const opened = (data: object, value: unknown): unknown => {
  if (!Predicate.isString(value)) return value
  const texts = known.get(data) ?? new Map<string, unknown>()
  known.set(data, texts)
  if (!texts.has(value)) texts.set(value, asWritten(structureIn(value)))
  return texts.get(value)
}

/** The member of `data` at a path, which goes on in a text that is JSON of an object or a list; `undefined` where there is none. */
export const memberAt = (data: unknown, segments: ReadonlyArray<string>): unknown =>
  Predicate.isObjectOrArray(data)
    ? segments.reduce<unknown>((value, name) => member(opened(data, value), name), data)
    : undefined
