/**
 * The service that decides, and policies in code. This module and all that it imports work without a parser of tables, so that an application with a policy of
 * its own bundles none. `policy/TablePolicy.ts` has the layers for tables.
 */
import { Clock, Context, Effect, Layer, Result, Tracer } from "effect"
import type { HandoverRequest } from "../domain/HandoverRequest.ts"
import type { Target, TargetIds } from "../domain/Target.ts"
import { atTime } from "../std/atTime.ts"
import type { Decision, RoutingError } from "./Decision.ts"
import type { Explanation } from "./Explanation.ts"
import type { FileProblem } from "./FileProblem.ts"
import type { RoutesFile } from "./format/RoutesFile.ts"
import { outcomeOf } from "./outcomeOf.ts"
import type { TableStatus } from "./TableStatus.ts"

/** Decides one request. It may need services, such as a database of customers. It fails with `UnsupportedIntent` to leave the request to another policy. */
export type Decide<R = never> = (request: HandoverRequest) => Effect.Effect<Decision, RoutingError, R>

/** The rules that decide now, as their file has them. */
export interface LiveRoutes {
  /** The same object for as long as these rules decide. */
  readonly file: RoutesFile
  /** The version of the file; `undefined` for a table that is not from a file. */
  readonly version: string | undefined
  /** The check of queues' and agents' ids in tables that may follow. */
  readonly ids: TargetIds
  /** The first problems of the file as it is now, where it has changed and is not used. */
  readonly problems?: ReadonlyArray<FileProblem> | undefined
}

/** Decides where a request goes. */
export class RoutingPolicy extends Context.Service<
  RoutingPolicy,
  {
    /** Decides by one version of the rules. Fails with the error of a rule that refuses, or with `UnsupportedIntent`. */
    readonly decide: Decide
    /** Explains the decision at a time (milliseconds since 1970; default now). Hands nothing over. */
    readonly explain: (request: HandoverRequest, at?: number) => Effect.Effect<Explanation>
    /** The table's name for a queue or an agent, where a table decides and names it. */
    readonly nameOf: (target: Target) => Effect.Effect<string | undefined>
    /** The live table, where a table from a file decides. */
    readonly table: Effect.Effect<TableStatus | undefined>
    /** The rules that decide now, where a table decides. */
    readonly routes: Effect.Effect<LiveRoutes | undefined>
  }
>()("cognigy-cxone-router/routing/RoutingPolicy") {
  /** A policy in code. The services that it needs are those of the place where the layer is built. */
  static readonly layer = <R = never>(decide: Decide<R>): Layer.Layer<RoutingPolicy, never, R> =>
    Layer.effect(
      RoutingPolicy,
      Effect.map(captured(decide), (decideAt) => ({
        decide: (request) => decideAt(request),
        explain: Effect.fnUntraced(function* (request, at) {
          const now = at ?? (yield* Clock.currentTimeMillis)
          return explanation(now, yield* Effect.result(decideAt(request, now)))
        }),
        nameOf: () => Effect.succeed(undefined),
        table: Effect.succeed(undefined),
        routes: Effect.succeed(undefined)
      }))
    )

  /** A policy in code before another policy, which decides the requests that the first fails with `UnsupportedIntent`. */
  static readonly layerBefore = <R = never>(decide: Decide<R>): Layer.Layer<RoutingPolicy, never, R | RoutingPolicy> =>
    Layer.effect(
      RoutingPolicy,
      Effect.gen(function* () {
        const first = yield* captured(decide)
        const rest = yield* RoutingPolicy
        return {
          decide: (request) => Effect.catchTag(first(request), "UnsupportedIntent", () => rest.decide(request)),
          explain: Effect.fnUntraced(function* (request, at) {
            const now = at ?? (yield* Clock.currentTimeMillis)
            const decided = yield* Effect.result(first(request, now))
            return Result.isFailure(decided) && decided.failure._tag === "UnsupportedIntent"
              ? yield* rest.explain(request, now)
              : explanation(now, decided)
          }),
          nameOf: rest.nameOf,
          table: rest.table,
          routes: rest.routes
        }
      })
    )
}

/** A policy with the services of the place where its layer is built, without the span that the layer is built in. It decides at a time, or now. */
const captured = <R>(decide: Decide<R>) =>
  Effect.map(Effect.context<R>(), (context) => {
    const built = Context.omit(Tracer.ParentSpan)(context) as Context.Context<R>
    return (request: HandoverRequest, at?: number) =>
      Effect.provide(at === undefined ? decide(request) : atTime(at)(decide(request)), built)
  })

/** The explanation of a policy in code, whose rules are unknown. */
const explanation = (now: number, decided: Result.Result<Decision, RoutingError>): Explanation => ({
  at: new Date(now).toISOString(),
  outcome: outcomeOf(decided),
  passed: []
})
