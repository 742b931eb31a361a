/** Traces: one for each handover, sent by OTLP where the standard `OTEL_*` variables say so, and none otherwise. */
import { NodeHttpClient } from "@effect/platform-node"
import { Config, ConfigProvider, Duration, Effect, Layer, Option, References, Schema, Semaphore, Tracer } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpMiddleware } from "effect/http"
import { OtlpSerialization, OtlpTracer } from "effect/observability"
import { EXPLAIN_PATH, WEBHOOK_PATH } from "./cognigy/Api.ts"
import { plainPath } from "./cognigy/plainPath.ts"
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
      /** Where they go, as the log says it: without credentials and query. */
      readonly collector: string
    }
  | undefined

/** Which traces are sent. */
export interface TraceSampler {
  /** Whether a trace that comes from the sender is sent where the sender says so, and only there. */
  readonly followsSender: boolean
  /** The share of the others, 0 to 1, told from their ids. */
  readonly ratio: number
}

const LOCAL_COLLECTOR = "http://localhost:4318"

const placeOf = ({ origin, pathname }: URL, path = "") => origin + pathname.replace(/\/$/, "") + path

/** What OpenTelemetry says holds where nothing is set: all traces, but for those that the sender has left out, and 10 s for an attempt. */
export const DEFAULT_TRACING: NonNullable<TracingSettings> = {
  protocol: "http/protobuf",
  timeout: Duration.seconds(10),
  sampler: { followsSender: true, ratio: 1 },
  collector: "http://localhost:4318/v1/traces"
}

const optional = <A>(name: string, config: (name: string) => Config.Config<A>, instead: string) =>
  setting(name, Config.option(config(name)), `${instead}; or leave it out`)

const CollectorUrl = Schema.URLFromString.check(
  Schema.makeFilter(({ protocol }: URL) => (/^https?:$/.test(protocol) ? undefined : "not an http or https URL"))
)

const url = (name: string) =>
  optional(
    name,
    (name) => Config.schema(CollectorUrl, name),
    "the URL of an OTLP collector, such as http://localhost:4318"
  )

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
  const [name = "", ...value] = text.split("=")
  try {
    return value.length > 0 && decodeURIComponent(value.join("=")) !== "" && decodeURIComponent(name).trim() !== ""
  } catch {
    return false
  }
}

const isHeader = (text: string) => isPair(text) && /^\s*[!#$%&'*+.^_`|~0-9a-z-]+=/i.test(text)

/** What is wrong is not said more exactly: it may be a secret. */
const pairs = (isOne: (text: string) => boolean) => (name: string) =>
  optional(
    name,
    (name) =>
      Config.schema(
        Schema.String.check(
          Schema.makeFilter((list: string) =>
            list.split(",").every((pair) => pair.trim() === "" || isOne(pair))
              ? undefined
              : "not a list of names and values"
          )
        ),
        name
      ),
    "names and values, percent-encoded, such as a=b,c=d"
  )

const headers = pairs(isHeader)
const attributes = pairs(isPair)

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
    headers: headers("OTEL_EXPORTER_OTLP_HEADERS"),
    tracesHeaders: headers("OTEL_EXPORTER_OTLP_TRACES_HEADERS"),
    attributes: attributes("OTEL_RESOURCE_ATTRIBUTES"),
    delay: milliseconds("OTEL_BSP_SCHEDULE_DELAY"),
    exportTimeout: milliseconds("OTEL_BSP_EXPORT_TIMEOUT"),
    batch: whole("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "above 0, such as 512")
  }),
  ({ protocol, ratio, sampler, timeout, tracesProtocol, tracesTimeout }) => {
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
      Config.schema(Schema.String.check(Schema.isPattern(/^(true|false)$/i)), "OTEL_SDK_DISABLED").pipe(
        Config.map((text) => text.toLowerCase() === "true"),
        Config.withDefault(false)
      ),
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
    if (!isOn || isDisabled) return Effect.succeed<TracingSettings>(undefined)
    const collector = Option.match(tracesEndpoint, {
      onNone: () =>
        placeOf(
          Option.getOrElse(endpoint, () => new URL(LOCAL_COLLECTOR)),
          "/v1/traces"
        ),
      onSome: (url) => placeOf(url)
    })
    return Effect.map(sending, (how): TracingSettings => ({ ...how, collector }))
  }
)

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
    : Layer.merge(
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
        Layer.mergeAll(
          Layer.succeed(HttpMiddleware.TracerDisabledWhen, ({ url }) => !TRACED.has(plainPath(url))),
          Layer.succeed(HttpMiddleware.SpanNameGenerator, ({ method, url }) => `${method} ${plainPath(url)}`)
        )
      )
