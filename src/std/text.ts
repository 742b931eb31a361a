/** Limits of short texts, counted in characters (code points). */

/** The most characters (code points) that an id or a name may have. */
export const MAX_ID_LENGTH = 256

/** True for a text with a NUL, line break or other control character, or half of a surrogate pair. */
export const hasUnsafeCharacters = (text: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this function finds them
  /[\u0000-\u001f\u007f-\u009f]/.test(text) || !text.isWellFormed()

/** True for a text of at most `MAX_ID_LENGTH` characters. */
export const isShort = (text: string): boolean =>
  text.length <= MAX_ID_LENGTH || (text.length <= 2 * MAX_ID_LENGTH && [...text].length <= MAX_ID_LENGTH)

/** The beginning of a text, at most `most` characters (code points). */
export const firstCharacters = (text: string, most: number): string =>
  text.length <= most ? text : [...text.slice(0, 2 * most)].slice(0, most).join("")

/** The beginning of a text, at most `most` UTF-16 units, without half of a surrogate pair at its end. */
export const firstUnits = (text: string, most: number): string => {
  const first = text.slice(0, most)
  return /[\ud800-\udbff]$/.test(first) ? first.slice(0, -1) : first
}

/** True for text that is empty or nothing but white space. */
export const isBlank = (text: string): boolean => !/\S/.test(text)

/** The problem of a text in which a template was not filled, as in `{{input.intent}}`; `undefined` for any other. */
export const unfilled = (text: string, what = "it"): string | undefined => {
  // Not by a pattern: one would look through the rest of the text at each of many braces.
  const start = text.indexOf("{{")
  return start >= 0 && text.includes("}}", start + 2)
    ? `${what} still holds {{…}}: a template was not filled`
    : undefined
}

/** The same of a text that is nothing but templates. Words around them make it a text of somebody who may like braces. */
export const whollyUnfilled = (text: string, what?: string): string | undefined =>
  /^\s*(?:\{\{(?:(?!\}\}).)*\}\}\s*)+$/s.test(text) ? unfilled(text, what) : undefined

/** The beginning of a text that is longer than `most` bytes of UTF-8, with `…` at its end and within that size; a shorter one as it is. */
export const firstBytes = (text: string, most: number): string => {
  if (Buffer.byteLength(text) <= most) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(most - Buffer.byteLength("…")))
  return `${text.slice(0, read)}…`
}
