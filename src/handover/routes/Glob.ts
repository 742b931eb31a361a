/** Names with wildcards: `*` for any characters, `?` for one. */

/** Whether a name has wildcards. */
export const isGlob = (pattern: string): boolean => /[*?]/.test(pattern)

/** The beginning and the end of a pattern, up to its first and from its last wildcard. */
export const literalEnds = (pattern: string): { readonly start: string; readonly end: string } => ({
  start: /^[^*?]*/.exec(pattern)?.[0] ?? "",
  end: /[^*?]*$/.exec(pattern)?.[0] ?? ""
})

/**
 * Whether a text is what a pattern stands for. Case counts. Takes at most as many steps as the lengths of both multiplied.
 *
 * A pattern may stand in place of the text: then the answer is whether all that this one stands for is also what the other stands for. It may be
 * false where it is so, never true where it is not.
 */
export const matchesGlob = (pattern: string, text: string): boolean => {
  let at = 0
  let star = -1
  let resume = 0
  let index = 0
  while (index < text.length) {
    const wanted = pattern[at]
    if (wanted === "*") {
      star = at++
      resume = index
    } else if (wanted === text[index] || (wanted === "?" && text[index] !== "*")) {
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
