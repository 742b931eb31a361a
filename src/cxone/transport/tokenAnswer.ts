/** Answers of token endpoints, as OAuth has them. */
import { Duration, Effect, Redacted, Schema } from "effect"
import { describeIssue } from "../../std/describeIssue.ts"
import { UNEXPECTED_STATUS, Unauthorized, UnexpectedResponse } from "../CXoneError.ts"
import type { Answer } from "./Call.ts"
import type { Granted } from "./Grant.ts"

const decode = Schema.decodeUnknownEffect(
  Schema.fromJsonString(
    Schema.Struct({
      access_token: Schema.String.check(
        Schema.isPattern(/^[\x21-\x7e]{1,16384}$/, { message: "not a token that a header can carry" })
      ),
      /** Seconds. */
      expires_in: Schema.Finite.check(Schema.isGreaterThan(0)),
      /** OpenID's, where the endpoint gives one. */
      id_token: Schema.optionalKey(Schema.Unknown)
    })
  )
)

/** Reads an answer. 400, 401 and 403 are refusals: `Unauthorized` with the advice that `remedyOf` gives for the body. */
export const readToken = Effect.fnUntraced(function* (
  { body, status, unreadable }: Answer,
  remedyOf: (body: string) => string
): Effect.fn.Return<
  Pick<Granted, "token" | "life"> & { readonly idToken: unknown },
  Unauthorized | UnexpectedResponse
> {
  if (status === 400 || status === 401 || status === 403) {
    return yield* new Unauthorized({ operation: "token", remedy: remedyOf(body) })
  }
  const unexpected = (issue: string) => new UnexpectedResponse({ operation: "token", status, issue })
  if (status !== 200) return yield* unexpected(UNEXPECTED_STATUS)
  const { access_token, expires_in, id_token } = yield* Effect.mapError(decode(body), ({ issue }) =>
    unexpected(unreadable ?? describeIssue(issue))
  )
  return {
    token: Redacted.make(access_token, { label: "CXone access token" }),
    life: Duration.seconds(expires_in),
    idToken: id_token
  }
})
