/** The number of tokens, calls and ended conversations that a simulator keeps, which bounds its memory. */
export const retained = 10_000

/** A list of the newest items. */
export interface Newest<A> {
  /** Adds an item. Returns the oldest item if it was dropped to make room. */
  readonly push: (item: A) => A | undefined
  /** A copy of the list, oldest first. */
  readonly values: () => ReadonlyArray<A>
  readonly clear: () => void
}

/** Makes an empty list of the newest `limit` items. */
export const makeNewest = <A>(limit: number): Newest<A> => {
  const items: Array<A> = []
  return {
    push: (item) => (items.push(item) > limit ? items.shift() : undefined),
    values: () => [...items],
    clear: () => void items.splice(0)
  }
}
