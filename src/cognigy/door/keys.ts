/** Comparing secrets in constant time. */
import { hash, timingSafeEqual } from "node:crypto"
import { Redacted } from "effect"

const digest = (secret: Redacted.Redacted): Buffer => hash("sha256", Redacted.value(secret), "buffer")

/** True when a text equals one of many. Every one is compared, so the time does not show which one matched. */
export const equalsAny = (one: Buffer, others: ReadonlyArray<Buffer>): boolean =>
  others.reduce((found, other) => (one.length === other.length && timingSafeEqual(one, other)) || found, false)

/** Makes a check of given keys against the valid ones. Digests are compared, so the time does not show a key's length. Empty keys are never valid. */
export const keyCheck = (valid: ReadonlyArray<Redacted.Redacted>) => {
  const digests = valid.filter((key) => Redacted.value(key) !== "").map(digest)
  return (given: Redacted.Redacted): boolean => equalsAny(digest(given), digests)
}

/** A user and a password as one secret. User names hold no colon (RFC 7617), so different pairs never join to the same text. */
export const basicSecret = (user: string, password: Redacted.Redacted): Redacted.Redacted =>
  Redacted.make(`${user}:${Redacted.value(password)}`)
