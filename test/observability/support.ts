/** What watches the router: a reader of Prometheus' text format, and a collector of traces. */
import { createServer } from "node:http"
import { ConfigProvider, Effect, Layer, Metric, Schema } from "effect"
import { DEFAULT_TRACING } from "../../src/app/TracingSettings.ts"
import * as tracing from "../../src/app/tracing.ts"

/** A sample of a metric. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/

const SAMPLE = new RegExp(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{((?:${LABEL.source},?)*)\\})? (\\S+)$`)

/** Reads the text format as Prometheus does (version 0.0.4), and fails on what it would not take. */
export const parseMetrics = (text: string): ReadonlyArray<Sample> => {
  const types = new Map<string, string>()
  const seen = new Set<string>()
  const samples: Array<Sample> = []
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (kind === "TYPE") {
      if (types.has(name)) throw new Error(`${name} has two types`)
      if (!["counter", "gauge", "histogram", "summary"].includes(rest)) throw new Error(`no type: ${line}`)
      types.set(name, rest)
    }
    if (line.startsWith("#")) {
      if (kind === undefined) throw new Error(`no comment that means something: ${line}`)
      continue
    }
    const match = SAMPLE.exec(line)
    if (match === null) throw new Error(`no sample: ${line}`)
    const labels = Object.fromEntries(
      [...(match[2] ?? "").matchAll(new RegExp(LABEL.source, "g"))].map(([, label = "", value = ""]) => [label, value])
    )
    const family = (match[1] ?? "").replace(/_(?:bucket|sum|count)$/, "")
    if (!types.has(match[1] ?? "") && types.get(family) !== "histogram") throw new Error(`no type before: ${line}`)
    const value = Number(match.at(-1)?.replace("+Inf", "Infinity"))
    if (Number.isNaN(value)) throw new Error(`no value: ${line}`)
    const key = JSON.stringify([match[1], Object.entries(labels).sort()])
    if (seen.has(key)) throw new Error(`twice: ${line}`)
    seen.add(key)
    samples.push({ name: match[1] ?? "", labels, value })
  }
  return samples
}

/** The value of the one sample with this name and these labels; 0 where there is none. */
export const sampleOf = (samples: ReadonlyArray<Sample>, name: string, labels: Sample["labels"] = {}): number =>
  samples.find(
    (sample) =>
      sample.name === name &&
      JSON.stringify(Object.entries(sample.labels).sort()) === JSON.stringify(Object.entries(labels).sort())
  )?.value ?? 0

/** Metrics of a test's own. */
export const ownMetrics = Layer.sync(Metric.MetricRegistry, () => new Map())

const Span = Schema.Struct({
  traceId: Schema.String,
  spanId: Schema.String,
  parentSpanId: Schema.optionalKey(Schema.String),
  name: Schema.String,
  attributes: Schema.Array(Schema.Struct({ key: Schema.String, value: Schema.Record(Schema.String, Schema.Unknown) }))
})

/** A span as a collector receives it. */
export type Span = typeof Span.Type

const Export = Schema.fromJsonString(
  Schema.Struct({
    resourceSpans: Schema.Array(
      Schema.Struct({
        resource: Schema.Unknown,
        scopeSpans: Schema.Array(Schema.Struct({ spans: Schema.Array(Span) }))
      })
    )
  })
)

/** A collector of traces on a free port, which answers with this status or never, and the layer with which a router sends them to it, or to another address. */
export const collectorAnswering = Effect.fnUntraced(function* (status: number | "never", endpoint?: string) {
  const spans: Array<Span> = []
  const userAgents = new Set<string | undefined>()
  let text = ""
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    userAgents.add(request.headers["user-agent"])
    request.on("data", (chunk) => chunks.push(chunk))
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString()
      text += body
      for (const { scopeSpans } of Schema.decodeUnknownSync(Export)(body).resourceSpans) {
        spans.push(...scopeSpans.flatMap(({ spans }) => spans))
      }
      if (status !== "never") response.writeHead(status).end("{}")
    })
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
    () =>
      Effect.promise(() => {
        server.closeAllConnections()
        return new Promise<void>((resolve) => server.close(() => resolve()))
      })
  )
  const address = server.address()
  const port = typeof address === "object" ? address?.port : 0
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint ?? `http://127.0.0.1:${port}` }
  const provider = Layer.succeed(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
  return {
    port: port ?? 0,
    spans,
    userAgents,
    text: () => text,
    layer: (also: Partial<typeof DEFAULT_TRACING> = {}) =>
      tracing.layer({ ...DEFAULT_TRACING, protocol: "http/json", ...also }).pipe(Layer.provide(provider))
  }
})

/** One that takes everything. */
export const collector = collectorAnswering(200)
