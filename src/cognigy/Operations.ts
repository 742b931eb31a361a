/** The handlers for operators: is the router alive, is it ready. */
import { Effect, type Layer } from "effect"
import { HttpApiBuilder, type HttpApiGroup } from "effect/http-api"
import { Readiness } from "../handover/Readiness.ts"
import { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import type { apiUnder } from "./Api.ts"

/** The operations group of the interface. */
export const layer = (
  api: ReturnType<typeof apiUnder>
): Layer.Layer<HttpApiGroup.Service<"cognigy-cxone-router", "operations">, never, Readiness | RoutingPolicy> =>
  HttpApiBuilder.group(
    api,
    "operations",
    Effect.fnUntraced(function* (handlers) {
      const readiness = yield* Readiness
      const policy = yield* RoutingPolicy
      const routes = Effect.map(policy.table, (table) => (table === undefined ? {} : { routes: table }))
      return handlers.handleAll({
        healthz: () => Effect.succeed({ status: "ok" as const }),
        readyz: () =>
          Effect.flatMap(routes, (routes) =>
            readiness.check.pipe(
              Effect.as({ status: "ready" as const, ...routes }),
              Effect.mapError(({ reason }) => ({ status: "not ready" as const, reason, ...routes }))
            )
          )
      })
    })
  )
