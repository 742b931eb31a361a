/** The page of the list of handovers. */
import { Clock, Effect } from "effect"
import type { Entry } from "../../history/Entry.ts"
import { History, type HistoryUnavailable } from "../../history/History.ts"
import { RoutingPolicy } from "../../routing/RoutingPolicy.ts"
import { type HandoverQuery, listHref, readQuery } from "../handoverQuery.ts"
import { recordedNames } from "../targetNames.ts"
import { handoversView } from "../views/handovers.ts"
import { get } from "./Route.ts"

/** The handovers of a page. */
const PAGE = 50

/** The lists of choices are a help: the page is there without them. */
const NO_CHOICES = { rules: [], targets: [], languages: [] }

/** A page of entries, and whether there are more beyond its ends. */
interface Found {
  readonly entries: ReadonlyArray<Entry>
  readonly newer?: HandoverQuery["place"] | undefined
  readonly older?: HandoverQuery["place"] | undefined
}

const olderThan = (entries: ReadonlyArray<Entry>) => {
  const last = entries.at(-1)
  return last === undefined ? undefined : { before: last.id }
}

const newerThan = ([first]: ReadonlyArray<Entry>) => (first === undefined ? undefined : { after: first.id })

/** One page. `undefined` when there is no full page after the given entry: the newest page has those that there are. */
const find = Effect.fnUntraced(function* (
  history: History["Service"],
  { filter, place }: HandoverQuery
): Effect.fn.Return<Found | undefined, HistoryUnavailable> {
  const found = yield* history.find(filter, { limit: PAGE + 1, ...place })
  const hasMore = found.length > PAGE
  if (place.after !== undefined) {
    const entries = found.slice(1)
    return hasMore ? { entries, newer: newerThan(entries), older: olderThan(entries) } : undefined
  }
  const entries = found.slice(0, PAGE)
  return {
    entries,
    newer: place.before === undefined ? undefined : (newerThan(entries) ?? { after: place.before }),
    older: hasMore ? olderThan(entries) : undefined
  }
})

/** The page of the list of handovers. */
export const handovers = Effect.gen(function* () {
  const history = yield* History
  const policy = yield* RoutingPolicy
  // Live pages ask again and again.
  const cached = yield* Effect.cachedWithTTL(
    Effect.orElseSucceed(history.choices, () => NO_CHOICES),
    "10 seconds"
  )
  return [
    get("/console/handovers", ({ query: params }) =>
      Effect.gen(function* () {
        const query = readQuery(params)
        const now = yield* Clock.currentTimeMillis
        const choices = yield* cached
        const found =
          query.problems.length > 0
            ? { entries: [] }
            : yield* Effect.catch(find(history, query), ({ message }) => Effect.succeed({ entries: message }))
        if (found === undefined) return { redirect: listHref(query) }
        const { entries } = found
        const { target = "" } = query.fields
        const shown = typeof entries === "string" ? [] : entries
        const nameOf = yield* recordedNames(policy, history, shown, [...choices.targets, target])
        return handoversView({ query, choices, nameOf, now, ...found })
      })
    )
  ]
})
