/** Traces: one for each handover, sent by OTLP where the standard `OTEL_*` variables say so, and none otherwise. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Config, ConfigProvider, Duration, Effect, Layer, Option, References, Semaphore, Tracer } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpMiddleware } from "effect/http"
import { OtlpSerialization, OtlpTracer } from "effect/observability"
import { EXPLAIN_PATH, WEBHOOK_PATH } from "../cognigy/Api.ts"
import { plainPath } from "../cognigy/plainPath.ts"
import * as Deadline from "../cxone/transport/Deadline.ts"
import { OnlySampled } from "../std/measure.ts"
import { version } from "../version.ts"
import { LOCAL_COLLECTOR, type TraceSampler, type TracingSettings } from "./TracingSettings.ts"

/** How long the end of the process waits for the last spans to be taken, in milliseconds: a collector that hangs must not hold it up. */
const LAST_SPANS = 500

const fromEnv = (env: Record<string, string>) => ConfigProvider.fromEnv({ env })

/** OpenTelemetry's variables as Effect reads them: what is settled already, what is set, and its own defaults and our name where nothing is. */
const variables = Effect.gen(function* () {
  const given = yield* ConfigProvider.ConfigProvider
  const attributes = yield* Effect.orElseSucceed(Config.String("OTEL_RESOURCE_ATTRIBUTES"), () => "")
  const isNamed = /(^|,)\s*service\.name\s*=/.test(attributes)
  return [
    fromEnv({
      OTEL_SDK_DISABLED: "false",
      OTEL_TRACES_EXPORTER: "otlp",
      // An attempt's time is the client's.
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: String(LAST_SPANS)
    }),
    given,
    fromEnv({
      OTEL_EXPORTER_OTLP_ENDPOINT: LOCAL_COLLECTOR,
      ...(isNamed ? {} : { OTEL_SERVICE_NAME: "cognigy-cxone-router" })
    })
  ].reduce(ConfigProvider.orElse)
})

/** How many batches of spans may be on their way. Where the collector takes no more, later ones are dropped: they must not fill the memory. */
const MAX_BATCHES = 2

/** How long after a line that traces are not sent the next one comes at the earliest, in milliseconds. */
const LOG_INTERVAL = 60_000

const reasonOf = ({ reason }: HttpClientError.HttpClientError) =>
  reason._tag === "StatusCodeError"
    ? `the collector answered ${reason.response.status}`
    : "the collector cannot be reached, or does not answer"

/** Connections to the collector, which log now and then that it takes nothing. */
const collectorClient = (timeout: Duration.Duration) =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const http = yield* HttpClient.HttpClient
      const places = yield* Semaphore.make(MAX_BATCHES)
      let loggedAt = Number.NEGATIVE_INFINITY
      const log = (error: HttpClientError.HttpClientError) =>
        Effect.flatMap(Deadline.nowMillis, (now) => {
          if (now - loggedAt < LOG_INTERVAL) return Effect.void
          loggedAt = now
          return Effect.logWarning(`traces are not sent, and dropped for some time: ${reasonOf(error)}`)
        })
      const unsent = (request: HttpClientRequest.HttpClientRequest) =>
        new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) })
      return http.pipe(
        HttpClient.filterStatusOk,
        HttpClient.transform((sending, request) =>
          sending.pipe(
            Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.fail(unsent(request)) }),
            places.withPermitsIfAvailable(1),
            Effect.flatMap(Effect.fromOption(() => unsent(request))),
            Effect.tapError(log)
          )
        )
      )
    })
  ).pipe(
    Layer.provide(Layer.fresh(NodeHttpClient.layerUndiciOptions({ connect: { timeout: Duration.toMillis(timeout) } })))
  )

/** The last 56 bits of a trace's id, which are random, as a share of all that they can be: OpenTelemetry's way, so that others choose the same traces. */
const shareOf = (traceId: string) => Number.parseInt(traceId.slice(-14), 16) / 2 ** 56

/** How long a text among a span's attributes may be, in characters: the sender chooses some of them. */
const MAX_TEXT = 256

const bounded = (span: Tracer.Span): Tracer.Span => {
  const attribute = span.attribute.bind(span)
  return Object.assign(span, {
    attribute: (key: string, value: unknown) =>
      attribute(key, typeof value === "string" ? value.slice(0, MAX_TEXT) : value)
  })
}

/** Makes spans that are sent where the sampler says so, and else are made without being sent. What is within a trace of ours does as its root. */
const sampling = (tracer: Tracer.Tracer, { followsSender, ratio }: TraceSampler): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const parent = Option.getOrUndefined(options.parent)
      if (parent !== undefined && (followsSender || parent._tag === "Span")) return bounded(tracer.span(options))
      const span = tracer.span({ ...options, sampled: true })
      const isSent = ratio >= 1 || shareOf(span.traceId) < ratio
      return bounded(isSent ? span : tracer.span({ ...options, sampled: false }))
    }
  })

/** Only these paths have spans: whoever asks for others makes none. */
const TRACED = new Set<string>([WEBHOOK_PATH, EXPLAIN_PATH])

/** Sends traces with all that OpenTelemetry's variables say, of webhooks and explanations alone. Where there are none to send, no span is made. */
export const layer = (tracing: TracingSettings): Layer.Layer<never> =>
  tracing === undefined
    ? Layer.succeed(References.TracerEnabled, false)
    : Layer.mergeAll(
        Layer.effect(
          Tracer.Tracer,
          Effect.tap(
            Effect.map(Tracer.Tracer, (tracer) => sampling(tracer, tracing.sampler)),
            () => Effect.logInfo(`traces go to ${tracing.collector} (${tracing.protocol})`)
          )
        ).pipe(
          Layer.provide(OtlpTracer.layerFromConfig({ resource: { serviceVersion: version } })),
          Layer.provide(
            tracing.protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf
          ),
          Layer.provide(collectorClient(tracing.timeout)),
          Layer.provide(Layer.effect(ConfigProvider.ConfigProvider, variables))
        ),
        // What is not sampled is not sent.
        Layer.succeed(OnlySampled, true),
        Layer.succeed(HttpMiddleware.TracerDisabledWhen, ({ url }) => !TRACED.has(plainPath(url))),
        Layer.succeed(HttpMiddleware.SpanNameGenerator, ({ method, url }) => `${method} ${plainPath(url)}`)
      )
