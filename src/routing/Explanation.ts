/** The explanation of a decision: the answer of `explain` and of `POST /routing/explain`. */
import { Schema } from "effect"
import { Target } from "../domain/Target.ts"

/** A queue or an agent, and its name in the table. */
export const NamedTarget = Schema.Struct({ ...Target.fields, name: Schema.optionalKey(Schema.String) })

/** A queue or an agent, and its name in the table. */
export type NamedTarget = typeof NamedTarget.Type

/** The result that a request would have. */
const Outcome = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("handover"),
    /** The name of the rule that decides. */
    rule: Schema.String,
    /** The queue or agent. */
    target: NamedTarget,
    /** Targets to try instead, in this order, when CXone does not accept the target. */
    fallbacks: Schema.Array(NamedTarget),
    /** Labels besides those that every conversation gets. */
    labels: Schema.Record(Schema.String, Schema.String)
  }),
  Schema.Struct({
    type: Schema.Literal("rejected"),
    /** The name of the rule that decides. */
    rule: Schema.String,
    /** The text for the bot to say. */
    text: Schema.String
  }),
  Schema.Struct({
    type: Schema.Literal("refused"),
    /** The `error` of the answer, 400. */
    error: Schema.Literals(["Unsupported intent", "Agent ID missing"]),
    /** The name of the rule that decides, where one does. */
    rule: Schema.optionalKey(Schema.String),
    /** The reason, in a sentence for people. */
    detail: Schema.String
  })
])

/** A rule that did not decide, and the first of its conditions that failed. */
export const PassedRule = Schema.Struct({
  /** The rule's name. */
  rule: Schema.String,
  /** The path of the condition in the rule: `when.entities.tier`. */
  condition: Schema.String,
  /** The value that the condition expects, for people. */
  expected: Schema.String,
  /** The value that the condition saw; `null` for none. Long values are cut, and then text. */
  saw: Schema.Unknown,
  /** The same value, for people. */
  shown: Schema.String
})

/** A rule that did not decide, and the first of its conditions that failed. */
export type PassedRule = typeof PassedRule.Type

/** Why a request goes to its target at a given time. */
export const Explanation = Schema.Struct({
  /** The time of the decision, ISO 8601. */
  at: Schema.String,
  /** The version of the table. */
  version: Schema.optionalKey(Schema.String),
  /** The result that the request would have. */
  outcome: Outcome,
  /** All rules before the one that decided, in their order. */
  passed: Schema.Array(PassedRule)
}).annotate({
  identifier: "RoutingExplanation",
  examples: [
    {
      at: "2026-12-24T17:30:00.000Z",
      outcome: {
        type: "handover",
        rule: "transfer_to_support",
        target: { type: "queue", id: "50bb0000-0000-4000-8000-000000000002", name: "support" },
        fallbacks: [],
        labels: {}
      },
      passed: [
        {
          rule: "transfer_to_sales",
          condition: "when.intent",
          expected: '"transfer_to_sales"',
          saw: "transfer_to_support",
          shown: '"transfer_to_support"'
        }
      ]
    }
  ]
})

/** Why a request goes to its target at a given time. */
export type Explanation = typeof Explanation.Type
