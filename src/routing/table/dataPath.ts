/** Paths into the payload's `data`. */
import { Predicate } from "effect"

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

/** The member of `data` at a path; `undefined` where there is none. */
export const memberAt = (data: unknown, segments: ReadonlyArray<string>): unknown =>
  segments.reduce<unknown>(member, data)
