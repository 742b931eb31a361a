import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Duration, Effect, type Scope } from "effect"
import { HttpMiddleware, HttpServer, type HttpServerError, HttpServerRequest } from "effect/http"
import { makeNodeServer } from "../../std/nodeServer.ts"
import { dropped } from "./Exchange.ts"
import type { Routes } from "./Routes.ts"

/** Destroys the connection of the current request, which interrupts its fiber. */
const drop = HttpServerRequest.HttpServerRequest.use((request) => {
  NodeHttpServerRequest.toIncomingMessage(request).socket.destroy()
  return Effect.interruptible(Effect.never)
})

/** The idle timeout of a connection: longer than any client keeps one, so that no client uses one that the server is closing. */
const KEEP_ALIVE = Duration.seconds(120)

/** How long the end waits for answers: calls that hang must not delay it. */
const LAST_ANSWERS = Duration.millis(250)

/**
 * Serves an application over HTTP until the scope closes. Returns its base URL, without a trailing slash. Closing
 * waits a moment for answers that are under way, and then destroys every connection. Requests are neither logged nor traced.
 * Fails with `ServeError` when the port is taken or the host is not one of this machine.
 */
export const serveOnLoopback = Effect.fnUntraced(function* (
  app: Routes,
  options: { readonly port: number; readonly host: string }
): Effect.fn.Return<string, HttpServerError.ServeError, Scope.Scope> {
  const { beforeClose, server: node } = makeNodeServer({ keepAlive: KEEP_ALIVE, grace: 0 })
  const server = yield* NodeHttpServer.make(() => node, options)
  yield* server
    .serve(Effect.flatMap(app, (response) => (response === dropped ? drop : Effect.succeed(response))))
    .pipe(Effect.provideService(HttpMiddleware.TracerDisabledWhen, () => true))

  // Added last, so it runs first, and the server's graceful shutdown finds no connection to wait for. That wait uses the
  // Clock, which stands still in tests.
  yield* Effect.addFinalizer(() =>
    Effect.andThen(
      beforeClose,
      Effect.callback<void>((resume) => {
        const cutting = setTimeout(() => node.closeAllConnections(), Duration.toMillis(LAST_ANSWERS))
        node.close(() => {
          clearTimeout(cutting)
          resume(Effect.void)
        })
      })
    )
  )
  return HttpServer.formatAddress(server.address)
})
