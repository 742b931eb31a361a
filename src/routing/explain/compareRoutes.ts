/** What differs between two routing tables, by names. */
import type { RoutesFile, Rule } from "../format/RoutesFile.ts"

/** A rule that has the same name in both tables, and other contents. */
export interface ChangedRule {
  readonly name: string
  readonly before: Rule
  readonly after: Rule
}

/** Names of one kind that differ. */
export interface ChangedNames {
  readonly added: ReadonlyArray<string>
  readonly removed: ReadonlyArray<string>
  readonly changed: ReadonlyArray<string>
}

/** What differs between two tables. */
export interface RoutesDifference {
  /** Rules, with their places in the new table, from 1. */
  readonly added: ReadonlyArray<{ readonly rule: Rule; readonly place: number }>
  readonly removed: ReadonlyArray<Rule>
  readonly changed: ReadonlyArray<ChangedRule>
  /** Rules that come before or after others now: as few as explain the new order. Places from 1. */
  readonly moved: ReadonlyArray<{ readonly name: string; readonly from: number; readonly to: number }>
  readonly fallback: "added" | "removed" | "changed" | "same"
  readonly queues: ChangedNames
  readonly agents: ChangedNames
  readonly hours: ChangedNames
}

/** A value with its members in one order: theirs does not matter. */
const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, ordered(member)])
  )
}

const isSame = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(ordered(one)) === JSON.stringify(ordered(other))

const names = (before: object = {}, after: object = {}): ChangedNames => {
  const [old, new_] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  return {
    added: [...new_.keys()].filter((name) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !new_.has(name)),
    changed: [...old.keys()].filter((name) => new_.has(name) && !isSame(old.get(name), new_.get(name)))
  }
}

/** The members of a longest increasing part of a list of different numbers. */
const increasing = (numbers: ReadonlyArray<number>): ReadonlySet<number> => {
  // For each length, the least number that ends such a part, and the number before it.
  const ends: Array<number> = []
  const before = new Map<number, number | undefined>()
  for (const number of numbers) {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((ends[middle] ?? 0) < number) low = middle + 1
      else high = middle
    }
    ends[low] = number
    before.set(number, ends[low - 1])
  }
  const found = new Set<number>()
  for (let at = ends.at(-1); at !== undefined; at = before.get(at)) found.add(at)
  return found
}

const fallbackOf = (before: RoutesFile, after: RoutesFile): RoutesDifference["fallback"] => {
  if (before.fallback === undefined) return after.fallback === undefined ? "same" : "added"
  if (after.fallback === undefined) return "removed"
  return isSame(before.fallback, after.fallback) ? "same" : "changed"
}

/** What differs between a table and the one that may follow it. A rule that was renamed is one that was removed and one that was added. */
export const compareRoutes = (before: RoutesFile, after: RoutesFile): RoutesDifference => {
  const old = new Map(before.rules.map((rule, index) => [rule.name, { rule, place: index + 1 }]))
  const new_ = new Map(after.rules.map((rule, index) => [rule.name, { rule, place: index + 1 }]))
  const both = [...new_.values()].flatMap(({ place: to, rule }) => {
    const was = old.get(rule.name)
    return was === undefined ? [] : [{ name: rule.name, from: was.place, to, before: was.rule, after: rule }]
  })
  const inOrder = increasing(both.map(({ from }) => from))
  return {
    added: [...new_.values()].filter(({ rule: { name } }) => !old.has(name)),
    removed: before.rules.filter(({ name }) => !new_.has(name)),
    changed: both
      .filter(({ after, before }) => !isSame(before, after))
      .map(({ after, before, name }) => ({ name, before, after })),
    moved: both.filter(({ from }) => !inOrder.has(from)).map(({ from, name, to }) => ({ name, from, to })),
    fallback: fallbackOf(before, after),
    queues: names(before.queues, after.queues),
    agents: names(before.agents, after.agents),
    hours: names(before.hours, after.hours)
  }
}
