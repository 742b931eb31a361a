/** The metrics of calls to CXone. `src/deploy/alerts.yaml` says which of them matter. */
import { Metric } from "effect"
import { SECONDS } from "../../std/seconds.ts"

const counter = (name: string, description: string) => Metric.counter(name, { description, incremental: true })

/** Attempts of calls to CXone, by `dialect` (`webchat`, `digital`), `operation` and `status`: that of HTTP, or `timeout`, `connection`, `not_tried` (the circuit is open, or no retry is left). */
export const callsTotal = counter("cxone_calls_total", "Attempts of calls to CXone, by dialect, operation and status")

/** Duration of attempts in seconds, by `dialect` and `operation`. */
export const callDuration = Metric.histogram("cxone_call_duration_seconds", {
  description: "How long attempts of calls to CXone took",
  boundaries: SECONDS
})

/** Attempts that were repeated, by `dialect` and `operation`. */
export const retriesTotal = counter(
  "cxone_retries_total",
  "Attempts of calls to CXone that were made again, by dialect and operation"
)

/** Calls that waited under our own rate limit, by `dialect` and `operation`. */
export const rateLimitWaitsTotal = counter(
  "cxone_rate_limit_waits_total",
  "Calls that waited for their turn under CXONE_RATE_LIMIT, by dialect and operation"
)

/** Total of those waits in seconds, by `dialect`. */
export const rateLimitWaitSeconds = counter(
  "cxone_rate_limit_wait_seconds_total",
  "Seconds that calls waited for their turn under CXONE_RATE_LIMIT"
)

/** State of the circuits, by `dialect` and `circuit` (`handover`, `label`, `token`): 0 closed, 1 half open, 2 open. */
export const circuitState = Metric.gauge("cxone_circuit_state", {
  description: "The circuit breaker by kind of call: 0 closed, 1 half open, 2 open"
})

/** Age of the access token in use, in seconds; -1 without one. */
export const tokenAge = Metric.gauge("cxone_token_age_seconds", {
  description: "Age of the access token that is used now; -1 without one"
})

/** Requests for access tokens, by `dialect` and `outcome`: `success`, or the failure. */
export const tokenRefreshesTotal = counter(
  "cxone_token_refreshes_total",
  "Access tokens that were asked for, by dialect and outcome"
)

/** Conversations whose labels wait to be sent. */
export const labelsPending = Metric.gauge("cxone_labels_pending", {
  description: "Conversations whose labels are not sent yet"
})

/** Conversations whose labels were sent. */
export const labelsSentTotal = counter("cxone_labels_sent_total", "Labels of conversations that were sent")

/** Conversations whose labels were given up, by `reason`: `overflow` (too many waited), `failed` (not accepted in a quarter of an hour), `shutdown`. */
export const labelsDroppedTotal = counter(
  "cxone_labels_dropped_total",
  "Labels of conversations that were given up, by reason"
)
