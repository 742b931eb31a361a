/** A request for a handover, from either shape of webhook: routing decides on it, and the contact centre gets it whole. */
import { Schema } from "effect"
import { Transcript } from "./Transcript.ts"

/** A value that the bot recognised in the user's words. */
export const EntityValue = Schema.Union([Schema.String, Schema.Number, Schema.Boolean])

/** A value that the bot recognised in the user's words. */
export type EntityValue = typeof EntityValue.Type

/** A named value: an entity of a flow, or a filled slot. */
export const Entity = Schema.Struct({
  /** The name that the bot has for it. */
  name: Schema.String,
  /** The intent that the bot recognised. */
  value: EntityValue
})

/** A named value: an entity of a flow, or a filled slot. */
export type Entity = typeof Entity.Type

/** What is known of the user, besides their id. */
export const Customer = Schema.Struct({
  /** Their name. */
  name: Schema.optionalKey(Schema.String),
  /** Their e-mail address. */
  email: Schema.optionalKey(Schema.String),
  /** Their phone number. */
  phone: Schema.optionalKey(Schema.String)
})

/** What is known of the user, besides their id. */
export type Customer = typeof Customer.Type

/** One request to hand a conversation over. Ids are opaque text; members that the bot did not send are `undefined`. */
export const HandoverRequest = Schema.Struct({
  /** The name of the intent that the bot recognised. */
  intent: Schema.String,
  /** How sure the bot is of the intent, 0 to 1. */
  confidence: Schema.optional(Schema.Number),
  /** The end user's id in Cognigy. */
  userId: Schema.String,
  /** In the order in which they came; a name may occur more than once. */
  entities: Schema.Array(Entity),
  /** Cognigy's id of the conversation with the bot. */
  sessionId: Schema.optional(Schema.String),
  /** Cognigy's id of the user's input: the same when the webhook is sent again. */
  inputId: Schema.optional(Schema.String),
  /** Cognigy's id of the trace that followed. */
  traceId: Schema.optional(Schema.String),
  /** In the bot's form, such as `de-DE`. */
  language: Schema.optional(Schema.String),
  /** The channel that the user writes on, by Cognigy's name. */
  channel: Schema.optional(Schema.String),
  /** The user's words. */
  text: Schema.optional(Schema.String),
  /** Whatever else the flow attached. */
  data: Schema.optional(Schema.Unknown),
  /** The contact centre's id of a conversation that is there already, and is to be routed instead of a new one. */
  contactId: Schema.optional(Schema.String),
  /** The conversation so far, for the agent to read. */
  transcript: Schema.optional(Transcript),
  /** A summary in a few sentences, for the agent. */
  summary: Schema.optional(Schema.String),
  /** The user's name and addresses, for the agent. */
  customer: Schema.optional(Customer),
  /** More for the agent and the contact centre's scripts, by names. */
  context: Schema.optional(Schema.Record(Schema.String, Schema.String))
})

/** One request to hand a conversation over. */
export type HandoverRequest = typeof HandoverRequest.Type

/** The first value of an entity or slot by its name. */
export const entityValue = (request: HandoverRequest, name: string): EntityValue | undefined =>
  request.entities.find((entity) => entity.name === name)?.value
