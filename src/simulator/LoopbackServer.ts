import { createServer } from "node:http"
import type { Socket } from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, type Scope } from "effect"
import {
  HttpMiddleware,
  HttpServer,
  type HttpServerError,
  type HttpServerRequest,
  type HttpServerResponse
} from "effect/http"

/**
 * Serves an application over HTTP until the scope closes, and gives back its base URL, without a trailing slash.
 * Closing destroys every connection at once: requests that hang hold up nothing. Requests are neither logged nor traced.
 * Fails with `ServeError` when the port is taken or the host is not one of this machine.
 */
export const serveOnLoopback = Effect.fnUntraced(function* (
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest.HttpServerRequest | Scope.Scope>,
  options: { readonly port: number; readonly host: string }
): Effect.fn.Return<string, HttpServerError.ServeError, Scope.Scope> {
  const sockets = new Set<Socket>()
  // Longer than any client keeps a connection idle, so that none meets a connection that is just being closed.
  const node = createServer({ keepAliveTimeout: 120_000 })
  node.on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })

  const server = yield* NodeHttpServer.make(() => node, options)
  yield* server.serve(app).pipe(Effect.provideService(HttpMiddleware.TracerDisabledWhen, () => true))

  // Added last, so that it runs first and leaves the server's graceful shutdown nothing to wait for. That would wait by
  // the Clock, which stands still in tests.
  yield* Effect.addFinalizer(() =>
    Effect.callback<void>((resume) => {
      node.close(() => resume(Effect.void))
      for (const socket of sockets) socket.destroy()
    })
  )
  return HttpServer.formatAddress(server.address)
})
