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
 * was not made is the one to the proxy.
 */
export const troubleOf = ({ code = "" }: NoAnswer, address: string, patience: Duration.Duration, way: Way): Trouble => {
  const suffix = code === "" ? "" : ` (${code})`
  const [, what, instead] = TROUBLES.find(([codes]) => codes.test(code)) ?? OTHER
  return { what: what(suffix, Duration.format(patience)), instead: instead(address, way) }
}

type Row = readonly [
  codes: RegExp,
  what: (code: string, patience: string) => string,
  instead: (address: string, way: Way) => string
]

const network = (address: string, { isExcepted, proxy }: Way) => {
  const check = `check the host and port of ${proxy?.setting ?? address}, and this machine's network: a firewall may be in between`
  if (proxy !== undefined) return check
  return isExcepted
    ? `${check}, and NO_PROXY keeps this host from the proxy`
    : `${check}; if calls must go through a proxy, set HTTPS_PROXY`
}

const trust = (address: string) =>
  `check the host of ${address}; if your own proxy intercepts TLS, name its certificate in NODE_EXTRA_CA_CERTS, in the environment and not in .env`

const proxyOf = ({ proxy }: Way) => proxy?.setting ?? "HTTPS_PROXY"

const OTHER: Row = [/^/, (code) => `the connection failed${code}`, network]

const TROUBLES: ReadonlyArray<Row> = [
  [/^TIMEOUT$/, (_, patience) => `no answer within ${patience}`, network],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, (code) => `no connection in time${code}`, network],
  [
    /^(ENOTFOUND|EAI_\w+)$/,
    (code) => `the name of the host cannot be resolved${code}`,
    (address, way) =>
      `check the host of ${way.proxy?.setting ?? address}, and this machine's DNS${way.proxy === undefined && !way.isExcepted ? "; if only a proxy knows the host, set HTTPS_PROXY" : ""}`
  ],
  [/^ECONNREFUSED$/, (code) => `nothing listens there${code}`, network],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, (code) => `the address cannot be reached${code}`, network],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_PRX_CONN)$/, (code) => `the connection was cut${code}`, network],
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
    (address) => `set this machine's clock, or have the certificate of ${address} renewed`
  ],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, (code) => `the certificate belongs to another host${code}`, trust],
  [/CERT|ISSUER|SIGNATURE/, (code) => `the certificate is not trusted${code}`, trust],
  [
    /^(ERR_SSL|ERR_TLS|EPROTO)/,
    (code) => `TLS failed${code}`,
    (address) => `check the port of ${address}, and whether the server uses https`
  ],
  [
    /^(HPE_|HTTPParserError)/,
    (code) => `the server there does not speak HTTP${code}`,
    (address) => `check the port of ${address}, and whether the server uses http`
  ]
]
