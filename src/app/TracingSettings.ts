/**
 * OpenTelemetry's variables for traces: whether they are sent, where, and how. As its specification demands, a value that is wrong is as if it were not set, and a
 * warning: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
import { Config, Duration, Effect, Option, Result, Schema } from "effect"
import { type Problems, setting, whereRight } from "../std/Setting.ts"
import { numberConfig, wordConfig } from "../std/valueConfigs.ts"
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
      /** The variables that are wrong. The exporter, which reads some itself, must not see them. Default: none. */
      readonly ignored?: ReadonlyArray<string>
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

const CollectorUrl = Schema.String.pipe(
  Schema.check(
    Schema.makeFilter((text: string) =>
      /^https?:$/.test(URL.parse(text)?.protocol ?? "") ? undefined : "not an http or https URL"
    )
  )
)

const url = (name: string) =>
  optional(
    name,
    (name) => Config.map(Config.schema(CollectorUrl, name), (text) => new URL(text)),
    "the URL of an OTLP collector, such as http://localhost:4318"
  )

/** The exporters of the specification; the router has `otlp` alone. */
const EXPORTERS = new Set(["otlp", "none", "console", "logging", "zipkin", "jaeger", "otlp/stdout"])

const namesIn = (list: string) => list.split(",").map((name) => name.trim().toLowerCase())

const Exporters = Schema.String.pipe(
  Schema.check(
    Schema.makeFilter((list: string) =>
      namesIn(list).some((name) => EXPORTERS.has(name)) ? undefined : "not an exporter of traces"
    )
  )
)

const exporters = (name: string) =>
  optional(name, (name) => Config.schema(Exporters, name), "otlp (a list may name others, which are left out) or none")

const protocol = (name: string) =>
  optional(
    name,
    (name) => wordConfig(name, ["http/protobuf", "http/json"]),
    "http/protobuf, which is used now, or http/json: the router has no gRPC"
  )

const isWhole = (least: number) => (number: number) => Number.isSafeInteger(number) && number >= least

const whole = (name: string, least: number, instead: string) =>
  optional(name, (name) => numberConfig(name, `not a whole number from ${least}`, isWhole(least)), instead)

const milliseconds = (name: string, least: number) =>
  whole(name, least, "a whole number of milliseconds, such as 10000")

const compression = (name: string) => optional(name, (name) => wordConfig(name, ["gzip", "none"]), "gzip or none")

const isPair = (text: string) =>
  Result.isSuccess(Result.try(() => decodeURIComponent(text))) && /^\s*[^=\s][^=]*=/.test(text)

/** A name and a value that a header can carry. */
const isHeader = (text: string) => {
  const value = /^\s*[!#$%&'*+.^_`|~0-9a-z-]+\s*=(.*)$/is.exec(text)?.[1]
  return value !== undefined && isPair(text) && /^[\t\x20-\x7e\x80-\xff]*$/.test(decodeURIComponent(value))
}

/** The whole list is ignored when one pair is wrong, as the specification says of resource attributes. */
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

/** The value of the first of these that is set and right. */
const firstOf = <A>(...values: ReadonlyArray<Option.Option<A> | undefined>): A | undefined =>
  values.find((value) => value !== undefined && Option.isSome(value))?.pipe(Option.getOrUndefined)

/** Zero is no limit. */
const timeLimit = (millis: number | undefined) => {
  if (millis === undefined) return DEFAULT_TRACING.timeout
  return millis === 0 ? Duration.infinity : Duration.millis(millis)
}

/** The variables that matter when traces are sent. Some are only checked here: Effect's exporter reads them. */
const sending = Effect.gen(function* () {
  const { values, warnings } = yield* whereRight({
    protocol: protocol("OTEL_EXPORTER_OTLP_PROTOCOL"),
    tracesProtocol: protocol("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"),
    timeout: milliseconds("OTEL_EXPORTER_OTLP_TIMEOUT", 0),
    tracesTimeout: milliseconds("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", 0),
    compression: compression("OTEL_EXPORTER_OTLP_COMPRESSION"),
    tracesCompression: compression("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"),
    headers: headers("OTEL_EXPORTER_OTLP_HEADERS"),
    tracesHeaders: headers("OTEL_EXPORTER_OTLP_TRACES_HEADERS"),
    attributes: attributes("OTEL_RESOURCE_ATTRIBUTES"),
    delay: milliseconds("OTEL_BSP_SCHEDULE_DELAY", 1),
    exportTimeout: milliseconds("OTEL_BSP_EXPORT_TIMEOUT", 0),
    batch: whole("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 1, "a whole number above 0, such as 512")
  })
  const sampler = yield* samplerSettings
  return {
    how: {
      protocol: firstOf(values.tracesProtocol, values.protocol) ?? DEFAULT_TRACING.protocol,
      timeout: timeLimit(firstOf(values.tracesTimeout, values.timeout)),
      sampler: sampler.sampler
    },
    warnings: [...warnings, ...sampler.warnings]
  }
})

/** The port on which collectors take gRPC by default. */
const GRPC_PORT = "4317"

const grpcPort = (name: string, url: URL | undefined): Problems =>
  url?.port === GRPC_PORT
    ? [
        {
          name,
          problem: `has port ${GRPC_PORT}, where collectors take gRPC: the router has none`,
          instead: "the collector's port for OTLP over HTTP, most often 4318"
        }
      ]
    : []

/** Whether traces are sent and where, with the warnings about that. */
const destination = Effect.gen(function* () {
  const { values, warnings } = yield* whereRight({
    isDisabled: setting(
      "OTEL_SDK_DISABLED",
      Config.map(wordConfig("OTEL_SDK_DISABLED", ["true", "false"]), (word) => word === "true").pipe(
        Config.withDefault(false)
      ),
      "true, or false, which is assumed now"
    ),
    exporters: exporters("OTEL_TRACES_EXPORTER"),
    endpoint: url("OTEL_EXPORTER_OTLP_ENDPOINT"),
    tracesEndpoint: url("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
  })
  const endpoint = firstOf(values.endpoint)
  const tracesEndpoint = firstOf(values.tracesEndpoint)
  const list = firstOf(values.exporters)
  const names = list === undefined ? undefined : namesIn(list)
  const isOn = names?.includes("otlp") ?? (endpoint !== undefined || tracesEndpoint !== undefined)
  const otherExporter =
    names === undefined || names.includes("otlp") || names.includes("none")
      ? []
      : [
          {
            name: "OTEL_TRACES_EXPORTER",
            problem: `is ${names.filter((name) => EXPORTERS.has(name)).join(", ")}, which the router does not have: no traces are sent`,
            instead: "otlp or none"
          }
        ]
  return {
    isOn: isOn && values.isDisabled !== true,
    collector:
      tracesEndpoint === undefined
        ? placeOf(endpoint ?? new URL(LOCAL_COLLECTOR), "/v1/traces")
        : placeOf(tracesEndpoint),
    warnings: [...warnings, ...otherExporter],
    whereOn:
      tracesEndpoint === undefined
        ? grpcPort("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        : grpcPort("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", tracesEndpoint)
  }
})

/** Reads OpenTelemetry's variables. Without traces to send, only those that say so are checked. */
export const tracingSettings: Effect.Effect<{ readonly tracing: TracingSettings; readonly warnings: Problems }> =
  Effect.gen(function* () {
    const { collector, isOn, warnings, whereOn } = yield* destination
    if (!isOn) return { tracing: undefined, warnings }
    const { how, warnings: more } = yield* sending
    const ignored = [...warnings, ...more].map(({ name }) => name)
    return { tracing: { ...how, collector, ignored }, warnings: [...warnings, ...whereOn, ...more] }
  })
