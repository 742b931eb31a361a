/** Traces: one for each handover, sent by OTLP where the standard `OTEL_*` variables say so, and none otherwise. */
import { NodeHttpClient } from "@effect/platform-node"
import { Config, ConfigProvider, Duration, Effect, Layer, Option, References, Schema, Semaphore, Tracer } from "effect"
import { HttpClient, HttpClientError, HttpMiddleware } from "effect/http"
import { OtlpSerialization, OtlpTracer } from "effect/observability"
import * as Deadline from "./cxone/Deadline.ts"
import { setting, together } from "./Setting.ts"
import { version } from "./version.ts"

/** How traces are sent; `undefined` where they are not. */
export type TracingSettings =
  | {
      /** How they are written. */
      readonly protocol: "http/protobuf" | "http/json"
      /** How long the collector may take to answer one attempt. */
      readonly timeout: Duration.Duration
      /** Which of them are sent. */
      readonly sampler: TraceSampler
    }
  | undefined

/** Which traces are sent. */
export interface TraceSampler {
  /** Whether a trace that comes from the sender is sent where the sender says so, and only there. */
  readonly followsSender: boolean
  /** The share of the others, 0 to 1, told from their ids. */
  readonly ratio: number
}

/** What OpenTelemetry says holds where nothing is set: all traces, but for those that the sender has left out, and 10 s for an attempt. */
export const DEFAULT_TRACING: NonNullable<TracingSettings> = {
  protocol: "http/protobuf",
  timeout: Duration.seconds(10),
  sampler: { followsSender: true, ratio: 1 }
}

const optional = <A>(name: string, config: (name: string) => Config.Config<A>, instead: string) =>
  setting(name, Config.option(config(name)), `${instead}; or leave it out`)

const url = (name: string) => optional(name, Config.URL, "the URL of an OTLP collector, such as http://localhost:4318")

const exporters = (name: string) =>
  optional(name, (name) => Config.schema(Exporters, name), "otlp (a list may name others, which are left out) or none")

const Exporters = Schema.String.pipe(
  Schema.check(
    Schema.makeFilter((list: string) =>
      namesIn(list).some((name) => name === "otlp" || name === "none") ? undefined : "neither otlp nor none is in it"
    )
  )
)

const namesIn = (list: string) => list.split(",").map((name) => name.trim().toLowerCase())

const protocol = (name: string) =>
  optional(name, (name) => Config.Literals(["http/protobuf", "http/json"], name), "http/protobuf or http/json")

const SAMPLERS = {
  always_on: { followsSender: false, share: () => 1 },
  always_off: { followsSender: false, share: () => 0 },
  traceidratio: { followsSender: false, share: (ratio: number) => ratio },
  parentbased_always_on: { followsSender: true, share: () => 1 },
  parentbased_always_off: { followsSender: true, share: () => 0 },
  parentbased_traceidratio: { followsSender: true, share: (ratio: number) => ratio }
}

const SamplerName = Schema.Literals(Object.keys(SAMPLERS) as ReadonlyArray<keyof typeof SAMPLERS>)

const Ratio = Schema.FiniteFromString.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

const AboveZero = Schema.FiniteFromString.check(Schema.isInt(), Schema.isGreaterThan(0))

const whole = (name: string, instead: string) =>
  optional(name, (name) => Config.schema(AboveZero, name), `a whole number ${instead}`)

const milliseconds = (name: string) => whole(name, "of milliseconds above 0, such as 10000")

const compression = (name: string) => optional(name, (name) => Config.Literals(["gzip", "none"], name), "gzip or none")

const isPair = (text: string) => {
  try {
    return decodeURIComponent(text).includes("=")
  } catch {
    return false
  }
}

/** What is wrong is not said more exactly: it may be a secret. */
const Pairs = Schema.String.check(
  Schema.makeFilter((list: string) =>
    list.split(",").every((pair) => pair.trim() === "" || isPair(pair)) ? undefined : "not a list of names and values"
  )
)

const pairs = (name: string) =>
  optional(name, (name) => Config.schema(Pairs, name), "names and values, percent-encoded, such as a=b,c=d")

/** All of OpenTelemetry's variables that count where traces are sent; some are only checked here, and read where they are used. */
const sending = Effect.map(
  together({
    protocol: protocol("OTEL_EXPORTER_OTLP_PROTOCOL"),
    tracesProtocol: protocol("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"),
    timeout: milliseconds("OTEL_EXPORTER_OTLP_TIMEOUT"),
    tracesTimeout: milliseconds("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"),
    sampler: optional(
      "OTEL_TRACES_SAMPLER",
      (name) => Config.schema(SamplerName, name),
      `one of ${Object.keys(SAMPLERS).join(", ")}`
    ),
    ratio: optional(
      "OTEL_TRACES_SAMPLER_ARG",
      (name) => Config.schema(Ratio, name),
      "a share from 0 to 1, such as 0.1"
    ),
    compression: compression("OTEL_EXPORTER_OTLP_COMPRESSION"),
    tracesCompression: compression("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"),
    headers: pairs("OTEL_EXPORTER_OTLP_HEADERS"),
    tracesHeaders: pairs("OTEL_EXPORTER_OTLP_TRACES_HEADERS"),
    attributes: pairs("OTEL_RESOURCE_ATTRIBUTES"),
    delay: milliseconds("OTEL_BSP_SCHEDULE_DELAY"),
    exportTimeout: milliseconds("OTEL_BSP_EXPORT_TIMEOUT"),
    batch: whole("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "above 0, such as 512")
  }),
  ({ protocol, ratio, sampler, timeout, tracesProtocol, tracesTimeout }): TracingSettings => {
    const { followsSender, share } = SAMPLERS[Option.getOrElse(sampler, () => "parentbased_always_on" as const)]
    return {
      protocol: Option.getOrElse(Option.firstSomeOf([tracesProtocol, protocol]), () => DEFAULT_TRACING.protocol),
      timeout: Option.match(Option.firstSomeOf([tracesTimeout, timeout]), {
        onNone: () => DEFAULT_TRACING.timeout,
        onSome: Duration.millis
      }),
      sampler: { followsSender, ratio: share(Option.getOrElse(ratio, () => 1)) }
    }
  }
)

/** What OpenTelemetry's variables say. Where no traces are sent, what the others hold does not matter. */
export const tracingSettings = Effect.flatMap(
  together({
    isDisabled: setting(
      "OTEL_SDK_DISABLED",
      Config.Boolean("OTEL_SDK_DISABLED").pipe(Config.withDefault(false)),
      "true or false"
    ),
    exporters: exporters("OTEL_TRACES_EXPORTER"),
    endpoint: url("OTEL_EXPORTER_OTLP_ENDPOINT"),
    tracesEndpoint: url("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
  }),
  ({ endpoint, exporters, isDisabled, tracesEndpoint }) => {
    const isOn = Option.match(exporters, {
      onNone: () => Option.isSome(endpoint) || Option.isSome(tracesEndpoint),
      onSome: (list) => namesIn(list).includes("otlp")
    })
    return isOn && !isDisabled ? sending : Effect.succeed<TracingSettings>(undefined)
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

/** How many batches of spans may be on their way. Where the collector takes no more, later ones are dropped: they must not fill the memory. */
const MAX_BATCHES = 4

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
      return http.pipe(
        HttpClient.filterStatusOk,
        HttpClient.transform((sending, request) =>
          places
            .withPermitsIfAvailable(1)(sending)
            .pipe(
              Effect.flatMap(
                Effect.fromOption(
                  () => new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) })
                )
              ),
              Effect.tapError(log)
            )
        )
      )
    })
  ).pipe(
    Layer.provide(
      Layer.fresh(
        NodeHttpClient.layerUndiciOptions({
          connect: { timeout: Duration.toMillis(timeout) },
          headersTimeout: Duration.toMillis(timeout),
          bodyTimeout: Duration.toMillis(timeout)
        })
      )
    )
  )

/** The last 56 bits of a trace's id, which are random, as a share of all that they can be: OpenTelemetry's way, so that others choose the same traces. */
const shareOf = (traceId: string) => Number.parseInt(traceId.slice(-14), 16) / 2 ** 56

/** Makes spans that are sent where the sampler says so, and else are made without being sent. What is within a trace of ours does as its root. */
const sampling = (tracer: Tracer.Tracer, { followsSender, ratio }: TraceSampler): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const parent = Option.getOrUndefined(options.parent)
      if (parent !== undefined && (followsSender || parent._tag === "Span")) return tracer.span(options)
      const span = tracer.span({ ...options, sampled: true })
      return ratio >= 1 || shareOf(span.traceId) < ratio ? span : tracer.span({ ...options, sampled: false })
    }
  })

/** Sends traces with all that OpenTelemetry's variables say, except of probes. Where there are none to send, no span is made. */
export const layer = (tracing: TracingSettings): Layer.Layer<never> =>
  tracing === undefined
    ? Layer.succeed(References.TracerEnabled, false)
    : Layer.merge(
        Layer.effect(
          Tracer.Tracer,
          Effect.map(Tracer.Tracer, (tracer) => sampling(tracer, tracing.sampler))
        ).pipe(
          Layer.provide(OtlpTracer.layerFromConfig({ resource: { serviceVersion: version } })),
          Layer.provide(
            tracing.protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf
          ),
          Layer.provide(collectorClient(tracing.timeout)),
          Layer.provide(
            Layer.effect(
              ConfigProvider.ConfigProvider,
              Effect.map(ConfigProvider.ConfigProvider, (given) => ConfigProvider.orElse(given, usual))
            )
          )
        ),
        HttpMiddleware.layerTracerDisabledForUrls(["/healthz", "/readyz", "/metrics"])
      )
