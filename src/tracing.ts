/** Traces: one for each handover, sent by OTLP where the standard `OTEL_*` variables say so, and none otherwise. */
import { NodeHttpClient } from "@effect/platform-node"
import { Config, ConfigProvider, Effect, Layer, References } from "effect"
import { HttpMiddleware } from "effect/http"
import { OtlpSerialization, OtlpTracer } from "effect/observability"
import { setting, together } from "./Setting.ts"
import { version } from "./version.ts"

/** How traces are sent; `undefined` where they are not. */
export type TracingSettings = { readonly protocol: "http/protobuf" | "http/json" } | undefined

const url = (name: string) =>
  setting(
    name,
    Config.option(Config.URL(name)),
    "the URL of an OTLP collector, such as http://localhost:4318; or leave it out"
  )

/** The part of OpenTelemetry's variables that decides whether traces are sent, and how. */
export const tracingSettings = Effect.map(
  together({
    isDisabled: setting(
      "OTEL_SDK_DISABLED",
      Config.Boolean("OTEL_SDK_DISABLED").pipe(Config.withDefault(false)),
      "true or false"
    ),
    exporter: setting(
      "OTEL_TRACES_EXPORTER",
      Config.option(Config.Literals(["otlp", "none"], "OTEL_TRACES_EXPORTER")),
      "otlp or none; or leave it out"
    ),
    endpoint: url("OTEL_EXPORTER_OTLP_ENDPOINT"),
    tracesEndpoint: url("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
    protocol: setting(
      "OTEL_EXPORTER_OTLP_PROTOCOL",
      Config.Literals(["http/protobuf", "http/json"], "OTEL_EXPORTER_OTLP_PROTOCOL").pipe(
        Config.withDefault("http/protobuf" as const)
      ),
      "http/protobuf or http/json"
    )
  }),
  ({ endpoint, exporter, isDisabled, protocol, tracesEndpoint }): TracingSettings => {
    const isOn =
      exporter._tag === "Some"
        ? exporter.value === "otlp"
        : [endpoint, tracesEndpoint].some(({ _tag }) => _tag === "Some")
    return isOn && !isDisabled ? { protocol } : undefined
  }
)

/** What holds where OpenTelemetry's variables do not say otherwise: its own defaults, and our name. */
const usual = ConfigProvider.fromEnv({
  env: {
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
    OTEL_SERVICE_NAME: "cognigy-cxone-router"
  }
})

/** Sends traces with all that OpenTelemetry's variables say, except of probes. Where there are none to send, no span is made. */
export const layer = (tracing: TracingSettings): Layer.Layer<never> =>
  tracing === undefined
    ? Layer.succeed(References.TracerEnabled, false)
    : Layer.merge(
        OtlpTracer.layerFromConfig({ resource: { serviceVersion: version } }).pipe(
          Layer.provide(
            tracing.protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf
          ),
          Layer.provide(Layer.fresh(NodeHttpClient.layerUndici)),
          Layer.provide(
            Layer.effect(
              ConfigProvider.ConfigProvider,
              Effect.map(ConfigProvider.ConfigProvider, (given) => ConfigProvider.orElse(given, usual))
            )
          )
        ),
        HttpMiddleware.layerTracerDisabledForUrls(["/healthz", "/readyz", "/metrics"])
      )
