import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Conversations, CXoneSettings, Deadline, Labels, Routing, Webchat } from "cognigy-cxone-router/cxone"
import { Config, Console, Effect, Layer } from "effect"

const program = Effect.gen(function* () {
  const conversations = yield* Conversations
  const routing = yield* Routing
  const labels = yield* Labels
  const queueId = yield* Config.String("QUEUE_ID")

  const { id, reused } = yield* conversations.openOrReuse({
    userId: "web_anna",
    name: "Anna, from the website",
    labels: { source: "website" }
  })
  yield* routing.route(id, { type: "queue", id: queueId })
  // Returns at once. The labels are sent before the layer closes.
  yield* labels.put(id, { topic: "billing" })
  yield* Console.log(`conversation ${id} (${reused ? "reused" : "new"}) is at the queue`)
})

// CXONE_REGION or CXONE_BASE_URL, CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, from the environment.
const live = Webchat.layer().pipe(Layer.provide([CXoneSettings.layerConfig(), NodeHttpClient.layerUndici]))

program.pipe(
  // For all calls together, retries included.
  Deadline.within("10 seconds"),
  Effect.tapErrorTag("InvalidTarget", () => Console.error("no such queue: look at QUEUE_ID")),
  Effect.provide(live),
  NodeRuntime.runMain
)
