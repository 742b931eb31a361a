import { Schema } from "effect"
import { makeRecordedCall } from "../core/CallLog.ts"
import { makePendingFault } from "../core/Fault.ts"
import { DigitalCalledOperation, DigitalFault } from "./Operation.ts"

/** The statuses of a contact. */
export const contactStatuses = ["new", "open", "pending", "escalated", "resolved", "closed", "trashed"] as const

/** The status of a contact. A contact that is `closed` or `trashed` has ended. */
export const ContactStatus = Schema.Literals(contactStatuses)

/** The status of a contact. */
export type ContactStatus = typeof ContactStatus.Type

/** The place of a contact. A queue is a skill's number or a routing queue's GUID; an agent is a UUID. */
export const DigitalTarget = Schema.Struct({ type: Schema.Literals(["queue", "agent"]), id: Schema.String })

/** The place of a contact. */
export type DigitalTarget = typeof DigitalTarget.Type

/**
 * A contact. `number` is the one in paths. `routedCount` counts the accepted calls that routed it, `requeuedCount` how
 * often the channel's script put it into its skill. `customFields` are by ident. `createdAt` is in milliseconds since 1970.
 */
export const DigitalContact = Schema.Struct({
  number: Schema.String,
  channelId: Schema.String,
  threadId: Schema.String,
  authorId: Schema.String,
  authorName: Schema.NullOr(Schema.String),
  status: ContactStatus,
  target: Schema.NullOr(DigitalTarget),
  priority: Schema.NullOr(Schema.Int),
  customFields: Schema.Record(Schema.String, Schema.String),
  routedCount: Schema.Natural,
  requeuedCount: Schema.Natural,
  createdAt: Schema.Int
})

/** A contact. */
export type DigitalContact = typeof DigitalContact.Type

/** A message that was taken. `id` is the sender's, `at` is in milliseconds since 1970. */
export const DigitalMessage = Schema.Struct({
  id: Schema.String,
  channelId: Schema.String,
  threadId: Schema.String,
  authorId: Schema.String,
  contactNumber: Schema.String,
  text: Schema.String,
  at: Schema.Int
})

/** A message that was taken. */
export type DigitalMessage = typeof DigitalMessage.Type

/**
 * A call as it was received. `path` includes the query as sent. `status` is null while there is no answer, and stays
 * null for a call that gets none. `body` is the JSON that was sent, or null. For the token call it is the form without
 * the password. `at` is in milliseconds since 1970.
 */
export const DigitalRecordedCall = makeRecordedCall(DigitalCalledOperation)

/** A call as it was received. */
export type DigitalRecordedCall = typeof DigitalRecordedCall.Type

/**
 * The state of the simulator, as a snapshot that can be sent as JSON. Of ended contacts, messages and calls it has the
 * newest 10,000. `counts` and `tokens.issued` count everything since the start or the last reset. It never includes a
 * token, the secret of a client or that of an access key.
 */
export const DigitalState = Schema.Struct({
  /** In the order in which they were created. */
  contacts: Schema.Array(DigitalContact),
  /** In the order in which they arrived. */
  messages: Schema.Array(DigitalMessage),
  /** The number of tokens issued since the start or reset, and of tokens that are live now. */
  tokens: Schema.Struct({ issued: Schema.Natural, live: Schema.Natural }),
  /** In the order in which they arrived. */
  calls: Schema.Array(DigitalRecordedCall),
  /** The number of calls since the start or reset, by operation. */
  counts: Schema.Record(DigitalCalledOperation, Schema.Natural),
  /** In the order in which they were ordered. */
  faults: Schema.Array(makePendingFault(DigitalFault))
})

/** The state of the simulator, as a snapshot that can be sent as JSON. */
export interface DigitalState extends Schema.Schema.Type<typeof DigitalState> {}
