/** The command line: the only place where layers are put together for a process. */
import { constants } from "node:os"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import {
  Cause,
  ConfigProvider,
  Console,
  Context,
  Effect,
  Exit,
  Layer,
  Logger,
  References,
  Runtime,
  Schema
} from "effect"
import { CliError, Command, Flag } from "effect/cli"
import { HttpServer, HttpServerError } from "effect/http"
import * as demo from "./app/demo.ts"
import * as jsonLog from "./app/jsonLog.ts"
import { formatPretty } from "./app/prettyLog.ts"
import * as Router from "./app/Router.ts"
import { type LogSettings, type Settings, settings, simulatedSettings } from "./app/Settings.ts"
import * as tracing from "./app/tracing.ts"
import { CommandFailed } from "./commands/CommandFailed.ts"
import { doctorCommand } from "./commands/doctor.ts"
import { explainCommand } from "./commands/explain.ts"
import { schemaCommand } from "./commands/schema.ts"
import { testRoutesCommand } from "./commands/testRoutes.ts"
import { Readiness } from "./handover/Readiness.ts"
import { RoutingPolicy } from "./routing/RoutingPolicy.ts"
import { CXoneSimulator } from "./simulator/CXoneSimulator.ts"
import { configProvider } from "./std/Setting.ts"
import { version } from "./version.ts"

const logging = ({ format, level }: LogSettings) => {
  const pretty = format === "pretty" || (format === "auto" && process.stdout.isTTY)
  return Layer.merge(
    pretty ? Logger.layer([Logger.withConsoleLog(formatPretty(process.stdout.isTTY))]) : jsonLog.layer,
    Layer.succeed(References.MinimumLogLevel, level)
  )
}

/** The kind of the webhook's credentials and, where there can be several, how many there are. */
const doorOf = (credentials: Settings["credentials"]) => {
  switch (credentials.mode) {
    case "api-key":
      return `api-key (${credentials.keys.length})`
    case "signature":
      return `signature (${credentials.secrets.length})`
    default:
      return credentials.mode
  }
}

/** Says where the server listens and whether CXone lets us in; the first token is had before the first webhook needs it. */
const announce = Effect.fnUntraced(function* ({ credentials, cxone }: Settings) {
  const server = yield* HttpServer.HttpServer
  const readiness = yield* Readiness
  const { table } = yield* RoutingPolicy
  yield* Effect.logInfo(
    `listening on ${HttpServer.formatAddress(server.address)}, webhook credentials: ${doorOf(credentials)}, CXone: ${cxone.baseUrl}`
  )
  const live = yield* table
  if (live !== undefined) yield* Effect.logInfo(`routing table ${live.version} is live (${live.rules} rules)`)
  yield* readiness.check.pipe(
    Effect.andThen(Effect.logInfo("ready: CXone gave an access token")),
    Effect.catch(({ reason }) => Effect.logWarning(`not ready: ${reason}`)),
    Effect.forkScoped
  )
})

/** The log, and traces, which log when they cannot be sent. */
const watching = ({ log, tracing: traces }: Settings) => tracing.layer(traces).pipe(Layer.provideMerge(logging(log)))

const serve = Effect.gen(function* () {
  const read = yield* settings
  return yield* Layer.launch(
    Layer.effectDiscard(announce(read)).pipe(Layer.provide(Router.layer(read)), Layer.provide(watching(read)))
  )
})

const serveSimulated = Effect.gen(function* () {
  const { port, routes } = yield* simulatedSettings
  // A table has targets of its own, and may get others while it runs.
  const simulator = yield* Effect.map(
    Layer.build(CXoneSimulator.layer({ anyTarget: routes !== undefined })),
    Context.get(CXoneSimulator)
  )
  const read = demo.settings(port, simulator.baseUrl, yield* References.MinimumLogLevel, routes)
  return yield* Layer.launch(
    Layer.effectDiscard(
      Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
        Console.log(demo.banner(HttpServer.formatAddress(address), simulator.baseUrl, routes))
      )
    ).pipe(Layer.provide(Router.layer(read)), Layer.provide(watching(read)))
  )
}).pipe(Effect.scoped)

const serveCommand = Command.make(
  "serve",
  {
    simulate: Flag.Boolean("simulate").pipe(
      Flag.withDescription("run against an embedded CXone simulator: needs no credentials, listens on loopback only"),
      Flag.withDefault(false)
    )
  },
  ({ simulate }) =>
    Effect.tapErrorTag(simulate ? serveSimulated : serve, "SettingsError", () => Console.error("Not started."))
).pipe(Command.withDescription("Start the webhook server"))

const simulateCommand = Command.make(
  "simulate",
  {
    port: Flag.Int("port").pipe(
      Flag.withDescription("the port to listen on; 0 takes any free one"),
      Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))),
      Flag.withDefault(4010)
    ),
    host: Flag.String("host").pipe(
      Flag.withDescription("the address to listen on; everyone who reaches it can order faults"),
      Flag.withDefault("127.0.0.1")
    ),
    anyConversation: Flag.Boolean("any-conversation").pipe(
      Flag.withDescription("take conversations of any user, name and labels, not only those that the router opens"),
      Flag.withDefault(false)
    )
  },
  (options) =>
    Layer.launch(
      Layer.effectDiscard(
        Effect.flatMap(CXoneSimulator, ({ baseUrl }) => Console.log(demo.simulatorBanner(baseUrl)))
      ).pipe(Layer.provide(CXoneSimulator.layer(options)))
    )
).pipe(Command.withDescription("Start the CXone simulator alone, for other projects' tests"))

const command = Command.make("cognigy-cxone-router").pipe(
  Command.withDescription("Hands NICE Cognigy bot conversations over to NICE CXone"),
  Command.withSubcommands([
    serveCommand,
    explainCommand,
    testRoutesCommand,
    doctorCommand,
    schemaCommand,
    simulateCommand
  ])
)

/** A failure is told in its own words; only a defect shows where in the code it came from. */
const report = <E>(cause: Cause.Cause<E>) => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.void
  const error = Cause.squash(cause)
  if (CliError.isCliError(error) || (error instanceof CommandFailed && error.message === "")) return Effect.void
  if (error instanceof HttpServerError.ServeError) {
    const { message } = error.cause instanceof Error ? error.cause : error
    return Console.error(
      `Not started: ${message}\n    → set HOST (for metrics METRICS_HOST) to an address of this machine and PORT (METRICS_PORT) to one that is free`
    )
  }
  return Console.error(Cause.hasDies(cause) || !(error instanceof Error) ? Cause.pretty(cause) : error.message)
}

/** Two signals in fewer milliseconds are one: npm passes Ctrl+C on to a process that the terminal has told already. */
const SAME_SIGNAL = 100

/** The first signal begins the shutdown (`runMain` hears it too); who sends a second one does not want to wait for it. */
const endAtSecondSignal = Effect.sync(() => {
  let first: number | undefined
  const hear = (signal: NodeJS.Signals) => {
    // Read once: read twice, a process that is held up between the two would take the first signal for a second one.
    const now = performance.now()
    first ??= now
    if (now - first < SAME_SIGNAL) return
    process.stderr.write(`ended at once by a second ${signal}: handovers and labels in progress were cut off\n`)
    process.exit(128 + constants.signals[signal])
  }
  process.on("SIGINT", hear)
  process.on("SIGTERM", hear)
})

/** Whoever stops reading what is written does not end the process, as an error that nobody hears would: handovers go on without a log. */
const outliveReaders = Effect.sync(() => {
  for (const output of [process.stdout, process.stderr]) output.on("error", () => {})
})

Effect.gen(function* () {
  yield* outliveReaders
  yield* endAtSecondSignal
  const provider = yield* configProvider
  yield* Command.run(command, { version }).pipe(Effect.provideService(ConfigProvider.ConfigProvider, provider))
}).pipe(
  Effect.provide(NodeServices.layer),
  Effect.tapCause(report),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    // A signal is how a server is meant to end.
    teardown: (exit, onExit) =>
      Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause) ? onExit(0) : Runtime.defaultTeardown(exit, onExit)
  })
)
