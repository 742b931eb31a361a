import { Result } from "effect"
import type { Target } from "../domain/Target.ts"
import type { Decision, RoutingError } from "./Decision.ts"
import type { Explanation, NamedTarget } from "./Explanation.ts"

/** The outcome of a decision. `nameOf` returns a target's name in the table. */
export const outcomeOf = (
  decided: Result.Result<Decision, RoutingError>,
  nameOf: (target: Target) => string | undefined = () => undefined
): Explanation["outcome"] => {
  const named = (target: Target): NamedTarget => {
    const name = nameOf(target)
    return { ...target, ...(name === undefined ? {} : { name }) }
  }
  return Result.match(decided, {
    onSuccess: ({ fallbacks = [], labels = {}, rule, target }): Explanation["outcome"] => ({
      type: "handover",
      rule,
      target: named(target),
      fallbacks: fallbacks.map(named),
      labels
    }),
    onFailure: (error): Explanation["outcome"] => {
      switch (error._tag) {
        case "Rejected":
          return { type: "rejected", rule: error.rule, text: error.text }
        case "AgentIdMissing":
          return { type: "refused", error: "Agent ID missing", rule: error.rule, detail: error.message }
        case "UnsupportedIntent":
          return { type: "refused", error: "Unsupported intent", detail: error.message }
      }
    }
  })
}
