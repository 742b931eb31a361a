/** Names of targets, for pages that show many. */
import { Effect } from "effect"
import { type Target, targetKey, targetOf } from "../domain/Target.ts"
import type { Entry } from "../history/Entry.ts"
import type { History } from "../history/History.ts"
import { tableNames } from "../history/tableNames.ts"
import type { RoutesFile } from "../routing/format/RoutesFile.ts"
import type { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import { nameIn } from "../routing/table/nameIn.ts"
import type { NameOf } from "./views/handoverWords.ts"

/** The names that the live table has for targets. */
export const liveNames = (policy: RoutingPolicy["Service"], keys: Iterable<string>): Effect.Effect<NameOf> =>
  Effect.map(
    Effect.forEach(new Set(keys), (key) => {
      const target = targetOf(key)
      return target === undefined
        ? Effect.succeed([key, undefined] as const)
        : Effect.map(policy.nameOf(target), (name) => [key, name] as const)
    }),
    (found) => {
      const names = new Map(found)
      return (key) => names.get(key)
    }
  )

const onTarget =
  (nameOf: (target: Target) => string | undefined): NameOf =>
  (key) => {
    const target = targetOf(key)
    return target && nameOf(target)
  }

/** The names that a table has for targets. */
export const namesIn = (file: RoutesFile): NameOf => onTarget(nameIn(file))

/** The most recorded tables that a page reads: they may be large. */
const MAX_TABLES = 5

/** The names of targets of entries, newest first, and of others: those of the live table, else those of the tables by which the entries were decided. */
export const recordedNames = Effect.fnUntraced(function* (
  policy: RoutingPolicy["Service"],
  history: Pick<History["Service"], "routes">,
  entries: ReadonlyArray<Entry>,
  others: Iterable<string> = []
): Effect.fn.Return<NameOf> {
  const targets = entries.flatMap(({ table, target }) => (target === null ? [] : [{ table, key: targetKey(target) }]))
  const live = yield* liveNames(policy, [...targets.map(({ key }) => key), ...others])
  const unknown = targets.flatMap(({ key, table }) => (table === null || live(key) !== undefined ? [] : [table]))
  // A page is there without names, too.
  const versions = [...new Set(unknown)].slice(0, MAX_TABLES)
  const then = yield* tableNames(history, versions)
  const nameThen = (target: Target) =>
    versions.map((version) => then(version, target)).find((name) => name !== undefined)
  return (key) => live(key) ?? onTarget(nameThen)(key)
})
