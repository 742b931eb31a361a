/** How often each rule of a table decided: shows rules that nobody needs. */
import { FALLBACK, type RoutesFile } from "../routing/format/RoutesFile.ts"
import type { MinuteCount } from "./History.ts"

/** A rule, and how often it decided. */
export interface RuleUsage {
  /** Its name; `fallback` for the table's. */
  readonly rule: string
  /** The handovers that it decided, without copies. */
  readonly count: number
  /** The start of the last minute in which it decided, in milliseconds since 1970; `undefined` when it did not. */
  readonly last: number | undefined
}

/** The rules of a table in their order, and its fallback, with what they decided in some minutes. A rule that was renamed counts as a new one. */
export const ruleUsage = (
  { fallback, rules }: RoutesFile,
  minutes: Iterable<Pick<MinuteCount, "count" | "minute" | "outcome" | "rule">>
): ReadonlyArray<RuleUsage> => {
  const usage = new Map<string, { readonly count: number; readonly last: number }>()
  for (const { count, minute, outcome, rule } of minutes) {
    if (rule === null || outcome === "repeated") continue
    const known = usage.get(rule)
    usage.set(rule, { count: count + (known?.count ?? 0), last: Math.max(minute, known?.last ?? minute) })
  }
  return [...rules.map(({ name }) => name), ...(fallback === undefined ? [] : [FALLBACK])].map((rule) => ({
    rule,
    count: 0,
    last: undefined,
    ...usage.get(rule)
  }))
}
