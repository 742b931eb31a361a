import { Schema } from "effect"

/** The most characters (code points) that an id or a name may have. */
export const MAX_ID_LENGTH = 256

/** Whether a text has a NUL, line break or other control character, or half of a surrogate pair. */
export const hasUnsafeCharacters = (text: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is what this is for
  /[\u0000-\u001f\u007f-\u009f]/.test(text) || !text.isWellFormed()

/** Whether a text has at most `MAX_ID_LENGTH` characters. */
export const isShort = (text: string): boolean =>
  text.length <= MAX_ID_LENGTH || (text.length <= 2 * MAX_ID_LENGTH && [...text].length <= MAX_ID_LENGTH)

/** The beginning of a text, at most so many characters (code points). */
export const firstCharacters = (text: string, most: number): string =>
  text.length <= most ? text : [...text.slice(0, 2 * most)].slice(0, most).join("")

/** An id that CXone gives: opaque, but such that a URL's path can hold it as one segment. */
export const Id = Schema.String.check(
  Schema.makeFilter((id: string) => id !== "" && id !== "." && id !== ".." && isShort(id) && !hasUnsafeCharacters(id), {
    message: `not an id of 1 to ${MAX_ID_LENGTH} characters`
  })
)

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text is a UUID. */
export const isUuid = (text: string): boolean => UUID.test(text)

/** Whether an id is still one of those that stand in examples. */
export const isPlaceholder = (id: string): boolean =>
  /placeholder|your|example|xxx|todo|change.?me|^[<{[]|^[0-]+$/i.test(id)

/** What is wrong with the id of a queue, if anything: CXone's are UUIDs, so anything else is a placeholder or a slip. */
export const queueIdProblem = (id: string): string | undefined =>
  isPlaceholder(id) ? "still a placeholder" : isUuid(id) ? undefined : "not a UUID"
