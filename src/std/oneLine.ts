/** Texts of others, such that a terminal can be given them. */

/** Control characters, what reverses the direction of a text, and what is no character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/g

/** A text as one line of at most `most` characters that a terminal can be given: what cannot be shown as `\uXXXX`, the end cut off with `…`. */
export const oneLine = (text: string, most = Number.POSITIVE_INFINITY): string => {
  const printable = text
    .toWellFormed()
    .replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
  if (printable.length <= most) return printable
  const characters = [...printable]
  return characters.length <= most ? printable : `${characters.slice(0, most - 1).join("")}…`
}
