/** A routing table that decides on recorded requests. */
import { Predicate, Result } from "effect"
import type { Condition } from "../../routing/format/Condition.ts"
import type { Destination } from "../../routing/format/Destination.ts"
import { FALLBACK, type RoutesFile } from "../../routing/format/RoutesFile.ts"
import { clockworksOf } from "../../routing/table/Clockwork.ts"
import { intentsOf, makeIntentIndex } from "../../routing/table/IntentIndex.ts"
import { type Stop, stopsOf, targetsFor } from "../../routing/table/stops.ts"
import { type Judge, judgeOf } from "./Judge.ts"
import { hasEntity, type Recorded } from "./Recorded.ts"
import { REFUSED, REJECTED, type Routed, routedKey } from "./Routed.ts"

/** A member that was not recorded, and the rule that looks at it. */
export interface Missing {
  /** Its path in a condition: `entities.tier`. */
  readonly member: string
  readonly rule: string
}

/** A table's decision on a recorded request, or the members that it lacks. */
export type Replayed =
  | {
      readonly routed: Routed
      /** The rule that decides; several where each of them may, and all lead to the same place. None for a request that no rule takes. */
      readonly rules: ReadonlyArray<string>
    }
  | { readonly missing: ReadonlyArray<Missing> }

/** A rule over records. */
export interface JudgedRule {
  readonly name: string
  /** `undefined` for a rule that takes everything. */
  readonly judge: Judge | undefined
  /** The place; for an agent whose id was not recorded, the name of the entity. */
  readonly route: (recorded: Recorded) => Routed | string
}

/** A table over records. */
export interface ReplayTable {
  /** Its rules in their order, and the fallback as the last one where it has one. */
  readonly rules: ReadonlyArray<JudgedRule>
  readonly decide: (recorded: Recorded) => Replayed
}

/** The first target, as far as it can be told. */
const routeBy =
  (rule: string, { reject }: Destination, stops: ReadonlyArray<Stop>): JudgedRule["route"] =>
  (recorded) => {
    if (reject !== undefined) return REJECTED
    for (const stop of stops) {
      if (stop.type === "entity" && !hasEntity(recorded, stop.entity)) return stop.entity
      const found = targetsFor(rule, [stop], recorded.request)
      if (Result.isSuccess(found)) return found.success[0]
    }
    return REFUSED
  }

/** Compiles a table whose contents are checked already. */
export const makeReplayTable = (file: RoutesFile): ReplayTable => {
  const names = {
    queues: new Map(Object.entries(file.queues ?? {})),
    agents: new Map(Object.entries(file.agents ?? {}))
  }
  const surroundings = { hours: clockworksOf(file), known: new Map() }
  const compile = (name: string, to: Destination, when: Condition | undefined): JudgedRule => ({
    name,
    judge: when && judgeOf(when, "when", surroundings),
    route: routeBy(name, to, stopsOf(to, names))
  })
  const rules = [
    ...file.rules.map(({ name, to, when }) => compile(name, to, when)),
    ...(file.fallback === undefined ? [] : [compile(FALLBACK, file.fallback.to, undefined)])
  ]
  const candidates = makeIntentIndex([...file.rules.map(({ when }) => intentsOf(when)), undefined])

  return {
    rules,
    decide: (recorded) => {
      const missing: Array<Missing> = []
      const by: Array<string> = []
      let routed: Routed | undefined
      for (const index of candidates(recorded.request.intent)) {
        const rule = rules[index]
        const verdict = rule?.judge === undefined || rule.judge.verdict(recorded)
        if (rule === undefined || verdict === false) continue
        if (verdict !== true) missing.push(...verdict.map((member) => ({ member, rule: rule.name })))
        const route = rule.route(recorded)
        if (Predicate.isString(route)) {
          return { missing: [...missing, { member: `entities.${route}`, rule: rule.name }] }
        }
        if (routed !== undefined && routedKey(routed) !== routedKey(route)) return { missing }
        routed = route
        by.push(rule.name)
        if (verdict === true) return { routed, rules: by }
      }
      return routed === undefined || routed.type === "refused" ? { routed: REFUSED, rules: by } : { missing }
    }
  }
}
