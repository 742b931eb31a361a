/** `serve --simulate`: the router in front of a CXone simulator in the same process. */
import { Console, Effect, type LogLevel, PubSub, Stream } from "effect"
import { HttpServer } from "effect/http"
import { DEFAULT_CAPACITY } from "../cognigy/Webhook.ts"
import { DEFAULT_IDEMPOTENCY_WINDOW } from "../handover/Claims.ts"
import { DEFAULT_DEADLINE } from "../handover/Handover.ts"
import { DEFAULT_HISTORY } from "../history/HistorySettings.ts"
import type { LoadedRoutes } from "../routing/file/LoadedRoutes.ts"
import { DEFAULT_KEEP_ALIVE } from "../std/nodeServer.ts"
import { NO_PROXIES } from "../std/Proxies.ts"
import { MEMORY } from "../store/DatabaseSettings.ts"
import type { Changing } from "./Changing.ts"
import { banner } from "./demoBanner.ts"
import { demoExamples } from "./demoExamples.ts"
import { type Demo, simulators } from "./demoSimulator.ts"
import { DEFAULT_CONNECTIONS, type Settings, simulatedSettings } from "./Settings.ts"
import { launch } from "./serve.ts"
import { hangUps, isTerminalGone } from "./signals.ts"

/** Settings for the router in front of a simulator: without credentials, and so on loopback only. */
export const settings = (
  port: number,
  { cxone, queues }: Pick<Demo<Settings["cxone"]>, "cxone" | "queues">,
  level: LogLevel.LogLevel,
  routes?: LoadedRoutes,
  warnings: Settings["warnings"] = []
): Settings => ({
  host: "127.0.0.1",
  port,
  keepAlive: DEFAULT_KEEP_ALIVE,
  cxone,
  routing: routes === undefined ? { queues } : { routes },
  credentials: { mode: "none" },
  deadline: DEFAULT_DEADLINE,
  capacity: DEFAULT_CAPACITY,
  idempotencyWindow: DEFAULT_IDEMPOTENCY_WINDOW,
  connections: DEFAULT_CONNECTIONS,
  // The simulator is in this process, whatever the environment says.
  proxies: NO_PROXIES,
  log: { level, format: "pretty" },
  metrics: "on",
  // Without a password, so on loopback only.
  console: { access: "open" },
  database: MEMORY,
  history: DEFAULT_HISTORY,
  tracing: undefined,
  warnings
})

/** A demo ends with its terminal. */
const end = Effect.sync(() => process.kill(process.pid, "SIGTERM"))

/** Starts a simulator, and the router in front of it; prints commands to try. */
export const serveSimulated = Effect.gen(function* () {
  const { dialect, level, port, routes, warnings } = yield* simulatedSettings
  // A table names its own targets, and other ones after an edit.
  const simulator = yield* simulators[dialect]({ anyTarget: routes !== undefined })
  const table = routes === undefined ? undefined : { routes, examples: yield* demoExamples(routes, simulator.agentId) }
  const announce = Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
    Console.log(banner(HttpServer.formatAddress(address), simulator, table))
  )
  const hangs = yield* hangUps
  const follow = ({ rereads }: Changing) =>
    Stream.runForEach(hangs, () =>
      Effect.flatMap(isTerminalGone, (gone) => (gone ? end : PubSub.publish(rereads, undefined)))
    )
  return yield* launch(settings(port, simulator, level, routes, warnings), (changing) =>
    Effect.andThen(announce, Effect.forkScoped(follow(changing)))
  )
}).pipe(Effect.scoped)
