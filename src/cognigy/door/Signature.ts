/** Signatures of Standard Webhooks (https://www.standardwebhooks.com), version `v1`: HMAC-SHA256 with a shared secret. */
import { createHmac } from "node:crypto"
import { Redacted, Result } from "effect"
import { Base64 } from "effect/encoding"
import type { Headers } from "effect/http"
import { equalsAny } from "./keys.ts"
import type { CredentialsReason } from "./refusal.ts"

/** The most seconds between a timestamp and now, as in the libraries of Standard Webhooks. */
export const TOLERANCE = 5 * 60

/** The fewest and the most bytes of a secret: Standard Webhooks demands 192 to 512 bits. */
const MIN_SECRET = 24
const MAX_SECRET = 64

/** The most `v1` signatures of one request that are compared: a sender that rotates its secret sends two. */
export const MAX_SIGNATURES = 8

/** The bytes of a secret: base64, with or without `whsec_` before it. Fails with its problem, never with a part of it. */
export const secretBytes = (secret: string): Result.Result<Uint8Array, string> =>
  Result.match(Base64.decode(secret.replace(/^whsec_/, "")), {
    onFailure: () => Result.fail("is not base64"),
    onSuccess: (bytes) => {
      if (bytes.length < MIN_SECRET) return Result.fail(`has fewer than ${MIN_SECRET} bytes`)
      if (bytes.length > MAX_SECRET) return Result.fail(`has more than ${MAX_SECRET} bytes`)
      return Result.succeed(bytes)
    }
  })

/** The headers of a signed request. */
export interface Signed {
  readonly id: string
  /** Unix seconds, as they were sent. */
  readonly timestamp: string
  /** In base64. */
  readonly signatures: ReadonlyArray<string>
}

/** Why a request does not count as signed. */
export interface NotSigned {
  readonly reason: CredentialsReason
  /** For the sender: it repeats nothing that was sent. */
  readonly detail: string
}

const NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const

/** ASCII without spaces, at most 256 characters. No dot either: a dot ends the id in the signed text. */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,256}$/

/** Whole seconds: milliseconds have more digits. */
const TIMESTAMP = /^[1-9]\d{0,10}$/

/** The base64 of 32 bytes. */
const SIGNATURE = /^v1,([A-Za-z0-9+/]{43}=)$/

/** Reads the headers, before the body has come. `now` is in Unix seconds. */
export const readHeaders = (headers: Headers.Headers, now: number): Result.Result<Signed, NotSigned> => {
  const notSigned = (reason: CredentialsReason, detail: string) => Result.fail({ reason, detail })
  const [id = "", timestamp = "", list = ""] = NAMES.map((name) => headers[name])
  const missing = NAMES.filter((name) => !headers[name])
  if (missing.length > 0) {
    return notSigned("missing", `sign the request as Standard Webhooks do; missing: ${missing.join(", ")}`)
  }
  if (!ID.test(id)) {
    return notSigned("wrong", "webhook-id must be 1 to 256 ASCII characters without spaces and dots")
  }
  if (!TIMESTAMP.test(timestamp)) {
    return notSigned("wrong", "webhook-timestamp must be the time in whole seconds since 1970, not in milliseconds")
  }
  const age = now - Number(timestamp)
  if (Math.abs(age) > TOLERANCE) {
    const off = age > 0 ? `${age} s behind` : `${-age} s ahead of`
    return notSigned(
      "expired",
      `webhook-timestamp is ${off} the router's clock, and at most ${TOLERANCE} s are taken: check the sender's clock, and sign every request anew`
    )
  }
  const signatures = list.split(" ").flatMap((one) => SIGNATURE.exec(one)?.[1] ?? [])
  return signatures.length === 0
    ? notSigned("wrong", "webhook-signature must hold v1, followed by the base64 of an HMAC-SHA256")
    : Result.succeed({ id, timestamp, signatures: signatures.slice(0, MAX_SIGNATURES) })
}

/** One signature, in base64. */
const macOf = (key: Uint8Array, { id, timestamp }: Pick<Signed, "id" | "timestamp">, body: Uint8Array | string) =>
  createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")

/** Signs a body: the headers to send with it. `id` is ASCII without spaces and dots, `timestamp` is in Unix seconds. Fails with the problem of the secret. */
export const signatureHeaders = (
  secret: Redacted.Redacted,
  { id, timestamp }: { readonly id: string; readonly timestamp: number },
  body: Uint8Array | string
): Result.Result<Readonly<Record<(typeof NAMES)[number], string>>, string> =>
  Result.map(secretBytes(Redacted.value(secret)), (key) => {
    const signed = { id, timestamp: String(timestamp) }
    return {
      "webhook-id": signed.id,
      "webhook-timestamp": signed.timestamp,
      "webhook-signature": `v1,${macOf(key, signed, body)}`
    }
  })

/** The answer to a body that matches no signature. */
export const NO_MATCH =
  "no signature matches: sign webhook-id, webhook-timestamp and the body, exactly as they are sent and joined by dots, with a secret that the router knows"

/** Makes a check whether one of a request's signatures was made with one of the secrets. All pairs are compared, so the time does not show which one matched. */
export const bodyCheck = (secrets: ReadonlyArray<Redacted.Redacted>) => {
  const keys = secrets
    .map((secret) => secretBytes(Redacted.value(secret)))
    .filter(Result.isSuccess)
    .map(({ success }) => success)
  return (signed: Signed, body: Uint8Array): boolean => {
    const given = signed.signatures.map((signature) => Buffer.from(signature))
    return keys.reduce((found, key) => equalsAny(Buffer.from(macOf(key, signed, body)), given) || found, false)
  }
}
