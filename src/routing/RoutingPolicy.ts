/** The decision: which queue or agent a request goes to. */
import { Clock, Config, Context, Effect, type FileSystem, Layer, Option, Result, Schema, Tracer } from "effect"
import { queueIdProblem } from "../cxone/Id.ts"
import type { HandoverRequest } from "../domain/HandoverRequest.ts"
import { type BuiltInQueues, builtInRoutes } from "./builtInRoutes.ts"
import type { Decision, RoutingError } from "./Decision.ts"
import { type Explanation, explain, outcomeOf } from "./explain/Explanation.ts"
import { type LoadedRoutes, liveRoutes, loadRoutes, type RoutesError, type TableStatus } from "./file/liveRoutes.ts"
import type { RoutesFile } from "./format/RoutesFile.ts"
import { makeRoutingTable, type RoutingTable } from "./table/RoutingTable.ts"

/** Decides one request. It may need services, such as a database of customers; a failure with `UnsupportedIntent` says that others may decide. */
export type Decide<R = never> = (request: HandoverRequest) => Effect.Effect<Decision, RoutingError, R>

/** Decides where a request goes. */
export class RoutingPolicy extends Context.Service<
  RoutingPolicy,
  {
    /** The decision, from one version of the rules. Fails where they refuse the request. */
    readonly decide: Decide
    /** What would be decided at a time (milliseconds since 1970; now, where it is left out), and why. Hands nothing over. */
    readonly explain: (request: HandoverRequest, at?: number) => Effect.Effect<Explanation>
    /** Which table is live, where a table from a file decides. */
    readonly table: Effect.Effect<TableStatus | undefined>
  }
>()("cognigy-cxone-router/handover/RoutingPolicy") {
  /** A policy of one's own. What it needs is taken from where the layer is built. */
  static readonly layer = <R = never>(decide: Decide<R>): Layer.Layer<RoutingPolicy, never, R> =>
    Layer.effect(
      RoutingPolicy,
      Effect.map(captured(decide), (decideAt) => ({
        decide: (request) => decideAt(request),
        explain: Effect.fnUntraced(function* (request, at) {
          const now = at ?? (yield* Clock.currentTimeMillis)
          return byPolicy(now, yield* Effect.result(decideAt(request, now)))
        }),
        table: Effect.succeed(undefined)
      }))
    )

  /** A policy of one's own before another one: what it fails for with `UnsupportedIntent`, the other one decides. */
  static readonly layerBefore = <R = never>(decide: Decide<R>): Layer.Layer<RoutingPolicy, never, R | RoutingPolicy> =>
    Layer.effect(
      RoutingPolicy,
      Effect.gen(function* () {
        const decideAt = yield* captured(decide)
        const rest = yield* RoutingPolicy
        return {
          decide: (request) => Effect.catchTag(decideAt(request), "UnsupportedIntent", () => rest.decide(request)),
          explain: Effect.fnUntraced(function* (request, at) {
            const now = at ?? (yield* Clock.currentTimeMillis)
            const decided = yield* Effect.result(decideAt(request, now))
            return Result.isFailure(decided) && decided.failure._tag === "UnsupportedIntent"
              ? yield* rest.explain(request, now)
              : byPolicy(now, decided)
          }),
          table: rest.table
        }
      })
    )

  /** A table that does not change. It is taken as it is: `readRoutes` checks one. */
  static readonly layerTable = (file: RoutesFile): Layer.Layer<RoutingPolicy> =>
    Layer.sync(RoutingPolicy, () => {
      const table = makeRoutingTable(file)
      return byTable(Effect.succeed({ table, version: undefined }), Effect.succeed(undefined))
    })

  /** The built-in table: `transfer_to_sales`, `transfer_to_support`, and `transfer_to_agent` with the entity `agentId`. */
  static readonly layerBuiltIn = (queues: BuiltInQueues): Layer.Layer<RoutingPolicy> =>
    RoutingPolicy.layerTable(builtInRoutes(queues))

  /** A table in a file, read before: when the file changes it is read again, and used as soon as nothing is wrong with it. */
  static readonly layerFile = (loaded: LoadedRoutes): Layer.Layer<RoutingPolicy, never, FileSystem.FileSystem> =>
    Layer.effect(
      RoutingPolicy,
      Effect.map(liveRoutes(loaded), ({ current, status }) => byTable(current, status))
    )

  /**
   * What `Config` says: the table of `ROUTES_FILE`, or the built-in one with `SALES_QUEUE_ID` and `SUPPORT_QUEUE_ID`. Fails with the first setting that is
   * missing or wrong, and with all that is wrong with the table.
   */
  static layerConfig(): Layer.Layer<RoutingPolicy, Config.ConfigError | RoutesError, FileSystem.FileSystem> {
    const { routesFile, ...queues } = routingConfig
    return Layer.unwrap(
      Effect.gen(function* () {
        const path = yield* routesFile
        return Option.isSome(path)
          ? RoutingPolicy.layerFile(yield* loadRoutes(path.value))
          : RoutingPolicy.layerBuiltIn(yield* Config.all(queues))
      })
    )
  }
}

const QueueId = Schema.String.check(Schema.makeFilter(queueIdProblem))

/** Each setting of routing as a `Config` of its own, for programs that report all problems at once. */
export const routingConfig = {
  routesFile: Config.option(Config.NonEmptyString("ROUTES_FILE")),
  salesQueueId: Config.schema(QueueId, "SALES_QUEUE_ID"),
  supportQueueId: Config.schema(QueueId, "SUPPORT_QUEUE_ID")
}

/** A policy with what it needs from where its layer is built, but not under the span that it is built in; it decides at a time, or now. */
const captured = <R>(decide: Decide<R>) =>
  Effect.map(Effect.context<R>(), (context) => {
    const built = Context.omit(Tracer.ParentSpan)(context) as Context.Context<R>
    return (request: HandoverRequest, at?: number) =>
      Effect.provide(at === undefined ? decide(request) : atTime(at)(decide(request)), built)
  })

/** What a policy decides that says nothing of its rules. */
const byPolicy = (now: number, decided: Result.Result<Decision, RoutingError>): Explanation => ({
  at: new Date(now).toISOString(),
  outcome: outcomeOf(decided),
  passed: []
})

/** Runs something at another time, in milliseconds since 1970: for it, the clock stands still. */
const atTime = (now: number) =>
  Effect.updateService(Clock.Clock, (clock) => {
    const nanos = BigInt(Math.round(now)) * 1_000_000n
    return {
      currentTimeMillisUnsafe: () => now,
      currentTimeMillis: Effect.succeed(now),
      currentTimeNanosUnsafe: () => nanos,
      currentTimeNanos: Effect.succeed(nanos),
      monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
      monotonicTimeNanos: clock.monotonicTimeNanos,
      sleep: (duration) => clock.sleep(duration)
    }
  })

const byTable = (
  current: Effect.Effect<{ readonly table: RoutingTable; readonly version: string | undefined }>,
  table: Effect.Effect<TableStatus | undefined>
): RoutingPolicy["Service"] => ({
  decide: (request) =>
    Effect.flatMapEager(current, ({ table }) =>
      Effect.withFiber((fiber) =>
        Effect.fromResult(table.decide({ request, now: fiber.getRef(Clock.Clock).currentTimeMillisUnsafe() }))
      )
    ),
  explain: Effect.fnUntraced(function* (request, at) {
    const { table, version } = yield* current
    return explain(table, version, request, at ?? (yield* Clock.currentTimeMillis))
  }),
  table
})
