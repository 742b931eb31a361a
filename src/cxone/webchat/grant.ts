/** The client credentials grant: `POST /oauth/token`. */
import { Duration, Effect, Redacted, Schema } from "effect"
import { HttpClientRequest } from "effect/http"
import { describeIssue } from "../../std/describeIssue.ts"
import * as Live from "../../std/Live.ts"
import { UNEXPECTED_STATUS, Unauthorized, UnexpectedResponse } from "../CXoneError.ts"
import type { OAuthClient } from "../OAuthClient.ts"
import type { Answer } from "../transport/Call.ts"
import type { Grant } from "../transport/Grant.ts"
import { type CXoneSettings, remediesOf } from "./CXoneSettings.ts"

const TokenAnswer = Schema.fromJsonString(
  Schema.Struct({
    access_token: Schema.String.check(
      Schema.isPattern(/^[\x21-\x7e]{1,16384}$/, { message: "not a token that a header can carry" })
    ),
    /** Seconds. */
    expires_in: Schema.Finite.check(Schema.isGreaterThan(0))
  })
)

const decode = Schema.decodeUnknownEffect(TokenAnswer)

/** The grant for an OAuth client. Where CXone refuses one that has changed, the one before it is used for as long as CXone accepts that. */
export const clientCredentials = (settings: CXoneSettings["Service"]): Grant => {
  const { baseUrl } = settings
  const remedy = remediesOf(settings).unauthorized
  /** The client that got a token last. */
  let accepted: OAuthClient | undefined

  const requestOf = ({ clientId, clientSecret }: OAuthClient) =>
    HttpClientRequest.post(`${baseUrl}/oauth/token`).pipe(
      HttpClientRequest.acceptJson,
      HttpClientRequest.bodyUrlParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: Redacted.value(clientSecret)
      })
    )

  const read = Effect.fnUntraced(function* ({ body, status, unreadable }: Answer) {
    if (status === 400 || status === 401 || status === 403) {
      return yield* new Unauthorized({ operation: "token", remedy })
    }
    const unexpected = (issue: string) => new UnexpectedResponse({ operation: "token", status, issue })
    if (status !== 200) return yield* unexpected(UNEXPECTED_STATUS)
    const { access_token, expires_in } = yield* Effect.mapError(decode(body), ({ issue }) =>
      unexpected(unreadable ?? describeIssue(issue))
    )
    return {
      token: Redacted.make(access_token, { label: "CXone access token" }),
      life: Duration.seconds(expires_in),
      baseUrl
    }
  })

  const get: Grant["get"] = Effect.fnUntraced(function* (send) {
    const client = yield* Live.current<OAuthClient>(settings.client ?? settings)
    const before = accepted
    const tokenOf = (client: OAuthClient) =>
      Effect.tap(Effect.flatMap(send(requestOf(client)), read), () =>
        Effect.sync(() => {
          accepted = client
        })
      )
    if (before === undefined || before === client) return yield* tokenOf(client)
    return yield* Effect.catchTag(tokenOf(client), "Unauthorized", (refusal) =>
      tokenOf(before).pipe(
        Effect.tap(() => Effect.logWarning(`${refusal.message}. The credentials before the change are still used`)),
        Effect.catchTag("Unauthorized", () => Effect.fail(refusal))
      )
    )
  })

  return { get, remedy }
}
