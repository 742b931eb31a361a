/** Things that come and go with every request, in the order in which they came. */

interface Link<A> {
  readonly value: A
  before: Link<A> | undefined
  after: Link<A> | undefined
  isLinked: boolean
}

/**
 * A set for members that stay for milliseconds. V8's own sets and maps leave a table behind now and then, each linked to the next one: one that has grown old
 * keeps what all later ones held from being collected until the next major collection, which made the minor ones twice as slow.
 */
export class LinkedSet<A> {
  #first: Link<A> | undefined
  #last: Link<A> | undefined
  #size = 0

  /** How many members there are. */
  get size(): number {
    return this.#size
  }

  /** The member that has been there longest. */
  get first(): A | undefined {
    return this.#first?.value
  }

  /** Takes a member in, as the last one. What it gives takes it out again, and says whether it was still there. */
  add(value: A): () => boolean {
    const link: Link<A> = { value, before: this.#last, after: undefined, isLinked: true }
    if (this.#last === undefined) this.#first = link
    else this.#last.after = link
    this.#last = link
    this.#size += 1
    return () => this.#remove(link)
  }

  /** All members, as they are now. */
  all(): Array<A> {
    const all: Array<A> = []
    for (let link = this.#first; link !== undefined; link = link.after) all.push(link.value)
    return all
  }

  #remove(link: Link<A>): boolean {
    if (!link.isLinked) return false
    if (link.before === undefined) this.#first = link.after
    else link.before.after = link.after
    if (link.after === undefined) this.#last = link.before
    else link.after.before = link.before
    link.isLinked = false
    // What is out must not hold on to what came later.
    link.before = undefined
    link.after = undefined
    this.#size -= 1
    return true
  }
}
