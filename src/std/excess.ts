/** Limits of a value from outside. */
import { Predicate } from "effect"
import { WrittenNumber } from "./WrittenNumber.ts"

/** Bounds of a value: its levels of nesting, and the members of all its objects and lists together. */
export interface ValueBounds {
  readonly levels: number
  readonly members: number
}

/** The largest extent of a value from outside: 64 levels, 10,000 values. More than any bot's data, less than recursive code's stack. */
export const EXTENT: ValueBounds = { levels: 64, members: 10_000 }

/** The limit that a value exceeds, as the end of a sentence about it; `undefined` for none. A circular value is nested without end. */
export const excessOf = (value: unknown, { levels, members }: ValueBounds): string | undefined => {
  let left = members
  const excessIn = (value: unknown, below: number): string | undefined => {
    if (!Predicate.isObjectOrArray(value) || value instanceof WrittenNumber) return undefined
    if (below === 0) return `is nested deeper than ${levels} levels`
    const own = Object.values(value)
    left -= own.length
    if (left < 0) return `holds more than ${members} values`
    for (const member of own) {
      const excess = excessIn(member, below - 1)
      if (excess !== undefined) return excess
    }
    return undefined
  }
  return excessIn(value, levels)
}
