/** What the commands about routing tables have in common. */
import { Effect, type FileSystem, type Option } from "effect"
import { Flag } from "effect/cli"
import { type RoutingSettings, routingSettings } from "../app/Settings.ts"
import type { RoutesFile } from "../routing/format/RoutesFile.ts"
import { builtInRoutes } from "../routing/policy/builtInRoutes.ts"
import type { SettingsError } from "../std/Setting.ts"

/** The table of this file instead of the one that is set. */
export const routesFlag = Flag.String("routes").pipe(
  Flag.withDescription("the routing table's file; without it, what ROUTES_FILE names, or the built-in table"),
  Flag.optional
)

/** A table, and its version where it is from a file. */
export interface Table {
  readonly file: RoutesFile
  readonly version: string | undefined
  readonly path: string | undefined
}

/** The table that settings name. */
export const tableOf = (routing: RoutingSettings): Table =>
  "routes" in routing
    ? { file: routing.routes.file, version: routing.routes.version, path: routing.routes.path }
    : { file: builtInRoutes(routing.queues), version: undefined, path: undefined }

/** The table of a file, or the one that is set. Needs no other settings. */
export const readTable = (path: Option.Option<string>): Effect.Effect<Table, SettingsError, FileSystem.FileSystem> =>
  Effect.map(routingSettings(path), tableOf)
