/** The client credentials grant: `POST /oauth/token`. */
import { Effect, Redacted } from "effect"
import { HttpClientRequest } from "effect/http"
import type { OAuthClient } from "../OAuthClient.ts"
import { latestAccepted } from "../transport/changingClient.ts"
import type { Grant } from "../transport/Grant.ts"
import { readToken } from "../transport/tokenAnswer.ts"
import { type CXoneSettings, remediesOf } from "./CXoneSettings.ts"

/** The grant for an OAuth client. */
export const clientCredentials = (settings: CXoneSettings["Service"]): Grant => {
  const { baseUrl } = settings
  const remedy = remediesOf(settings).unauthorized

  const requestOf = ({ clientId, clientSecret }: OAuthClient) =>
    HttpClientRequest.post(`${baseUrl}/oauth/token`).pipe(
      HttpClientRequest.acceptJson,
      HttpClientRequest.bodyUrlParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: Redacted.value(clientSecret)
      })
    )

  return {
    get: latestAccepted<OAuthClient>(settings.client ?? settings, (client, send) =>
      Effect.gen(function* () {
        const { life, token } = yield* readToken(yield* send(requestOf(client)), () => remedy)
        return { token, life, baseUrl }
      })
    ),
    remedy
  }
}
