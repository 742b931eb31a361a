import { NodeRuntime } from "@effect/platform-node"
import { Handover, Tables, Webchat } from "cognigy-cxone-router"
import { CXoneSimulator, layerSimulatedInProcess, salesQueueId, supportQueueId } from "cognigy-cxone-router/testing"
import { Clock, Console, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"

// The HttpClient comes from the simulator, too: no request leaves the process.
const live = Handover.layer().pipe(
  Layer.provide([Webchat.layer(), Tables.layerBuiltIn({ salesQueueId, supportQueueId })]),
  Layer.provideMerge(layerSimulatedInProcess()),
  Layer.provideMerge(TestClock.layer())
)

Effect.gen(function* () {
  const simulator = yield* CXoneSimulator
  const handover = yield* Handover

  // CXone never answers the first call that opens a conversation.
  yield* simulator.order({ operation: "open", kind: "hang" })
  const handling = yield* Effect.forkChild(
    handover.handle({ intent: "transfer_to_sales", userId: "anna", entities: [] })
  )
  yield* simulator.awaitState(({ counts }) => counts.open === 1)

  // The attempt ends after 2 seconds, and the next one succeeds. The test does not wait for them.
  yield* TestClock.adjust("3 seconds")
  const { rule } = yield* Fiber.join(handling)
  const { counts } = yield* simulator.state
  yield* Console.log(`${rule}: ${counts.open} opens in ${yield* Clock.currentTimeMillis} ms of the test's time`)
}).pipe(Effect.provide(live), NodeRuntime.runMain)
