/** Names with wildcards: `*` for any characters, `?` for one. */

/** Whether a name has wildcards. */
export const isGlob = (pattern: string): boolean => /[*?]/.test(pattern)

/** The beginning and the end of a pattern, up to its first and from its last wildcard. */
export const literalEnds = (pattern: string): { readonly start: string; readonly end: string } => ({
  start: /^[^*?]*/.exec(pattern)?.[0] ?? "",
  end: /[^*?]*$/.exec(pattern)?.[0] ?? ""
})

/** Whether a text is what a pattern stands for. Case counts. Takes at most as many steps as the lengths of both multiplied. */
export const matchesGlob = (pattern: string, text: string): boolean => matches(pattern, text, false)

/** Whether a pattern stands for all that another one stands for. It may be false where it is so, never true where it is not. */
export const coversGlob = (wide: string, narrow: string): boolean => matches(wide, narrow, true)

/** The `*` of a text that is a pattern itself stands for more than one `?` does. */
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
