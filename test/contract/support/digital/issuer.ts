/** The token endpoint and the discovery. */
import { type Interaction, isJson, Match, positive, text } from "../mock.ts"
import { answers, example, states } from "./example.ts"

const { accessKeyId, accessKeySecret, accessToken, clientId, clientSecret, tenantId } = example

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")

/** A JWT that names the tenant. */
const idToken = `${base64url({ alg: "RS256", typ: "JWT" })}.${base64url({ tenantId })}.c2lnbmF0dXJl`

/** Secrets that the token endpoint refuses, one for each of its answers. */
export const wrong = {
  clientSecret: "wrong-client-secret",
  accessKeySecret: "wrong-access-key-secret",
  revokedKeySecret: "revoked-access-key-secret"
}

const asking = (client = clientSecret, accessKey = accessKeySecret): Interaction["withRequest"] => ({
  method: "POST",
  path: "/auth/token",
  headers: {
    Accept: "application/json",
    Authorization: `Basic ${Buffer.from(`${clientId}:${client}`).toString("base64")}`,
    "Content-Type": "application/x-www-form-urlencoded"
  },
  body: `grant_type=password&username=${accessKeyId}&password=${accessKey}`
})

/** Either status refuses credentials; the example is the one that the mock server answers. */
const refusal = (status: 400 | 401, error: string) => ({
  status: Match.matchStatus(status, [400, 401]),
  headers: isJson,
  body: { error }
})

/** The token endpoint. */
export const token = {
  granted: {
    states: [states.client, states.accessKey],
    uponReceiving: "a request for an access token",
    withRequest: asking(),
    willRespondWith: answers({
      access_token: text("^[!-~]+$", accessToken),
      expires_in: positive(3600),
      id_token: text("^[\\w-]+\\.[\\w-]+\\.[\\w-]*$", idToken)
    })
  },
  wrongClient: {
    states: [states.client, states.accessKey],
    uponReceiving: "a request for an access token with a wrong client secret",
    withRequest: asking(wrong.clientSecret),
    willRespondWith: refusal(401, "invalid_client")
  },
  wrongKey: {
    states: [states.client, states.accessKey],
    uponReceiving: "a request for an access token with a wrong access key",
    withRequest: asking(undefined, wrong.accessKeySecret),
    willRespondWith: refusal(401, "invalid_grant")
  },
  wrongKeyAsBad: {
    states: [states.client, states.accessKey],
    uponReceiving: "a request for an access token with a wrong access key, refused as a bad request",
    withRequest: asking(undefined, wrong.revokedKeySecret),
    willRespondWith: refusal(400, "invalid_grant")
  }
} satisfies Record<string, Interaction>

/** The start of the API's URLs, as the discovery tells it. */
export const apiEndpoint = "https://api-na1.niceincontact.com"

const discovering = (description: string, body: NonNullable<Interaction["willRespondWith"]["body"]>): Interaction => ({
  states: [states.tenant],
  uponReceiving: description,
  withRequest: {
    method: "GET",
    path: "/.well-known/cxone-configuration",
    query: { tenantId },
    headers: { Accept: "application/json" }
  },
  willRespondWith: answers(body)
})

/** The discovery of the API. */
export const discovery = {
  found: discovering("a request for the API of a tenant", { api_endpoint: text("^https?://.+$", apiEndpoint) })
}
