/** Why a request goes where it goes: what `explain` and `POST /routing/explain` tell. */
import { Result, Schema } from "effect"
import type { HandoverRequest } from "../../domain/HandoverRequest.ts"
import { Target } from "../../domain/Target.ts"
import { oneLine } from "../../std/oneLine.ts"
import type { Decision, RoutingError } from "../Decision.ts"
import { cut, render, toJsonValue } from "../table/Condition.ts"
import type { RoutingTable } from "../table/RoutingTable.ts"

/** A queue or an agent, and the table's name for it. */
const NamedTarget = Schema.Struct({ ...Target.fields, name: Schema.optionalKey(Schema.String) })

/** What would become of a request. */
const Outcome = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("handover"),
    /** The name of the rule that decides. */
    rule: Schema.String,
    /** Where to. */
    target: NamedTarget,
    /** Where to instead, in this order, when CXone does not know the target. */
    fallbacks: Schema.Array(NamedTarget),
    /** Besides those that every conversation gets. */
    labels: Schema.Record(Schema.String, Schema.String)
  }),
  Schema.Struct({
    type: Schema.Literal("rejected"),
    /** The name of the rule that decides. */
    rule: Schema.String,
    /** What the bot is to say. */
    text: Schema.String
  }),
  Schema.Struct({
    type: Schema.Literal("refused"),
    /** The `error` of the answer, 400. */
    error: Schema.Literals(["Unsupported intent", "Agent ID missing"]),
    /** The name of the rule that decides, where one does. */
    rule: Schema.optionalKey(Schema.String),
    /** Why, in a sentence for people. */
    detail: Schema.String
  })
])

/** A rule that did not decide, and the first of its conditions that failed. */
const PassedRule = Schema.Struct({
  /** The rule's name. */
  rule: Schema.String,
  /** Where the condition stands in the rule: `when.entities.tier`. */
  condition: Schema.String,
  /** What the condition wants, for people. */
  expected: Schema.String,
  /** The value that it saw; `null` for none. Long ones are cut, and then text. */
  saw: Schema.Unknown,
  /** The same, for people. */
  shown: Schema.String
})

/** Why a request goes where it goes, at a time. */
export const Explanation = Schema.Struct({
  /** The time that it holds for, ISO 8601. */
  at: Schema.String,
  /** The version of the table. */
  version: Schema.optionalKey(Schema.String),
  /** What would become of the request. */
  outcome: Outcome,
  /** All rules before the one that decided, in their order. */
  passed: Schema.Array(PassedRule)
}).annotate({ identifier: "RoutingExplanation" })

/** Why a request goes where it goes, at a time. */
export type Explanation = typeof Explanation.Type

/** What a decision would become, with the names that a table has. */
export const outcomeOf = (
  decided: Result.Result<Decision, RoutingError>,
  nameOf: RoutingTable["nameOf"] = () => undefined
): Explanation["outcome"] => {
  const named = (target: Target) => {
    const name = nameOf(target)
    return { ...target, ...(name === undefined ? {} : { name }) }
  }
  return Result.match(decided, {
    onSuccess: ({ fallbacks = [], labels = {}, rule, target }) => ({
      type: "handover" as const,
      rule,
      target: named(target),
      fallbacks: fallbacks.map(named),
      labels
    }),
    onFailure: (error) => {
      switch (error._tag) {
        case "Rejected":
          return { type: "rejected" as const, rule: error.rule, text: error.text }
        case "AgentIdMissing":
          return {
            type: "refused" as const,
            error: "Agent ID missing" as const,
            rule: error.rule,
            detail: error.message
          }
        case "UnsupportedIntent":
          return { type: "refused" as const, error: "Unsupported intent" as const, detail: error.message }
      }
    }
  })
}

/** Explains what a table does with a request at a time, in milliseconds since 1970. */
export const explain = (
  table: RoutingTable,
  version: string | undefined,
  request: HandoverRequest,
  now: number
): Explanation => {
  const input = { request, now }
  return {
    at: new Date(now).toISOString(),
    ...(version === undefined ? {} : { version }),
    outcome: outcomeOf(table.decide(input), table.nameOf),
    passed: table.passed(input).map(({ failed, rule }) => {
      const saw = failed.saw(input)
      return {
        rule,
        condition: failed.path,
        expected: cut(failed.expected),
        saw: toJsonValue(saw),
        shown: render(saw)
      }
    })
  }
}

/** How an outcome reads: `queue sales (5a1e…)`. */
export const showTarget = ({ id, name, type }: typeof NamedTarget.Type): string =>
  name === undefined || name === id ? `${type} ${id}` : `${type} ${name} (${id})`

const showOutcome = (outcome: Explanation["outcome"]): ReadonlyArray<string> => {
  switch (outcome.type) {
    case "handover":
      return [
        `rule ${outcome.rule} → ${showTarget(outcome.target)}`,
        ...outcome.fallbacks.map((target) => `  unknown to CXone? → ${showTarget(target)}`),
        ...Object.entries(outcome.labels).map(([name, value]) => `  label ${name}: ${value}`)
      ]
    case "rejected":
      return [`rule ${outcome.rule} → rejected, the bot says: ${outcome.text}`]
    case "refused":
      return [`no handover → 400 ${outcome.error}: ${outcome.detail}`]
  }
}

/** Why a rule did not decide, in one line: its name in so many columns, and the condition. */
export const showPassed = ({ condition, expected, rule, shown }: typeof PassedRule.Type, width = 0): string =>
  `${rule.padEnd(width)}  ${condition.replace(/^when\./, "")}: wants ${expected}, saw ${shown}`

/** An explanation for people. */
export const showExplanation = ({ at, outcome, passed, version }: Explanation): string => {
  const width = Math.max(0, ...passed.map(({ rule }) => Math.min(40, rule.length)))
  return [
    ...showOutcome(outcome),
    "",
    `at ${at}${version === undefined ? "" : `, table ${version}`}`,
    ...passed.map((rule) => `  ✗ ${showPassed(rule, width)}`),
    ...("rule" in outcome && outcome.rule !== undefined ? [`  ✓ ${outcome.rule}`] : [])
  ]
    .map((line) => oneLine(line))
    .join("\n")
}
