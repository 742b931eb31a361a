/** The events of the journal, as schemas: a history may store them. */
import { type Effect, Schema } from "effect"
import { HandoverRequest } from "../domain/HandoverRequest.ts"
import type { Orphan } from "../domain/Orphan.ts"
import { Step } from "../domain/Trail.ts"
import { Decision } from "../routing/Decision.ts"
import { HandedOver, HandoverError } from "./HandedOver.ts"

/** A handover that has ended. */
export const HandoverEvent = Schema.TaggedStruct("Handover", {
  /** Its own id, a UUID of version 7: ids of later handovers sort after it. Several handovers may have one correlation id: a sender's trace. */
  handoverId: Schema.String,
  /** When the request came, in milliseconds since 1970. */
  at: Schema.Finite,
  /** How long the handover took, in milliseconds. */
  took: Schema.Finite,
  /** The tenant of the contact centre. */
  tenant: Schema.String,
  /** The request. It holds the user's words: a listener must not log it. */
  request: HandoverRequest,
  /** The sender's own name for the request and its copies, if there was one. */
  idempotencyKey: Schema.optionalKey(Schema.String),
  /** The id of the request in answers, logs and traces, if it has one. */
  correlationId: Schema.optionalKey(Schema.String),
  /** The decision of the rules, if there was one; for a copy, that for the first. */
  decision: Schema.optionalKey(Decision),
  /** Every call, wait and target, in the order in which they ended. */
  steps: Schema.Array(Step),
  /** It was answered as an earlier copy of it: `answer.correlationId` says which. */
  isCopy: Schema.Boolean,
  /** The correlation id of the handover that it is a copy of, if that had one. */
  copyOf: Schema.optionalKey(Schema.String),
  /** The id of the handover that it is a copy of. */
  firstId: Schema.optionalKey(Schema.String),
  /** The id of the failed handover that an operator did again by this one. */
  againOf: Schema.optionalKey(Schema.String),
  /** A conversation that it opened, or may have opened, and did not place: it may stay open in CXone, at no queue. A copy of it has none. */
  orphan: Schema.optionalKey(Schema.String),
  /** `success`, `repeated`, or the failure as metrics name it: `invalid_target`, `deadline_exceeded`, … */
  outcome: Schema.String,
  /** How it was answered, when it succeeded. */
  answer: Schema.optionalKey(HandedOver),
  /** Why it failed; neither this nor an answer after a defect. */
  error: Schema.optionalKey(HandoverError)
})

/** A handover that has ended. */
export type HandoverEvent = typeof HandoverEvent.Type

/** A request that was refused before any handover. */
export const RefusalEvent = Schema.TaggedStruct("Refusal", {
  /** When the request came, in milliseconds since 1970. */
  at: Schema.Finite,
  /** How long the answer took, in milliseconds. */
  took: Schema.Finite,
  /** The id of the request in answers, logs and traces. */
  correlationId: Schema.String,
  /** As metrics name it: `credentials_missing`, `invalid_payload`, `overloaded`, … */
  reason: Schema.String,
  /** The HTTP status of the answer. */
  status: Schema.Int,
  /** The short text of the answer, such as `Invalid payload`. */
  error: Schema.String,
  /** Why, in a sentence; it has no part of the request. */
  detail: Schema.String,
  /** The sender is not authenticated: anybody may cause such events, in any number. */
  isStranger: Schema.Boolean,
  /** The body of the answer, where the sender is authenticated. */
  answer: Schema.optionalKey(Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Number])))
})

/** A request that was refused before any handover. */
export type RefusalEvent = typeof RefusalEvent.Type

/** An event of the journal. */
export type JournalEvent = HandoverEvent | RefusalEvent

/** The facts about a handover that are collected while it runs. */
export interface Account extends Orphan {
  readonly tenant: string
  readonly handoverId: string
  readonly correlationId: string | undefined
  /** The failed handover that is done again by this one. */
  readonly againOf: string | undefined
  /** The handover that this one is a copy of, when both were in progress. */
  copyOf: string | undefined
  /** The id of that handover. */
  firstId: string | undefined
  decision: Decision | undefined
  isCopy: boolean
}

/** Runs for every event, in the fiber and the span of the event. */
export type Listener = (event: JournalEvent) => Effect.Effect<void>
