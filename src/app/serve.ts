/** The router as a process: with its log and its traces, until a signal. */
import { Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import { Readiness } from "../handover/Readiness.ts"
import { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import * as logging from "./logging.ts"
import * as Router from "./Router.ts"
import { type Settings, settings } from "./Settings.ts"
import * as tracing from "./tracing.ts"

/** Traces log when they cannot be sent. */
const observability = (settings: Settings) =>
  Layer.provideMerge(tracing.layer(settings.tracing), logging.layer(settings.log))

/** Runs the router until it is interrupted; `announce` runs once it listens. */
export const launch = <E, R>(settings: Settings, announce: Effect.Effect<void, E, R>) =>
  Layer.effectDiscard(announce).pipe(
    Layer.provide(Router.layer(settings)),
    Layer.provide(observability(settings)),
    Layer.launch
  )

/** The kind of the webhook's credentials, and their number where several are possible. */
const kindOf = (credentials: Settings["credentials"]) => {
  switch (credentials.mode) {
    case "api-key":
      return `api-key (${credentials.keys.length})`
    case "signature":
      return `signature (${credentials.secrets.length})`
    default:
      return credentials.mode
  }
}

/** Logs the address, the table, and whether CXone gives a token; so the first webhook finds a token. */
const announce = Effect.fnUntraced(function* ({ credentials, cxone }: Settings) {
  const { address } = yield* HttpServer.HttpServer
  const { check } = yield* Readiness
  const { table } = yield* RoutingPolicy
  yield* Effect.logInfo(
    `listening on ${HttpServer.formatAddress(address)}, webhook credentials: ${kindOf(credentials)}, CXone: ${cxone.baseUrl}`
  )
  const live = yield* table
  if (live !== undefined) yield* Effect.logInfo(`routing table ${live.version} is live (${live.rules} rules)`)
  yield* check.pipe(
    Effect.andThen(Effect.logInfo("ready: CXone gave an access token")),
    Effect.catch(({ reason }) => Effect.logWarning(`not ready: ${reason}`)),
    Effect.forkScoped
  )
})

/** Reads the settings and runs the router with them. */
export const serve = Effect.flatMap(settings, (settings) => launch(settings, announce(settings)))
