/** The table without a file: the three intents of the tutorial. */
import type { RoutesFile } from "../format/RoutesFile.ts"

/** The queues of the built-in table, by their CXone ids. */
export interface BuiltInQueues {
  /** The queue of `transfer_to_sales`. */
  readonly salesQueueId: string
  /** The queue of `transfer_to_support`. */
  readonly supportQueueId: string
}

/** The entity or slot that names the agent in the built-in table. */
export const AGENT_ENTITY = "agentId"

/** The built-in table: `transfer_to_sales`, `transfer_to_support`, and `transfer_to_agent` with the entity `agentId`. */
export const builtInRoutes = ({ salesQueueId, supportQueueId }: BuiltInQueues): RoutesFile => ({
  queues: { sales: salesQueueId, support: supportQueueId },
  rules: [
    { name: "transfer_to_sales", when: { intent: "transfer_to_sales" }, to: { queue: "sales" } },
    { name: "transfer_to_support", when: { intent: "transfer_to_support" }, to: { queue: "support" } },
    { name: "transfer_to_agent", when: { intent: "transfer_to_agent" }, to: { agent: { entity: AGENT_ENTITY } } }
  ]
})
