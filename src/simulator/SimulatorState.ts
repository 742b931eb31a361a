import { Schema } from "effect"
import { PendingFault } from "./Fault.ts"
import { CalledOperation } from "./Operation.ts"

/** Where a conversation was routed to: a queue, or an agent (a CXone user). */
export const ConversationTarget = Schema.Struct({ type: Schema.Literals(["queue", "agent"]), id: Schema.String })

/** Where a conversation was routed to: a queue, or an agent (a CXone user). */
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
 * A call as it was received. `path` holds the query as sent. `status` is what was answered, null while there is no
 * answer yet and for calls that never get one. `body` is the JSON that was sent, null when there was none; of the token
 * call it is the form without the client secret. `at` is in milliseconds since 1970.
 */
export const RecordedCall = Schema.Struct({
  operation: CalledOperation,
  method: Schema.String,
  path: Schema.String,
  status: Schema.NullOr(Schema.Int),
  body: Schema.Json,
  at: Schema.Int
})

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
 * What the simulator has seen and holds, as a snapshot that can be sent as JSON. Conversations are in the order they
 * were created, calls in the order they arrived, faults in the order they were ordered. Ended conversations and calls
 * are the newest 10,000; `counts` and `tokens.issued` count everything since the start or the last reset.
 * It never holds a token or the client secret.
 */
export const SimulatorState = Schema.Struct({
  /** In the order in which they were created. */
  conversations: Schema.Array(Conversation),
  /** Users for whom no conversation can be opened. */
  locks: Schema.Array(UserLock),
  /** How many tokens were issued since the start or reset, and how many live now. */
  tokens: Schema.Struct({ issued: Schema.Natural, live: Schema.Natural }),
  /** In the order in which they arrived. */
  calls: Schema.Array(RecordedCall),
  /** How many arrived since the start or reset, by operation. */
  counts: Schema.Record(CalledOperation, Schema.Natural),
  /** In the order in which they were ordered. */
  faults: Schema.Array(PendingFault)
})

/** What the simulator has seen and holds, as a snapshot that can be sent as JSON. */
export interface SimulatorState extends Schema.Schema.Type<typeof SimulatorState> {}
