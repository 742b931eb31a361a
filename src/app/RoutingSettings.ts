/** The settings of routing: the table of a file, or the queues of the built-in one. */
import { type Config, Effect, type FileSystem, Option } from "effect"
import { type Dialect, idsOf } from "../cxone/Dialect.ts"
import { anyIds } from "../domain/Target.ts"
import { type LoadedRoutes, loadRoutes } from "../routing/file/LoadedRoutes.ts"
import type { BuiltInQueues } from "../routing/policy/builtInRoutes.ts"
import { routingConfig } from "../routing/policy/routingConfig.ts"
import { type Problems, SettingsError, setting, together } from "../std/Setting.ts"
import { dialect } from "./DialectSettings.ts"

/** The source of the routing rules: the table of a file, or the built-in one with these queues. */
export type RoutingSettings =
  | {
      /** The table, as it was read. */
      readonly routes: LoadedRoutes
    }
  | {
      /** The queues of the built-in table. */
      readonly queues: BuiltInQueues
    }

const builtIn = (dialect: Dialect | undefined): Effect.Effect<RoutingSettings, Problems> => {
  const ids = idsIn(dialect)
  const config = routingConfig(ids)
  const form = ids.advice === undefined ? "" : `, ${ids.advice.queue}`
  const queueId = (name: string, config: Config.Config<string>, what: string) =>
    setting(name, config, `the id of the ${what} queue${form}; or set ROUTES_FILE to a routing table`)
  return Effect.map(
    together({
      salesQueueId: queueId("SALES_QUEUE_ID", config.salesQueueId, "sales"),
      supportQueueId: queueId("SUPPORT_QUEUE_ID", config.supportQueueId, "support")
    }),
    (queues) => ({ queues })
  )
}

/** A dialect that is wrong is one problem, and not another one for each id. */
const idsIn = (dialect: Dialect | undefined) => (dialect === undefined ? anyIds : idsOf(dialect))

/** Reads the table of a file, with ids as the dialect has them. Its problems are listed with those of the settings. */
export const fromFile = (
  path: string,
  dialect: Dialect | undefined
): Effect.Effect<LoadedRoutes, Problems, FileSystem.FileSystem> =>
  loadRoutes(path, idsIn(dialect)).pipe(
    Effect.mapError(({ isTable, problems }) =>
      problems.map(({ column, instead, line, problem }) =>
        isTable
          ? { name: `${path}:${line}:${column}`, problem, instead, in: "routing table" as const }
          : { name: path, problem, instead: `${instead} (ROUTES_FILE)`, in: "routing table" as const }
      )
    )
  )

/** The path of the table, if it is set. */
export const routesFile = setting(
  "ROUTES_FILE",
  routingConfig().routesFile,
  "the path of a routing table, or leave it out"
)

const routingIn = (
  dialect: Dialect | undefined,
  path: Option.Option<string>
): Effect.Effect<RoutingSettings, Problems, FileSystem.FileSystem> =>
  Effect.flatMap(Option.isSome(path) ? Effect.succeed(path) : routesFile, (path) =>
    Option.isSome(path) ? Effect.map(fromFile(path.value, dialect), (routes) => ({ routes })) : builtIn(dialect)
  )

/** The settings of routing alone: the table of `path`, where one is given, instead of what is set. */
export const routingSettings = (
  path: Option.Option<string> = Option.none()
): Effect.Effect<RoutingSettings, SettingsError, FileSystem.FileSystem> =>
  Effect.mapError(
    Effect.flatMap(dialect, (dialect) => routingIn(dialect, path)),
    (problems) => new SettingsError({ problems })
  )

/** The dialect for ids of queues and agents; `undefined` while it is wrong, which the settings of CXone report. */
export const dialectOfIds: Effect.Effect<Dialect | undefined> = Effect.orElseSucceed(dialect, () => undefined)

/** The settings of routing, beside those of CXone: the table of `ROUTES_FILE`, else the built-in one. */
export const routing: Effect.Effect<RoutingSettings, Problems, FileSystem.FileSystem> = Effect.flatMap(
  dialectOfIds,
  (dialect) => routingIn(dialect, Option.none())
)
