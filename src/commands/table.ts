/** The routing table of a command: of a file, or of the settings. */
import { Effect, type FileSystem, type Option } from "effect"
import { Flag } from "effect/cli"
import { type RoutingSettings, routingSettings } from "../app/RoutingSettings.ts"
import { anyIds, type TargetIds } from "../domain/Target.ts"
import type { RoutesFile } from "../routing/format/RoutesFile.ts"
import { builtInRoutes } from "../routing/policy/builtInRoutes.ts"
import type { SettingsError } from "../std/Setting.ts"

/** The flag for a table other than that of the settings. */
export const routesFlag = Flag.String("routes").pipe(
  Flag.withDescription("the routing table's file; by default that of ROUTES_FILE, or the built-in table"),
  Flag.optional
)

/** A table; the built-in one has no version and no path. */
export interface Table {
  readonly file: RoutesFile
  readonly version: string | undefined
  readonly path: string | undefined
  /** The check of queues' and agents' ids. */
  readonly ids: TargetIds
}

/** The table of these settings. */
export const tableOf = (routing: RoutingSettings): Table =>
  "routes" in routing
    ? routing.routes
    : { file: builtInRoutes(routing.queues), version: undefined, path: undefined, ids: anyIds }

/** Reads the table of a file, or that of the settings, with ids as `CXONE_DIALECT` has them. It needs no other settings. */
export const readTable = (path: Option.Option<string>): Effect.Effect<Table, SettingsError, FileSystem.FileSystem> =>
  Effect.map(routingSettings(path), tableOf)
