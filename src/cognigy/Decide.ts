/** `/routing/decide`: decodes the same payloads as the webhook, and answers with the decision. It hands nothing over: its sender acts on the answer. */
import { Effect } from "effect"
import type { HttpServerRequest } from "effect/http"
import type { Target } from "../domain/Target.ts"
import type { Decision, RoutingError } from "../routing/Decision.ts"
import { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import { boundedNames } from "../std/boundedNames.ts"
import { nowMillis } from "../std/clock.ts"
import { count } from "../std/metrics.ts"
import { snakeCase } from "../std/snakeCase.ts"
import type { Decided } from "./Api.ts"
import type { Ask } from "./askRouting.ts"
import { decisionsTotal } from "./metrics.ts"
import { toRoutingProblem } from "./problem/toProblem.ts"

/** Makes the handler. A decision is one line in the log and one in `router_decisions_total`; what is refused before it is an event of the journal, as at the webhook. */
export const makeDecide = Effect.fnUntraced(function* (ask: Ask) {
  const policy = yield* RoutingPolicy
  const ruleLabel = boundedNames()

  const counted = (rule: string | undefined, target: string, outcome: string) =>
    count(decisionsTotal, { rule: rule === undefined ? "none" : ruleLabel(rule), target, outcome })

  const named = ({ id, type }: Target) =>
    Effect.map(policy.nameOf({ type, id }), (name) => ({ type, id, ...(name === undefined ? {} : { name }) }))

  const decided = Effect.fnUntraced(function* (
    { fallbacks = [], labels = {}, priority, rule, target }: Decision,
    correlationId: string
  ) {
    return {
      status: "decided",
      target: yield* named(target),
      fallbacks: yield* Effect.forEach(fallbacks, named),
      rule,
      labels,
      ...(priority === undefined ? {} : { priority }),
      correlationId
    } satisfies typeof Decided.Type
  })

  return (request: HttpServerRequest.HttpServerRequest) =>
    ask(request, "all", (handoverRequest, { correlationId, startedAt }) => {
      const { intent } = handoverRequest
      const took = Effect.map(nowMillis, (now) => Math.round(now - startedAt))

      const onDecision = Effect.fnUntraced(function* (decision: Decision) {
        const { rule, target } = decision
        const milliseconds = yield* took
        yield* counted(rule, target.type, "success")
        yield* Effect.annotateLogs(
          Effect.logInfo(`decided: ${intent} → ${target.type} ${target.id} (rule ${rule}), ${milliseconds} ms`),
          { outcome: "success", rule, status: 200, milliseconds }
        )
        return yield* decided(decision, correlationId)
      })

      const onRefusal = Effect.fnUntraced(function* (error: RoutingError) {
        const problem = toRoutingProblem(error)
        const rule = "rule" in error ? error.rule : undefined
        const outcome = snakeCase(error._tag)
        const milliseconds = yield* took
        yield* counted(rule, "none", outcome)
        const by = rule === undefined ? "" : ` (rule ${rule})`
        // A rule's rejection is a success of the rule.
        const log = error._tag === "Rejected" ? Effect.logInfo : Effect.logWarning
        yield* Effect.annotateLogs(
          log(`decided: ${intent} → ${problem.status} ${problem.error}${by}: ${problem.detail}, ${milliseconds} ms`),
          { outcome, ...(rule === undefined ? {} : { rule }), status: problem.status, milliseconds }
        )
        return yield* problem
      })

      return policy
        .decide(handoverRequest)
        .pipe(
          Effect.withSpan("RoutingPolicy.decide"),
          Effect.matchEffect({ onSuccess: onDecision, onFailure: onRefusal })
        )
    })
})
