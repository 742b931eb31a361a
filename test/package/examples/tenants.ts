import { createServer } from "node:http"
import { NodeHttpClient, NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { CXoneSettings, Handover, Readiness, Server, Tables, Webchat, webchatIds } from "cognigy-cxone-router"
import { Config, ConfigProvider, Layer, Metric } from "effect"
import { HttpRouter } from "effect/http"
import { PrometheusMetrics } from "effect/observability"

/** One tenant, with all settings after its name: EMEA_CXONE_CLIENT_ID, EMEA_WEBHOOK_AUTH and so on. */
const tenant = (name: string, prefix: `/${string}`) =>
  Server.routesConfig({ prefix }).pipe(
    Layer.provide([Handover.layerConfig(), Readiness.layer()]),
    Layer.provide([Webchat.layer(), Tables.layerConfig(webchatIds)]),
    Layer.provide([CXoneSettings.layerConfig(), NodeHttpClient.layerUndici]),
    Layer.provide(ConfigProvider.layer(ConfigProvider.nested(ConfigProvider.fromEnv(), name))),
    // Each metric has the tenant as a label.
    Layer.provide(Layer.succeed(Metric.CurrentMetricAttributes, { tenant: name }))
  )

HttpRouter.serve(
  Layer.mergeAll(tenant("EMEA", "/emea"), tenant("APAC", "/apac"), PrometheusMetrics.layerHttp({ path: "/metrics" }))
).pipe(
  Layer.provide(NodeHttpServer.layerConfig(createServer, { port: Config.Int("PORT") })),
  Layer.launch,
  NodeRuntime.runMain
)
