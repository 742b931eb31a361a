/** The metrics of the database. `src/deploy/alerts.yaml` says which of them matter. */
import { Metric } from "effect"

/** Whether the database answers: 1, or 0 while it is away. */
export const databaseUp = Metric.gauge("router_database_up", {
  description: "Whether the database answers: 1, or 0 while it is away"
})
