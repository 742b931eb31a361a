/** The metrics of the routing table. */
import { Metric } from "effect"

/** Changed files of routing tables, by `outcome`: `live` or `rejected`. */
export const reloadsTotal = Metric.counter("router_routing_reloads_total", {
  description: "Changes of the routing table's file, by outcome",
  incremental: true
})

/** 1 while the routing table's file holds something that is not used, else 0. */
export const tableRejected = Metric.gauge("router_routing_table_rejected", {
  description: "1 while the routing table's file is not used as it is"
})

/** The number of rules of the live routing table. */
export const tableRules = Metric.gauge("router_routing_table_rules", { description: "Rules of the live routing table" })

/** The live routing table's version as a number: the same table has the same number, which means nothing else. */
export const tableVersion = Metric.gauge("router_routing_table_version", {
  description: "The live routing table's version as a number: the same table has the same"
})
