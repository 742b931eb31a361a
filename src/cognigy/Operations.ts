/** The handlers for the people and machines that run the router: is it alive, is it ready. */
import { Effect, type Layer } from "effect"
import { HttpApiBuilder, type HttpApiGroup } from "effect/http-api"
import { Readiness } from "../handover/Readiness.ts"
import { Api } from "./Api.ts"

/** The operations group of `Api`. */
export const layer: Layer.Layer<
  HttpApiGroup.Service<"cognigy-cxone-router", "operations">,
  never,
  Readiness
> = HttpApiBuilder.group(
  Api,
  "operations",
  Effect.fnUntraced(function* (handlers) {
    const readiness = yield* Readiness
    return handlers.handleAll({
      healthz: () => Effect.succeed({ status: "ok" as const }),
      readyz: () =>
        readiness.check.pipe(
          Effect.as({ status: "ready" as const }),
          Effect.mapError(({ reason }) => ({ status: "not ready" as const, reason }))
        )
    })
  })
)
