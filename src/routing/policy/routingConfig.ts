import { Config, Schema } from "effect"
import { anyIds, type TargetIds } from "../../domain/Target.ts"

/** Each setting of routing as a `Config` of its own, for programs that report all problems at once. `ids` checks the queues' ids. */
export const routingConfig = (ids: TargetIds = anyIds) => {
  const queueId = Schema.String.check(Schema.makeFilter(ids.queue))
  return {
    routesFile: Config.option(Config.NonEmptyString("ROUTES_FILE")),
    salesQueueId: Config.schema(queueId, "SALES_QUEUE_ID"),
    supportQueueId: Config.schema(queueId, "SUPPORT_QUEUE_ID")
  }
}
