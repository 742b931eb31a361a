/** The rules that may match an intent, found without a look at the others. */
import type { Condition } from "../format/Condition.ts"
import { list } from "./demands.ts"
import { isGlob, literalEnds } from "./Glob.ts"

/** The rules that may match an intent, by their places in the table, in their order. */
export type IntentIndex = (intent: string) => Iterable<number>

/** Rules by the beginnings (or ends) of their intents. */
type ByEnd = Map<string, Array<number>>

const add = (index: ByEnd, key: string, rule: number) => {
  const rules = index.get(key)
  if (rules === undefined) index.set(key, [rule])
  else if (rules.at(-1) !== rule) rules.push(rule)
}

/** The lengths of an index's keys: an intent is looked up once for each. */
const lengthsOf = (index: ByEnd): ReadonlyArray<number> => [...new Set([...index.keys()].map(({ length }) => length))]

/** The condition needs an intent that matches one of these patterns; `undefined` when any intent may do. */
export const intentsOf = (condition: Condition | undefined): ReadonlyArray<string> | undefined => {
  if (condition?.intent !== undefined) return list(condition.intent)
  const found = condition?.all?.map(intentsOf).find((intents) => intents !== undefined)
  if (found !== undefined) return found
  const alternatives = condition?.any?.map(intentsOf)
  return alternatives?.every((intents) => intents !== undefined) ? alternatives.flat() : undefined
}

/**
 * Makes an index of rules by the patterns of their intents (`undefined`: any intent). Names are found by name, patterns by the longer of their literal
 * beginning and end. Patterns without either, such as `*sale*`, and rules for any intent are candidates for every intent.
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

/** Merges ascending lists, each number once, as far as the caller reads. */
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
