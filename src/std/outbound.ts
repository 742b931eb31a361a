/** The connections out of this process: undici's, directly or through the proxies of `Proxies`. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as Undici from "@effect/platform-node/Undici"
import { Effect, Layer, Redacted } from "effect"
import { Proxies } from "./Proxies.ts"

/** The limits of the connections. */
export interface OutboundOptions extends Undici.Agent.Options {
  /** The time limit for a connection, to a proxy and for its answer to CONNECT too, in milliseconds. */
  readonly connectTimeout: number
}

/**
 * Connections with these limits. undici's proxy agent has defaults for the connections that it makes beside the usual ones: to the proxy, for tunnels and for requests that are
 * forwarded. The factories give them the same limits.
 */
export const layer = (options: OutboundOptions): Layer.Layer<NodeHttpClient.Dispatcher> =>
  Layer.effect(
    NodeHttpClient.Dispatcher,
    Effect.gen(function* () {
      const { http, https, noProxy } = yield* Proxies
      // It looks at no URL, so it costs less.
      if (http === undefined && https === undefined) return yield* NodeHttpClient.makeDispatcherOptions(options)
      const { EnvHttpProxyAgent, Pool } = yield* Effect.promise(() => import("@effect/platform-node/Undici"))
      return yield* Effect.acquireRelease(
        Effect.sync(
          () =>
            new EnvHttpProxyAgent({
              ...options,
              // The empty text keeps undici from reading the environment.
              httpProxy: http === undefined ? "" : Redacted.value(http.url),
              httpsProxy: https === undefined ? "" : Redacted.value(https.url),
              noProxy,
              factory: (origin, given) => new Pool(origin, { ...options, ...given }),
              clientFactory: (proxy, given) =>
                new Pool(proxy, { ...given, allowH2: false, headersTimeout: options.connectTimeout }),
              // A tunnel is a connection of HTTP/1.1.
              proxyTls: { allowH2: false, timeout: options.connectTimeout }
            })
        ),
        (agent) => Effect.promise(() => agent.destroy())
      )
    })
  )
