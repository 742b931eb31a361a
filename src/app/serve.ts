/** The router as a process: with its log and its traces, until a signal. */
import { Duration, Effect, Layer, Stream } from "effect"
import { HttpServer } from "effect/http"
import { CONSOLE_PATH } from "../console/ConsoleSettings.ts"
import { Readiness } from "../handover/Readiness.ts"
import { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import { inWords, makeWayTo, Proxies, type Way } from "../std/Proxies.ts"
import { placeOf as placeOfDatabase } from "../store/place.ts"
import { type Changing, makeChanging } from "./Changing.ts"
import type { DialectSettings } from "./DialectSettings.ts"
import { kindOf } from "./kindOf.ts"
import * as logging from "./logging.ts"
import { logWarnings } from "./logWarnings.ts"
import * as Router from "./Router.ts"
import { reloading } from "./reload.ts"
import { type Settings, settings } from "./Settings.ts"
import { hangUps } from "./signals.ts"
import * as tracing from "./tracing.ts"

/** Traces log when they cannot be sent. */
const observability = ({ log, proxies, tracing: settings, warnings }: Settings, { level }: Changing) =>
  Layer.mergeAll(tracing.layer(settings), Layer.effectDiscard(logWarnings(warnings))).pipe(
    Layer.provideMerge(logging.layer(log.format, level)),
    Layer.provide(Layer.succeed(Proxies, proxies))
  )

/** Runs the router until it is interrupted. `onceUp` runs once it listens, and may change what can change. */
export const launch = <E, R>(settings: Settings, onceUp: (changing: Changing) => Effect.Effect<void, E, R>) =>
  Layer.unwrap(
    Effect.map(makeChanging(settings), (changing) => {
      const { credentials, cxone, rereads } = changing
      const router = Router.layer({
        ...settings,
        credentials,
        cxone,
        rereads: Stream.fromPubSub(rereads)
      })
      return Layer.effectDiscard(onceUp(changing)).pipe(
        Layer.provide(router),
        Layer.provide(observability(settings, changing))
      )
    })
  ).pipe(Layer.launch)

/** The tenant: the start of its URLs, the way there, and with the Digital Engagement API the channel. */
const placeOf = (cxone: DialectSettings, wayTo: (url: string) => Way): string => {
  const through = (url: string) => {
    const way = wayTo(url)
    return way.proxy === undefined && !way.isExcepted ? url : `${url} (${inWords(way)})`
  }
  if (cxone.dialect === "webchat") return through(cxone.baseUrl)
  const { baseUrl, channelId, contact, issuer } = cxone
  const api = baseUrl === undefined ? "" : `, API ${through(baseUrl)}`
  const contacts = contact === "open" ? "opens contacts" : "finds contacts"
  return `digital, tokens from ${through(issuer)}${api}, ${contacts} on ${channelId === undefined ? "all channels" : `channel ${channelId}`}`
}

/** Where the history is kept. */
const keptIn = ({ database, history }: Settings) =>
  database.kind === "memory"
    ? "history: in memory, the last 10,000 handovers; it ends with this process. DATABASE_URL=sqlite:./data/router.db keeps it"
    : `history: ${placeOfDatabase(database)}, kept for ${Duration.format(history.retention)}`

/** Logs the address, the table, and whether CXone gives a token; so the first webhook finds a token. */
const announce = Effect.fnUntraced(function* (settings: Settings) {
  const { credentials, cxone, proxies } = settings
  const { address } = yield* HttpServer.HttpServer
  const { check } = yield* Readiness
  const { table } = yield* RoutingPolicy
  const wayTo = yield* Effect.provideService(makeWayTo, Proxies, proxies)
  yield* Effect.logInfo(
    `listening on ${HttpServer.formatAddress(address)}, webhook credentials: ${kindOf(credentials)}, CXone: ${placeOf(cxone, wayTo)}`
  )
  yield* Effect.logInfo(keptIn(settings))
  // On a port of its own, its server says so.
  if (settings.console !== undefined && settings.console.listen === undefined) {
    yield* Effect.logInfo(`console at ${HttpServer.formatAddress(address)}${CONSOLE_PATH}`)
  }
  const live = yield* table
  if (live !== undefined) yield* Effect.logInfo(`routing table ${live.version} is live (${live.rules} rules)`)
  yield* check.pipe(
    Effect.andThen(Effect.logInfo("ready: CXone gave an access token")),
    Effect.catch(({ reason }) => Effect.logWarning(`not ready: ${reason}`)),
    Effect.forkScoped
  )
})

/** Reads the settings and runs the router with them. A hang-up never ends it, from the first moment on. */
export const serve = Effect.flatMap(hangUps, (hangUps) =>
  Effect.flatMap(settings, (settings) =>
    launch(settings, (changing) => Effect.andThen(announce(settings), reloading(changing, hangUps)))
  )
).pipe(Effect.scoped)
