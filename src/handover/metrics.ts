/** The metrics of handovers. `src/deploy/alerts.yaml` says which of them matter. */
import { Metric } from "effect"
import { SECONDS } from "../std/seconds.ts"

const counter = (name: string, description: string) => Metric.counter(name, { description, incremental: true })

/**
 * Handovers, by `rule` (`none` when none had decided), `target` (`queue`, `agent`, `none`) and `outcome`: `success`; `repeated`, answered as the first of
 * its copies was; else the failure (`invalid_target`, `unavailable`, `deadline_exceeded`, …).
 */
export const handoversTotal = counter("router_handovers_total", "Handovers, by rule, target and outcome")

/** Handovers that did not succeed, by `outcome` alone: each is shown from the start, at 0, so that the first one counts as an increase. */
export const handoverFailuresTotal = counter(
  "router_handover_failures_total",
  "Handovers that did not succeed, by outcome"
)

/**
 * Conversations that a handover opened, or may have opened, and could not place. Each counts once, when its handover fails: a later one of the same user takes it, so this is no
 * number of those that are open now.
 */
export const orphanedConversationsTotal = counter(
  "router_orphaned_conversations_total",
  "New conversations whose handover failed before they were routed"
)

/** Duration of handovers in seconds, by `outcome`: `success`, `repeated` or `failure`. */
export const handoverDuration = Metric.histogram("router_handover_duration_seconds", {
  description: "How long handovers took, from their requests to their answers",
  boundaries: SECONDS
})

/** Requests to the webhook that were refused before any handover, by `reason`: `credentials_missing`, `credentials_wrong`, `credentials_expired`, `invalid_payload`, … */
export const refusalsTotal = counter(
  "router_webhook_refusals_total",
  "Webhooks that were refused before any handover, by reason"
)
