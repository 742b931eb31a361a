/** The check of the webhook's own credentials. */
import { Clock, type Config, Context, Effect, Layer, Redacted, Result } from "effect"
import { type Headers, HttpServerRequest } from "effect/http"
import { HttpApiMiddleware, HttpApiSecurity, OpenApi } from "effect/http-api"
import { Journal } from "../../handover/Journal.ts"
import * as Live from "../../std/Live.ts"
import { correlated } from "../problem/correlation.ts"
import { CredentialsRefused } from "../problem/Problem.ts"
import { CredentialsRefusedProblem } from "../problem/wire.ts"
import { credentialsConfig, type WebhookCredentials } from "./Credentials.ts"
import { basicSecret, keyCheck } from "./keys.ts"
import { arrive, recordRefusal } from "./refusal.ts"
import * as Signature from "./Signature.ts"

/** The sender of the current request, as its credentials show them. */
export class Sender extends Context.Service<
  Sender,
  {
    /** The sender shows who they are only by the signature of the body, which is not checked yet. */
    readonly isStranger: boolean
    /** Fails when the sender must sign requests, and did not sign this body. */
    readonly checkBody: (body: Uint8Array) => Effect.Effect<void, CredentialsRefused>
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
  /**
   * Checks requests against these credentials, in constant time, and records each refusal in the journal. Credentials that change hold for the requests that come
   * after the change. Warns once when no sender can have the credentials.
   */
  static readonly layer = (credentials: Live.Live<WebhookCredentials>): Layer.Layer<WebhookAuth, never, Journal> =>
    Layer.effect(
      WebhookAuth,
      Effect.gen(function* () {
        if (letsNobodyIn(yield* Live.current(credentials))) yield* Effect.logWarning(NOBODY)
        const journal = yield* Journal
        return following(Live.derived(credentials, (credentials) => make(credentials, journal)))
      })
    )

  /** The same, with credentials from `Config`: by default as `credentialsConfig` reads them. Fails with the first setting that is missing or wrong. */
  static readonly layerConfig = (
    credentials: Config.Config<WebhookCredentials> = credentialsConfig
  ): Layer.Layer<WebhookAuth, Config.ConfigError, Journal> => Layer.unwrap(Effect.map(credentials, WebhookAuth.layer))
}

const REALM = 'realm="cognigy-cxone-router"'

const NOBODY = "the webhook's credentials let nobody in: they hold no key, user or secret that a request could have"

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

/** Asks for the check of now with each request. */
const following = (current: Effect.Effect<WebhookAuth["Service"]>): WebhookAuth["Service"] => ({
  xApiKey: (handler, options) => Effect.flatMap(current, (auth) => auth.xApiKey(handler, options)),
  apiKey: (handler, options) => Effect.flatMap(current, (auth) => auth.apiKey(handler, options)),
  bearer: (handler, options) => Effect.flatMap(current, (auth) => auth.bearer(handler, options)),
  basic: (handler, options) => Effect.flatMap(current, (auth) => auth.basic(handler, options)),
  signature: (handler, options) => Effect.flatMap(current, (auth) => auth.signature(handler, options))
})

const make = (credentials: WebhookCredentials, journal: Journal["Service"]): WebhookAuth["Service"] => {
  const isKey = keyCheck(credentials.mode === "api-key" ? credentials.keys : [])
  const isUser = keyCheck(
    credentials.mode === "basic" && credentials.user !== "" ? [basicSecret(credentials.user, credentials.password)] : []
  )
  const isSigned = Signature.bodyCheck(credentials.mode === "signature" ? credentials.secrets : [])
  const isOpen = credentials.mode === "none"

  const letIn = Effect.provideService(Sender, { isStranger: false, checkBody: () => Effect.void })
  const refused = Effect.fail(refusal(credentials))

  const refuse = Effect.fnUntraced(function* (why: Signature.NotSigned, problem: CredentialsRefused) {
    const arrival = yield* arrive
    const options = { isStranger: true, credentials: why.reason, detail: why.detail }
    yield* recordRefusal(journal, arrival, problem, options)
    return yield* correlated(problem, arrival.correlationId)
  })

  /** Tells missing credentials from wrong ones. */
  const verdict = ({ authorization, "x-api-key": key }: Headers.Headers): Signature.NotSigned =>
    authorization || (credentials.mode === "api-key" && key)
      ? { reason: "wrong", detail: "a request with wrong credentials" }
      : { reason: "missing", detail: "a request without the router's credentials" }

  const signer = (signed: Signature.Signed): Sender["Service"] => ({
    isStranger: true,
    checkBody: (body) => (isSigned(signed, body) ? Effect.void : Effect.fail(signatureRefused(Signature.NO_MATCH)))
  })

  return {
    xApiKey: (handler, { credential }) => (isOpen || isKey(credential) ? letIn(handler) : refused),
    apiKey: (handler, { credential }) => (isKey(credential) ? letIn(handler) : refused),
    bearer: (handler, { credential }) => (isKey(credential) ? letIn(handler) : refused),
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
        detail: "send the router's user and password, as Basic credentials",
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
