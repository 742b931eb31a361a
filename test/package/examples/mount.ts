import { createServer } from "node:http"
import { NodeHttpClient, NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { CXoneSettings, Handover, Readiness, Server, Tables, Webchat, webchatIds } from "cognigy-cxone-router"
import { Config, Effect, Layer, Schema } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"

// The application's own: an API and a page.
const ShopApi = HttpApi.make("shop").add(
  HttpApiGroup.make("orders").add(
    HttpApiEndpoint.get("order", "/orders/:id", {
      params: { id: Schema.String },
      success: Schema.Struct({ id: Schema.String, status: Schema.String })
    })
  )
)

const shop = HttpApiBuilder.layer(ShopApi).pipe(
  Layer.provide(
    HttpApiBuilder.group(ShopApi, "orders", (handlers) =>
      handlers.handle("order", ({ params }) => Effect.succeed({ id: params.id, status: "shipped" }))
    )
  )
)

const page = HttpRouter.add("GET", "/", HttpServerResponse.text("the shop"))

// The router's: POST /bots/webhook/cognigy and its other routes.
const bots = Server.routesConfig({ prefix: "/bots" }).pipe(
  Layer.provide([Handover.layerConfig(), Readiness.layer()]),
  Layer.provide([Webchat.layer(), Tables.layerConfig(webchatIds)]),
  Layer.provide([CXoneSettings.layerConfig(), NodeHttpClient.layerUndici])
)

HttpRouter.serve(Layer.mergeAll(shop, page, bots)).pipe(
  Layer.provide(
    // Load balancers keep idle connections for a minute and more; Node's own 5 seconds would lose requests.
    NodeHttpServer.layerConfig(() => createServer({ keepAliveTimeout: 75_000, headersTimeout: 85_000 }), {
      port: Config.Int("PORT"),
      // A handover may take this long: the server finishes those in flight when it closes.
      gracefulShutdownTimeout: Config.succeed("7 seconds")
    })
  ),
  Layer.launch,
  NodeRuntime.runMain
)
