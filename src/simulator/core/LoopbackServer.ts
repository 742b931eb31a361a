import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Effect, type Scope } from "effect"
import { HttpMiddleware, HttpServer, type HttpServerError, HttpServerRequest } from "effect/http"
import { dropped } from "./Exchange.ts"
import type { Routes } from "./Routes.ts"

/** Destroys the connection of the current request, which interrupts its fiber. */
const drop = HttpServerRequest.HttpServerRequest.use((request) => {
  NodeHttpServerRequest.toIncomingMessage(request).socket.destroy()
  return Effect.interruptible(Effect.never)
})

/**
 * Serves an application over HTTP until the scope closes. Returns its base URL, without a trailing slash. Closing
 * destroys every connection at once, so requests that hang do not delay it. Requests are neither logged nor traced.
 * Fails with `ServeError` when the port is taken or the host is not one of this machine.
 */
export const serveOnLoopback = Effect.fnUntraced(function* (
  app: Routes,
  options: { readonly port: number; readonly host: string }
): Effect.fn.Return<string, HttpServerError.ServeError, Scope.Scope> {
  // Longer than any client keeps a connection idle, so that no client uses one that the server is closing.
  const node = createServer({ keepAliveTimeout: 120_000 })
  const server = yield* NodeHttpServer.make(() => node, options)
  yield* server
    .serve(Effect.flatMap(app, (response) => (response === dropped ? drop : Effect.succeed(response))))
    .pipe(Effect.provideService(HttpMiddleware.TracerDisabledWhen, () => true))

  // Added last, so it runs first, and the server's graceful shutdown finds no connection to wait for. That wait uses the
  // Clock, which stands still in tests.
  yield* Effect.addFinalizer(() =>
    Effect.callback<void>((resume) => {
      node.close(() => resume(Effect.void))
      node.closeAllConnections()
    })
  )
  return HttpServer.formatAddress(server.address)
})
