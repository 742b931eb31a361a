/** Replays with the names of queues and agents. */
import { Effect, Option } from "effect"
import type { NamedTarget } from "../../routing/Explanation.ts"
import type { RoutesFile } from "../../routing/format/RoutesFile.ts"
import { nameIn } from "../../routing/table/nameIn.ts"
import { History, type HistoryUnavailable } from "../History.ts"
import type { Change, ReplaySummary } from "./ReplaySummary.ts"
import type { Routed } from "./Routed.ts"

/** A place with its name. */
export type NamedRoute = NamedTarget | Exclude<Routed, { readonly id: string }>

/** A change with the names of its places: of the old one as the table had it that decided, of the new one as the new table has it. */
export interface NamedChange extends Omit<Change, "from" | "to"> {
  readonly from: Omit<Change["from"], "routed"> & { readonly routed: NamedRoute }
  readonly to: Omit<Change["to"], "routed"> & { readonly routed: NamedRoute }
}

/** A replay with names. */
export interface NamedReplay extends Omit<ReplaySummary, "changes"> {
  readonly changes: ReadonlyArray<NamedChange>
}

const named = (routed: Routed, ...names: ReadonlyArray<ReturnType<typeof nameIn> | undefined>): NamedRoute => {
  if (!("id" in routed)) return routed
  const name = names.map((nameOf) => nameOf?.(routed)).find((name) => name !== undefined)
  return name === undefined ? routed : { ...routed, name }
}

/** Adds names to a replay with a table. Recorded tables that cannot be read give no names. */
export const namedReplay = Effect.fnUntraced(function* (
  summary: ReplaySummary,
  file: RoutesFile
): Effect.fn.Return<NamedReplay, HistoryUnavailable, History> {
  const { routes } = yield* History
  const newName = nameIn(file)
  const versions = new Set(summary.changes.flatMap(({ from }) => from.table ?? []))
  const oldNames = new Map(
    yield* Effect.forEach(versions, (version) =>
      Effect.map(
        Effect.orElseSucceed(routes(version), () => Option.none<RoutesFile>()),
        (file) => [version, Option.getOrUndefined(Option.map(file, nameIn))] as const
      )
    )
  )
  return {
    ...summary,
    changes: summary.changes.map((change) => ({
      ...change,
      from: { ...change.from, routed: named(change.from.routed, oldNames.get(change.from.table ?? ""), newName) },
      to: { ...change.to, routed: named(change.to.routed, newName) }
    }))
  }
})
