/** The discovery of a tenant's API at its issuer: `GET /.well-known/cxone-configuration`, without a token. */
import { Effect, Schema } from "effect"
import { HttpClientRequest } from "effect/http"
import { describeIssue } from "../../std/describeIssue.ts"
import { present } from "../../std/present.ts"
import { isBaseUrl, NO_BASE_URL } from "../baseUrl.ts"
import { UNEXPECTED_STATUS, UnexpectedResponse } from "../CXoneError.ts"
import type { Grant, GrantError } from "../transport/Grant.ts"
import { toApiStart } from "./digitalConfig.ts"

const text = Schema.optionalKey(Schema.NullOr(Schema.String))

const Configuration = Schema.Struct({ api_endpoint: text, area: text, domain: text })

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Configuration))

const AREA = /^[a-z0-9-]{1,63}$/i

const DOMAIN = /^(?=.{1,180}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i

/** The API's start in its older form, which `area` and `domain` make; `undefined` without both. */
export const olderEndpointOf = (configuration: Pick<typeof Configuration.Type, "area" | "domain">) => {
  const [area, domain] = [present(configuration.area), present(configuration.domain)]
  return area !== undefined && domain !== undefined && AREA.test(area) && DOMAIN.test(domain)
    ? `https://api-de-${area}.${domain}`
    : undefined
}

/** The API's start: `api_endpoint`, else the older form. */
const endpointOf = (configuration: typeof Configuration.Type): string | undefined =>
  present(configuration.api_endpoint) ?? olderEndpointOf(configuration)

/**
 * Makes the discovery of one issuer. It asks for a tenant's API once and keeps a good answer; without a tenant's id it has the API that it knows, or none.
 * The token is sent to that API, so an issuer with https can name only one with https. Fails with `UnexpectedResponse` when the answer names no API.
 */
export const makeDiscover = (issuer: string) => {
  let known: { readonly tenantId: string; readonly api: string } | undefined

  return Effect.fnUntraced(function* (
    tenantId: string | undefined,
    send: Parameters<Grant["get"]>[0]
  ): Effect.fn.Return<string | undefined, GrantError> {
    if (tenantId === undefined || tenantId === known?.tenantId) return known?.api
    const { body, status, unreadable } = yield* send(
      HttpClientRequest.get(`${issuer}/.well-known/cxone-configuration?tenantId=${encodeURIComponent(tenantId)}`).pipe(
        HttpClientRequest.acceptJson
      ),
      "discovery"
    )
    const unexpected = (issue: string) => new UnexpectedResponse({ operation: "discovery", status, issue })
    if (status !== 200) {
      const issue = status === 404 ? "the issuer does not know the tenant" : UNEXPECTED_STATUS
      return yield* unexpected(`${issue}: check CXONE_ISSUER and CXONE_TENANT_ID, or set CXONE_BASE_URL`)
    }
    const configuration = yield* Effect.mapError(decode(body), ({ issue }) =>
      unexpected(unreadable ?? describeIssue(issue))
    )
    const endpoint = endpointOf(configuration)
    if (endpoint === undefined) {
      return yield* unexpected("it has neither api_endpoint nor area and domain: set CXONE_BASE_URL")
    }
    if (!isBaseUrl(endpoint)) return yield* unexpected(`api_endpoint: ${NO_BASE_URL}`)
    const api = toApiStart(endpoint)
    if (issuer.startsWith("https:") && !api.startsWith("https:")) {
      return yield* unexpected("api_endpoint: not https, so no token is sent there")
    }
    known = { tenantId, api }
    yield* Effect.logDebug(`CXone's API for this tenant: ${api}`)
    return api
  })
}
