/** The webhook's own credentials: who may ask for a handover. */
import { createHash, timingSafeEqual } from "node:crypto"
import { Effect, Layer, Redacted } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import { CredentialsRefused, CredentialsRefusedProblem } from "./Problem.ts"

/** What the webhook asks its callers for. `none` lets everyone in: only for loopback, or behind something that checks. */
export type WebhookCredentials =
  | { readonly mode: "none" }
  /** Any of the keys is taken, so that they can be rotated. */
  | { readonly mode: "api-key"; readonly keys: ReadonlyArray<Redacted.Redacted> }
  | { readonly mode: "basic"; readonly user: string; readonly password: Redacted.Redacted }

/** Lets a request to the webhook through, or answers 401. */
export class WebhookAuth extends HttpApiMiddleware.Service<WebhookAuth>()("cognigy-cxone-router/cognigy/WebhookAuth", {
  error: CredentialsRefusedProblem,
  security: {
    xApiKey: HttpApiSecurity.apiKey({ in: "header", key: "X-API-Key" }),
    apiKey: HttpApiSecurity.http({ scheme: "ApiKey" }),
    bearer: HttpApiSecurity.bearer,
    basic: HttpApiSecurity.basic
  }
}) {
  /** Checks requests against these credentials, in constant time. */
  static readonly layer = (credentials: WebhookCredentials): Layer.Layer<WebhookAuth> => {
    const refused = Effect.fail(refusal(credentials))
    const refusedLast = Effect.andThen(Effect.logWarning(`refused → 401 Unauthorized: ${NO_CREDENTIALS}`), refused)
    const isKnown = keyCheck(credentials.mode === "api-key" ? credentials.keys : [])
    const isUser = keyCheck(
      credentials.mode === "basic" && credentials.user !== ""
        ? [basicSecret(credentials.user, credentials.password)]
        : []
    )
    const open = credentials.mode === "none"
    return Layer.succeed(WebhookAuth, {
      xApiKey: (handler, { credential }) => (open || isKnown(credential) ? handler : refused),
      apiKey: (handler, { credential }) => (isKnown(credential) ? handler : refused),
      bearer: (handler, { credential }) => (isKnown(credential) ? handler : refused),
      basic: (handler, { credential }) =>
        isUser(basicSecret(credential.username, credential.password)) ? handler : refusedLast
    })
  }
}

const NO_CREDENTIALS = "a request without the router's credentials, or with wrong ones"

const refusal = (credentials: WebhookCredentials): CredentialsRefused => {
  const error = "Unauthorized"
  return credentials.mode === "basic"
    ? new CredentialsRefused({
        error,
        detail: "send the user and password that the router was started with, as Basic credentials",
        challenge: 'Basic realm="cognigy-cxone-router", charset="UTF-8"'
      })
    : new CredentialsRefused({
        error,
        detail: "send one of the router's API keys: as X-API-Key, or as Authorization with ApiKey or Bearer before it",
        challenge: 'ApiKey realm="cognigy-cxone-router", Bearer realm="cognigy-cxone-router"'
      })
}

/** A user name holds no colon (RFC 7617), so that two different pairs never join to the same text. */
const basicSecret = (user: string, password: Redacted.Redacted): Redacted.Redacted =>
  Redacted.make(`${user}:${Redacted.value(password)}`)

const digest = (secret: Redacted.Redacted): Buffer => createHash("sha256").update(Redacted.value(secret)).digest()

/**
 * Compares digests, all of them: neither a secret's length nor which one matched shows in the time it takes.
 * An empty key is none: it would let in who sends nothing.
 */
const keyCheck = (known: ReadonlyArray<Redacted.Redacted>) => {
  const digests = known.filter((key) => Redacted.value(key) !== "").map(digest)
  return (given: Redacted.Redacted): boolean => {
    const candidate = digest(given)
    return digests.reduce((found, one) => timingSafeEqual(one, candidate) || found, false)
  }
}
