/** Node's HTTP server with the router's limits, and its way to close. */
import { createServer, type Server, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { Duration, Effect } from "effect"
import { simplify } from "./paths.ts"

/** How long a client may take to send a request: Cognigy sends its small bodies at once. */
const REQUEST_TIMEOUT = Duration.seconds(10)

/** How often Node looks for slow senders; its own default is 30 s. */
const CHECK_INTERVAL = Duration.seconds(1)

/** Connections over this number are closed at once: each costs memory and a file descriptor. */
const MAX_CONNECTIONS = 10_000

/** How long a connection that has sent nothing yet may still send its request once the server closes. */
const SILENCE = Duration.toMillis("250 millis")

/** A server for small requests of a few trusted clients, such as a Prometheus. */
export const makeSmallServer = (): Server => createServer({ requestTimeout: Duration.toMillis(REQUEST_TIMEOUT) })

/**
 * A Node server, and an effect to run before it closes. From then on every answer ends its connection, and connections without a request in flight end too:
 * Node leaves some of these open.
 */
export const makeServer = ({ checkInterval = CHECK_INTERVAL, requestTimeout = REQUEST_TIMEOUT } = {}) => {
  const server = createServer({
    requestTimeout: Duration.toMillis(requestTimeout),
    headersTimeout: Duration.toMillis(requestTimeout),
    connectionsCheckingInterval: Duration.toMillis(checkInterval)
  })
  server.maxConnections = MAX_CONNECTIONS
  server.on("request", simplify).on("checkContinue", simplify).on("upgrade", simplify)

  const sockets = new Set<Socket>()
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })

  let isClosing = false
  const unanswered = new Set<ServerResponse>()
  server.on("request", (_request, response) => {
    unanswered.add(response)
    if (isClosing) response.setHeader("connection", "close")
    response.once("close", () => {
      unanswered.delete(response)
      // An answer that began earlier keeps its connection alive.
      if (isClosing) setImmediate(() => server.closeIdleConnections())
    })
  })

  const beforeClose = Effect.sync(() => {
    isClosing = true
    for (const response of unanswered) if (!response.headersSent) response.setHeader("connection", "close")
    // A connection that never sent a byte (a load balancer's, kept for later) does not count as idle.
    const ending = setTimeout(() => {
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    }, SILENCE)
    server.once("close", () => clearTimeout(ending))
  })
  return { server, beforeClose }
}
