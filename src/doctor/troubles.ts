/** Explains why no answer came, for people who set the address. */
import { Duration } from "effect"
import type { NoAnswer } from "./probe.ts"

/** A problem with a connection, in plain words. */
export interface Trouble {
  readonly what: string
  /** The remedy. */
  readonly instead: string
}

/** The problem behind a missing answer; `address` names the settings of the address, such as `CXONE_BASE_URL`. */
export const troubleOf = ({ code = "" }: NoAnswer, address: string, patience: Duration.Duration): Trouble => {
  const suffix = code === "" ? "" : ` (${code})`
  const [, what, instead] = TROUBLES.find(([codes]) => codes.test(code)) ?? OTHER
  return { what: what(suffix, Duration.format(patience)), instead: instead(address) }
}

type Row = readonly [
  codes: RegExp,
  what: (code: string, patience: string) => string,
  instead: (address: string) => string
]

const network = (address: string) =>
  `check the host and port of ${address}, and this machine's network: a firewall may be in between, and the router uses no proxy`

const trust = (address: string) =>
  `check the host of ${address}; if your own proxy intercepts TLS, name its certificate in NODE_EXTRA_CA_CERTS`

const OTHER: Row = [/^/, (code) => `the connection failed${code}`, network]

const TROUBLES: ReadonlyArray<Row> = [
  [/^TIMEOUT$/, (_, patience) => `no answer within ${patience}`, network],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, (code) => `no connection in time${code}`, network],
  [
    /^(ENOTFOUND|EAI_\w+)$/,
    (code) => `the name of the host cannot be resolved${code}`,
    (address) => `check the host of ${address}, and this machine's DNS`
  ],
  [/^ECONNREFUSED$/, (code) => `nothing listens there${code}`, network],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, (code) => `the address cannot be reached${code}`, network],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, (code) => `the connection was cut${code}`, network],
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
