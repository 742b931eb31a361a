import { Effect, type Scope } from "effect"
import { HttpRouter, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { answered, Refusal, toResponse } from "./Answer.ts"
import { controlPrefix } from "./ControlRoutes.ts"
import type { Dialect, Handler, Paths } from "./Dialect.ts"
import { makeExchange } from "./Exchange.ts"
import { type Incoming, receive } from "./Incoming.ts"
import type { Simulation } from "./Simulation.ts"

/** The HTTP application of a simulator. Its response may be `dropped`. */
export type Routes = Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  never,
  HttpServerRequest.HttpServerRequest | Scope.Scope
>

// Paths must match exactly. An id may be as long as Node lets a URL be.
const routerConfig = {
  caseSensitive: true,
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  maxParamLength: 16_384
}

/** Makes the application of a simulator: the operations of an API, and the control of the simulation. */
export const makeRoutes = Effect.fnUntraced(function* <Operation extends string>(
  simulation: Simulation<Operation>,
  dialect: Dialect<Operation>,
  controls: Paths<Handler>
): Effect.fn.Return<Routes> {
  const exchange = makeExchange(simulation, dialect)
  const router = yield* HttpRouter.make.pipe(Effect.provideService(HttpRouter.RouterConfig, routerConfig))

  const admitted =
    (handle: Handler): Handler =>
    (incoming) =>
      Effect.andThen(dialect.admit(incoming), handle(incoming))

  const refuse = (refusal: Refusal, request: HttpServerRequest.HttpServerRequest) =>
    request.url.startsWith(controlPrefix)
      ? Effect.map(answered(Effect.fail(refusal)), toResponse)
      : exchange(
          "unknown",
          request,
          {},
          admitted(() => Effect.fail(refusal))
        )

  const addPaths = <A>(
    paths: Paths<A>,
    call: (
      entry: A,
      request: HttpServerRequest.HttpServerRequest,
      params: Incoming["params"]
    ) => Effect.Effect<HttpServerResponse.HttpServerResponse>
  ) =>
    Effect.forEach(Object.entries(paths), ([path, methods]) =>
      router.add("*", path as HttpRouter.PathInput, (request) => {
        const entry = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined
        return entry === undefined
          ? refuse(methodNotAllowed(Object.keys(methods)), request)
          : Effect.flatMap(HttpRouter.params, (params) => call(entry, request, params))
      })
    )

  yield* addPaths(dialect.endpoints, ({ handle, operation }, request, params) =>
    exchange(operation, request, params, admitted(handle))
  )
  yield* addPaths(controls, (handle, request, params) =>
    receive(request, params).pipe(
      Effect.flatMap((incoming) => answered(handle(incoming))),
      Effect.map(toResponse)
    )
  )

  // The router fails for an unknown path, and for one with wrong percent-encoding.
  return Effect.catch(router.asHttpEffect(), () =>
    HttpServerRequest.HttpServerRequest.use((request) => refuse(notFound, request))
  )
})

const notFound = new Refusal({ status: 404, code: "not.found", message: "There is nothing at this path" })

const methodNotAllowed = (allowed: ReadonlyArray<string>) =>
  new Refusal({
    status: 405,
    code: "method.not.allowed",
    message: `This path takes ${allowed.join(" and ")} only`,
    headers: { allow: allowed.join(", ") }
  })
