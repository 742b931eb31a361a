/** The console on a port of its own. */
import { type Duration, Effect, Layer } from "effect"
import { HttpRouter, type HttpServer, type HttpServerError, HttpServerResponse } from "effect/http"
import { makeNodeServer } from "../std/nodeServer.ts"
import { serving } from "../std/serving.ts"
import { CONSOLE_PATH, type ConsoleSettings } from "./ConsoleSettings.ts"
import { type ConsoleRequirements, routes } from "./routes/routes.ts"

/** Connections over this number are closed at once. */
const MAX_CONNECTIONS = 1000

/** How long the end of the server waits for an answer. Live pages end at once. */
const SHUTDOWN = "1 second"

const notFound = HttpServerResponse.text("Not found: the console is at /console\n", { status: 404 })

/** A server for the console alone. Fails with `ServeError` when it cannot listen. */
export const layer = (
  settings: ConsoleSettings & { readonly listen: NonNullable<ConsoleSettings["listen"]> },
  /** The idle timeout of a connection. Default 75 s. */
  keepAlive?: Duration.Input
): Layer.Layer<HttpServer.HttpServer, HttpServerError.ServeError, ConsoleRequirements> =>
  Layer.suspend(() => {
    const made = makeNodeServer({ keepAlive })
    made.server.maxConnections = MAX_CONNECTIONS
    const home = HttpRouter.add("GET", "/", HttpServerResponse.redirect(CONSOLE_PATH))
    const app = Effect.map(
      HttpRouter.toHttpEffect(Layer.merge(routes(settings), home)),
      Effect.catchIf(
        (error) => error.reason._tag === "RouteNotFound",
        () => Effect.succeed(notFound)
      )
    )
    return serving(app, made, { ...settings.listen, gracefulShutdownTimeout: SHUTDOWN })
  })
