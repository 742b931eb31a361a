/** Suggestions for misspelled names. */

/** The number of edits from one text to another: a letter inserted, deleted, changed, or swapped with the next one. */
const distance = (from: string, to: string): number => {
  let beforeLast: ReadonlyArray<number> = []
  let last: ReadonlyArray<number> = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let line = 0; line < from.length; line++) {
    const next = [line + 1]
    for (let index = 0; index < to.length; index++) {
      const isSame = from[line] === to[index]
      const isSwap = index > 0 && from[line] === to[index - 1] && from[line - 1] === to[index]
      next.push(
        Math.min(
          (next[index] ?? 0) + 1,
          (last[index + 1] ?? 0) + 1,
          (last[index] ?? 0) + (isSame ? 0 : 1),
          isSwap ? (beforeLast[index - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY
        )
      )
    }
    beforeLast = last
    last = next
  }
  return last[to.length] ?? to.length
}

/** The most names that are compared. */
const MAX_CANDIDATES = 2000

const aThird = ({ length }: string) => Math.max(1, Math.floor(Math.min(length, 60) / 3))

/** The known name with the fewest edits, if any is near: by default, a third of the letters may differ. */
export const closest = (
  text: string,
  known: ReadonlyArray<string>,
  most: number = aThird(text)
): string | undefined => {
  const wanted = text.toLowerCase()
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of known.slice(0, MAX_CANDIDATES)) {
    if (Math.abs(name.length - text.length) > most) continue
    const found = distance(wanted, name.toLowerCase())
    if (found <= most && (best === undefined || found < best.distance)) best = { name, distance: found }
  }
  return best?.name
}

/** A sentence with the nearest name, or with the known names. `none` is the sentence where no name is known. */
export const suggestion = (text: string, known: ReadonlyArray<string>, none: string): string => {
  const name = closest(text, known)
  if (name !== undefined) return `did you mean ${name}?`
  if (known.length === 0) return none
  return `there ${known.length === 1 ? "is" : "are"} ${known.slice(0, 10).join(", ")}${known.length > 10 ? ` and ${known.length - 10} more` : ""}`
}
