/** Names of queues and agents, from the tables that were recorded. */
import { Effect, Option } from "effect"
import type { Target } from "../../domain/Target.ts"
import type { History } from "../../history/History.ts"
import { nameIn } from "../../routing/table/nameIn.ts"

/** The name of a target in the table of a version, if that has one. */
export type NameOf = (table: string | null, target: Target) => string | undefined

/** A target in words: its name, or its id. */
export const shownTarget = (nameOf: NameOf, table: string | null, target: Target): string =>
  `${target.type} ${nameOf(table, target) ?? target.id}`

/** The names of the tables of these versions. A table that cannot be read has none: the ids say enough. */
export const namesIn = Effect.fnUntraced(function* (
  history: History["Service"],
  versions: Iterable<string | null>
): Effect.fn.Return<NameOf> {
  const names = new Map<string, ReturnType<typeof nameIn>>()
  for (const version of new Set(versions)) {
    if (version === null) continue
    const file = Option.flatten(yield* Effect.option(history.routes(version)))
    if (Option.isSome(file)) names.set(version, nameIn(file.value))
  }
  return (table, target) => names.get(table ?? "")?.(target)
})
