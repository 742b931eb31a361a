/** What a misspelled name was meant to be. */

/** How many letters must be put in, left out, changed, or swapped with the next one, to make one text of another. */
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

/** How many names are looked at for the nearest one. */
const MAX_CANDIDATES = 2000

/** The known name that a text is most like, if any is like it. */
export const closest = (text: string, known: ReadonlyArray<string>): string | undefined => {
  const wanted = text.toLowerCase()
  const most = Math.max(1, Math.floor(Math.min(text.length, 60) / 3))
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of known.slice(0, MAX_CANDIDATES)) {
    if (Math.abs(name.length - text.length) > most) continue
    const found = distance(wanted, name.toLowerCase())
    if (found <= most && (best === undefined || found < best.distance)) best = { name, distance: found }
  }
  return best?.name
}

/** A sentence with what was meant, or with what there is. */
export const suggestion = (text: string, known: ReadonlyArray<string>, none: string): string => {
  const name = closest(text, known)
  if (name !== undefined) return `did you mean ${name}?`
  if (known.length === 0) return none
  return `there ${known.length === 1 ? "is" : "are"} ${known.slice(0, 10).join(", ")}${known.length > 10 ? ` and ${known.length - 10} more` : ""}`
}
