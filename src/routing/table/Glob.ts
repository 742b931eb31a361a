/** Names with wildcards: `*` for any characters, `?` for one. */

/** True for a name with wildcards. */
export const isGlob = (pattern: string): boolean => /[*?]/.test(pattern)

/** The beginning and the end of a pattern, up to its first and from its last wildcard. */
export const literalEnds = (pattern: string): { readonly start: string; readonly end: string } => ({
  start: /^[^*?]*/.exec(pattern)?.[0] ?? "",
  end: /[^*?]*$/.exec(pattern)?.[0] ?? ""
})

/** True when a pattern matches a text. Case counts. Takes at most as many steps as the product of both lengths. */
export const matchesGlob = (pattern: string, text: string): boolean => matches(pattern, text, false)

/** True when a pattern matches all that another one matches. False may be wrong. */
export const coversGlob = (wide: string, narrow: string): boolean => matches(wide, narrow, true)

/** Matches a text, or a pattern as a text: then `?` does not match its `*`, which stands for more than one character. */
const matches = (pattern: string, text: string, isPattern: boolean): boolean => {
  let at = 0
  let star = -1
  let resume = 0
  let index = 0
  while (index < text.length) {
    const wanted = pattern[at]
    if (wanted === "*") {
      star = at++
      resume = index
    } else if (wanted === text[index] || (wanted === "?" && !(isPattern && text[index] === "*"))) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++resume
    } else return false
  }
  while (pattern[at] === "*") at++
  return at === pattern.length
}
