/** The whole router as one layer: the front door over the handover over CXone. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Duration, Effect, type FileSystem, Layer, References, type Stream } from "effect"
import type { HttpClient, HttpServer, HttpServerError } from "effect/http"
import type { WebhookCredentials } from "../cognigy/door/Credentials.ts"
import { DEFAULT_CAPACITY } from "../cognigy/Webhook.ts"
import { Closing } from "../console/Closing.ts"
import type { ContactCentre } from "../cxone/ContactCentre.ts"
import { idsOf } from "../cxone/Dialect.ts"
import * as Digital from "../cxone/digital/Digital.ts"
import { DigitalSettings } from "../cxone/digital/DigitalSettings.ts"
import type { LabelsOptions } from "../cxone/transport/Labels.ts"
import { CXoneSettings } from "../cxone/webchat/CXoneSettings.ts"
import * as Webchat from "../cxone/webchat/Webchat.ts"
import { Claims, DEFAULT_IDEMPOTENCY_WINDOW } from "../handover/Claims.ts"
import { DEFAULT_DEADLINE, Handover } from "../handover/Handover.ts"
import { Journal } from "../handover/Journal.ts"
import { Readiness } from "../handover/Readiness.ts"
import { DEFAULT_HISTORY } from "../history/HistorySettings.ts"
import * as History from "../history/layer.ts"
import { noHistory } from "../history/noHistory.ts"
import * as TablePolicy from "../routing/policy/TablePolicy.ts"
import type { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import { nowMillis } from "../std/clock.ts"
import type { Live } from "../std/Live.ts"
import * as outbound from "../std/outbound.ts"
import { NO_PROXIES, Proxies } from "../std/Proxies.ts"
import type { SettingsError } from "../std/Setting.ts"
import * as UndiciClient from "../std/UndiciClient.ts"
import * as Store from "../store/Store.ts"
import type { StoreError } from "../store/StoreError.ts"
import { logWarnings } from "./logWarnings.ts"
import { type ConnectionSettings, DEFAULT_CONNECTIONS, type Settings, settings } from "./Settings.ts"
import { consoleServer, metricsServer, server } from "./servers.ts"
import { workTime } from "./workTime.ts"

/** Connections to CXone. Fresh, because undici's layers share one memo: another client in the process would win or lose its options. */
export const httpClient = (connections: ConnectionSettings = DEFAULT_CONNECTIONS): Layer.Layer<HttpClient.HttpClient> =>
  UndiciClient.layer.pipe(
    Layer.provide(
      outbound.layer({
        ...dispatcherOptions(connections),
        // Attempts have their own time, which is shorter.
        headersTimeout: 0,
        bodyTimeout: 0
      })
    ),
    Layer.fresh
  )

/** The same connections, for callers that read only the beginning of an answer. */
export const streamingHttpClient = (connections: ConnectionSettings): Layer.Layer<HttpClient.HttpClient> =>
  NodeHttpClient.layerUndiciNoDispatcher.pipe(
    Layer.provide(outbound.layer(dispatcherOptions(connections))),
    Layer.fresh
  )

const dispatcherOptions = ({ keepAlive, limit }: ConnectionSettings) => ({
  // CXone's real answers are under a few KiB.
  maxResponseSize: UndiciClient.MAX_SIZE,
  connections: limit,
  keepAliveTimeout: Duration.toMillis(keepAlive),
  connectTimeout: Duration.toMillis("5 seconds")
})

const policy = ({ cxone, rereads, routing }: RouterOptions) =>
  "routes" in routing
    ? Layer.provide(TablePolicy.layerFile(routing.routes, rereads), NodeFileSystem.layer)
    : TablePolicy.layerBuiltIn(routing.queues, idsOf(cxone.dialect))

/** The least time, in milliseconds, that waiting labels get when requests in flight have used the shutdown's time up. */
const LEAST_DRAIN = 500

const dialect = (
  cxone: RouterOptions["cxone"],
  labels: LabelsOptions
): Layer.Layer<ContactCentre, never, HttpClient.HttpClient> =>
  cxone.dialect === "digital"
    ? Layer.provide(Digital.layer(labels), DigitalSettings.layer(cxone))
    : Layer.provide(Webchat.layer(labels), CXoneSettings.layer(cxone))

const contactCentre = (
  { connections, cxone, proxies = NO_PROXIES }: RouterOptions,
  drainTimeout: Effect.Effect<Duration.Duration>
): Layer.Layer<ContactCentre> =>
  dialect(cxone, { drainTimeout }).pipe(
    Layer.provide(httpClient(connections)),
    Layer.provide(Layer.succeed(Proxies, proxies))
  )

/**
 * The settings of the router. Those that are left out have the defaults of `serve`, but for `database`: without one there is no history. The log and traces are the
 * application's.
 */
export interface RouterOptions
  extends Pick<Settings, "cxone" | "host" | "port" | "routing">,
    Partial<
      Pick<
        Settings,
        | "capacity"
        | "connections"
        | "console"
        | "database"
        | "deadline"
        | "history"
        | "idempotencyWindow"
        | "keepAlive"
        | "metrics"
        | "proxies"
      >
    > {
  /** The credentials that the webhook demands: a value, or a `SubscriptionRef` of those that change while the router runs. */
  readonly credentials: Live<WebhookCredentials>
  /** For each of its elements the file of the routing table is read again, although it does not seem to have changed. Default: none. */
  readonly rereads?: Stream.Stream<void>
}

/** The history; without a database there is none. */
const history = ({ database, history = DEFAULT_HISTORY }: RouterOptions) =>
  database === undefined
    ? noHistory
    : Layer.provide(History.layer(history), Store.layer(database)).pipe(
        // Its statements are no part of any handover's trace.
        Layer.provide(Layer.succeed(References.TracerEnabled, false))
      )

/**
 * The router, with the rules of a file or the built-in ones. Its shutdown, requests in flight and waiting labels together, is bounded by the handover's deadline and
 * half a second. Fails with `ServeError` when it cannot listen, and with `StoreError` when the database cannot be used.
 */
export const layer = (
  settings: RouterOptions
): Layer.Layer<
  HttpServer.HttpServer | Handover | Journal | Readiness | RoutingPolicy,
  HttpServerError.ServeError | StoreError
> =>
  Layer.suspend(() => {
    const {
      capacity = DEFAULT_CAPACITY,
      deadline = DEFAULT_DEADLINE,
      idempotencyWindow = DEFAULT_IDEMPOTENCY_WINDOW,
      metrics = "off"
    } = settings
    const time = workTime(deadline)
    let closingSince: number | undefined
    const drainTimeout = Effect.map(nowMillis, (now) =>
      Duration.millis(Math.max(LEAST_DRAIN, Duration.toMillis(deadline) - (now - (closingSince ?? now))))
    )
    // Built last, so it is closed first.
    const closing = Layer.effectDiscard(
      Effect.flatMap(Closing, ({ begin }) =>
        Effect.addFinalizer(() =>
          Effect.flatMap(nowMillis, (now) => {
            closingSince = now
            return begin
          })
        )
      )
    )
    const handover = Layer.merge(
      Layer.provide(Handover.layerNoDeps({ deadline: time }), Claims.layerMemory({ window: idempotencyWindow })),
      Readiness.layer()
    ).pipe(
      // Closed after the last handover.
      Layer.provideMerge(history(settings)),
      Layer.provideMerge(Layer.merge(Journal.layer(), policy(settings))),
      Layer.provide(contactCentre(settings, drainTimeout))
    )
    return closing.pipe(
      Layer.provideMerge(
        server(
          {
            host: settings.host,
            port: settings.port,
            keepAlive: settings.keepAlive,
            credentials: settings.credentials,
            capacity,
            deadline: time,
            shutdownTimeout: deadline,
            metrics: metrics === "on"
          },
          settings.console
        )
      ),
      Layer.provideMerge(consoleServer(settings)),
      Layer.provide(Closing.layer),
      Layer.provideMerge(handover),
      Layer.merge(metricsServer(settings))
    )
  })

/**
 * The same, with all settings from `Config` as the `serve` command reads them, but for `LOG_*` and `OTEL_*`: logs and traces are the application's. Fails with `SettingsError`,
 * which lists every setting that is missing or wrong, and with `ServeError` and `StoreError` as `layer` does. Settings that look wrong are logged.
 */
export const layerConfig = (): Layer.Layer<
  HttpServer.HttpServer | Handover | Journal | Readiness | RoutingPolicy,
  HttpServerError.ServeError | SettingsError | StoreError,
  FileSystem.FileSystem
> =>
  Layer.unwrap(
    Effect.map(settings, (settings) => {
      const warnings = settings.warnings.filter(({ name }) => !name.startsWith("OTEL_"))
      return Layer.merge(layer(settings), Layer.effectDiscard(logWarnings(warnings)))
    })
  )
