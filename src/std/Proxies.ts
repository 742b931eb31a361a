/** The proxies on the way out of this process, and which of them a call takes. */
import { Context, Effect, type Redacted } from "effect"

/** A proxy: `http` and `https` URLs are forwarded or tunnelled (CONNECT) by it. */
export interface OutboundProxy {
  /** Its URL, which may hold a user and a password. */
  readonly url: Redacted.Redacted
  /** The same without them, to show. */
  readonly shown: string
  /** The setting that names it, such as `HTTPS_PROXY`. */
  readonly setting: string
}

/** The proxies of all calls to other hosts. */
export interface ProxySettings {
  /** For `http` URLs. */
  readonly http: OutboundProxy | undefined
  /** For `https` URLs. Without it, they take the one for `http`. */
  readonly https: OutboundProxy | undefined
  /** The hosts that are called directly, as in `NO_PROXY`. */
  readonly noProxy: string
}

/** No proxy: every host is called directly. */
export const NO_PROXIES: ProxySettings = { http: undefined, https: undefined, noProxy: "" }

/** The proxies of the layers that are built with it; none by default. */
export const Proxies = Context.Reference<ProxySettings>("cognigy-cxone-router/std/Proxies", {
  defaultValue: () => NO_PROXIES
})

/** How a host is reached. */
export interface Way {
  /** The proxy, if the way leads through one. */
  readonly proxy: OutboundProxy | undefined
  /** There is a proxy for such URLs, and `NO_PROXY` excepts the host. */
  readonly isExcepted: boolean
}

const DIRECTLY: Way = { proxy: undefined, isExcepted: false }

/** Stands for a proxy in an agent that connects to nothing. */
const SOME_PROXY = "http://proxy.invalid"

/** Tells the way to a URL. undici itself decides about `NO_PROXY`, so that what is shown is what happens. */
export const makeWayTo: Effect.Effect<(url: string) => Way> = Effect.gen(function* () {
  const { http, https = http, noProxy } = yield* Proxies
  if (https === undefined) return () => DIRECTLY
  const { EnvHttpProxyAgent } = yield* Effect.promise(() => import("@effect/platform-node/Undici"))
  let connectsTo = ""
  const agent = new EnvHttpProxyAgent({
    // Both: undici would read one that is missing from the environment.
    httpProxy: SOME_PROXY,
    httpsProxy: SOME_PROXY,
    noProxy,
    factory: (origin) => {
      connectsTo = String(origin)
      throw new Error("no connection is made")
    }
  })
  return (url: string) => {
    const { hostname, port, protocol } = new URL(url)
    const isSecure = protocol === "https:"
    const proxy = isSecure ? https : http
    if (proxy === undefined) return DIRECTLY
    // Always as http: forwarded, not tunnelled, it connects to the proxy's own address.
    const origin = `http://${hostname}:${port || (isSecure ? 443 : 80)}`
    agent.dispatch({ origin, path: "/", method: "GET" }, { onResponseError: () => {} })
    return connectsTo.startsWith(SOME_PROXY) ? { proxy, isExcepted: false } : { proxy: undefined, isExcepted: true }
  }
})

/** The way in words: `directly`, `directly (NO_PROXY)` or `through http://proxy:3128 (HTTPS_PROXY)`. */
export const inWords = ({ isExcepted, proxy }: Way): string => {
  if (proxy !== undefined) return `through ${proxy.shown} (${proxy.setting})`
  return isExcepted ? "directly (NO_PROXY)" : "directly"
}

/** The proxy on the way by its setting alone: `the proxy of HTTPS_PROXY`. For errors that may reach people outside, whom our hosts do not concern. */
export const throughWhat = ({ proxy }: Way): string | undefined => proxy && `the proxy of ${proxy.setting}`

/** The same settings, with one more host that is called directly. */
export const except = (proxies: ProxySettings, host: string): ProxySettings => ({
  ...proxies,
  noProxy: `${proxies.noProxy},${host}`
})

/** The status with which a proxy refused to pass a call on. undici has it in the words of its error alone. */
export const refusedByProxy = (error: unknown): number | undefined => {
  if (!(error instanceof Error)) return undefined
  const [, status] = /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(error.message) ?? []
  return status === undefined ? undefined : Number(status)
}
