/** The metrics of the history. `src/deploy/alerts.yaml` says which of them matter. */
import { Metric } from "effect"

const counter = (name: string, description: string) => Metric.counter(name, { description, incremental: true })

/** Entries that were written to the database. */
export const historyWrittenTotal = counter("router_history_written_total", "Entries of the history that were written")

/**
 * Entries that were not written, by `reason`: `full`, too many waited for the database; `refused`, the database refuses the entry; `shutdown`, the router ended before it could
 * write; `unreadable`, a request that is no JSON, which only a program of one's own can send.
 */
export const historyDroppedTotal = counter(
  "router_history_dropped_total",
  "Entries of the history that were not written, by reason"
)

/** Entries that wait for the database. */
export const historyQueue = Metric.gauge("router_history_queue", {
  description: "Entries of the history that wait for the database"
})
