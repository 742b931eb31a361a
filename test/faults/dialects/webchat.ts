/** The webchat API. */
import { Context, Effect, Layer, Option, Schema } from "effect"
import type { Target } from "../../../src/domain/Target.ts"
import { CXoneSimulator } from "../../../src/simulator/CXoneSimulator.ts"
import type { Fault } from "../../../src/simulator/webchat/Operation.ts"
import {
  agentId,
  salesQueueId,
  simulatorClientId,
  simulatorClientSecret,
  supportQueueId
} from "../../../src/simulator/webchat/SimulatorOptions.ts"
import type { SimulatorState } from "../../../src/simulator/webchat/SimulatorState.ts"
import { type CXoneState, type Dialect, type SimulatedCXone, sumOf } from "./Dialect.ts"

const decodeOpen = Schema.decodeUnknownOption(Schema.Struct({ userId: Schema.String }))

const decodeAction = Schema.decodeUnknownOption(
  Schema.Struct({
    to: Schema.Struct({ queueId: Schema.optionalKey(Schema.String), userId: Schema.optionalKey(Schema.String) })
  })
)

const seen = ({ calls, conversations, counts, tokens }: SimulatorState): CXoneState => ({
  conversations: conversations.map(({ id, labels, status, target, userId }) => ({
    id,
    userId,
    isActive: status === "ACTIVE",
    target,
    intent: labels.cognigy_intent
  })),
  messages: [],
  calls,
  counts: { ...counts, total: sumOf(counts) },
  tokens
})

/** The webchat API. */
export const webchat: Dialect = {
  name: "webchat",
  hasMessages: false,
  places: [
    { intent: "transfer_to_sales", target: { type: "queue", id: salesQueueId } },
    { intent: "transfer_to_support", target: { type: "queue", id: supportQueueId } },
    { intent: "transfer_to_agent", target: { type: "agent", id: agentId } }
  ],
  start: () =>
    Effect.map(Layer.build(CXoneSimulator.layer()), (context): SimulatedCXone => {
      const simulator = Context.get(context, CXoneSimulator)
      return {
        settings: {
          CXONE_BASE_URL: simulator.baseUrl,
          CXONE_CLIENT_ID: simulatorClientId,
          CXONE_CLIENT_SECRET: simulatorClientSecret,
          SALES_QUEUE_ID: salesQueueId,
          SUPPORT_QUEUE_ID: supportQueueId
        },
        // It dies of an operation that the API does not have.
        order: (fault) => simulator.order(fault as Fault),
        clearFaults: simulator.clearFaults,
        state: Effect.map(simulator.state, seen),
        awaitState: (predicate) =>
          Effect.map(
            simulator.awaitState((state) => predicate(seen(state))),
            seen
          ),
        openConversation: (userId) => simulator.openConversation({ userId })
      }
    }).pipe(Effect.orDie),
  openedBy: ({ body, operation }) =>
    operation === "open" ? Option.getOrUndefined(Option.map(decodeOpen(body), ({ userId }) => userId)) : undefined,
  routedBy: ({ body, operation, path }) => {
    if (operation !== "action") return undefined
    const action = decodeAction(body)
    if (Option.isNone(action)) return undefined
    const { queueId, userId } = action.value.to
    const target: Target = queueId === undefined ? { type: "agent", id: userId ?? "" } : { type: "queue", id: queueId }
    return { conversationId: decodeURIComponent(path.split("/").at(-2) ?? ""), target }
  }
}
