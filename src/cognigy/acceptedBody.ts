/** The answer to a webhook whose conversation was handed over. */
import type { HandedOver } from "../handover/HandedOver.ts"
import type { Accepted } from "./Api.ts"

/** The body of the answer. By name: the sender must not see what a policy or a store adds. A copy is answered under the id of the first. */
export const acceptedBody = (done: HandedOver, id: string): typeof Accepted.Type => {
  const { conversationId, correlationId = id, reused, rule, target } = done
  return {
    status: "success",
    conversationId,
    target: { type: target.type, id: target.id },
    rule,
    reused,
    correlationId
  }
}
