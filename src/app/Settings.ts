/** The settings of the service: all of them are read, and all problems reported together, before anything starts. */
import { Config, Duration, Effect, type FileSystem, type LogLevel, Option, References, Result } from "effect"
import type { WebhookCredentials } from "../cognigy/door/Credentials.ts"
import { positiveConfig, webhookConfig } from "../cognigy/WebhookConfig.ts"
import type { ConsoleSettings } from "../console/ConsoleSettings.ts"
import type { Dialect } from "../cxone/Dialect.ts"
import { handoverConfig } from "../handover/Handover.ts"
import type { HistorySettings } from "../history/HistorySettings.ts"
import type { LoadedRoutes } from "../routing/file/LoadedRoutes.ts"
import { durationConfig } from "../std/DurationConfig.ts"
import type { ProxySettings } from "../std/Proxies.ts"
import { given, type Problems, SettingsError, setting, together } from "../std/Setting.ts"
import { hostConfig, wordConfig } from "../std/valueConfigs.ts"
import type { DatabaseSettings } from "../store/DatabaseSettings.ts"
import { credentials } from "./CredentialsSettings.ts"
import { console } from "./consoleConfig.ts"
import { cxone, type DialectSettings, dialect } from "./DialectSettings.ts"
import { ofOtherDialect } from "./dialectWarnings.ts"
import { environmentFlaws } from "./environmentFlaws.ts"
import { impossible } from "./impossible.ts"
import { keepAlive, type MetricsSettings, metrics, port } from "./PortSettings.ts"
import { proxies } from "./ProxySettings.ts"
import { dialectOfIds, fromFile, type RoutingSettings, routesFile, routing } from "./RoutingSettings.ts"
import { database, history } from "./StoreSettings.ts"
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
  /** The dialect of CXone's API, the tenant and our credentials. */
  readonly cxone: DialectSettings
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
  /** The console; `undefined` without one. */
  readonly console: ConsoleSettings | undefined
  /** The database. */
  readonly database: DatabaseSettings
  /** The settings of the history. */
  readonly history: HistorySettings
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

const LEVELS = ["Trace", "Debug", "Info", "Warn", "Error", "Fatal", "None", "All"] as const

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
  cxone,
  routing,
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
  console,
  database,
  history,
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

/** Warnings that are shown with problems, since they may explain them. Without `CXONE_DIALECT`, they include settings of the other dialect. */
const beside = Effect.gen(function* () {
  const isDefault = (yield* given("CXONE_DIALECT")) === undefined
  return [...(yield* sourceWarnings), ...(isDefault ? yield* ofOtherDialect("webchat", "digital") : [])]
})

const failure = (problems: Problems) =>
  Effect.map(beside, (warnings) => new SettingsError(warnings.length === 0 ? { problems } : { problems, warnings }))

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
  const warnings = Result.isSuccess(settings) ? settings.success.warnings : yield* beside
  return { settings, routing: yield* Effect.result(routing), warnings }
})

/** The settings of calls to CXone alone, or every problem that they have. */
export const cxoneSettings: Effect.Effect<
  Pick<Settings, "cxone" | "connections" | "proxies">,
  SettingsError,
  FileSystem.FileSystem
> = orError(together({ cxone, connections: readers.connections, proxies }))

/** The settings that `serve --simulate` reads, `CXONE_DIALECT`, `PORT`, `ROUTES_FILE` and `LOG_LEVEL`, or every problem that they have. */
export const simulatedSettings: Effect.Effect<
  {
    readonly dialect: Dialect
    readonly port: number
    readonly routes: LoadedRoutes | undefined
    readonly level: LogLevel.LogLevel
    readonly warnings: Problems
  },
  SettingsError,
  FileSystem.FileSystem
> = orError(
  together({
    dialect,
    port,
    routes: Effect.gen(function* () {
      const path = yield* routesFile
      return Option.isNone(path) ? undefined : yield* fromFile(path.value, yield* dialectOfIds)
    }),
    level,
    warnings: sourceWarnings
  })
)
