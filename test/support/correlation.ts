/** The id that every answer of the webhook has, another one each time. */
import { assert } from "@effect/vitest"

const CORRELATION_ID = /"correlationId":"[0-9a-f]{32}"/

/** Asserts that an answer has a correlation id, and puts another in its place: so that answers can be compared. */
export const withKnownId = (text: string): string => {
  assert.match(text, CORRELATION_ID)
  return text.replace(CORRELATION_ID, `"correlationId":"${KNOWN_ID}"`)
}

/** The id that then stands there. */
export const KNOWN_ID = "0".repeat(32)
