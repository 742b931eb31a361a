/** The Node server behind the front door. */
import type { IncomingMessage } from "node:http"
import { makeNodeServer, type NodeServerOptions } from "../../std/nodeServer.ts"
import { simplify } from "./paths.ts"

/** Connections over this number are closed at once: each costs memory and a file descriptor. */
const MAX_CONNECTIONS = 10_000

/** The server's times, and the beginning of paths that keep their queries, such as `/console`. */
export interface ServerOptions extends NodeServerOptions {
  readonly withQueries?: string | undefined
}

/** A server that bounds connections and simplifies requests, and an effect to run before it closes. */
export const makeServer = ({ withQueries, ...options }: ServerOptions = {}): ReturnType<typeof makeNodeServer> => {
  const made = makeNodeServer(options)
  made.server.maxConnections = MAX_CONNECTIONS
  const simple = (request: IncomingMessage) => simplify(request, withQueries)
  made.server.on("request", simple).on("checkContinue", simple)
  return made
}
