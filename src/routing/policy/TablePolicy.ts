/** Policies by routing tables. */
import { Clock, Config, Effect, type FileSystem, Layer, Option, type Stream } from "effect"
import { anyIds, type TargetIds } from "../../domain/Target.ts"
import { explain } from "../explain/explain.ts"
import { type LoadedRoutes, loadRoutes, type RoutesError } from "../file/LoadedRoutes.ts"
import { liveRoutes } from "../file/liveRoutes.ts"
import type { RoutesFile } from "../format/RoutesFile.ts"
import { type LiveRoutes, RoutingPolicy } from "../RoutingPolicy.ts"
import type { TableStatus } from "../TableStatus.ts"
import { makeRoutingTable, type RoutingTable } from "../table/RoutingTable.ts"
import { type BuiltInQueues, builtInRoutes } from "./builtInRoutes.ts"
import { routingConfig } from "./routingConfig.ts"

/** A table that does not change. It is used unchecked: `readRoutes` checks a table. `ids` checks ids of tables that operators try. */
export const layerTable = (file: RoutesFile, ids: TargetIds = anyIds): Layer.Layer<RoutingPolicy> =>
  Layer.sync(RoutingPolicy, () => {
    const table = makeRoutingTable(file)
    return byTable(Effect.succeed({ file, table, version: undefined, ids }), Effect.succeed(undefined))
  })

/** The built-in table: `transfer_to_sales`, `transfer_to_support`, and `transfer_to_agent` with the entity `agentId`. */
export const layerBuiltIn = (queues: BuiltInQueues, ids?: TargetIds): Layer.Layer<RoutingPolicy> =>
  layerTable(builtInRoutes(queues), ids)

/**
 * A loaded table that follows its file: a changed file is read again, and used once it has no problems. For each element of `rereads` it is read again although it
 * does not seem to have changed.
 */
export const layerFile = (
  loaded: LoadedRoutes,
  rereads?: Stream.Stream<void>
): Layer.Layer<RoutingPolicy, never, FileSystem.FileSystem> =>
  Layer.effect(
    RoutingPolicy,
    Effect.map(liveRoutes(loaded, rereads), ({ current, problems, status }) => byTable(current, status, problems))
  )

/**
 * The table of `ROUTES_FILE`, or the built-in one with `SALES_QUEUE_ID` and `SUPPORT_QUEUE_ID`. `ids` checks ids; by default every id that is not empty is valid.
 * Fails with the first setting that is missing or wrong, and with all problems of the table.
 */
export const layerConfig = (
  ids?: TargetIds
): Layer.Layer<RoutingPolicy, Config.ConfigError | RoutesError, FileSystem.FileSystem> => {
  const { routesFile, ...queues } = routingConfig(ids)
  return Layer.unwrap(
    Effect.gen(function* () {
      const path = yield* routesFile
      return Option.isSome(path)
        ? layerFile(yield* loadRoutes(path.value, ids))
        : layerBuiltIn(yield* Config.all(queues), ids)
    })
  )
}

const byTable = (
  current: Effect.Effect<LiveRoutes & { readonly table: RoutingTable }>,
  status: Effect.Effect<TableStatus | undefined>,
  problems: Effect.Effect<LiveRoutes["problems"]> = Effect.succeed(undefined)
): RoutingPolicy["Service"] => ({
  decide: Effect.fnUntraced(function* (request) {
    const { table, version } = yield* current
    const decision = yield* Effect.fromResult(table.decide({ request, now: yield* Clock.currentTimeMillis }))
    return version === undefined ? decision : { ...decision, table: version }
  }),
  explain: Effect.fnUntraced(function* (request, at) {
    const { table, version } = yield* current
    return explain(table, version, request, at ?? (yield* Clock.currentTimeMillis))
  }),
  nameOf: (target) => Effect.map(current, ({ table }) => table.nameOf(target)),
  table: status,
  routes: Effect.zipWith(current, problems, ({ file, ids, version }, problems) => ({
    file,
    ids,
    version,
    ...(problems === undefined ? {} : { problems })
  }))
})
