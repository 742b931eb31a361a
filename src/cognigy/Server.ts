/** The front door: the router's HTTP interface on a Node server. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Config, Duration, Effect, type FileSystem, Layer, type Path, type Scope } from "effect"
import {
  type Etag,
  type HttpPlatform,
  HttpRouter,
  HttpServer,
  type HttpServerError,
  HttpServerRequest,
  HttpServerResponse,
  ProblemDetails
} from "effect/http"
import { HttpApiBuilder, HttpApiScalar, OpenApi } from "effect/http-api"
import { PrometheusMetrics } from "effect/observability"
import { DEFAULT_DEADLINE, type Handover, handoverConfig } from "../handover/Handover.ts"
import type { Readiness } from "../handover/Readiness.ts"
import type { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import { LinkedSet } from "../std/LinkedSet.ts"
import { Api, EXPLAIN_PATH, WEBHOOK_PATH } from "./Api.ts"
import * as Operations from "./Operations.ts"
import { type InternalError, internalError, MethodNotAllowed, PathNotFound } from "./Problem.ts"
import { plainPath } from "./plainPath.ts"
import * as Webhook from "./Webhook.ts"
import { WebhookAuth, type WebhookCredentials } from "./WebhookAuth.ts"
import { credentialsConfig, webhookConfig } from "./WebhookConfig.ts"

/** The path of the metrics. */
const METRICS_PATH = "/metrics"

/** How long a client may take to send a request, in milliseconds: Cognigy sends its small bodies at once. */
const REQUEST_TIMEOUT = 10_000

/** Connections past this many are closed at once: each costs memory and a file descriptor, whoever it is. */
const MAX_CONNECTIONS = 10_000

/** How the server listens, whom it lets in, and how much it takes on. */
export interface ServerOptions extends Omit<RoutesOptions, keyof MountOptions> {
  /** The address to listen on. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** How long a shutdown waits for requests in flight. */
  readonly shutdownTimeout: Duration.Input
}

/** Where in an application the routes are. */
export interface MountOptions {
  /** What all paths begin with, such as `/bots`: nothing where it is left out. */
  readonly prefix?: `/${string}`
  /** Whether the API's description is served as well, at `/openapi.json`. Default: it is. */
  readonly openapi?: boolean
  /** Whether a page that shows it is served, at `/docs`. Default: it is. */
  readonly docs?: boolean
}

/** Whom the webhook lets in, how much it takes on, and where it is. */
export interface RoutesOptions extends MountOptions {
  /** Whom the webhook lets in. */
  readonly credentials: WebhookCredentials
  /** For one webhook, from its headers to its answer: the time in which its body must come too. Default 7 s. */
  readonly deadline?: Duration.Input
  /** How many webhooks may be under way at once, and how many bodies may be on their way. Default 1,000. */
  readonly capacity?: number
  /** Whether `GET /metrics` shows what is counted and measured, without credentials. Default false. */
  readonly metrics?: boolean
}

/** What the routes need: a router, what a server for Node brings (`NodeHttpServer.layer`), and the handover. */
export type RoutesRequirements =
  | Etag.Generator
  | FileSystem.FileSystem
  | Handover
  | HttpPlatform.HttpPlatform
  | HttpRouter.HttpRouter
  | Path.Path
  | Readiness
  | RoutingPolicy

const respond = ({ detail, error, status, title, type }: PathNotFound | MethodNotAllowed | InternalError) =>
  ProblemDetails.toResponse({ type, title, status, detail, error })

/** What no route takes, so that a wrong URL or method in a flow explains itself. */
const noRoute = ({ method, url }: HttpServerRequest.HttpServerRequest): HttpServerResponse.HttpServerResponse => {
  const [path = ""] = url.split(/[?#]/, 1)
  const detail = `nothing at ${method} ${path}: the webhook is POST ${WEBHOOK_PATH}, the API is described at /docs`
  return [WEBHOOK_PATH, EXPLAIN_PATH].includes(plainPath(path))
    ? HttpServerResponse.setHeader(
        respond(new MethodNotAllowed({ error: "Method not allowed", detail })),
        "allow",
        "POST"
      )
    : respond(new PathNotFound({ error: "Not found", detail }))
}

/** A defect in one of these routes is answered as a problem; those of other routes are not touched. */
const guarded = HttpRouter.middleware(
  Effect.catchDefect((defect) => Effect.as(Effect.logError("a defect in the router", defect), respond(internalError)))
).layer

/** The router of where the routes are mounted, under a prefix. */
const under = (prefix: string) =>
  Layer.effect(
    HttpRouter.HttpRouter,
    Effect.map(HttpRouter.HttpRouter, (router) => router.prefixed(prefix))
  )

/**
 * The routes as a layer that adds them to the application's `HttpRouter`: the webhook, `/routing/explain`, `/healthz` and `/readyz`, and where they are
 * not left out `/openapi.json` and `/docs`. What the application answers elsewhere, and where nothing is, stays as it is.
 */
export const routes = (options: RoutesOptions): Layer.Layer<never, never, RoutesRequirements> => {
  const {
    capacity = Webhook.DEFAULT_CAPACITY,
    credentials,
    deadline = DEFAULT_DEADLINE,
    docs = true,
    metrics = false,
    openapi = true
  } = options
  const prefix = options.prefix?.replace(/\/+$/, "") ?? ""
  const api = prefix === "" ? Api : Api.annotate(OpenApi.Servers, [{ url: prefix }])
  const served = HttpApiBuilder.layer(api, openapi ? { openapiPath: "/openapi.json" } : {}).pipe(
    // Fresh: two routers in one application, for two tenants, must not share it.
    Layer.provide([
      Webhook.layer({ capacity, deadline: Duration.fromInputUnsafe(deadline) }),
      Layer.fresh(Operations.layer)
    ]),
    Layer.provide(WebhookAuth.layer(credentials))
  )
  const all = Layer.mergeAll(
    served,
    docs ? HttpApiScalar.layer(api, { path: "/docs" }) : Layer.empty,
    // Fresh, for the same reason.
    metrics ? Layer.fresh(metricsRoute) : Layer.empty
  ).pipe(Layer.provide(guarded))
  return prefix === "" ? all : Layer.provide(all, under(prefix))
}

/**
 * The same, with what the webhook asks for from `Config`: `WEBHOOK_AUTH` and what belongs to it, `HANDOVER_DEADLINE` and `MAX_HANDOVERS`. Fails with the
 * first setting that is missing or wrong.
 */
export const routesConfig = (
  options: MountOptions & Pick<RoutesOptions, "metrics"> = {}
): Layer.Layer<never, Config.ConfigError, RoutesRequirements> =>
  Layer.unwrap(
    Effect.map(
      Config.all({
        credentials: credentialsConfig,
        capacity: webhookConfig.capacity,
        deadline: handoverConfig.deadline
      }),
      (read) => routes({ ...options, ...read })
    )
  )

/** `GET /metrics`, in Prometheus' text format. */
const metricsRoute = PrometheusMetrics.layerHttp({ path: METRICS_PATH })

/** A server for `/metrics` alone. Fails with `ServeError` when it cannot listen. */
export const metricsLayer = (options: {
  /** The address to listen on. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
}): Layer.Layer<HttpServer.HttpServer, HttpServerError.ServeError> =>
  HttpRouter.serve(metricsRoute, { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provideMerge(
      NodeHttpServer.layer(() => createServer({ requestTimeout: REQUEST_TIMEOUT }), {
        ...options,
        gracefulShutdownTimeout: "1 second"
      })
    )
  )

/** The routes as one application that answers everything, with a problem where nothing else fits. */
export const app = (
  options: Omit<RoutesOptions, keyof MountOptions>
): Effect.Effect<
  Effect.Effect<
    HttpServerResponse.HttpServerResponse,
    HttpServerError.HttpServerError,
    HttpServerRequest.HttpServerRequest | Scope.Scope
  >,
  never,
  Exclude<RoutesRequirements, HttpRouter.HttpRouter> | Scope.Scope
> =>
  Effect.map(HttpRouter.toHttpEffect(routes(options)), (router) =>
    router.pipe(
      Effect.catchIf(
        (error) => error.reason._tag === "RouteNotFound",
        () => Effect.map(HttpServerRequest.HttpServerRequest, noRoute)
      )
    )
  )

/** Headers of other ways to go on with a trace than `traceparent`, which is the one that is described: they may have ids that are none. */
const OTHER_TRACES = ["b3", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-flags"]

/**
 * People put tokens into URLs: nothing that looks at a request, such as a tracer, comes to see its query. One route reads one member of it, the
 * time, and that is all that is left.
 */
const simplify = (request: IncomingMessage) => {
  for (const name of OTHER_TRACES) delete request.headers[name]
  const [path, query] = request.url?.split(/[?#]/, 2) ?? []
  if (path === undefined) return
  const at =
    query !== undefined && plainPath(path) === EXPLAIN_PATH
      ? new URLSearchParams(query).get("at")?.slice(0, 64)
      : undefined
  request.url = at ? `${EXPLAIN_PATH}?${new URLSearchParams({ at })}` : path
}

/** How long, in milliseconds, a connection that has sent nothing yet may still do so once the server closes: its request may be on its way. */
const SILENCE = 250

/**
 * A Node server, and what to do before it closes, so that its clients take no answer for the last but one: from then on each answer ends its
 * connection, and connections with nothing in flight are ended too. Node leaves some of these open.
 */
const makeServer = () => {
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT,
    headersTimeout: REQUEST_TIMEOUT,
    // Node looks for slow senders this often, and every 30 s where it is left out.
    connectionsCheckingInterval: 1000
  })
  server.maxConnections = MAX_CONNECTIONS
  const sockets = new Set<Socket>()
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  server.on("request", simplify).on("checkContinue", simplify).on("upgrade", simplify)
  let isClosing = false
  const unanswered = new LinkedSet<ServerResponse>()
  server.on("request", (_request, response) => {
    const isAnswered = unanswered.add(response)
    if (isClosing) response.setHeader("connection", "close")
    response.once("close", () => {
      isAnswered()
      // One whose answer had begun before is kept alive.
      if (isClosing) setImmediate(() => server.closeIdleConnections())
    })
  })
  const beforeClose = Effect.sync(() => {
    isClosing = true
    for (const response of unanswered.all()) if (!response.headersSent) response.setHeader("connection", "close")
    // A connection that never sent a byte (a load balancer's, kept for later) does not count as idle.
    const ending = setTimeout(() => {
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    }, SILENCE)
    server.once("close", () => clearTimeout(ending))
  })
  return { server, beforeClose }
}

/**
 * The router's server. When its scope closes it stops accepting, and lets requests in flight finish for as long as
 * `shutdownTimeout`; connections that are open then are cut. Fails with `ServeError` when it cannot listen.
 */
export const layer = (
  options: ServerOptions
): Layer.Layer<HttpServer.HttpServer, HttpServerError.ServeError, Handover | Readiness | RoutingPolicy> =>
  Layer.unwrap(
    Effect.sync(() => {
      const { host, port, shutdownTimeout } = options
      const { beforeClose, server } = makeServer()
      const listening = NodeHttpServer.layer(() => server, { host, port, gracefulShutdownTimeout: shutdownTimeout })
      const cutting = Layer.effectDiscard(Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections())))
      return Layer.effectDiscard(
        app(options).pipe(
          Effect.flatMap((app) => HttpServer.serveEffect(app)),
          Effect.andThen(Effect.addFinalizer(() => beforeClose))
        )
      ).pipe(Layer.provideMerge(Layer.provideMerge(cutting, listening)))
    })
  )
