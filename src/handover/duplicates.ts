/** Which requests are copies of one another. */
import { hash } from "node:crypto"
import type { HandoverRequest } from "../domain/HandoverRequest.ts"
import type { Decision } from "../routing/Decision.ts"

const digest = (value: unknown): string => hash("sha256", JSON.stringify(value), "base64")

/** The name under which a request can come again, and what it was then. Both are digests: as short for long values as for short ones. */
export interface Claim {
  readonly key: string
  /** The same key with another fingerprint is a mistake of the sender. */
  readonly fingerprint: string
}

/**
 * The claim of a request: by the sender's own key, else by Cognigy's id of the input or of the trace; `undefined` where there is none of them.
 * Keys of different users, and of different kinds, never meet. The trace's id is no part of the fingerprint: it names the attempt.
 */
export const claimOf = (request: HandoverRequest, idempotencyKey: string | undefined): Claim | undefined => {
  const { channel, confidence, data, entities, inputId, intent, language, sessionId, text, traceId, userId } = request
  const [kind, id] =
    idempotencyKey !== undefined
      ? ["key", idempotencyKey]
      : inputId !== undefined
        ? ["input", inputId]
        : ["trace", traceId]
  if (id === undefined) return undefined
  const asked = [userId, intent, confidence, entities, sessionId, inputId, language, channel, text, data]
  return { key: digest([userId, kind, id]), fingerprint: digest(asked) }
}

/** What is the same of two requests that would do the same for their user: lead to one place, for one intent. */
export const deedOf = ({ intent }: HandoverRequest, { fallbacks, labels, rule, target }: Decision): string =>
  JSON.stringify([intent, rule, target.type, target.id, fallbacks, labels])
