/** The front door on a Node server of its own. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Duration, Effect, Layer, type Scope } from "effect"
import { HttpRouter, HttpServer, type HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import type { Handover } from "../../handover/Handover.ts"
import type { Journal } from "../../handover/Journal.ts"
import type { Readiness } from "../../handover/Readiness.ts"
import type { RoutingPolicy } from "../../routing/RoutingPolicy.ts"
import { WEBHOOK_PATH } from "../Api.ts"
import { MethodNotAllowed, PathNotFound } from "../problem/Problem.ts"
import { home } from "./home.ts"
import { makeServer } from "./nodeServer.ts"
import { methodsOf } from "./paths.ts"
import { type MountOptions, type RoutesOptions, type RoutesRequirements, respond, routes } from "./routes.ts"

export {
  type MountOptions,
  type RoutesConfig,
  type RoutesOptions,
  type RoutesRequirements,
  routes,
  routesConfig
} from "./routes.ts"

/** The webhook's credentials and limits, without a place in another application. */
export interface AppOptions extends Omit<RoutesOptions, Exclude<keyof MountOptions, "metrics">> {}

/** The server's address, and the webhook's credentials and limits. */
export interface ServerOptions extends AppOptions {
  /** The address to listen on. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** How long a shutdown waits for requests in flight. */
  readonly shutdownTimeout: Duration.Input
  /** The idle timeout of a connection: longer than that of a load balancer before the router. Default 75 s. */
  readonly keepAlive?: Duration.Input | undefined
}

/** Explains a wrong URL or method of a flow. */
const noRoute = ({ method, url }: HttpServerRequest.HttpServerRequest): HttpServerResponse.HttpServerResponse => {
  const [path = ""] = url.split(/[?#]/, 1)
  const detail = `nothing at ${method} ${path}: the webhook is POST ${WEBHOOK_PATH}, the API is described at /docs`
  const allowed = methodsOf(path)
  return allowed === undefined
    ? respond(new PathNotFound({ error: "Not found", detail }))
    : HttpServerResponse.setHeader(
        respond(new MethodNotAllowed({ error: "Method not allowed", detail })),
        "allow",
        allowed
      )
}

/** The routes as an application of its own, with a page at `/`: it answers every request, with a problem when no route matches. */
export const app = (
  options: AppOptions
): Effect.Effect<
  Effect.Effect<
    HttpServerResponse.HttpServerResponse,
    HttpServerError.HttpServerError,
    HttpServerRequest.HttpServerRequest | Scope.Scope
  >,
  never,
  Exclude<RoutesRequirements, HttpRouter.HttpRouter> | Scope.Scope
> =>
  Effect.map(
    HttpRouter.toHttpEffect(Layer.merge(routes(options), home({ metrics: options.metrics ?? false }))),
    Effect.catchIf(
      (error) => error.reason._tag === "RouteNotFound",
      () => Effect.map(HttpServerRequest.HttpServerRequest, noRoute)
    )
  )

/** Serves an application on a Node server, until the scope closes. */
const serving = <E, R>(
  app: Effect.Effect<
    Effect.Effect<HttpServerResponse.HttpServerResponse, E, HttpServerRequest.HttpServerRequest | Scope.Scope>,
    never,
    R
  >,
  { beforeClose, server }: ReturnType<typeof makeServer>,
  options: NodeHttpServer.Options
) => {
  const listening = NodeHttpServer.layer(() => server, options)
  const cutting = Layer.effectDiscard(Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections())))
  return Layer.effectDiscard(
    app.pipe(
      Effect.flatMap((app) => HttpServer.serveEffect(app)),
      Effect.andThen(Effect.addFinalizer(() => beforeClose))
    )
  ).pipe(Layer.provideMerge(Layer.provideMerge(cutting, listening)))
}

/**
 * The router's server. When its scope closes it stops accepting, and lets requests in flight finish for as long as
 * `shutdownTimeout`; then it closes the connections that are still open. Fails with `ServeError` when it cannot listen.
 */
export const layer = (
  options: ServerOptions
): Layer.Layer<HttpServer.HttpServer, HttpServerError.ServeError, Handover | Journal | Readiness | RoutingPolicy> =>
  Layer.suspend(() => {
    const { host, keepAlive, port, shutdownTimeout } = options
    return serving(app(options), makeServer({ keepAlive }), { host, port, gracefulShutdownTimeout: shutdownTimeout })
  })

/** How long the end of the metrics' server waits for an answer. */
const METRICS_SHUTDOWN = Duration.seconds(1)

/** A server for `/metrics` alone, in Prometheus' text format. Fails with `ServeError` when it cannot listen. */
export const metricsLayer = ({
  keepAlive,
  ...address
}: {
  /** The address to listen on. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** The idle timeout of a connection. Default 75 s. */
  readonly keepAlive?: Duration.Input | undefined
}): Layer.Layer<HttpServer.HttpServer, HttpServerError.ServeError> =>
  Layer.suspend(() =>
    serving(HttpRouter.toHttpEffect(PrometheusMetrics.layerHttp({ path: "/metrics" })), makeServer({ keepAlive }), {
      ...address,
      gracefulShutdownTimeout: METRICS_SHUTDOWN
    })
  )
