/** The result of routing: a decision, or the reason why there is none. */
import { Schema } from "effect"
import { Target } from "../domain/Target.ts"

/** The target of a request, and the name of the rule that chose it. */
export const Decision = Schema.Struct({
  /** The rule's name, for answers and logs. */
  rule: Schema.String,
  /** The version of the table that decided, where one from a file did. */
  table: Schema.optionalKey(Schema.String),
  /** The queue or agent. */
  target: Target,
  /** Targets to try instead, in this order, when CXone does not accept the target. */
  fallbacks: Schema.optionalKey(Schema.Array(Target)),
  /** Labels for the conversation, besides those that every conversation gets. */
  labels: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  /** The priority in the queue, 0 to 1000; the contact centre's own without it. */
  priority: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 })))
})

/** The target of a request, and the name of the rule that chose it. */
export type Decision = typeof Decision.Type

/** No rule matches the request, and there is no fallback. */
export class UnsupportedIntent extends Schema.TaggedError<UnsupportedIntent>()("UnsupportedIntent", {
  /** The intent as the bot sent it. */
  intent: Schema.String
}) {
  override get message() {
    return `no routing rule takes the intent "${this.intent}" as it came, and there is no fallback`
  }
}

/** The rule sends to an agent that an entity names, and the entity is missing or holds no id. */
export class AgentIdMissing extends Schema.TaggedError<AgentIdMissing>()("AgentIdMissing", {
  /** The rule's name. */
  rule: Schema.String,
  /** The name of the entity or slot. */
  entity: Schema.String,
  /** The problem of the entity. */
  problem: Schema.String
}) {
  override get message() {
    return `rule "${this.rule}" sends to the agent that the entity or slot "${this.entity}" names, but ${this.problem}`
  }
}

/** The rule hands nothing over: the bot says a text instead. */
export class Rejected extends Schema.TaggedError<Rejected>()("Rejected", {
  /** The rule's name. */
  rule: Schema.String,
  /** The text for the bot to say. */
  text: Schema.String
}) {
  override get message() {
    return `rule "${this.rule}" hands nothing over: the bot is to say the text`
  }
}

/** The reasons for which a policy refuses a request. */
export const RoutingError = Schema.Union([UnsupportedIntent, AgentIdMissing, Rejected])

/** The reasons for which a policy refuses a request. */
export type RoutingError = typeof RoutingError.Type
