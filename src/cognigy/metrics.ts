/** The metrics of `/routing/decide`. */
import { Metric } from "effect"

/** Decisions that others act on, by `rule` (`none` when none matched), `target` (`queue`, `agent`, `none`) and `outcome`: `success`, `rejected`, `agent_id_missing` or `unsupported_intent`. */
export const decisionsTotal = Metric.counter("router_decisions_total", {
  description: "Decisions of /routing/decide, by rule, target and outcome",
  incremental: true
})
