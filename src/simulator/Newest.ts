/** The number of tokens, calls and ended conversations that a simulator keeps, which bounds its memory. */
export const retained = 10_000

/** A list that keeps the newest items only. */
export interface Newest<A> {
  /** Adds an item. Returns the oldest item if it was dropped to make room. */
  readonly push: (item: A) => A | undefined
  /** A copy of the list, oldest first. */
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
