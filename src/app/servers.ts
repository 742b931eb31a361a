/** The servers of the router: the webhook's, and those of metrics and console on ports of their own. */
import { Effect, Layer } from "effect"
import { HttpServer, type HttpServerError } from "effect/http"
import * as Server from "../cognigy/http/Server.ts"
import { CONSOLE_PATH, type ConsoleSettings } from "../console/ConsoleSettings.ts"
import { type ConsoleRequirements, routes as consoleRoutes } from "../console/routes/routes.ts"
import * as ConsoleServer from "../console/server.ts"
import type { Handover } from "../handover/Handover.ts"
import type { Journal } from "../handover/Journal.ts"
import type { Readiness } from "../handover/Readiness.ts"
import type { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import type { Settings } from "./Settings.ts"

type Options = Partial<Pick<Settings, "console" | "keepAlive" | "metrics">>

/** `/metrics` on its own port, if it has one. */
export const metricsServer = ({ keepAlive, metrics = "off" }: Options) =>
  metrics === "off" || metrics === "on"
    ? Layer.empty
    : Layer.effectDiscard(
        Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
          Effect.logInfo(`metrics at ${HttpServer.formatAddress(address)}/metrics`)
        )
      ).pipe(Layer.provide(Server.metricsLayer({ ...metrics, keepAlive })))

/** The console on its own port, if it has one. */
export const consoleServer = ({ console, keepAlive }: Options) =>
  console?.listen === undefined
    ? Layer.empty
    : Layer.effectDiscard(
        Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
          Effect.logInfo(`console at ${HttpServer.formatAddress(address)}${CONSOLE_PATH}`)
        )
      ).pipe(Layer.provide(ConsoleServer.layer({ ...console, listen: console.listen }, keepAlive)))

/** The webhook's server, with the console on the same port if it has none of its own. */
export const server = (
  options: Server.ServerOptions,
  console: ConsoleSettings | undefined
): Layer.Layer<
  HttpServer.HttpServer,
  HttpServerError.ServeError,
  ConsoleRequirements | Handover | Journal | Readiness | RoutingPolicy
> =>
  console === undefined || console.listen !== undefined
    ? Server.layer(options)
    : Layer.unwrap(
        Effect.map(Effect.context<ConsoleRequirements>(), (context) =>
          Server.layer({
            ...options,
            console: {
              path: CONSOLE_PATH,
              routes: Layer.provide(consoleRoutes(console), Layer.succeedContext(context))
            }
          })
        )
      )
