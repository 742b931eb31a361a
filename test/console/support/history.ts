/** A history in memory, which the test fills, and an audit list. */
import { Effect, Layer, Option } from "effect"
import { targetKey } from "../../../src/domain/Target.ts"
import { Audit } from "../../../src/history/Audit.ts"
import type { Detail, Entry } from "../../../src/history/Entry.ts"
import { type Filter, History, HistoryUnavailable, type KeptRequest } from "../../../src/history/History.ts"
import type { RoutesFile } from "../../../src/routing/format/RoutesFile.ts"

const takes =
  ({ againOf, firstId, from, outcomes, rule, target, userId }: Filter) =>
  (entry: Entry) =>
    (againOf === undefined || entry.againOf === againOf) &&
    (firstId === undefined || entry.firstId === firstId) &&
    (from === undefined || entry.at >= from) &&
    (outcomes === undefined || outcomes.includes(entry.outcome)) &&
    (rule === undefined || entry.rule === rule) &&
    (target === undefined || (entry.target !== null && targetKey(entry.target) === target)) &&
    (userId === undefined || entry.userId === userId)

/** The history, and what it holds. Both services fail while `away` is true. */
export const fakeHistory = (...first: ReadonlyArray<Entry & Detail>) => {
  const entries = first.slice()
  const kept = new Map<string, KeptRequest>()
  const routes = new Map<string, RoutesFile>()
  const actions: Array<string> = []
  const state = { away: false }
  const read = <A>(value: () => A): Effect.Effect<A, HistoryUnavailable> =>
    Effect.suspend(() =>
      state.away
        ? Effect.fail(new HistoryUnavailable({ message: "The database does not answer." }))
        : Effect.succeed(value())
    )
  const newestFirst = (filter: Filter) =>
    entries.filter(takes(filter)).sort((one, other) => (one.id < other.id ? 1 : -1))
  const layer = Layer.mergeAll(
    Layer.mock(History, {
      find: (filter, { after, before, limit }) =>
        read(() => {
          const all = newestFirst(filter)
          if (after !== undefined) return all.filter(({ id }) => id > after).slice(-limit)
          return all.filter(({ id }) => before === undefined || id < before).slice(0, limit)
        }),
      get: (id) => read(() => Option.fromUndefinedOr(entries.find((entry) => entry.id === id))),
      choices: read(() => ({ rules: ["support-de"], targets: [], languages: [] })),
      routes: (version) => read(() => Option.fromUndefinedOr(routes.get(version))),
      kept: (id) => read(() => Option.fromUndefinedOr(kept.get(id)))
    }),
    Layer.succeed(Audit, {
      record: ({ subject, what, who }) => read(() => void actions.push(`${who} ${what} ${subject}`)),
      list: () => read(() => [])
    })
  )
  return { entries, kept, routes, actions, state, layer }
}
