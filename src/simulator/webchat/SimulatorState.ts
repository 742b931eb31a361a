import { Schema } from "effect"
import { makeRecordedCall } from "../core/CallLog.ts"
import { makePendingFault } from "../core/Fault.ts"
import { CalledOperation, Fault } from "./Operation.ts"

/** The queue or agent (a CXone user) that a conversation was routed to. */
export const ConversationTarget = Schema.Struct({ type: Schema.Literals(["queue", "agent"]), id: Schema.String })

/** The queue or agent (a CXone user) that a conversation was routed to. */
export type ConversationTarget = typeof ConversationTarget.Type

/** A web chat conversation. `createdAt` is in milliseconds since 1970; `routedCount` counts the accepted actions. */
export const Conversation = Schema.Struct({
  id: Schema.String,
  userId: Schema.String,
  status: Schema.Literals(["ACTIVE", "ENDED"]),
  target: Schema.NullOr(ConversationTarget),
  labels: Schema.Record(Schema.String, Schema.String),
  routedCount: Schema.Natural,
  createdAt: Schema.Int
})

/** A web chat conversation. */
export type Conversation = typeof Conversation.Type

/**
 * A call as it was received. `path` includes the query as sent. `status` is null while there is no answer, and stays
 * null for a call that gets none. `body` is the JSON that was sent, or null. For the token call it is the form without
 * the client secret. `at` is in milliseconds since 1970.
 */
export const RecordedCall = makeRecordedCall(CalledOperation)

/** A call as it was received. */
export type RecordedCall = typeof RecordedCall.Type

/** A lock that refuses to open a conversation for a user: for a number of opens, or until a time (ms since 1970). */
export const UserLock = Schema.Struct({
  userId: Schema.String,
  opensLeft: Schema.NullOr(Schema.Natural),
  until: Schema.NullOr(Schema.Finite)
})

/** A lock that refuses to open a conversation for a user. */
export type UserLock = typeof UserLock.Type

/**
 * The state of the simulator, as a snapshot that can be sent as JSON. Conversations are in the order they were created,
 * calls in the order they arrived, faults in the order they were ordered. Of ended conversations and calls it has the
 * newest 10,000. `counts` and `tokens.issued` count everything since the start or the last reset. It never includes a
 * token or the client secret.
 */
export const SimulatorState = Schema.Struct({
  /** In the order in which they were created. */
  conversations: Schema.Array(Conversation),
  /** The users for whom no conversation can be opened. */
  locks: Schema.Array(UserLock),
  /** The number of tokens issued since the start or reset, and of tokens that are live now. */
  tokens: Schema.Struct({ issued: Schema.Natural, live: Schema.Natural }),
  /** In the order in which they arrived. */
  calls: Schema.Array(RecordedCall),
  /** The number of calls since the start or reset, by operation. */
  counts: Schema.Record(CalledOperation, Schema.Natural),
  /** In the order in which they were ordered. */
  faults: Schema.Array(makePendingFault(Fault))
})

/** The state of the simulator, as a snapshot that can be sent as JSON. */
export interface SimulatorState extends Schema.Schema.Type<typeof SimulatorState> {}
