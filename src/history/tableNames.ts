/** Names of queues and agents, from recorded tables. */
import { Effect, Option } from "effect"
import type { Target } from "../domain/Target.ts"
import { nameIn } from "../routing/table/nameIn.ts"
import type { History } from "./History.ts"

/** The name of a target in the table of a version, if that has one. */
export type TableNames = (version: string | null, target: Target) => string | undefined

/** The names in the tables of these versions. A table that cannot be read has none: the ids say enough. */
export const tableNames = Effect.fnUntraced(function* (
  { routes }: Pick<History["Service"], "routes">,
  versions: Iterable<string | null>
): Effect.fn.Return<TableNames> {
  const names = new Map<string | null, ReturnType<typeof nameIn>>()
  for (const version of new Set(versions)) {
    const file = version === null ? Option.none() : yield* Effect.orElseSucceed(routes(version), Option.none)
    if (Option.isSome(file)) names.set(version, nameIn(file.value))
  }
  return (version, target) => names.get(version)?.(target)
})
