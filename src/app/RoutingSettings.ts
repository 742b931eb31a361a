/** The settings of routing: the table of a file, or the queues of the built-in one. */
import { type Config, Effect, type FileSystem, Option } from "effect"
import { webchatIds } from "../cxone/webchat/ids.ts"
import { type LoadedRoutes, loadRoutes } from "../routing/file/LoadedRoutes.ts"
import type { BuiltInQueues } from "../routing/policy/builtInRoutes.ts"
import { routingConfig } from "../routing/policy/routingConfig.ts"
import { type Problems, SettingsError, setting, together } from "../std/Setting.ts"

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

/** The settings of routing, with ids as the webchat API has them. */
const routingSetting = routingConfig(webchatIds)

const queueId = (name: string, config: Config.Config<string>, what: string) =>
  setting(
    name,
    config,
    `the id of the ${what} queue, a UUID: CXone Admin > Queues, open the queue, copy its id; or set ROUTES_FILE to a routing table`
  )

const builtIn: Effect.Effect<RoutingSettings, Problems> = Effect.map(
  together({
    salesQueueId: queueId("SALES_QUEUE_ID", routingSetting.salesQueueId, "sales"),
    supportQueueId: queueId("SUPPORT_QUEUE_ID", routingSetting.supportQueueId, "support")
  }),
  (queues) => ({ queues })
)

/** Reads the table of a file. Its problems are listed with those of the settings. */
export const fromFile = (path: string): Effect.Effect<LoadedRoutes, Problems, FileSystem.FileSystem> =>
  loadRoutes(path, webchatIds).pipe(
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
  routingSetting.routesFile,
  "the path of a routing table, or leave it out"
)

/** The settings of routing alone: the table of `path`, where one is given, instead of what is set. */
export const routingSettings = (
  path: Option.Option<string> = Option.none()
): Effect.Effect<RoutingSettings, SettingsError, FileSystem.FileSystem> =>
  Effect.mapError(routing(path), (problems) => new SettingsError({ problems }))

/** The settings of routing: the table of `path`, else of `ROUTES_FILE`, else the built-in one. */
export const routing = (path: Option.Option<string>): Effect.Effect<RoutingSettings, Problems, FileSystem.FileSystem> =>
  Effect.flatMap(Option.isSome(path) ? Effect.succeed(path) : routesFile, (path) =>
    Option.isSome(path) ? Effect.map(fromFile(path.value), (routes) => ({ routes })) : builtIn
  )
