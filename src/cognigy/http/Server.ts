/** The front door on a Node server of its own. */
import { Duration, Effect, Layer, type Scope } from "effect"
import { HttpRouter, type HttpServer, type HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import type { Handover } from "../../handover/Handover.ts"
import type { Journal } from "../../handover/Journal.ts"
import type { Readiness } from "../../handover/Readiness.ts"
import type { RoutingPolicy } from "../../routing/RoutingPolicy.ts"
import { serving } from "../../std/serving.ts"
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

/** A console on the same server: its routes, all below one path. */
export interface ConsoleMount {
  /** The path that all its paths are below, such as `/console`. */
  readonly path: `/${string}`
  /** Adds the routes. */
  readonly routes: Layer.Layer<never, never, HttpRouter.HttpRouter>
}

/** The server's address, and the webhook's credentials and limits. */
export interface ServerOptions extends AppOptions {
  /** Default: none. Queries of its paths reach it; those of other paths are removed. */
  readonly console?: ConsoleMount | undefined
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
  options: AppOptions & Pick<ServerOptions, "console">
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
    HttpRouter.toHttpEffect(
      Layer.mergeAll(
        routes(options),
        home({ metrics: options.metrics ?? false, console: options.console !== undefined }),
        options.console?.routes ?? Layer.empty
      )
    ),
    Effect.catchIf(
      (error) => error.reason._tag === "RouteNotFound",
      () => Effect.map(HttpServerRequest.HttpServerRequest, noRoute)
    )
  )

/**
 * The router's server. When its scope closes it stops accepting, and lets requests in flight finish for as long as
 * `shutdownTimeout`; then it closes the connections that are still open. Fails with `ServeError` when it cannot listen.
 */
export const layer = (
  options: ServerOptions
): Layer.Layer<HttpServer.HttpServer, HttpServerError.ServeError, Handover | Journal | Readiness | RoutingPolicy> =>
  Layer.suspend(() => {
    const { console, host, keepAlive, port, shutdownTimeout } = options
    return serving(app(options), makeServer({ keepAlive, withQueries: console?.path }), {
      host,
      port,
      gracefulShutdownTimeout: shutdownTimeout
    })
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
