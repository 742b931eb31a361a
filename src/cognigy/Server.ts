/** The front door: the router's HTTP interface on a Node server. */
import { createServer, type Server } from "node:http"
import { NodeHttpServer } from "@effect/platform-node"
import { type Duration, Effect, Layer } from "effect"
import {
  HttpRouter,
  type HttpServer,
  type HttpServerError,
  type HttpServerRequest,
  HttpServerResponse,
  ProblemDetails
} from "effect/http"
import { HttpApiBuilder, HttpApiScalar } from "effect/http-api"
import type { Handover } from "../handover/Handover.ts"
import type { Readiness } from "../handover/Readiness.ts"
import { Api, WEBHOOK_PATH } from "./Api.ts"
import * as Operations from "./Operations.ts"
import { InternalError, MethodNotAllowed, PathNotFound } from "./Problem.ts"
import * as Webhook from "./Webhook.ts"
import { WebhookAuth, type WebhookCredentials } from "./WebhookAuth.ts"

/** How long a client may take to send a request, in milliseconds: Cognigy sends its small bodies at once. */
const REQUEST_TIMEOUT = 10_000

/** How the server listens, and whom it lets in. */
export interface ServerOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly credentials: WebhookCredentials
  /** How long a shutdown waits for requests in flight. */
  readonly shutdownTimeout: Duration.Duration
}

const respond = ({ detail, error, status, title, type }: PathNotFound | MethodNotAllowed | InternalError) =>
  ProblemDetails.toResponse({ type, title, status, detail, error })

const notFound = ({ method, url }: HttpServerRequest.HttpServerRequest) =>
  Effect.succeed(
    respond(
      new PathNotFound({
        error: "Not found",
        detail: `nothing at ${method} ${new URL(url, "http://localhost").pathname}: the webhook is POST ${WEBHOOK_PATH}, the API is described at /docs`
      })
    )
  )

const methodNotAllowed = respond(
  new MethodNotAllowed({ error: "Method not allowed", detail: `the webhook is POST ${WEBHOOK_PATH}` })
)

/** Paths that nothing else takes, so that a wrong URL in a flow explains itself. */
const fallbacks = HttpRouter.addAll([
  HttpRouter.route("*", "*", notFound),
  ...(["GET", "PUT", "PATCH", "DELETE"] as const).map((method) =>
    HttpRouter.route(method, WEBHOOK_PATH, HttpServerResponse.setHeader(methodNotAllowed, "allow", "POST"))
  )
])

/** A defect anywhere in a handler: its cause goes to the log, and nothing of it into the answer. */
const defects = HttpRouter.middleware(
  Effect.catchDefect((defect) =>
    Effect.as(
      Effect.logError("a defect in the router", defect),
      respond(new InternalError({ error: "Internal error", detail: "the router failed; its log says why" }))
    )
  ),
  { global: true }
)

/**
 * All routes of the router: the webhook, `/healthz`, `/readyz`, `/openapi.json` and `/docs`.
 */
export const routes = (credentials: WebhookCredentials) =>
  Layer.mergeAll(
    HttpApiBuilder.layer(Api, { openapiPath: "/openapi.json" }).pipe(
      Layer.provide([Webhook.layer, Operations.layer]),
      Layer.provide(WebhookAuth.layer(credentials))
    ),
    HttpApiScalar.layer(Api, { path: "/docs" }),
    fallbacks,
    defects
  )

const makeServer = (): Server => {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT })
  // A connection that was busy when the server closed is kept alive by Node and would hold the shutdown up once it is idle.
  return server.on("request", (_request, response) => {
    response.once("close", () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections())
    })
  })
}

/**
 * The router's server. It stops accepting when its scope closes, and lets requests in flight finish.
 * Fails with `ServeError` when it cannot listen.
 */
export const layer = (
  options: ServerOptions
): Layer.Layer<HttpServer.HttpServer, HttpServerError.ServeError, Handover | Readiness> =>
  HttpRouter.serve(routes(options.credentials), { disableListenLog: true, disableLogger: true }).pipe(
    Layer.provideMerge(
      NodeHttpServer.layer(makeServer, {
        host: options.host,
        port: options.port,
        gracefulShutdownTimeout: options.shutdownTimeout
      })
    )
  )
