/** The decision: which queue or agent a request goes to. */
import { Context, Effect, Layer } from "effect"
import { hasUnsafeCharacters, isShort } from "../cxone/Id.ts"
import { AgentIdMissing, type Decision, UnsupportedIntent } from "./Decision.ts"
import { type EntityValue, entityValue, type HandoverRequest } from "./HandoverRequest.ts"

/** What a policy can refuse a request with. */
export type RoutingError = UnsupportedIntent | AgentIdMissing

/** Decides where a request goes. */
export class RoutingPolicy extends Context.Service<
  RoutingPolicy,
  {
    readonly decide: (request: HandoverRequest) => Effect.Effect<Decision, RoutingError>
  }
>()("cognigy-cxone-router/handover/RoutingPolicy") {
  /** The built-in table: `transfer_to_sales`, `transfer_to_support`, and `transfer_to_agent` with the entity `agentId`. */
  static readonly layerBuiltIn = (queues: BuiltInQueues): Layer.Layer<RoutingPolicy> =>
    Layer.succeed(RoutingPolicy, { decide: builtIn(queues) })
}

/** The queues of the built-in table, by their CXone ids. */
export interface BuiltInQueues {
  readonly salesQueueId: string
  readonly supportQueueId: string
}

/** The entity or slot that names the agent in the built-in table. */
export const AGENT_ENTITY = "agentId"

const builtIn = ({ salesQueueId, supportQueueId }: BuiltInQueues) => {
  const queues = new Map([
    ["transfer_to_sales", salesQueueId],
    ["transfer_to_support", supportQueueId]
  ])
  return Effect.fnUntraced(function* (request: HandoverRequest) {
    const { intent } = request
    const queueId = queues.get(intent)
    if (queueId !== undefined) return { rule: intent, target: { type: "queue" as const, id: queueId } }
    if (intent !== "transfer_to_agent") return yield* new UnsupportedIntent({ intent })
    const id = yield* agentId(intent, entityValue(request, AGENT_ENTITY))
    return { rule: intent, target: { type: "agent" as const, id } }
  })
}

/** An entity's value as an agent's id: text, or a whole number that is exact. */
const agentId = (rule: string, value: EntityValue | undefined): Effect.Effect<string, AgentIdMissing> => {
  const missing = (problem: string) => Effect.fail(new AgentIdMissing({ rule, entity: AGENT_ENTITY, problem }))
  if (value === undefined || value === "") return missing("it is not there")
  if (typeof value === "boolean") return missing("it is a boolean, not an id")
  if (typeof value === "number") {
    return Number.isSafeInteger(value)
      ? Effect.succeed(String(value))
      : missing("it is a number that is no exact whole number: send ids as text")
  }
  return isShort(value) && !hasUnsafeCharacters(value)
    ? Effect.succeed(value)
    : missing("it is longer than 256 characters or has control characters")
}
