/** Names of queues and agents, from the tables that were recorded. */
import { Effect, Option } from "effect"
import type { Target } from "../../domain/Target.ts"
import type { History } from "../../history/History.ts"

/** A target in words: its name in the table of a version, or its id. */
export type NameOf = (table: string | null, target: Target) => string

const UNKNOWN: ReadonlyMap<string, string> = new Map()

/** The names of the tables of these versions. A table that cannot be read has none: the ids say enough. */
export const namesIn = Effect.fnUntraced(function* (
  history: History["Service"],
  versions: Iterable<string | null>
): Effect.fn.Return<NameOf> {
  const tables = new Map<string, ReadonlyMap<string, string>>()
  for (const version of new Set(versions)) {
    if (version === null) continue
    const file = Option.flatten(yield* Effect.option(history.routes(version)))
    if (Option.isNone(file)) continue
    const { agents = {}, queues = {} } = file.value
    const names = (type: Target["type"], ids: Readonly<Record<string, string>>) =>
      Object.entries(ids).map(([name, id]) => [`${type}:${id}`, name] as const)
    tables.set(version, new Map([...names("queue", queues), ...names("agent", agents)]))
  }
  return (table, { id, type }) => `${type} ${(tables.get(table ?? "") ?? UNKNOWN).get(`${type}:${id}`) ?? id}`
})
