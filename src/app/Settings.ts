/** The settings of the service: all of them are read, and all problems reported together, before anything starts. */
import { Config, Duration, Effect, type FileSystem, type LogLevel, Option, References, Result } from "effect"
import type { WebhookCredentials } from "../cognigy/door/Credentials.ts"
import { positiveConfig, webhookConfig } from "../cognigy/WebhookConfig.ts"
import { type CXoneSettings, cxoneConfig, fromConfig } from "../cxone/webchat/CXoneSettings.ts"
import { handoverConfig } from "../handover/Handover.ts"
import type { LoadedRoutes } from "../routing/file/LoadedRoutes.ts"
import { durationConfig } from "../std/DurationConfig.ts"
import type { ProxySettings } from "../std/Proxies.ts"
import { type Problems, SettingsError, setting, together } from "../std/Setting.ts"
import { hostConfig, wordConfig } from "../std/valueConfigs.ts"
import { credentials } from "./CredentialsSettings.ts"
import { environmentFlaws } from "./environmentFlaws.ts"
import { impossible } from "./impossible.ts"
import { keepAlive, type MetricsSettings, metrics, port } from "./PortSettings.ts"
import { proxies } from "./ProxySettings.ts"
import { fromFile, type RoutingSettings, routesFile, routing } from "./RoutingSettings.ts"
import { settingsWarnings } from "./settingsWarnings.ts"
import { sourceWarnings } from "./sourceWarnings.ts"
import { type TracingSettings, tracingSettings } from "./TracingSettings.ts"

/** The settings of `serve`. */
export interface Settings {
  /** The address to listen on. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** The idle timeout of a connection to the webhook's port or that of the metrics. */
  readonly keepAlive: Duration.Duration
  /** The CXone tenant and our credentials. */
  readonly cxone: CXoneSettings["Service"]
  /** The source of the rules. */
  readonly routing: RoutingSettings
  /** The credentials that the webhook demands. */
  readonly credentials: WebhookCredentials
  /** How long one handover may take, from its request to its answer. */
  readonly deadline: Duration.Duration
  /** The number of webhooks in progress at once. */
  readonly capacity: number
  /** For how long handovers are remembered, for webhooks that come again. */
  readonly idempotencyWindow: Duration.Duration
  /** The most connections to CXone, and their idle timeout. */
  readonly connections: ConnectionSettings
  /** The proxies on the way to CXone and to the collector of traces. */
  readonly proxies: ProxySettings
  /** The level and format of the log. */
  readonly log: LogSettings
  /** The place of `/metrics`. */
  readonly metrics: MetricsSettings
  /** The collector of traces. */
  readonly tracing: TracingSettings
  /** Settings that are accepted but look wrong. */
  readonly warnings: SettingsError["problems"]
}

/** The values alone. */
export type SettingValues = Omit<Settings, "warnings">

/** The connections to CXone. */
export interface ConnectionSettings {
  /** The number of connections at once. */
  readonly limit: number
  /** The idle timeout of a connection. */
  readonly keepAlive: Duration.Duration
}

/**
 * The connections to CXone where nothing else is set: at most 1,024 (one for each of 1,000 handovers, and some for labels), each kept for 4 s, as
 * long as undici keeps them.
 */
export const DEFAULT_CONNECTIONS: ConnectionSettings = { limit: 1024, keepAlive: Duration.seconds(4) }

/** The level and format of the log: `auto` is `pretty` in a terminal and `json` elsewhere. */
export interface LogSettings {
  /** The least level that is shown. */
  readonly level: LogLevel.LogLevel
  /** How lines look. */
  readonly format: "auto" | "pretty" | "json"
}

/** The page on which people find the credentials of their OAuth client. */
export const whereCredentialsAre =
  "CXone Admin > Security > Applications, your OAuth client with the client credentials grant"

const LEVELS = ["Trace", "Debug", "Info", "Warn", "Error", "Fatal", "None", "All"] as const

/** The settings of our client at CXone. */
export const clientSettings = {
  clientId: setting("CXONE_CLIENT_ID", cxoneConfig.clientId, `the client id (${whereCredentialsAre})`),
  clientSecret: setting("CXONE_CLIENT_SECRET", cxoneConfig.clientSecret, `the client secret (${whereCredentialsAre})`)
}

/** The level of the log. Without the setting, the command line's --log-level holds. */
export const level = Effect.flatMap(References.MinimumLogLevel, (level) =>
  setting(
    "LOG_LEVEL",
    wordConfig("LOG_LEVEL", LEVELS, { warning: "Warn", off: "None" }).pipe(Config.withDefault(level)),
    "Trace, Debug, Info, Warn, Error, Fatal or None"
  )
)

const readers = {
  host: setting(
    "HOST",
    hostConfig("HOST").pipe(Config.withDefault("127.0.0.1")),
    "an address to listen on, without a port"
  ),
  port,
  keepAlive,
  cxone: together({
    url: setting(
      "CXONE_BASE_URL",
      cxoneConfig.url,
      "the start of CXone's URLs, such as https://mypurecloud.com; or leave it out and set CXONE_REGION"
    ),
    region: setting("CXONE_REGION", cxoneConfig.region, "your region's host, such as mypurecloud.com"),
    ...clientSettings,
    attemptTimeout: setting("CXONE_ATTEMPT_TIMEOUT", cxoneConfig.attemptTimeout, "a length of time, such as 2s"),
    rateLimit: setting(
      "CXONE_RATE_LIMIT",
      cxoneConfig.rateLimit,
      "how many calls CXone may get in how much time, such as 300/minute; or leave it out"
    ),
    retryShare: setting("CXONE_RETRY_SHARE", cxoneConfig.retryShare, "retries per call, 0 to 1, such as 0.2"),
    retryFloor: setting("CXONE_RETRY_FLOOR", cxoneConfig.retryFloor, "a whole number of retries, such as 20")
  }).pipe(Effect.map(fromConfig)),
  routing: routing(Option.none()),
  credentials,
  deadline: setting(
    "HANDOVER_DEADLINE",
    handoverConfig.deadline,
    "a length of time less than Cognigy's HTTP Request node waits (8 seconds by default), such as 7s"
  ),
  capacity: setting(
    "MAX_HANDOVERS",
    webhookConfig.capacity,
    "how many webhooks may be under way at once, such as 1000"
  ),
  idempotencyWindow: setting(
    "IDEMPOTENCY_WINDOW",
    handoverConfig.idempotencyWindow,
    "for how long a webhook that comes again is known, such as 10m"
  ),
  connections: together({
    limit: setting(
      "CXONE_CONNECTIONS",
      positiveConfig("CXONE_CONNECTIONS").pipe(Config.withDefault(DEFAULT_CONNECTIONS.limit)),
      "how many connections to CXone there may be, such as 1024"
    ),
    keepAlive: setting(
      "CXONE_KEEP_ALIVE",
      durationConfig("CXONE_KEEP_ALIVE").pipe(Config.withDefault(DEFAULT_CONNECTIONS.keepAlive)),
      "for how long a connection to CXone is kept that nobody uses, such as 4s"
    )
  }),
  proxies,
  metrics,
  tracing: tracingSettings,
  log: together({
    level,
    format: setting(
      "LOG_FORMAT",
      wordConfig("LOG_FORMAT", ["auto", "pretty", "json"]).pipe(Config.withDefault("auto" as const)),
      "auto (pretty in a terminal, else json), pretty or json"
    )
  })
}

const all = together(readers)

const failure = (problems: Problems) =>
  Effect.map(
    sourceWarnings,
    (warnings) => new SettingsError(warnings.length === 0 ? { problems } : { problems, warnings })
  )

/** Fails with every problem, and with what looks wrong beside them. */
const orError = <A, R>(read: Effect.Effect<A, Problems, R>): Effect.Effect<A, SettingsError, R> =>
  Effect.catch(read, (problems) => Effect.flatMap(failure(problems), Effect.fail))

/** The settings of what was read, when they can work together. */
const complete = Effect.fnUntraced(function* ({ tracing: read, ...rest }: Effect.Success<typeof all>) {
  const values: SettingValues = { ...rest, tracing: read.tracing }
  const problems = impossible(values)
  if (problems.length > 0) return yield* Effect.fail(problems)
  const settings: Settings = {
    ...values,
    warnings: [
      ...(yield* sourceWarnings),
      ...(yield* environmentFlaws),
      ...(yield* settingsWarnings(values)),
      ...read.warnings
    ]
  }
  return settings
})

/** All settings of `serve`. Fails with every problem that they have. */
export const settings: Effect.Effect<Settings, SettingsError, FileSystem.FileSystem> = orError(
  Effect.flatMap(all, complete)
)

/** The routing of settings whose table is read apart. */
const NO_ROUTING = { queues: { salesQueueId: "", supportQueueId: "" } }

/** The same, with the result of the routing table apart: other settings may be right when it is wrong. */
export const settingsAndTable = Effect.gen(function* () {
  const settings = yield* together({ ...readers, routing: Effect.succeed(NO_ROUTING) }).pipe(
    Effect.flatMap(complete),
    Effect.result
  )
  const warnings = Result.isSuccess(settings) ? settings.success.warnings : yield* sourceWarnings
  return { settings, routing: yield* Effect.result(routing(Option.none())), warnings }
})

/** The settings that `serve --simulate` reads, `PORT`, `ROUTES_FILE` and `LOG_LEVEL`, or every problem that they have. */
export const simulatedSettings: Effect.Effect<
  {
    readonly port: number
    readonly routes: LoadedRoutes | undefined
    readonly level: LogLevel.LogLevel
    readonly warnings: Problems
  },
  SettingsError,
  FileSystem.FileSystem
> = orError(
  together({
    port,
    routes: Effect.flatMap(routesFile, (path) =>
      Option.isNone(path) ? Effect.succeed(undefined) : fromFile(path.value)
    ),
    level,
    warnings: sourceWarnings
  })
)
