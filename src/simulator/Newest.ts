/** How many tokens, calls and ended conversations a simulator remembers, so that a long run does not fill the memory. */
export const retained = 10_000

/** A list that keeps the newest items only. */
export interface Newest<A> {
  /** Adds an item, and gives back the oldest one when it had to make room. */
  readonly push: (item: A) => A | undefined
  /** A copy of what is kept, oldest first. */
  readonly values: () => ReadonlyArray<A>
  readonly clear: () => void
}

/** Makes an empty list that keeps the newest `limit` items. */
export const makeNewest = <A>(limit: number): Newest<A> => {
  let items: Array<A> = []
  let oldest = 0
  return {
    push: (item) => {
      if (items.length < limit) {
        items.push(item)
        return undefined
      }
      const evicted = items[oldest]
      items[oldest] = item
      oldest = (oldest + 1) % limit
      return evicted
    },
    values: () => [...items.slice(oldest), ...items.slice(0, oldest)],
    clear: () => {
      items = []
      oldest = 0
    }
  }
}
