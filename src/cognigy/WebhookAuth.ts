/** The webhook's own credentials: who may ask for a handover. */
import { hash, timingSafeEqual } from "node:crypto"
import { Clock, Context, Effect, Layer, Redacted, Result } from "effect"
import { type Headers, HttpServerRequest } from "effect/http"
import { HttpApiMiddleware, HttpApiSecurity, OpenApi } from "effect/http-api"
import { correlationId } from "./Correlation.ts"
import { CredentialsRefused, CredentialsRefusedProblem, correlated } from "./Problem.ts"
import * as Refusals from "./Refusals.ts"
import * as Signature from "./Signature.ts"

/** What the webhook asks its callers for. `none` lets everyone in: only for loopback, or behind something that checks. */
export type WebhookCredentials =
  | { readonly mode: "none" }
  | {
      readonly mode: "api-key"
      /** Any of them is taken, so that they can be rotated. */
      readonly keys: ReadonlyArray<Redacted.Redacted>
    }
  | {
      readonly mode: "basic"
      /** The user's name. */
      readonly user: string
      /** The user's password. */
      readonly password: Redacted.Redacted
    }
  | {
      readonly mode: "signature"
      /** Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes. A signature with any of them is taken; a text that is no such secret makes none. */
      readonly secrets: ReadonlyArray<Redacted.Redacted>
    }

/** What the credentials say of the sender of the request at hand. */
export class Sender extends Context.Service<
  Sender,
  {
    /** Fails when the sender signs its requests, and did not sign this body. */
    readonly checkBody: (body: Uint8Array) => Effect.Effect<void, CredentialsRefused>
    /** Logs that the request was refused; as long as the sender may be anyone, in few lines however many there are. */
    readonly logRefusal: (line: string) => Effect.Effect<void>
  }
>()("cognigy-cxone-router/cognigy/Sender") {}

/** Lets a request to the webhook through, or fails with `CredentialsRefused`, which is answered with 401. */
export class WebhookAuth extends HttpApiMiddleware.Service<WebhookAuth, { provides: Sender }>()(
  "cognigy-cxone-router/cognigy/WebhookAuth",
  {
    error: CredentialsRefusedProblem,
    // They are tried in this order, and the last one's refusal is the answer.
    security: {
      /** A key in the header `X-API-Key`. */
      xApiKey: HttpApiSecurity.apiKey({ in: "header", key: "X-API-Key" }),
      /** A key in `Authorization`, after `ApiKey`. */
      apiKey: HttpApiSecurity.http({ scheme: "ApiKey" }),
      /** A key in `Authorization`, after `Bearer`. */
      bearer: HttpApiSecurity.bearer,
      /** User and password in `Authorization`, after `Basic`. */
      basic: HttpApiSecurity.basic,
      /** A signature of Standard Webhooks. */
      signature: HttpApiSecurity.apiKey({ in: "header", key: "webhook-signature" }).pipe(
        HttpApiSecurity.annotate(
          OpenApi.Description,
          "A signature of version v1 as of [Standard Webhooks](https://www.standardwebhooks.com), with the headers webhook-id and webhook-timestamp beside it"
        )
      )
    }
  }
) {
  /** Checks requests against these credentials, in constant time. Refusals are counted (`refusalsTotal`), and logged once in 10 s; so is once that they let nobody in. */
  static readonly layer = (credentials: WebhookCredentials): Layer.Layer<WebhookAuth> =>
    Layer.effect(
      WebhookAuth,
      Effect.map(letsNobodyIn(credentials) ? Effect.logWarning(NOBODY) : Effect.void, () => make(credentials))
    )
}

const REALM = 'realm="cognigy-cxone-router"'

const NOBODY =
  "the webhook's credentials let nobody in: there is no key, user or secret among them that a request could have"

const letsNobodyIn = (credentials: WebhookCredentials): boolean => {
  switch (credentials.mode) {
    case "none":
      return false
    case "api-key":
      return credentials.keys.every((key) => Redacted.value(key) === "")
    case "basic":
      return credentials.user === ""
    case "signature":
      return credentials.secrets.every((secret) => Result.isFailure(Signature.secretBytes(Redacted.value(secret))))
  }
}

const make = (credentials: WebhookCredentials): WebhookAuth["Service"] => {
  const refusals = Refusals.make()
  const isKnown = keyCheck(credentials.mode === "api-key" ? credentials.keys : [])
  const isUser = keyCheck(
    credentials.mode === "basic" && credentials.user !== "" ? [basicSecret(credentials.user, credentials.password)] : []
  )
  const isSigned = Signature.bodyCheck(credentials.mode === "signature" ? credentials.secrets : [])
  const open = credentials.mode === "none"

  const letIn = Effect.provideService(Sender, { checkBody: () => Effect.void, logRefusal: Effect.logWarning })
  const refused = Effect.fail(refusal(credentials))

  const refuse = ({ detail, reason }: Signature.NotSigned, problem: CredentialsRefused) =>
    Effect.gen(function* () {
      const id = yield* correlationId
      yield* refusals.count(reason)
      yield* Effect.annotateLogs(refusals.log(`refused → 401 Unauthorized: ${detail}`), { correlationId: id })
      return yield* correlated(problem, id)
    })

  /** Nothing has let the request in: whether it brought anything at all. */
  const verdict = ({ authorization, "x-api-key": key }: Headers.Headers): Signature.NotSigned =>
    authorization || (credentials.mode === "api-key" && key)
      ? { reason: "wrong", detail: "a request with wrong credentials" }
      : { reason: "missing", detail: "a request without the router's credentials" }

  const signer = (signed: Signature.Signed): Sender["Service"] => {
    let known = false
    return {
      checkBody: Effect.fnUntraced(function* (body) {
        known = isSigned(signed, body)
        if (known) return
        yield* refusals.count("wrong")
        return yield* signatureRefused(Signature.NO_MATCH)
      }),
      logRefusal: (line) => Effect.suspend(() => (known ? Effect.logWarning(line) : refusals.log(line)))
    }
  }

  return {
    xApiKey: (handler, { credential }) => (open || isKnown(credential) ? letIn(handler) : refused),
    apiKey: (handler, { credential }) => (isKnown(credential) ? letIn(handler) : refused),
    bearer: (handler, { credential }) => (isKnown(credential) ? letIn(handler) : refused),
    basic: (handler, { credential }) =>
      isUser(basicSecret(credential.username, credential.password)) ? letIn(handler) : refused,
    signature: Effect.fnUntraced(function* (handler) {
      const { headers } = yield* HttpServerRequest.HttpServerRequest
      if (credentials.mode !== "signature") return yield* refuse(verdict(headers), refusal(credentials))
      const signed = Signature.readHeaders(headers, Math.floor((yield* Clock.currentTimeMillis) / 1000))
      return yield* Result.isFailure(signed)
        ? refuse(signed.failure, signatureRefused(signed.failure.detail))
        : Effect.provideService(handler, Sender, signer(signed.success))
    })
  }
}

const signatureRefused = (detail: string): CredentialsRefused =>
  new CredentialsRefused({ error: "Unauthorized", detail, challenge: `Webhook-Signature ${REALM}` })

const refusal = ({ mode }: WebhookCredentials): CredentialsRefused => {
  const error = "Unauthorized"
  switch (mode) {
    case "signature":
      return signatureRefused("sign the request as Standard Webhooks do")
    case "basic":
      return new CredentialsRefused({
        error,
        detail: "send the user and password that the router was started with, as Basic credentials",
        challenge: `Basic ${REALM}, charset="UTF-8"`
      })
    default:
      return new CredentialsRefused({
        error,
        detail: "send one of the router's API keys: as X-API-Key, or as Authorization with ApiKey or Bearer before it",
        challenge: `ApiKey ${REALM}, Bearer ${REALM}`
      })
  }
}

/** A user name holds no colon (RFC 7617), so that two different pairs never join to the same text. */
const basicSecret = (user: string, password: Redacted.Redacted): Redacted.Redacted =>
  Redacted.make(`${user}:${Redacted.value(password)}`)

const digest = (secret: Redacted.Redacted): Buffer => hash("sha256", Redacted.value(secret), "buffer")

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
