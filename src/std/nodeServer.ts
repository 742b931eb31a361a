/** Node's HTTP server for senders behind load balancers: connections that may be idle, bounds for slow senders, no upgrades, and a graceful end. */
import { Server, type ServerOptions, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { Duration, Effect } from "effect"

/** The idle timeout of a connection where nothing else is set: longer than load balancers keep one, which is 60 s for most. */
export const DEFAULT_KEEP_ALIVE = Duration.seconds(75)

/** How long a client may take to send a request: Cognigy sends its small bodies at once. */
const REQUEST_TIME = Duration.seconds(10)

/** How often Node looks for slow senders; its own default is 30 s. */
const CHECK_INTERVAL = Duration.seconds(1)

/** How long connections without a request may still send one once the server closes: it can be on its way. */
const GRACE = Duration.millis(250)

/** Node's limit for timers is 24 days, and it aborts the process beyond 49 days. */
const MAX_TIME = Duration.days(1)

const inMillis = (time: Duration.Input): number =>
  Math.max(1, Math.ceil(Duration.toMillis(Duration.min(Duration.fromInputUnsafe(time), MAX_TIME))))

/** The times of a server. */
export interface NodeServerOptions {
  /** The idle timeout of a connection. Default 75 s. */
  readonly keepAlive?: Duration.Input | undefined
  /** How long a client may take to send a request. Default 10 s. */
  readonly requestTime?: Duration.Input
  /** How often slow senders are looked for. Default 1 s. */
  readonly checkInterval?: Duration.Input
  /** How long idle connections stay open once the server closes. Default 250 ms. */
  readonly grace?: Duration.Input
}

class PlainServer extends Server {
  /** Idle connections stay open although the server closes. */
  isWaiting = false

  /**
   * Never listens to upgrades, as Effect's adapter would: then Node answers such a request as if it did not ask for one, which HTTP allows. Java's client asks for
   * `h2c` with every request.
   */
  override on(event: string, listener: (...args: Array<never>) => void): this {
    return event === "upgrade" ? this : super.on(event, listener as (...args: Array<unknown>) => void)
  }

  override closeIdleConnections(): void {
    if (!this.isWaiting) super.closeIdleConnections()
  }
}

/**
 * A Node server, and an effect to run before it closes. From then on every answer ends its connection. Connections without a request in flight get the grace to
 * send one, and end too: Node leaves some of these open.
 */
export const makeNodeServer = (
  { checkInterval = CHECK_INTERVAL, grace = GRACE, keepAlive, requestTime = REQUEST_TIME }: NodeServerOptions = {},
  options: ServerOptions = {}
): { readonly server: Server; readonly beforeClose: Effect.Effect<void> } => {
  const idleTime = inMillis(keepAlive ?? DEFAULT_KEEP_ALIVE)
  // On a new connection Node counts from its opening, so a load balancer that opens one for later would be told 408.
  const timeout = idleTime + inMillis(requestTime)
  const server = new PlainServer({
    ...options,
    keepAliveTimeout: idleTime,
    headersTimeout: timeout,
    requestTimeout: timeout,
    connectionsCheckingInterval: inMillis(checkInterval)
  })

  const sockets = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })

  let isClosing = false
  const unanswered = new Set<ServerResponse>()
  const track = (_request: unknown, response: ServerResponse) => {
    unanswered.add(response)
    if (isClosing) response.setHeader("connection", "close")
    response.once("close", () => {
      unanswered.delete(response)
      // An answer that began earlier keeps its connection alive.
      if (isClosing) setImmediate(() => server.closeIdleConnections())
    })
  }
  server.on("request", track).on("checkContinue", track)

  const beforeClose = Effect.sync(() => {
    isClosing = true
    for (const response of unanswered) if (!response.headersSent) response.setHeader("connection", "close")
    server.isWaiting = true
    const endIdle = () => {
      server.isWaiting = false
      server.closeIdleConnections()
      // A connection that never sent a byte does not count as idle.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    }
    // What has arrived is read first, also by a process that is late.
    const ending = setTimeout(() => setImmediate(endIdle), inMillis(grace))
    server.once("close", () => clearTimeout(ending))
  })
  return { server, beforeClose }
}
