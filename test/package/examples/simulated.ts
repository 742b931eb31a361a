import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Handover, Tables, Webchat } from "cognigy-cxone-router"
import { CXoneSimulator, layerSimulated, salesQueueId, supportQueueId } from "cognigy-cxone-router/testing"
import { Console, Effect, Layer } from "effect"

// As in an application, but with the simulator's settings.
const live = Handover.layer().pipe(
  Layer.provide(Webchat.layer({ linger: 0 })),
  Layer.provide([NodeHttpClient.layerUndici, Tables.layerBuiltIn({ salesQueueId, supportQueueId })]),
  Layer.provideMerge(layerSimulated())
)

Effect.gen(function* () {
  const simulator = yield* CXoneSimulator
  const handover = yield* Handover

  // The next two calls that route are answered 503. Retries hide it.
  yield* simulator.order({ operation: "action", kind: "status", status: 503, times: 2 })
  const { conversationId } = yield* handover.handle({ intent: "transfer_to_sales", userId: "anna", entities: [] })

  // Labels are sent in the background: the test waits for them.
  const { conversations, counts } = yield* simulator.awaitState(({ counts }) => counts.label === 1)
  yield* Console.log(`${counts.action} calls routed ${conversations.length} conversation: ${conversationId}`)
}).pipe(Effect.provide(live), NodeRuntime.runMain)
