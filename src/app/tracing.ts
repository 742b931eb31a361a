/** Traces: one for each handover, sent by OTLP where the standard `OTEL_*` variables ask for it. */
import { Config, ConfigProvider, Duration, Effect, Layer, References, Tracer } from "effect"
import { HttpMiddleware } from "effect/http"
import { OtlpSerialization, OtlpTracer } from "effect/observability"
import { isTraced, plainPath } from "../cognigy/http/paths.ts"
import { inWords, makeWayTo } from "../std/Proxies.ts"
import { version } from "../version.ts"
import { boundedAttributes } from "./boundedAttributes.ts"
import * as collector from "./collector.ts"
import { sampled } from "./sampler.ts"
import { LOCAL_COLLECTOR, type TracingSettings } from "./TracingSettings.ts"

/** The time that the end of the process waits for the last spans to be sent: a collector that hangs must not delay it. */
const LAST_SPANS = Duration.millis(500)

const fromEnv = (env: Record<string, string>) => ConfigProvider.fromEnv({ env })

/** A list of headers without the space that may stand around names and values. */
const tidy = (list: string) =>
  list
    .split(",")
    .map((pair) => pair.replace(/^\s*([^\s=]+)\s*=\s*(.*?)\s*$/s, "$1=$2"))
    .join(",")

/** The variables that are set, but for those that are wrong, in the form that Effect reads. */
const rightOnes = (provider: ConfigProvider.ConfigProvider, ignored: ReadonlyArray<string>) =>
  ConfigProvider.make((path) => {
    const name = path.join("_")
    if (ignored.includes(name)) return Effect.undefined
    return Effect.map(provider.load(path), (node) => {
      if (node?.value === undefined) return node
      if (name.endsWith("_COMPRESSION")) return ConfigProvider.makeValue(node.value.trim().toLowerCase())
      return name.endsWith("_HEADERS") ? ConfigProvider.makeValue(tidy(node.value)) : node
    })
  })

/** OpenTelemetry's variables for Effect to read: first those that our settings have decided, then those that are set, then our defaults. */
const variables = Effect.fnUntraced(function* (ignored: ReadonlyArray<string>) {
  const given = rightOnes(yield* ConfigProvider.ConfigProvider, ignored)
  const attributes = yield* Effect.orElseSucceed(Config.String("OTEL_RESOURCE_ATTRIBUTES").parse(given), () => "")
  const isNamed = /(^|,)\s*service\.name\s*=/.test(attributes)
  return [
    fromEnv({
      OTEL_SDK_DISABLED: "false",
      OTEL_TRACES_EXPORTER: "otlp",
      // Effect takes it for the shutdown alone; the collector's client limits the attempts.
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: String(Duration.toMillis(LAST_SPANS))
    }),
    given,
    fromEnv({
      OTEL_EXPORTER_OTLP_ENDPOINT: LOCAL_COLLECTOR,
      ...(isNamed ? {} : { OTEL_SERVICE_NAME: "cognigy-cxone-router" })
    })
  ].reduce(ConfigProvider.orElse)
})

const exporter = ({ ignored = [], protocol, timeout }: NonNullable<TracingSettings>) =>
  OtlpTracer.layerFromConfig({ resource: { serviceVersion: version } }).pipe(
    Layer.provide([
      protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf,
      collector.layerClient(timeout),
      Layer.effect(ConfigProvider.ConfigProvider, variables(ignored))
    ])
  )

/** Sends the traces of webhooks and explanations as these settings say. Without settings no span is made. */
export const layer = (tracing: TracingSettings): Layer.Layer<never> =>
  tracing === undefined
    ? Layer.succeed(References.TracerEnabled, false)
    : Layer.mergeAll(
        Layer.effect(
          Tracer.Tracer,
          Effect.map(Tracer.Tracer, (tracer) => sampled(boundedAttributes(tracer), tracing.sampler))
        ).pipe(Layer.provide(exporter(tracing))),
        Layer.effectDiscard(
          Effect.flatMap(makeWayTo, (wayTo) =>
            Effect.logInfo(
              `traces go to ${tracing.collector} (${tracing.protocol}), ${inWords(wayTo(tracing.collector))}`
            )
          )
        ),
        Layer.succeed(HttpMiddleware.TracerDisabledWhen, ({ url }) => !isTraced(url)),
        Layer.succeed(HttpMiddleware.SpanNameGenerator, ({ method, url }) => `${method} ${plainPath(url)}`)
      )
