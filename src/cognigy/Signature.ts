/** Signatures of Standard Webhooks (https://www.standardwebhooks.com), version `v1`: HMAC-SHA256 with a shared secret. */
import { createHmac, timingSafeEqual } from "node:crypto"
import { Redacted, Result } from "effect"
import { Base64 } from "effect/encoding"
import type { Headers } from "effect/http"
import type { RefusalReason } from "./Refusals.ts"

/** How far a timestamp may be from now, in seconds: as in the libraries of Standard Webhooks. */
export const TOLERANCE = 5 * 60

/** The fewest and the most bytes of a secret: Standard Webhooks asks for 192 to 512 bits. */
const MIN_SECRET = 24
const MAX_SECRET = 64

/** How many `v1` signatures of one request are looked at: a sender that rotates its secret sends two. */
export const MAX_SIGNATURES = 8

/** The bytes of a secret: base64, with or without `whsec_` before it. Fails with what is wrong with it, which repeats none of it. */
export const secretBytes = (secret: string): Result.Result<Uint8Array, string> =>
  Result.match(Base64.decode(secret.replace(/^whsec_/, "")), {
    onFailure: () => Result.fail("is not base64"),
    onSuccess: (bytes) => {
      if (bytes.length < MIN_SECRET) return Result.fail(`has fewer than ${MIN_SECRET} bytes`)
      if (bytes.length > MAX_SECRET) return Result.fail(`has more than ${MAX_SECRET} bytes`)
      return Result.succeed(bytes)
    }
  })

/** What the headers of a signed request say. */
export interface Signed {
  readonly id: string
  /** Unix seconds, as they were sent. */
  readonly timestamp: string
  /** In base64. */
  readonly signatures: ReadonlyArray<string>
}

/** Why a request is not taken for a signed one. */
export interface NotSigned {
  readonly reason: RefusalReason
  /** For the sender: it repeats nothing of what was sent. */
  readonly detail: string
}

const NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const

/** ASCII without spaces, at most 256 characters, and without the dot: it would leave open where the id ends in what is signed. */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,256}$/

/** Whole seconds; so few digits that milliseconds are none. */
const TIMESTAMP = /^[1-9]\d{0,10}$/

/** The base64 of 32 bytes. */
const SIGNATURE = /^v1,([A-Za-z0-9+/]{43}=)$/

/** All that can be said of a request before its body is there. `now` is in Unix seconds. */
export const readHeaders = (headers: Headers.Headers, now: number): Result.Result<Signed, NotSigned> => {
  const notSigned = (reason: RefusalReason, detail: string) => Result.fail({ reason, detail })
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

/** What one signature says, in base64. */
const macOf = (key: Uint8Array, { id, timestamp }: Pick<Signed, "id" | "timestamp">, body: Uint8Array | string) =>
  createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")

/**
 * The headers that sign a body, for who sends webhooks. `id` is ASCII without spaces and dots, `timestamp` is in Unix seconds. Fails with what is
 * wrong with the secret, which repeats none of it.
 */
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

/** What a sender hears whose body fits no signature. */
export const NO_MATCH =
  "no signature matches: sign webhook-id, webhook-timestamp and the body, exactly as they are sent and joined by dots, with a secret that the router knows"

/**
 * Whether one of the signatures was made with one of the secrets. All are compared with all: which ones match does not show in the
 * time it takes. A secret that is not one of Standard Webhooks matches nothing.
 */
export const bodyCheck = (secrets: ReadonlyArray<Redacted.Redacted>) => {
  const keys = secrets
    .map((secret) => secretBytes(Redacted.value(secret)))
    .filter(Result.isSuccess)
    .map(({ success }) => success)
  return (signed: Signed, body: Uint8Array): boolean => {
    const given = signed.signatures.map((signature) => Buffer.from(signature))
    const made = keys.map((key) => Buffer.from(macOf(key, signed, body)))
    const pairs = made.flatMap((one) => given.map((other) => [one, other] as const))
    return pairs.reduce((found, [one, other]) => timingSafeEqual(one, other) || found, false)
  }
}
