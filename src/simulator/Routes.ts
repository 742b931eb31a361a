import { Effect } from "effect"
import type { SecureRandom } from "effect/crypto"
import { HttpRouter, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { requireToken } from "./Access.ts"
import { answered, Refusal, toResponse } from "./Answer.ts"
import { type ControlHandler, controlPrefix, makeControlRoutes } from "./ControlRoutes.ts"
import type { Controls } from "./Controls.ts"
import { makeExchange } from "./Exchange.ts"
import { receive } from "./Incoming.ts"
import { type Endpoint, makeOperations } from "./Operations.ts"
import { makeProviderStates } from "./ProviderStates.ts"
import type { Simulation } from "./Simulation.ts"

// Paths must match to the letter. Ids may be as long as Node lets a URL be.
const routerConfig = {
  caseSensitive: true,
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  maxParamLength: 16_384
}

const apiPrefix = "/api/v2/"

/** Makes the HTTP application of a simulator: CXone's operations, and the control of the simulation. */
export const makeRoutes = Effect.fnUntraced(function* (
  simulation: Simulation,
  controls: Controls,
  random: SecureRandom.SecureRandom["Service"]
) {
  const exchange = makeExchange(simulation)
  const router = yield* HttpRouter.make.pipe(Effect.provideService(HttpRouter.RouterConfig, routerConfig))

  const callOperation = (endpoint: Endpoint, request: HttpServerRequest.HttpServerRequest) =>
    Effect.flatMap(HttpRouter.params, (params) =>
      exchange(endpoint.operation, request, params, (incoming) =>
        incoming.url.startsWith(apiPrefix)
          ? Effect.andThen(requireToken(simulation, incoming), endpoint.handle(incoming))
          : endpoint.handle(incoming)
      )
    )

  const callControl = (handle: ControlHandler, request: HttpServerRequest.HttpServerRequest) =>
    HttpRouter.params.pipe(
      Effect.flatMap((params) => receive(request, params)),
      Effect.flatMap((incoming) => answered(handle(incoming))),
      Effect.map(toResponse)
    )

  const refuse = (refusal: Refusal, request: HttpServerRequest.HttpServerRequest) =>
    request.url.startsWith(controlPrefix)
      ? Effect.map(answered(Effect.fail(refusal)), toResponse)
      : exchange("unknown", request, {}, (incoming) =>
          incoming.url.startsWith(apiPrefix)
            ? Effect.andThen(requireToken(simulation, incoming), Effect.fail(refusal))
            : Effect.fail(refusal)
        )

  const addPath = <A>(
    path: string,
    methods: Readonly<Record<string, A>>,
    call: (
      handler: A,
      request: HttpServerRequest.HttpServerRequest
    ) => Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpRouter.RouteContext>
  ) =>
    router.add("*", path as HttpRouter.PathInput, (request) => {
      const handler = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined
      return handler === undefined ? refuse(methodNotAllowed(Object.keys(methods)), request) : call(handler, request)
    })

  for (const [path, methods] of Object.entries(makeOperations(simulation, random))) {
    yield* addPath<Endpoint>(path, methods, callOperation)
  }
  for (const [path, methods] of Object.entries(makeControlRoutes(controls, makeProviderStates(simulation)))) {
    yield* addPath<ControlHandler>(path, methods, callControl)
  }

  // The router fails for a path it does not have, and for one that is not properly percent-encoded.
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
