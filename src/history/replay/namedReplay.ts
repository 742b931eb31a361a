/** Replays with the names of queues and agents. */
import { Effect } from "effect"
import type { Target } from "../../domain/Target.ts"
import type { NamedTarget } from "../../routing/Explanation.ts"
import type { RoutesFile } from "../../routing/format/RoutesFile.ts"
import { nameIn } from "../../routing/table/nameIn.ts"
import { History } from "../History.ts"
import { tableNames } from "../tableNames.ts"
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

const named = (routed: Routed, nameOf: (target: Target) => string | undefined): NamedRoute => {
  const name = "id" in routed ? nameOf(routed) : undefined
  return "id" in routed && name !== undefined ? { ...routed, name } : routed
}

/** Adds names to a replay with a table. Recorded tables that cannot be read give no names. */
export const namedReplay = Effect.fnUntraced(function* (
  summary: ReplaySummary,
  file: RoutesFile
): Effect.fn.Return<NamedReplay, never, History> {
  const newName = nameIn(file)
  const oldName = yield* tableNames(
    yield* History,
    summary.changes.map(({ from }) => from.table)
  )
  return {
    ...summary,
    changes: summary.changes.map((change) => ({
      ...change,
      from: {
        ...change.from,
        routed: named(change.from.routed, (target) => oldName(change.from.table, target) ?? newName(target))
      },
      to: { ...change.to, routed: named(change.to.routed, newName) }
    }))
  }
})
