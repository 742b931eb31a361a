/** The Node server behind the front door. */
import { makeNodeServer, type NodeServerOptions } from "../../std/nodeServer.ts"
import { simplify } from "./paths.ts"

/** Connections over this number are closed at once: each costs memory and a file descriptor. */
const MAX_CONNECTIONS = 10_000

/** A server that bounds connections and simplifies requests, and an effect to run before it closes. */
export const makeServer = (options?: NodeServerOptions): ReturnType<typeof makeNodeServer> => {
  const made = makeNodeServer(options)
  made.server.maxConnections = MAX_CONNECTIONS
  made.server.on("request", simplify).on("checkContinue", simplify)
  return made
}
