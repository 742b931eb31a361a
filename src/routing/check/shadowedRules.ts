/** Rules that can never decide, because an earlier one takes all that they take. */
import { Predicate } from "effect"
import type { Condition } from "../format/RoutesFile.ts"
import { isGlob } from "../table/Glob.ts"
import { facts, factsImply, finiteValues } from "./implies.ts"

/** A rule that never decides, and the earlier one that is to blame: their places in the table. */
export interface Shadowed {
  readonly rule: number
  readonly by: number
}

/** How many pairs of rules are compared: all of some thousand rules, and of more of them those that have a value in common. */
const MAX_COMPARISONS = 500_000

/** The values of which a fact takes one, as keys, where it takes only those. */
const keysOf = ({ data, entities, intent }: Condition): ReadonlyArray<string> | undefined => {
  if (intent !== undefined) {
    const intents = Predicate.isString(intent) ? [intent] : intent
    return intents.some(isGlob) ? undefined : intents.map((name) => `intent ${name}`)
  }
  const [kind, tests] = entities === undefined ? ["data", data] : ["entity", entities]
  const [name, test] = Object.entries(tests ?? {})[0] ?? []
  return test === undefined ? undefined : finiteValues(test)?.map((value) => `${kind} ${name} ${value}`)
}

/** Finds rules, by their conditions in the table's order, that an earlier rule keeps from ever deciding. Not each: those of which it is certain. */
export const shadowedRules = (conditions: ReadonlyArray<Condition | undefined>): ReadonlyArray<Shadowed> => {
  /** Earlier rules, by the values of one fact of theirs. A rule that they shadow has a fact with these values. */
  const byKey = new Map<string, Array<number>>()
  /** Earlier rules with no such fact. */
  const others: Array<number> = []
  const all = conditions.map(facts)
  const found: Array<Shadowed> = []
  let comparisons = 0

  for (const [rule, own] of all.entries()) {
    const keys = own.flatMap((fact) => keysOf(fact) ?? [])
    const hasAlternatives = own.some(({ any }) => any !== undefined)
    const earlier = hasAlternatives
      ? all.slice(0, rule).keys()
      : [...others, ...new Set(keys.flatMap((key) => byKey.get(key) ?? []))]
    for (const by of earlier) {
      if (++comparisons > MAX_COMPARISONS) return found
      if (factsImply(own, all[by] ?? [])) {
        found.push({ rule, by })
        break
      }
    }
    // By the fact that fewest rules share: what an entity is, rather than the intent.
    const indexed = own.map(keysOf).filter((keys) => keys !== undefined)
    const best = indexed.find((keys) => !keys[0]?.startsWith("intent ")) ?? indexed[0]
    if (best === undefined) others.push(rule)
    for (const key of best ?? []) {
      const rules = byKey.get(key)
      if (rules === undefined) byKey.set(key, [rule])
      else rules.push(rule)
    }
  }
  return found
}
