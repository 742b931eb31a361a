import { Schema } from "effect"
import { hasUnsafeCharacters, isShort, MAX_ID_LENGTH } from "../std/text.ts"

/** An id that CXone assigns: opaque, but valid as one segment of a URL's path. */
export const Id = Schema.String.check(
  Schema.makeFilter((id: string) => id !== "" && id !== "." && id !== ".." && isShort(id) && !hasUnsafeCharacters(id), {
    message: `not an id of 1 to ${MAX_ID_LENGTH} characters`
  })
)
