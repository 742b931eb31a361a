/** Settings of CXone that are accepted, and are probably not what was meant, by the dialect of its API. */
import { Effect } from "effect"
import { fileOf } from "../std/SecretFiles.ts"
import { given, type Problems } from "../std/Setting.ts"
import type { DialectSettings } from "./DialectSettings.ts"
import { isLoopback } from "./isLoopback.ts"

/** The start of URLs, by the setting that names it. */
interface Start {
  readonly name: string
  readonly url: string
  /** Paths that the router appends, and how it is said. */
  readonly appended: RegExp
  readonly appends: string
}

/** The URLs that a dialect calls, as far as the settings name them. */
export const startsOf = (cxone: DialectSettings): ReadonlyArray<Start> => {
  const name = "CXONE_BASE_URL"
  if (cxone.dialect === "webchat") {
    return [{ name, url: cxone.baseUrl, appended: /\/(?:api|oauth)(?:\/|$)/i, appends: "/oauth/token and /api/v2" }]
  }
  return [
    {
      name: "CXONE_ISSUER",
      url: cxone.issuer,
      appended: /\/(?:auth|\.well-known)(?:\/|$)/i,
      appends: "/auth/token and /.well-known/cxone-configuration"
    },
    ...(cxone.baseUrl === undefined
      ? []
      : [
          {
            name,
            url: cxone.baseUrl,
            appended: /\/(?:dfo|incontactapi|user-management)(?:\/|$)/i,
            appends: "/dfo/3.0, /incontactapi and /user-management"
          }
        ])
  ]
}

const ofStart = ({ appended, appends, name, url }: Start): Problems => {
  const { hostname, pathname, protocol } = new URL(url)
  return [
    ...(protocol === "http:" && !isLoopback(hostname)
      ? [{ name, problem: "begins with http: credentials and tokens are sent unencrypted", instead: "an https URL" }]
      : []),
    ...(appended.test(pathname)
      ? [
          {
            name,
            problem: `has the path ${pathname}: the router appends ${appends} itself`,
            instead: "the part before it"
          }
        ]
      : [])
  ]
}

/** The settings of each dialect that the other one does not have. */
const OWN = {
  webchat: ["CXONE_REGION"],
  digital: [
    "CXONE_ISSUER",
    "CXONE_ACCESS_KEY_ID",
    fileOf("CXONE_ACCESS_KEY_ID"),
    "CXONE_ACCESS_KEY_SECRET",
    fileOf("CXONE_ACCESS_KEY_SECRET"),
    "CXONE_CHANNEL_ID",
    "CXONE_CONTACT",
    "CXONE_TENANT_ID",
    "CXONE_INTENT_FIELD",
    "CXONE_ACD_VERSION"
  ]
} as const

const isSet = (name: string) => Effect.map(given(name), (text) => text !== undefined)

/** Settings of the other dialect: they may be there because the dialect is not set. */
export const ofOtherDialect = Effect.fnUntraced(function* (
  dialect: DialectSettings["dialect"],
  other: DialectSettings["dialect"]
): Effect.fn.Return<Problems> {
  const names = yield* Effect.filter(OWN[other], isSet)
  return names.map((name) => ({
    name,
    problem: `is set and not used: CXONE_DIALECT is ${dialect}`,
    instead: `set CXONE_DIALECT=${other}, or remove ${name}`
  }))
})

/** A setting that another one makes useless. */
const besideBaseUrl = Effect.fnUntraced(function* (name: string, problem: string): Effect.fn.Return<Problems> {
  return (yield* isSet(name)) && (yield* isSet("CXONE_BASE_URL"))
    ? [{ name, problem: `is set and not used: CXONE_BASE_URL is set, too${problem}`, instead: "remove one of the two" }]
    : []
})

/** All of them. */
export const dialectWarnings = Effect.fnUntraced(function* (cxone: DialectSettings): Effect.fn.Return<Problems> {
  const starts = startsOf(cxone).flatMap(ofStart)
  return cxone.dialect === "webchat"
    ? [...(yield* ofOtherDialect("webchat", "digital")), ...(yield* besideBaseUrl("CXONE_REGION", "")), ...starts]
    : [
        ...(yield* ofOtherDialect("digital", "webchat")),
        ...(yield* besideBaseUrl("CXONE_TENANT_ID", ", so nothing is looked up for the tenant")),
        ...starts
      ]
})
