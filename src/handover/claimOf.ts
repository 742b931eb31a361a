/** Which requests are copies of one another. */
import { hash } from "node:crypto"
import { Predicate } from "effect"
import type { HandoverRequest } from "../domain/HandoverRequest.ts"
import type { Decision } from "../routing/Decision.ts"
import type { Claim } from "./Claims.ts"

/** The members of an object have no order, and `null` counts as absent among them; the values of a list stay as they are. */
const inOrder = (_key: string, value: unknown): unknown =>
  Predicate.isObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, member]) => member !== null)
          .sort(([one], [other]) => (one < other ? -1 : 1))
      )
    : value

/** The content of a value: JSON that is the same for the same members, in whatever order they came, with absent ones or without. */
const contentOf = (value: unknown): string => JSON.stringify(value, inOrder)

const digest = (value: unknown): string => hash("sha256", contentOf(value), "base64")

/**
 * The claim of a request: by the sender's own key, else by Cognigy's id of the input, else of the trace; `undefined` without any of them. Keys of
 * different users, and of different kinds, never meet. The trace's id is no part of the fingerprint: it names the attempt.
 */
export const claimOf = (
  { lease, scope }: Pick<Claim, "lease" | "scope">,
  request: HandoverRequest,
  idempotencyKey: string | undefined
): Claim | undefined => {
  // The trace's id names the attempt.
  const { traceId, ...content } = request
  const { inputId, userId } = request
  const [kind, id] =
    idempotencyKey !== undefined
      ? ["key", idempotencyKey]
      : inputId !== undefined
        ? ["input", inputId]
        : ["trace", traceId]
  if (id === undefined) return undefined
  return { scope, key: digest([userId, kind, id]), fingerprint: digest(content), lease }
}

/** Equal for two requests of a user that would do the same: lead to the same targets, for the same intent. */
export const purposeOf = (
  { contactId, intent }: HandoverRequest,
  { fallbacks, labels, priority, rule, target }: Decision
): string => contentOf([intent, contactId, rule, target.type, target.id, fallbacks, labels, priority])
