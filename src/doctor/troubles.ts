/** Explains why no answer came, for people who set the address. */
import { Duration } from "effect"
import type { Way } from "../std/Proxies.ts"
import type { NoAnswer } from "./probe.ts"

/** A problem with a connection, in plain words. */
export interface Trouble {
  readonly what: string
  /** The remedy. */
  readonly instead: string
}

/**
 * The problem behind a missing answer; `address` names the settings of the address, such as `CXONE_BASE_URL`. Where the way leads through a proxy, the connection that
 * failed is the one to the proxy, or the one behind it. Where that cannot be told, the remedy names both.
 */
export const troubleOf = ({ code = "" }: NoAnswer, address: string, patience: Duration.Duration, way: Way): Trouble => {
  const suffix = code === "" ? "" : ` (${code})`
  const [, what, instead] = TROUBLES.find(([codes]) => codes.test(code)) ?? OTHER
  return { what: what(suffix, Duration.format(patience)), instead: instead(address, way) }
}

/** The problem behind an answer with this status that came through a proxy, which may be the proxy's own. */
export const forwardTrouble = (status: number, address: string, { proxy }: Way): Trouble | undefined =>
  status < 500 || proxy === undefined
    ? undefined
    : {
        what: `the proxy, or the host behind it, answered ${status}`,
        instead: `check the network of the proxy (${proxy.setting}), then the host and port of ${address}`
      }

type Row = readonly [
  codes: RegExp,
  what: (code: string, patience: string) => string,
  instead: (address: string, way: Way) => string
]

const networkAt = (places: string, { isExcepted, proxy }: Way) => {
  const check = `check the host and port of ${places}, and this machine's network: a firewall may be in between`
  if (proxy !== undefined) return check
  return isExcepted
    ? `${check}, and NO_PROXY keeps this host from the proxy`
    : `${check}; if calls must go through a proxy, set HTTPS_PROXY`
}

/** The connection to the proxy, if there is one. */
const network = (address: string, way: Way) => networkAt(way.proxy?.setting ?? address, way)

/** The connection to the proxy, or the one behind it. */
const anyNetwork = (address: string, way: Way) =>
  networkAt(way.proxy === undefined ? address : `${way.proxy.setting}, then of ${address}`, way)

/** The proxy on the way whose own TLS may have failed: it comes before that of the host. */
const overTls = ({ proxy }: Way) => (proxy?.shown.startsWith("https:") ? proxy.setting : undefined)

const trust = (address: string, way: Way) => {
  const proxy = overTls(way)
  const first = proxy === undefined ? "" : `${proxy}, then of `
  return `check the host of ${first}${address}; if your own proxy intercepts TLS, or has a certificate of your own authority, name that certificate in NODE_EXTRA_CA_CERTS, in the environment and not in .env`
}

const proxyOf = ({ proxy }: Way) => proxy?.setting ?? "HTTPS_PROXY"

const OTHER: Row = [/^/, (code) => `the connection failed${code}`, anyNetwork]

const TROUBLES: ReadonlyArray<Row> = [
  [/^TIMEOUT$/, (_, patience) => `no answer within ${patience}`, anyNetwork],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, (code) => `no connection in time${code}`, network],
  [
    /^(ENOTFOUND|EAI_\w+)$/,
    (code) => `the name of the host cannot be resolved${code}`,
    (address, way) =>
      `check the host of ${way.proxy?.setting ?? address}, and this machine's DNS${way.proxy === undefined && !way.isExcepted ? "; if only a proxy knows the host, set HTTPS_PROXY" : ""}`
  ],
  [/^ECONNREFUSED$/, (code) => `nothing listens there${code}`, network],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, (code) => `the address cannot be reached${code}`, network],
  [/^UND_ERR_PRX_CONN$/, (code) => `the connection was cut${code}`, network],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, (code) => `the connection was cut${code}`, anyNetwork],
  [/^UND_ERR_HEADERS_TIMEOUT$/, (code) => `the proxy did not answer in time${code}`, network],
  [
    /^PROXY_ANSWERED_407$/,
    (code) => `the proxy does not accept the user and password${code}`,
    (_, way) => `write them into ${proxyOf(way)}, percent-encoded: http://USER:PASSWORD@HOST:PORT`
  ],
  [
    /^PROXY_ANSWERED_5/,
    (code) => `the proxy cannot reach the host${code}`,
    (address, way) => `check the host and port of ${address}, and the network of the proxy (${proxyOf(way)})`
  ],
  [
    /^PROXY_ANSWERED_2/,
    (code) => `what is there answers CONNECT with another status than 200${code}`,
    (_, way) => `check ${proxyOf(way)}: a web server may be there, not a proxy`
  ],
  [
    /^PROXY_ANSWERED_/,
    (code) => `the proxy refuses to connect to the host${code}`,
    (address, way) => `have the proxy (${proxyOf(way)}) allow the host and port of ${address}`
  ],
  [
    /^UND_ERR_PRX_TLS$/,
    (code) => `the proxy's certificate belongs to another host${code}`,
    (_, way) => `check the host of ${proxyOf(way)}`
  ],
  [
    /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    (code) => `the certificate has expired or is not valid yet${code}`,
    (address, way) => {
      const proxy = overTls(way)
      return `set this machine's clock, or have the certificate of ${proxy === undefined ? "" : `${proxy} or of `}${address} renewed`
    }
  ],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, (code) => `the certificate belongs to another host${code}`, trust],
  [/CERT|ISSUER|SIGNATURE/, (code) => `the certificate is not trusted${code}`, trust],
  [
    /^(ERR_SSL|ERR_TLS|EPROTO)/,
    (code) => `TLS failed${code}`,
    (address, way) => {
      const proxy = overTls(way)
      const host = `the port of ${address}, and whether the server uses https`
      return proxy === undefined
        ? `check ${host}`
        : `check ${proxy}: most proxies are reached by http://, for https URLs too; then ${host}`
    }
  ],
  [
    /^(HPE_|HTTPParserError)/,
    (code) => `the server there does not speak HTTP${code}`,
    (address, { proxy }) => {
      const host = `the port of ${address}, and whether the server uses http`
      return proxy === undefined
        ? `check ${host}`
        : `check the port of ${proxy.setting}, and whether an HTTP proxy is there; then ${host}`
    }
  ]
]
