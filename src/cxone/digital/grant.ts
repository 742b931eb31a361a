/** The password grant with an employee's access key, and the discovery of the API: `POST /auth/token`, `GET /.well-known/cxone-configuration`. */
import { Effect, Option, Predicate, Redacted, Schema } from "effect"
import { HttpClientRequest } from "effect/http"
import { isShort } from "../../std/text.ts"
import { UnexpectedResponse } from "../CXoneError.ts"
import { latestAccepted } from "../transport/changingClient.ts"
import type { Grant } from "../transport/Grant.ts"
import { readToken } from "../transport/tokenAnswer.ts"
import { adviceOf, type DigitalClient, type DigitalSettings } from "./DigitalSettings.ts"
import { makeDiscover } from "./discovery.ts"

const decodeRefusal = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({ error: Schema.String })))

/** The codes of OAuth for a client that is wrong, not approved yet, or not allowed to use this grant. */
const OF_CLIENT = new Set(["invalid_client", "unauthorized_client", "unsupported_grant_type"])

const decodeClaims = Schema.decodeUnknownOption(
  Schema.StringFromBase64Url.pipe(
    Schema.decodeTo(
      Schema.fromJsonString(
        Schema.Struct({ tenantId: Schema.NonEmptyString.check(Schema.makeFilter(isShort, { message: "too long" })) })
      )
    )
  )
)

/** The tenant's id in a JWT. It is not verified: it comes from the issuer itself, and only tells whose API to ask for. */
const tenantIdOf = (idToken: unknown): Option.Option<string> =>
  Predicate.isString(idToken)
    ? Option.map(decodeClaims(idToken.split(".")[1]), ({ tenantId }) => tenantId)
    : Option.none()

/** The grant for an OAuth client and an access key. The API's start is discovered with the first token, and again only for another tenant. */
export const accessKeyGrant = (settings: DigitalSettings["Service"]): Grant => {
  const { baseUrl, issuer } = settings
  const advice = adviceOf(settings)
  const discover = makeDiscover(issuer)

  const requestOf = ({ accessKeyId, accessKeySecret, clientId, clientSecret }: DigitalClient) =>
    HttpClientRequest.post(`${issuer}/auth/token`).pipe(
      HttpClientRequest.acceptJson,
      HttpClientRequest.basicAuth(clientId, clientSecret),
      HttpClientRequest.bodyUrlParams({
        grant_type: "password",
        username: accessKeyId,
        password: Redacted.value(accessKeySecret)
      })
    )

  const remedyOf = (body: string) => {
    const code = Option.map(decodeRefusal(body), ({ error }) => error)
    if (Option.isNone(code)) return advice.both
    if (OF_CLIENT.has(code.value)) return advice.client
    return code.value === "invalid_grant" ? advice.accessKey : advice.both
  }

  return {
    get: latestAccepted<DigitalClient>(settings.client ?? settings, (client, send) =>
      Effect.gen(function* () {
        const { idToken, ...granted } = yield* readToken(yield* send(requestOf(client)), remedyOf)
        if (baseUrl !== undefined) return { ...granted, baseUrl }
        const tenantId = settings.tenantId ?? Option.getOrUndefined(tenantIdOf(idToken))
        const api = yield* discover(tenantId, send)
        if (api === undefined) {
          const issue = "it has no id_token with the tenant's id: set CXONE_TENANT_ID"
          return yield* new UnexpectedResponse({ operation: "token", status: 200, issue })
        }
        return { ...granted, baseUrl: api }
      })
    ),
    remedy: advice.both
  }
}
