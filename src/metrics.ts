/** All that the router counts and measures, for whoever watches it: `/metrics` shows it, and `deploy/alerts.yaml` says what of it matters. */
import { Metric } from "effect"

const counter = (name: string, description: string) => Metric.counter(name, { description, incremental: true })

/** Upper ends of the histograms' ranges, in seconds: CXone answers within some of 10 ms, and nothing takes longer than a deadline of 7 s. */
export const SECONDS: ReadonlyArray<number> = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7, 10]

/**
 * Handovers that were asked for, by `rule` (`none` where none had decided), `target` (`queue`, `agent`, `none`) and `outcome`: `success`; `repeated`,
 * answered as the first of its copies was; else the failure (`invalid_target`, `unavailable`, `deadline_exceeded`, …).
 */
export const handoversTotal = counter("router_handovers_total", "Handovers, by rule, target and outcome")

/** Handovers that did not succeed, by `outcome` alone: each is there from the start, at 0, so that the first one counts as an increase. */
export const handoverFailuresTotal = counter(
  "router_handover_failures_total",
  "Handovers that did not succeed, by outcome"
)

/** How long handovers took, in seconds, by `outcome`: `success`, `repeated` or `failure`. */
export const handoverDuration = Metric.histogram("router_handover_duration_seconds", {
  description: "How long handovers took, from their requests to their answers",
  boundaries: SECONDS
})

/** Requests to the webhook that were not handed on, by `reason`: `credentials_missing`, `credentials_wrong`, `credentials_expired`, `invalid_payload`, … */
export const refusalsTotal = counter(
  "router_webhook_refusals_total",
  "Webhooks that were refused before any handover, by reason"
)

/** Changed files of routing tables, by `outcome`: `live` or `rejected`. */
export const reloadsTotal = counter("router_routing_reloads_total", "Changes of the routing table's file, by outcome")

/** 1 while the routing table's file holds something that is not used, else 0. */
export const tableRejected = Metric.gauge("router_routing_table_rejected", {
  description: "1 while the routing table's file is not used as it is"
})

/** How many rules the live routing table has. */
export const tableRules = Metric.gauge("router_routing_table_rules", { description: "Rules of the live routing table" })

/** The live routing table's version as a number, the same wherever the same table is live; only whether two are the same means something. */
export const tableVersion = Metric.gauge("router_routing_table_version", {
  description: "The live routing table's version as a number: the same table has the same"
})

/** Attempts of calls to CXone, by `operation` and `status`: that of HTTP, or `timeout`, `connection`, `not_tried` (the circuit is open, or no retry is left). */
export const callsTotal = counter("cxone_calls_total", "Attempts of calls to CXone, by operation and status")

/** How long attempts of calls took, in seconds, by `operation`. */
export const callDuration = Metric.histogram("cxone_call_duration_seconds", {
  description: "How long attempts of calls to CXone took",
  boundaries: SECONDS
})

/** Attempts that were made again, by `operation`. */
export const retriesTotal = counter(
  "cxone_retries_total",
  "Attempts of calls to CXone that were made again, by operation"
)

/** Calls that waited for their turn under our own rate limit, by `operation`. */
export const rateLimitWaitsTotal = counter(
  "cxone_rate_limit_waits_total",
  "Calls that waited for their turn under CXONE_RATE_LIMIT, by operation"
)

/** How long they waited, in seconds, all together. */
export const rateLimitWaitSeconds = counter(
  "cxone_rate_limit_wait_seconds_total",
  "Seconds that calls waited for their turn under CXONE_RATE_LIMIT"
)

/** Whether a circuit lets calls through, by `circuit` (`handover`, `label`, `token`): 0 closed, 1 half open, 2 open. */
export const circuitState = Metric.gauge("cxone_circuit_state", {
  description: "The circuit breaker by kind of call: 0 closed, 1 half open, 2 open"
})

/** How old the access token is that is used now, in seconds; -1 where there is none. */
export const tokenAge = Metric.gauge("cxone_token_age_seconds", {
  description: "Age of the access token that is used now; -1 without one"
})

/** Access tokens that were asked for, by `outcome`: `success`, or the failure. */
export const tokenRefreshesTotal = counter(
  "cxone_token_refreshes_total",
  "Access tokens that were asked for, by outcome"
)

/** Conversations whose labels are not sent yet. */
export const labelsPending = Metric.gauge("cxone_labels_pending", {
  description: "Conversations whose labels are not sent yet"
})

/** Conversations' labels that were sent. */
export const labelsSentTotal = counter("cxone_labels_sent_total", "Labels of conversations that were sent")

/** Conversations' labels that were given up, by `reason`: `overflow` (too many waited), `failed` (not taken in a quarter of an hour), `shutdown`. */
export const labelsDroppedTotal = counter(
  "cxone_labels_dropped_total",
  "Labels of conversations that were given up, by reason"
)
