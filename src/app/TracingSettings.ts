/** What OpenTelemetry's variables say of traces: whether they are sent, how, and which. */
import { Config, Duration, Effect, Option, Schema } from "effect"
import { setting, together } from "../std/Setting.ts"

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

/** Where collectors usually are. */
export const LOCAL_COLLECTOR = "http://localhost:4318"

const placeOf = ({ origin, pathname }: URL, path = "") => origin + pathname.replace(/\/$/, "") + path

/** What OpenTelemetry says holds where nothing is set: all traces, but for those that the sender has left out, and 10 s for an attempt. */
export const DEFAULT_TRACING: NonNullable<TracingSettings> = {
  protocol: "http/protobuf",
  timeout: Duration.seconds(10),
  sampler: { followsSender: true, ratio: 1 },
  collector: `${LOCAL_COLLECTOR}/v1/traces`
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
  try {
    decodeURIComponent(text)
  } catch {
    return false
  }
  return /^\s*[^=\s][^=]*=/.test(text)
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
