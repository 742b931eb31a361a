/** Foreign texts, made safe for a terminal. */

/** Control characters, characters that reverse the direction of a text, and code points that are no characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the function replaces them
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/g

/** A text as one line of at most `most` characters. Unprintable characters become `\uXXXX`; a cut end becomes `…`. */
export const oneLine = (text: string, most = Number.POSITIVE_INFINITY): string => {
  const printable = text
    .toWellFormed()
    .replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
  if (printable.length <= most) return printable
  const characters = [...printable]
  return characters.length <= most ? printable : `${characters.slice(0, most - 1).join("")}…`
}
