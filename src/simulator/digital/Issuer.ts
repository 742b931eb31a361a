/** The token endpoint and the discovery. */
import { Deferred, Effect, Result, Schema } from "effect"
import { type Answer, jsonAnswer, Refusal } from "../core/Answer.ts"
import type { Handler } from "../core/Dialect.ts"
import { hasContentType, type Incoming, parsePairs, query } from "../core/Incoming.ts"
import type { Digital } from "./Digital.ts"
import { notFound } from "./refusals.ts"

const refused = (status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) =>
  new Refusal({ status, code, message, headers })

/** Errors of a token endpoint have OAuth's form. */
const oauthError = ({ code, headers, message, status }: Refusal): Answer =>
  jsonAnswer(status, { error: code, error_description: message }, headers)

/** The user and the password of an `Authorization: Basic` header, separated by its first colon. */
const basic = (header: string | undefined): readonly [user: string, password: string] | undefined => {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? "")?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, "base64").toString()
  const at = text.indexOf(":")
  return at < 0 ? undefined : [text.slice(0, at), text.slice(at + 1)]
}

const part = (value: Schema.Json): string => Buffer.from(JSON.stringify(value)).toString("base64url")

/** Makes the endpoint that answers an access token to a client with an access key. */
export const makeToken = ({ baseUrl, now, options, simulation, tenant }: Digital): Handler => {
  const { random, tokens } = simulation

  const grant = Effect.fnUntraced(function* (incoming: Incoming): Effect.fn.Return<Answer, Refusal> {
    const text = yield* Effect.fromResult(incoming.text)
    if (!hasContentType(incoming, "application/x-www-form-urlencoded")) {
      return yield* refused(400, "invalid_request", "The content type is not application/x-www-form-urlencoded")
    }
    const form = parsePairs(text)
    if (Result.isFailure(form)) return yield* refused(400, "invalid_request", form.failure.message)
    const { grant_type, password, username, ...others } = form.success
    if (grant_type !== "password") {
      return yield* refused(400, "unsupported_grant_type", "The grant type is not password")
    }
    if (username === undefined || password === undefined) {
      return yield* refused(400, "invalid_request", "The username or the password is missing")
    }
    if (Object.keys(others).length > 0) {
      return yield* refused(400, "invalid_request", `Unexpected: ${Object.keys(others).join(", ")}`)
    }
    const client = basic(incoming.headers.authorization)
    if (client === undefined || !tenant.isClient(...client)) {
      const headers = { "www-authenticate": "Basic" }
      return yield* refused(options.refusedStatus, "invalid_client", "The client is wrong or not approved", headers)
    }
    if (!tenant.isAccessKey(username, password)) {
      return yield* refused(options.refusedStatus, "invalid_grant", "The access key is wrong or revoked")
    }

    const issuedAt = Math.floor(now() / 1000)
    const claims = {
      iss: yield* Deferred.await(baseUrl),
      aud: client[0],
      sub: username,
      iat: issuedAt,
      exp: issuedAt + tokens.lifetime,
      tenantId: tenant.id()
    }
    return jsonAnswer(200, {
      access_token: yield* tokens.issueNew,
      token_type: "Bearer",
      expires_in: tokens.lifetime,
      id_token: `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${part(yield* random.uuidV4())}`,
      refresh_token: yield* random.uuidV4()
    })
  })

  return (incoming) => Effect.catch(grant(incoming), (refusal) => Effect.succeed(oauthError(refusal)))
}

const tenantQuery = query(Schema.Struct({ tenantId: Schema.NonEmptyString }))

/** Makes the endpoint that says where a tenant's API is. It needs no token. */
export const makeDiscovery = ({ baseUrl, tenant }: Digital): Handler =>
  Effect.fnUntraced(function* (incoming) {
    const { tenantId } = yield* tenantQuery(incoming)
    if (tenantId !== tenant.id()) return yield* notFound("tenant", tenantId, "tenantId")
    const url = yield* Deferred.await(baseUrl)
    const { host } = new URL(url)
    return jsonAnswer(200, {
      api_endpoint: url,
      auth_endpoint: url,
      ui_endpoint: url,
      area: "na1",
      domain: host,
      uhDomain: host,
      acdDomain: host
    })
  })
