/** The front door's routes as a layer, for an application's own router. */
import { Config, Duration, Effect, type FileSystem, Layer, type Path } from "effect"
import { type Etag, type HttpPlatform, HttpRouter, HttpServerResponse, ProblemDetails } from "effect/http"
import { HttpApiBuilder, OpenApi } from "effect/http-api"
import { PrometheusMetrics } from "effect/observability"
import { DEFAULT_DEADLINE, type Handover, handoverConfig } from "../../handover/Handover.ts"
import type { Journal } from "../../handover/Journal.ts"
import type { Readiness } from "../../handover/Readiness.ts"
import type { RoutingPolicy } from "../../routing/RoutingPolicy.ts"
import type { Live } from "../../std/Live.ts"
import { Api, apiUnder } from "../Api.ts"
import * as ApiPage from "../apiPage/ApiPage.ts"
import { makeAsk } from "../askRouting.ts"
import { makeReceiver } from "../Body.ts"
import { makeDecide } from "../Decide.ts"
import { credentialsConfig, type WebhookCredentials } from "../door/Credentials.ts"
import { WebhookAuth } from "../door/WebhookAuth.ts"
import { makeExplain } from "../Explain.ts"
import * as journalLog from "../journalLog.ts"
import * as Operations from "../Operations.ts"
import { type InternalError, internalError, type MethodNotAllowed, type PathNotFound } from "../problem/Problem.ts"
import { DEFAULT_CAPACITY, makeWebhook } from "../Webhook.ts"
import { webhookConfig } from "../WebhookConfig.ts"

/** The place of the routes in an application. */
export interface MountOptions {
  /** The beginning of all paths, such as `/bots`. Default: none. */
  readonly prefix?: `/${string}`
  /** Serves the API's description at `/openapi.json`. Default true. */
  readonly openapi?: boolean
  /** Serves a page that shows it at `/docs`. Default true. */
  readonly docs?: boolean
  /** Shows all metrics at `GET /metrics`, without credentials. Default false. */
  readonly metrics?: boolean
}

/** The webhook's credentials and limits, and the place of the routes. */
export interface RoutesOptions extends MountOptions {
  /** The credentials that the webhook demands: a value, or a `SubscriptionRef` of those that change while the router runs. */
  readonly credentials: Live<WebhookCredentials>
  /** For one webhook, from its headers to its answer: its body must come in this time too. Default 7 s. */
  readonly deadline?: Duration.Input
  /** The number of handovers in progress at once, of questions about routing, and of bodies that are uploading. Default 1,000. */
  readonly capacity?: number
}

/** The services that the routes need: a router, those of a Node server (`NodeHttpServer.layer`), the handover and its journal. */
export type RoutesRequirements =
  | Etag.Generator
  | FileSystem.FileSystem
  | Handover
  | HttpPlatform.HttpPlatform
  | HttpRouter.HttpRouter
  | Journal
  | Path.Path
  | Readiness
  | RoutingPolicy

/** The answer outside of the API's endpoints. */
export const respond = ({ detail, error, status, title, type }: PathNotFound | MethodNotAllowed | InternalError) =>
  ProblemDetails.toResponse({ type, title, status, detail, error })

/** Answers a defect of these routes with a problem. Other routes stay as they are. */
const guarded = HttpRouter.middleware(
  Effect.catchDefect((defect) => Effect.as(Effect.logError("a defect in the router", defect), respond(internalError)))
).layer

/** The group of the webhook, the decision and the explanation. */
const cognigy = (api: ReturnType<typeof apiUnder>, capacity: number, deadline: Duration.Duration) =>
  HttpApiBuilder.group(
    api,
    "cognigy",
    Effect.fnUntraced(function* (handlers) {
      const receive = yield* makeReceiver(capacity, deadline)
      const webhook = yield* makeWebhook({ capacity, deadline, receive })
      const ask = yield* makeAsk({ capacity, deadline, receive })
      const decide = yield* makeDecide(ask)
      const explain = yield* makeExplain(ask)
      return handlers
        .handleRaw("webhook", ({ request }) => webhook(request))
        .handleRaw("decide", ({ request }) => decide(request))
        .handleRaw("explain", ({ query, request }) => explain(request, query.at))
    })
  )

/** The description of the API, made at the first request for it. */
const description = (api: typeof Api, path: `/${string}`) =>
  HttpRouter.use((router) =>
    Effect.flatMap(Effect.cached(Effect.sync(() => HttpServerResponse.jsonUnsafe(OpenApi.fromApi(api)))), (response) =>
      router.add("GET", path, response)
    )
  )

/**
 * The routes as a layer that adds them to the application's `HttpRouter`: the webhook, `/routing/decide`, `/routing/explain`, `/healthz` and `/readyz`, and unless they are left
 * out `/openapi.json` and `/docs`. They log one line for each event of the `Journal`, so two of them over one journal log every event twice. The
 * application's other answers stay as they are.
 *
 * When the application's scope closes, its server first waits for requests in flight, for at most its own `gracefulShutdownTimeout` (20 s by default). A
 * webhook in flight ends within its deadline. Then `Handover` waits for handovers whose senders have left, which end within the same deadline. At last CXone's
 * `Labels` sends waiting labels, for at most its `drainTimeout` (2 s by default): 9 s in all.
 */
export const routes = (options: RoutesOptions): Layer.Layer<never, never, RoutesRequirements> => {
  const { capacity = DEFAULT_CAPACITY, credentials, docs = true, metrics = false, openapi = true } = options
  const deadline = Duration.fromInputUnsafe(options.deadline ?? DEFAULT_DEADLINE)
  const prefix = options.prefix?.replace(/\/+$/, "") ?? ""
  const api = apiUnder(prefix)
  const described = prefix === "" ? Api : Api.annotate(OpenApi.Servers, [{ url: prefix }])
  const at = (path: string) => `${prefix}${path}` as `/${string}`
  return Layer.mergeAll(
    HttpApiBuilder.layer(api).pipe(
      Layer.provide([cognigy(api, capacity, deadline), Operations.layer(api)]),
      Layer.provide(WebhookAuth.layer(credentials))
    ),
    openapi ? description(described, at("/openapi.json")) : Layer.empty,
    docs ? ApiPage.layer(described, { openapi, path: at("/docs") }) : Layer.empty,
    metrics ? PrometheusMetrics.layerHttp({ path: at("/metrics") }) : Layer.empty,
    // Fresh: two tenants in one application have a journal each.
    Layer.fresh(journalLog.layer)
  ).pipe(Layer.provide(guarded))
}

/** Settings of the routes as `Config`s. Those that are left out are read from the environment. */
export interface RoutesConfig extends MountOptions {
  /** Default: `WEBHOOK_AUTH` and the settings that belong to it. */
  readonly credentials?: Config.Config<WebhookCredentials>
  /** Default: `MAX_HANDOVERS`. */
  readonly capacity?: Config.Config<number>
  /** Default: `HANDOVER_DEADLINE`. */
  readonly deadline?: Config.Config<Duration.Input>
}

/** The same, with settings from `Config`. Fails with the first setting that is missing or wrong. */
export const routesConfig = ({
  capacity = webhookConfig.capacity,
  credentials = credentialsConfig,
  deadline = handoverConfig.deadline,
  ...mount
}: RoutesConfig = {}): Layer.Layer<never, Config.ConfigError, RoutesRequirements> =>
  Layer.unwrap(
    Effect.map(Config.all({ capacity, credentials, deadline }), (settings) => routes({ ...mount, ...settings }))
  )
