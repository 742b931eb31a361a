/** OpenTelemetry's variables for traces: whether they are sent, where, and how. */
import { Config, Duration, Effect, Option, Result, Schema } from "effect"
import { type Problems, setting, together } from "../std/Setting.ts"
import { samplerSettings, type TraceSampler } from "./sampler.ts"

/** How traces are sent; `undefined` when they are not sent. */
export type TracingSettings =
  | {
      /** The encoding. */
      readonly protocol: "http/protobuf" | "http/json"
      /** The time limit of one attempt. */
      readonly timeout: Duration.Duration
      /** The choice of traces to send. */
      readonly sampler: TraceSampler
      /** The collector's URL for the log, without credentials and query. */
      readonly collector: string
    }
  | undefined

/** The usual URL of a collector on the same machine. */
export const LOCAL_COLLECTOR = "http://localhost:4318"

const placeOf = ({ origin, pathname }: URL, path = "") => origin + pathname.replace(/\/$/, "") + path

/** OpenTelemetry's defaults: 10 s for an attempt, and all traces but those that the sender does not sample. */
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

const AboveZero = Schema.FiniteFromString.check(Schema.isInt(), Schema.isGreaterThan(0))

const whole = (name: string, instead: string) =>
  optional(name, (name) => Config.schema(AboveZero, name), `a whole number ${instead}`)

const milliseconds = (name: string) => whole(name, "of milliseconds above 0, such as 10000")

const compression = (name: string) => optional(name, (name) => Config.Literals(["gzip", "none"], name), "gzip or none")

const isPair = (text: string) =>
  Result.isSuccess(Result.try(() => decodeURIComponent(text))) && /^\s*[^=\s][^=]*=/.test(text)

const isHeader = (text: string) => isPair(text) && /^\s*[!#$%&'*+.^_`|~0-9a-z-]+=/i.test(text)

/** A value may hold a secret, so the problem does not quote it. */
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

/** The variables that matter when traces are sent. Some are only checked here: Effect's exporter reads them. */
const sending = Effect.map(
  together({
    protocol: protocol("OTEL_EXPORTER_OTLP_PROTOCOL"),
    tracesProtocol: protocol("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"),
    timeout: milliseconds("OTEL_EXPORTER_OTLP_TIMEOUT"),
    tracesTimeout: milliseconds("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"),
    sampler: samplerSettings,
    compression: compression("OTEL_EXPORTER_OTLP_COMPRESSION"),
    tracesCompression: compression("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"),
    headers: headers("OTEL_EXPORTER_OTLP_HEADERS"),
    tracesHeaders: headers("OTEL_EXPORTER_OTLP_TRACES_HEADERS"),
    attributes: attributes("OTEL_RESOURCE_ATTRIBUTES"),
    delay: milliseconds("OTEL_BSP_SCHEDULE_DELAY"),
    exportTimeout: milliseconds("OTEL_BSP_EXPORT_TIMEOUT"),
    batch: whole("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "above 0, such as 512")
  }),
  ({ protocol, sampler, timeout, tracesProtocol, tracesTimeout }) => ({
    protocol: Option.getOrElse(Option.firstSomeOf([tracesProtocol, protocol]), () => DEFAULT_TRACING.protocol),
    timeout: Option.match(Option.firstSomeOf([tracesTimeout, timeout]), {
      onNone: () => DEFAULT_TRACING.timeout,
      onSome: Duration.millis
    }),
    sampler
  })
)

/** Reads OpenTelemetry's variables. Without traces to send, the other variables are not checked. */
export const tracingSettings: Effect.Effect<TracingSettings, Problems> = Effect.flatMap(
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
