/** The end of a handover: the place of the conversation, or the error. */
import { Context, Schema } from "effect"
import {
  Conflict,
  DeadlineExceeded,
  InvalidTarget,
  NoActiveConversation,
  PermissionMissing,
  RateLimited,
  Unauthorized,
  Unavailable,
  UnexpectedResponse
} from "../cxone/CXoneError.ts"
import { Target } from "../domain/Target.ts"
import { AgentIdMissing, Rejected, UnsupportedIntent } from "../routing/Decision.ts"

/** A conversation that CXone has accepted for routing. */
export const HandedOver = Schema.Struct({
  /** CXone's id of the conversation. */
  conversationId: Schema.String,
  /** The queue or agent that it was routed to. */
  target: Target,
  /** The name of the rule that decided. */
  rule: Schema.String,
  /** The user had an active conversation, which was used. */
  reused: Schema.Boolean,
  /** The id of the handover that it was done by. */
  handoverId: Schema.optionalKey(Schema.String),
  /** The correlation id of the request that it was done for, if that had one: copies are answered with that of the first. */
  correlationId: Schema.optionalKey(Schema.String)
})

/** A conversation that CXone has accepted for routing. */
export type HandedOver = typeof HandedOver.Type

/** The correlation id of the request in progress, for answers, logs and traces. */
export const CurrentCorrelationId = Context.Reference<string | undefined>(
  "cognigy-cxone-router/handover/CorrelationId",
  { defaultValue: () => undefined }
)

/** Set by a caller that does a failed handover again: the id of that one, and the id that the new one gets. */
export const CurrentAgain = Context.Reference<{ readonly againOf: string; readonly handoverId: string } | undefined>(
  "cognigy-cxone-router/handover/Again",
  { defaultValue: () => undefined }
)

/** A key came again with another request. */
export class KeyReused extends Schema.TaggedError<KeyReused>()("KeyReused", {}) {
  override get message() {
    return "this idempotency key, inputId or traceId was used for another handover of this user: give each handover one of its own"
  }
}

/** Why the contact centre did not accept a conversation. */
const Reason = Schema.Union([
  Conflict,
  DeadlineExceeded,
  InvalidTarget,
  NoActiveConversation,
  PermissionMissing,
  RateLimited,
  Unauthorized,
  Unavailable,
  UnexpectedResponse
])

/** The contact centre did not accept the conversation, or the deadline passed. `Effect.catchReason` catches one of its reasons. */
export class HandoverFailed extends Schema.TaggedError<HandoverFailed>()("HandoverFailed", {
  /** The name of the rule that had decided, if one had. */
  rule: Schema.optionalKey(Schema.String),
  /** The tenant: see `ContactCentre`. */
  tenant: Schema.optionalKey(Schema.String),
  /** A conversation that this handover opened and did not place: it may stay open in CXone, at no queue. The user's next handover takes it. */
  conversationId: Schema.optionalKey(Schema.String),
  /** The error of CXone, or the missed deadline. */
  reason: Reason
}) {
  override get message() {
    return this.reason.message
  }
}

/** Every error of a handover, as a schema. */
export const HandoverError = Schema.Union([UnsupportedIntent, AgentIdMissing, Rejected, KeyReused, HandoverFailed])

/** Every error of a handover. */
export type HandoverError = typeof HandoverError.Type
