/** The rules of a table that a page shows. */
import { FALLBACK, type RoutesFile } from "../../routing/format/RoutesFile.ts"
import type { PlacedRule } from "../views/routing/rule.ts"

/** The rules of one page. */
const RULES_PER_PAGE = 50

/** The filter and the place of a page of rules, as its address has them. */
export interface RuleQuery {
  /** Rules with this text in their names, conditions, destinations or labels. Case does not count. */
  readonly q: string
  /** Only rules that decided nothing in the last week. */
  readonly unused: boolean
  /** The page, from 1. */
  readonly page: number
}

/** The most characters of a text that is searched for. */
const MAX_TEXT = 256

/** Reads the query of an address. What is wrong in it counts as not there. */
export const readRuleQuery = (query: URLSearchParams): RuleQuery => {
  const page = Number(query.get("page") ?? 1)
  return {
    q: (query.get("q") ?? "").trim().slice(0, MAX_TEXT),
    unused: query.get("show") === "unused",
    page: Number.isSafeInteger(page) && page > 0 ? page : 1
  }
}

/** The address of a page of rules. */
export const ruleListAddress = ({ page, q, unused }: RuleQuery): string => {
  const query = new URLSearchParams({
    ...(q !== "" && { q }),
    ...(unused && { show: "unused" }),
    ...(page > 1 && { page: String(page) })
  })
  return query.size === 0 ? "/console/routing" : `/console/routing?${query}`
}

/** All rules of a table in their order, and its fallback as the last one. `counts` is how many handovers each decided, where that is known. */
export const placedRules = (
  { fallback, rules }: RoutesFile,
  counts: ReadonlyMap<string, number> | undefined
): ReadonlyArray<PlacedRule> => {
  const countOf = (rule: string) => counts && (counts.get(rule) ?? 0)
  return [
    ...rules.map((rule, index) => ({ ...rule, place: index + 1, count: countOf(rule.name) })),
    ...(fallback === undefined ? [] : [{ ...fallback, name: FALLBACK, place: undefined, count: countOf(FALLBACK) }])
  ]
}

/** The rules of one page, and how many there are on all pages. */
export const selectRules = (all: ReadonlyArray<PlacedRule>, { page, q, unused }: RuleQuery) => {
  const text = q.toLowerCase()
  const found = all.filter(
    ({ count, labels, name, to, when }) =>
      (!unused || count === 0) && (text === "" || JSON.stringify([name, when, to, labels]).toLowerCase().includes(text))
  )
  const pages = Math.max(1, Math.ceil(found.length / RULES_PER_PAGE))
  const at = Math.min(page, pages)
  return { rules: found.slice((at - 1) * RULES_PER_PAGE, at * RULES_PER_PAGE), found: found.length, page: at, pages }
}
