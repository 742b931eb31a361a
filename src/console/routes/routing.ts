/** The page of the live table. */
import { Clock, Duration, Effect } from "effect"
import { History } from "../../history/History.ts"
import { ruleUsage } from "../../history/ruleUsage.ts"
import type { RoutesFile } from "../../routing/format/RoutesFile.ts"
import { RoutingPolicy } from "../../routing/RoutingPolicy.ts"
import { hoursAt } from "../../routing/table/hoursAt.ts"
import { placedRules, readRuleQuery, selectRules } from "../routing/selectRules.ts"
import type { ShownHours } from "../views/routing/hours.ts"
import { codeView, ruleView, tableView } from "../views/routing/table.ts"
import type { Ids } from "../views/routing/words.ts"
import { get } from "./Route.ts"

/** The time in which the handovers of rules are counted. */
const WEEK = Duration.toMillis("7 days")

const MINUTE = 60_000

/** An id before all others. */
const FIRST_ID = "00000000-0000-7000-8000-000000000000"

/** The most opening hours of a page: to look for their next change takes time. */
const MAX_HOURS = 24

/** The opening hours with a text in their names, as they are now. */
const hoursNow = ({ hours = {} }: RoutesFile, q: string, now: number) => {
  const found = Object.entries(hours).filter(([name]) => name.toLowerCase().includes(q.toLowerCase()))
  const shown = Object.fromEntries(found.slice(0, MAX_HOURS))
  return {
    hoursTotal: found.length,
    hours: hoursAt({ hours: shown }, now).flatMap((state): ReadonlyArray<ShownHours> => {
      const hours = shown[state.name]
      return hours === undefined ? [] : [{ ...state, hours }]
    })
  }
}

/** The page of the live table. It is there without a history, too. */
export const routing = Effect.gen(function* () {
  const policy = yield* RoutingPolicy
  const history = yield* History

  /** What the counts since a time do not say. */
  const noteOf = (since: number, oldest: number, liveSince: number) => {
    if (oldest > since) return "The history does not go back so far."
    return liveSince > since ? "This version of the table is live for less than that." : undefined
  }

  /** How many handovers each rule decided since a time. */
  const countsOf = Effect.fnUntraced(function* (file: RoutesFile, since: number, now: number, liveSince: number) {
    const [oldest] = yield* history.find({}, { limit: 1, after: FIRST_ID })
    // All rules would look as if nobody needed them.
    if (oldest === undefined) return { counts: undefined, note: "There are no handovers in the history yet." }
    const found = yield* history.decisions(since, now + MINUTE)
    return {
      counts: new Map(ruleUsage(file, found).map(({ count, rule }) => [rule, count] as const)),
      note: noteOf(since, oldest.at, liveSince)
    }
  })

  return [
    get("/console/routing", ({ query }) =>
      Effect.gen(function* () {
        const routes = yield* policy.routes
        if (routes === undefined) return codeView
        const { file, problems } = routes
        const now = yield* Clock.currentTimeMillis
        const since = Math.floor((now - WEEK) / MINUTE) * MINUTE
        const status = yield* policy.table
        const liveSince = status === undefined ? 0 : Date.parse(status.since)
        const { counts, note } = yield* Effect.catch(countsOf(file, since, now, liveSince), ({ message }) =>
          Effect.succeed({ counts: undefined, note: message })
        )
        const all = placedRules(file, counts)
        const ids: Ids = file
        const name = query.get("rule")
        if (name !== null) {
          return ruleView(
            name,
            all.find((rule) => rule.name === name),
            { ids, since }
          )
        }
        const ruleQuery = readRuleQuery(query)
        return tableView({
          ids,
          since,
          status,
          problems,
          query: ruleQuery,
          size: file.rules.length,
          hasFallback: file.fallback !== undefined,
          unused: counts && all.filter(({ count, place }) => count === 0 && place !== undefined).length,
          countsNote: note,
          ...hoursNow(file, ruleQuery.q, now),
          ...selectRules(all, ruleQuery)
        })
      })
    )
  ]
})
