/** Rules that never decide, because an earlier rule matches all that they match. */
import type { Condition } from "../format/Condition.ts"
import { list } from "../table/demands.ts"
import { isGlob } from "../table/Glob.ts"
import { type Fact, facts } from "./facts.ts"
import { factsImply } from "./implies.ts"
import { finiteValues } from "./testImplies.ts"

/** A rule that never decides, and the earlier rule that is the reason, by their places in the table. */
export interface Shadowed {
  readonly rule: number
  readonly by: number
}

/** The most pairs of rules that are compared: all pairs of about a thousand rules. */
const MAX_COMPARISONS = 500_000

/** The values that a fact accepts, as keys; `undefined` where it accepts others than listed ones. */
const keysOf = ({ data, entities, intent }: Fact): ReadonlyArray<string> | undefined => {
  if (intent !== undefined) {
    const intents = list(intent)
    return intents.some(isGlob) ? undefined : intents.map((name) => `intent ${name}`)
  }
  const [kind, tests] = entities === undefined ? ["data", data] : ["entity", entities]
  const [name, test] = Object.entries(tests ?? {})[0] ?? []
  return test === undefined ? undefined : finiteValues(test)?.map((value) => `${kind} ${name} ${value}`)
}

/** Finds shadowed rules by their conditions, in the table's order. Finds only those that are certain. */
export const shadowedRules = (conditions: ReadonlyArray<Condition | undefined>): ReadonlyArray<Shadowed> => {
  /** Earlier rules by the values of one of their facts. A rule that they shadow has a fact with these values. */
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
    // An entity rather than the intent: fewer rules share it.
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
