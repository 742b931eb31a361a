/** What routing decides, and what it can refuse. */
import { Schema } from "effect"
import { Target } from "../domain/Target.ts"

/** Where a request goes, and the name of the rule that decided. */
export const Decision = Schema.Struct({
  /** The rule's name, for answers and logs. */
  rule: Schema.String,
  /** The queue or agent. */
  target: Target,
  /** Where to instead, in this order, when CXone does not accept the target. */
  fallbacks: Schema.optionalKey(Schema.Array(Target)),
  /** Labels for the conversation, besides those that every one gets. */
  labels: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})

/** Where a request goes, and the name of the rule that decided. */
export type Decision = typeof Decision.Type

/** No rule takes the request, and there is no fallback. */
export class UnsupportedIntent extends Schema.TaggedError<UnsupportedIntent>()("UnsupportedIntent", {
  /** As the bot sent it. */
  intent: Schema.String
}) {
  override get message() {
    return `no routing rule takes the intent "${this.intent}" as it came, and there is no fallback`
  }
}

/** A rule sends to the agent that an entity names, and the entity is not there or not an id. */
export class AgentIdMissing extends Schema.TaggedError<AgentIdMissing>()("AgentIdMissing", {
  /** The rule's name. */
  rule: Schema.String,
  /** The name of the entity or slot. */
  entity: Schema.String,
  /** What is wrong with the entity. */
  problem: Schema.String
}) {
  override get message() {
    return `rule "${this.rule}" sends to the agent that the entity or slot "${this.entity}" names, but ${this.problem}`
  }
}

/** A rule says that the conversation goes nowhere, and what the bot is to say instead. */
export class Rejected extends Schema.TaggedError<Rejected>()("Rejected", {
  /** The rule's name. */
  rule: Schema.String,
  /** What the bot is to say. */
  text: Schema.String
}) {
  override get message() {
    return `rule "${this.rule}" hands nothing over: the bot is to say the text`
  }
}

/** What a policy can refuse a request with. */
export type RoutingError = UnsupportedIntent | AgentIdMissing | Rejected
