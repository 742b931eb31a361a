import { NodeFileSystem, NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { ProxyAgent } from "@effect/platform-node/Undici"
import {
  CXoneSettings,
  Handover,
  RoutingPolicy,
  Tables,
  UnsupportedIntent,
  Webchat,
  webchatIds
} from "cognigy-cxone-router"
import { Config, Console, Context, Effect, Layer } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"

/** The application's own service for its customers. */
class Customers extends Context.Service<Customers, { readonly isGold: (userId: string) => Effect.Effect<boolean> }>()(
  "shop/Customers"
) {
  static readonly layer = Layer.succeed(Customers, { isGold: (userId) => Effect.succeed(userId === "anna") })
}

/** Gold customers have a queue of their own; for all others, the built-in rules decide. */
const policy = Layer.unwrap(
  Effect.gen(function* () {
    const gold = yield* Config.String("GOLD_QUEUE_ID")
    return RoutingPolicy.layerBefore(
      Effect.fnUntraced(function* ({ intent, userId }) {
        const customers = yield* Customers
        if (!(yield* customers.isGold(userId))) return yield* new UnsupportedIntent({ intent })
        return { rule: "gold", target: { type: "queue", id: gold }, labels: { tier: "gold" } }
      })
    )
  })
).pipe(Layer.provide([Tables.layerConfig(webchatIds), Customers.layer]))

/** A record of every call. */
class Calls extends Context.Service<Calls, Array<string>>()("shop/Calls") {
  static readonly layer = Layer.sync(Calls, () => [])
}

/** Connections through a proxy. */
const proxy = Layer.effect(
  NodeHttpClient.Dispatcher,
  Effect.flatMap(Config.String("PROXY_URL"), (url) =>
    Effect.acquireRelease(
      Effect.sync(() => new ProxyAgent(url)),
      (agent) => Effect.promise(() => agent.destroy())
    )
  )
)

/** A client over the proxy that adds a header to all calls, and records them. */
const client = Layer.effect(
  HttpClient.HttpClient,
  Effect.gen(function* () {
    const http = yield* HttpClient.HttpClient
    const calls = yield* Calls
    return http.pipe(
      HttpClient.mapRequest(HttpClientRequest.setHeader("x-shop", "acme")),
      HttpClient.tap(({ request, status }) =>
        Effect.sync(() => {
          calls.push(`${request.method} ${new URL(request.url).pathname} ${status}`)
        })
      )
    )
  })
).pipe(Layer.provide(NodeHttpClient.layerUndiciNoDispatcher), Layer.provide(proxy))

const live = Handover.layer().pipe(
  Layer.provide([Webchat.layer(), policy]),
  Layer.provide([CXoneSettings.layerConfig(), client, NodeFileSystem.layer]),
  Layer.provideMerge(Calls.layer)
)

Effect.gen(function* () {
  const handover = yield* Handover
  const anna = yield* handover.handle({ intent: "transfer_to_sales", userId: "anna", entities: [] })
  const ben = yield* handover.handle({ intent: "transfer_to_sales", userId: "ben", entities: [] })
  yield* Console.log(`anna: rule ${anna.rule}, ben: rule ${ben.rule}`)
  yield* Console.log((yield* Calls).join("\n"))
}).pipe(
  Effect.catchTag("HandoverFailed", ({ message }) => Console.error(`not handed over: ${message}`)),
  Effect.provide(live),
  NodeRuntime.runMain
)
