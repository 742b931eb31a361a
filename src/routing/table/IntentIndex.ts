/** Which rules may take an intent, found without looking at the others. */
import { isGlob, literalEnds } from "./Glob.ts"

/** The rules that may take an intent, by their places in the table, in their order. */
export type IntentIndex = (intent: string) => Iterable<number>

/** Rules under the beginnings (or ends) that their intents have. */
type ByEnd = Map<string, Array<number>>

const add = (index: ByEnd, key: string, rule: number) => {
  const rules = index.get(key)
  if (rules === undefined) index.set(key, [rule])
  else if (rules.at(-1) !== rule) rules.push(rule)
}

/** The lengths of an index's keys: an intent is looked up once for each. */
const lengthsOf = (index: ByEnd): ReadonlyArray<number> => [...new Set([...index.keys()].map(({ length }) => length))]

/**
 * Makes an index of rules by the patterns of their intents (`undefined`: any intent). Whole names are found by name, patterns by the longer of
 * their literal beginning and end; those that have neither, such as `*sale*`, and rules for any intent may take every intent.
 */
export const makeIntentIndex = (rules: ReadonlyArray<ReadonlyArray<string> | undefined>): IntentIndex => {
  const named: ByEnd = new Map()
  const starts: ByEnd = new Map()
  const ends: ByEnd = new Map()
  const others: Array<number> = []
  for (const [rule, intents] of rules.entries()) {
    const patterns = intents ?? ["*"]
    if (patterns.some((pattern) => isGlob(pattern) && Object.values(literalEnds(pattern)).every((end) => end === ""))) {
      others.push(rule)
      continue
    }
    for (const pattern of patterns) {
      const { end, start } = literalEnds(pattern)
      if (!isGlob(pattern)) add(named, pattern, rule)
      else if (start.length >= end.length) add(starts, start, rule)
      else add(ends, end, rule)
    }
  }
  const startLengths = lengthsOf(starts)
  const endLengths = lengthsOf(ends)

  return (intent) => {
    const lists = [
      named.get(intent),
      ...startLengths.map((length) => (length > intent.length ? undefined : starts.get(intent.slice(0, length)))),
      ...endLengths.map((length) => (length > intent.length ? undefined : ends.get(intent.slice(-length)))),
      others
    ].filter((list) => list !== undefined && list.length > 0)
    return merge(lists as ReadonlyArray<ReadonlyArray<number>>)
  }
}

/** Ascending lists as one, each number once. Only as much of them is looked at as is asked for. */
function* merge(lists: ReadonlyArray<ReadonlyArray<number>>): Generator<number> {
  const [only] = lists
  if (only === undefined) return
  if (lists.length === 1) return yield* only
  const at = lists.map(() => 0)
  for (;;) {
    const heads = lists.map((list, index) => list[at[index] ?? 0] ?? Number.POSITIVE_INFINITY)
    const least = Math.min(...heads)
    if (least === Number.POSITIVE_INFINITY) return
    for (const [index, head] of heads.entries()) if (head === least) at[index] = (at[index] ?? 0) + 1
    yield least
  }
}
