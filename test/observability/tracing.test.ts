/** Traces, as a collector receives them, and the id under which a request stands everywhere. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Logger, Redacted, References } from "effect"
import { HttpClient } from "effect/http"
import { Proxies } from "../../src/std/Proxies.ts"
import { Router, settled, started, withRouter } from "../e2e/support/router.ts"
import { startProxy } from "../support/proxy.ts"
import { collector, collectorAnswering, ownMetrics, type Span } from "./support.ts"

const sender = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" }
/** The client's own span would take the place of the sender's. */
const untraced = Effect.provideService(HttpClient.TracerDisabledWhen, () => true)

const theirs = (flags: "00" | "01") => `00-${sender.traceId}-${sender.spanId}-${flags}`
const traceparent = theirs("01")

/** A span's name and those of what it is in, from the outermost on. */
const chain = (spans: ReadonlyArray<Span>, span: Span): ReadonlyArray<string> => {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
  return [...(parent === undefined ? [] : chain(spans, parent)), span.name]
}

describe("a trace", () => {
  it.live("goes on with the sender's, and has a span for each step and each call", () =>
    Effect.gen(function* () {
      const { layer, spans, text, userAgents } = yield* collector
      yield* Effect.gen(function* () {
        const { post } = yield* started()
        const body = { intent: "transfer_to_sales", userId: "secret-anna", text: "secret" }
        yield* untraced(post(body, { traceparent, "x-api-key": "secret" }))
        yield* settled
      }).pipe(withRouter({ surroundings: Layer.merge(layer(), Logger.layer([])) }))
      const own = spans.filter(({ traceId }) => traceId === sender.traceId)
      assert.sameDeepMembers(
        own.map((span) => chain(own, span)),
        [
          [],
          ["Handover.handle"],
          ["Handover.handle", "RoutingPolicy.decide"],
          ["Handover.handle", "ContactCentre.place"],
          ["Handover.handle", "ContactCentre.place", "CXone.open"],
          // The first needs a token.
          ["Handover.handle", "ContactCentre.place", "CXone.open", "AccessToken.fetch"],
          ["Handover.handle", "ContactCentre.place", "CXone.open", "AccessToken.fetch", "POST token"],
          ["Handover.handle", "ContactCentre.place", "CXone.open", "POST open"],
          ["Handover.handle", "ContactCentre.place", "CXone.routeToQueue"],
          ["Handover.handle", "ContactCentre.place", "CXone.routeToQueue", "POST routeToQueue"],
          // In the background, when all that is around it has ended.
          ["Handover.handle", "ContactCentre.place", "CXone.label"],
          ["Handover.handle", "ContactCentre.place", "CXone.label", "PUT label"]
        ].map((chain) => ["POST /webhook/cognigy", ...chain])
      )
      const attempt = own.find(({ name }) => name === "POST open")
      assert.deepStrictEqual(
        attempt?.attributes.map(({ key }) => key),
        [
          "http.request.method",
          "server.address",
          "server.port",
          "http.request.resend_count",
          "http.response.status_code"
        ]
      )
      assert.deepStrictEqual(attempt?.attributes.at(-1)?.value, { intValue: 201 })
      assert.strictEqual(own.find(({ name }) => name === "POST /webhook/cognigy")?.parentSpanId, sender.spanId)
      const handle = own.find(({ name }) => name === "Handover.handle")
      assert.deepStrictEqual(
        handle?.attributes.slice(0, 3).map(({ key, value }) => [key, value.stringValue]),
        [
          ["handover.rule", "transfer_to_sales"],
          ["handover.target", "queue"],
          ["handover.outcome", "success"]
        ]
      )
      assert.deepStrictEqual(
        handle?.attributes.slice(3).map(({ key }) => key),
        ["conversation.id", "conversation.reused"]
      )
      assert.notInclude(text(), "secret")
      assert.include(text(), "cognigy-cxone-router")
      for (const one of userAgents) assert.match(one ?? "", /^cognigy-cxone-router\/[\d.]+ OTel-OTLP-Exporter-/)
      assert.strictEqual(userAgents.size, 1)
    }).pipe(Effect.scoped)
  )

  it.live("is not made of probes and unknown paths", () =>
    Effect.gen(function* () {
      const { layer, spans } = yield* collector
      yield* Effect.gen(function* () {
        const { get } = yield* Router
        yield* get("/healthz")
        yield* get("/metrics")
        yield* get(`/${"x".repeat(8000)}`)
        yield* settled
      }).pipe(
        withRouter({ settings: { metrics: "on" }, surroundings: Layer.mergeAll(layer(), ownMetrics, Logger.layer([])) })
      )
      assert.deepStrictEqual(spans, [])
    }).pipe(Effect.scoped)
  )
})

describe("a trace of a sender with long texts", () => {
  it.live("has them cut", () =>
    Effect.gen(function* () {
      const { layer, spans, text } = yield* collector
      yield* Effect.gen(function* () {
        const { post } = yield* Router
        yield* post({}, { "user-agent": "x".repeat(8000) })
      }).pipe(withRouter({ surroundings: Layer.merge(layer(), Logger.layer([])) }))
      assert.isNotEmpty(spans)
      assert.include(text(), "x".repeat(256))
      assert.notInclude(text(), "x".repeat(257))
    }).pipe(Effect.scoped)
  )

  it.live("is not one of B3, which may have ids that are none", () =>
    Effect.gen(function* () {
      const { post } = yield* Router
      const zeros = (digits: number) => "0".repeat(digits)
      for (const headers of [
        { b3: `${zeros(32)}-${zeros(16)}-1` },
        { "x-b3-traceid": zeros(32), "x-b3-spanid": zeros(16) }
      ]) {
        const { text } = yield* untraced(post({ intent: "transfer_to_sales", userId: "anna" }, headers))
        assert.notInclude(text, zeros(16))
      }
    }).pipe(withRouter({ surroundings: Logger.layer([]) }))
  )
})

describe("what is sent", () => {
  for (const [what, sampler, flags, isSent] of [
    ["a sender's trace", { followsSender: true, ratio: 0 }, "01", true],
    ["none that the sender has left out", { followsSender: true, ratio: 1 }, "00", false],
    ["one that the sender has left out, where that does not count", { followsSender: false, ratio: 1 }, "00", true],
    ["nothing of a sender's, where that does not count", { followsSender: false, ratio: 0 }, "01", false],
    ["all where nobody sent one", { followsSender: true, ratio: 1 }, undefined, true],
    ["none where nobody sent one", { followsSender: true, ratio: 0 }, undefined, false],
    // As a share the id is 0x48eb211c80319c / 2^56, which is 0.284….
    ["a trace whose id is within the share", { followsSender: false, ratio: 0.29 }, "01", true],
    ["no trace whose id is beyond the share", { followsSender: false, ratio: 0.28 }, "01", false]
  ] as const) {
    it.live(what, () =>
      Effect.gen(function* () {
        const { layer, spans } = yield* collector
        const answer = yield* Effect.gen(function* () {
          const { post } = yield* Router
          const headers = flags === undefined ? {} : { traceparent: theirs(flags) }
          return yield* untraced(post({ intent: "transfer_to_sales", userId: "anna" }, headers))
        }).pipe(withRouter({ surroundings: Layer.merge(layer({ sampler }), Logger.layer([])) }))
        assert.strictEqual(answer.status, 200)
        const { correlationId }: { correlationId: string } = JSON.parse(answer.text)
        if (flags !== undefined) assert.strictEqual(correlationId, sender.traceId)
        const names = spans.filter(({ traceId }) => traceId === correlationId).map(({ name }) => name)
        assert.deepStrictEqual(
          [names.includes("POST /webhook/cognigy"), names.includes("CXone.open")],
          [isSent, isSent]
        )
      }).pipe(Effect.scoped)
    )
  }
})

describe("a collector that takes nothing", () => {
  it.live.each([
    { answers: 401, told: "the collector answered 401" },
    { answers: "never", told: "the collector cannot be reached, or does not answer" }
  ] as const)("is told of in the log, and hinders no handover: $answers", ({ answers, told }) =>
    Effect.gen(function* () {
      const warnings: Array<string> = []
      const logger = Logger.make<unknown, void>(({ logLevel, message }) => {
        if (logLevel === "Warn") warnings.push(String(message))
      })
      const { layer } = yield* collectorAnswering(answers)
      const { status } = yield* Effect.gen(function* () {
        const { post } = yield* Router
        return yield* post({ intent: "transfer_to_sales", userId: "anna" })
      }).pipe(
        withRouter({
          surroundings: layer({ timeout: answers === "never" ? Duration.millis(50) : Duration.minutes(1) }).pipe(
            Layer.provideMerge(Logger.layer([logger]))
          )
        })
      )
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(warnings, [`traces are not sent, and dropped for some time: ${told}`])
    }).pipe(Effect.scoped)
  )
})

describe("a collector behind a proxy", () => {
  it.live("gets the traces, and a proxy that refuses is named in the log without its password", () =>
    Effect.gen(function* () {
      const logged: Array<string> = []
      const logger = Logger.make<unknown, void>(({ message }) => {
        logged.push(String(message))
      })
      const { layer, port, spans } = yield* collectorAnswering(200, "http://collector.test:4318")
      const proxy = yield* startProxy({ target: port, credentials: "us3r:s3cr3t" })
      const shown = `http://127.0.0.1:${proxy.port}`
      const through = (credentials: string) => {
        const url = Redacted.make(`http://${credentials}@127.0.0.1:${proxy.port}`)
        const http = { url, shown, setting: "HTTP_PROXY" }
        return withRouter({
          surroundings: layer({ collector: "http://collector.test:4318/v1/traces" }).pipe(
            Layer.provideMerge(Logger.layer([logger])),
            Layer.provide(Layer.succeed(Proxies, { http, https: undefined, noProxy: "" }))
          )
        })
      }
      const handover = Effect.flatMap(Router, ({ post }) => post({ intent: "transfer_to_sales", userId: "anna" }))
      yield* handover.pipe(through("us3r:s3cr3t"))
      assert.isAbove(spans.length, 0)
      assert.include(proxy.seen, "POST http://collector.test:4318/v1/traces")
      const way = `through ${shown} (HTTP_PROXY)`
      assert.include(logged, `traces go to http://collector.test:4318/v1/traces (http/json), ${way}`)
      yield* handover.pipe(through("us3r:0ther"))
      assert.include(
        logged,
        `traces are not sent, and dropped for some time: the collector cannot be reached, or does not answer, ${way}`
      )
      assert.notMatch(logged.join(), /us3r|s3cr3t|0ther/)
    }).pipe(Effect.scoped)
  )
})

describe("the correlation id", () => {
  const lines: Array<{ readonly message: string; readonly id: unknown }> = []
  const logger = Logger.make<unknown, void>(({ fiber, message }) => {
    lines.push({ message: String(message), id: fiber.getRef(References.CurrentLogAnnotations).correlationId })
  })

  it.live("is the same in the answer and in the log, and a new one for each request without a trace", () =>
    Effect.gen(function* () {
      const { post } = yield* Router
      const replies = yield* Effect.forEach(
        [{ intent: "transfer_to_sales", userId: "anna" }, { intent: "order_pizza", userId: "ben" }, {}],
        (body) => Effect.map(post(body), ({ text }): string => JSON.parse(text).correlationId)
      )
      for (const id of replies) assert.match(id, /^[0-9a-f]{32}$/)
      assert.strictEqual(new Set(replies).size, 3)
      assert.deepStrictEqual(
        lines.map(({ id }) => id).filter((id) => id !== undefined),
        replies
      )
    }).pipe(withRouter({ surroundings: Logger.layer([logger]) }))
  )

  it.live("of a copy is the first's, and the log has its own beside it", () => {
    const copies: Array<Readonly<Record<string, unknown>>> = []
    const logger = Logger.make<unknown, void>(({ fiber, message }) => {
      copies.push({ message: String(message), ...fiber.getRef(References.CurrentLogAnnotations) })
    })
    return Effect.gen(function* () {
      const { post } = yield* Router
      const body = { intent: "transfer_to_sales", userId: "carl", inputId: "i-1" }
      const first = yield* untraced(post(body))
      const copy = yield* untraced(post(body, { traceparent }))
      assert.strictEqual(copy.text, first.text)
      const [one, two] = copies.filter(({ outcome }) => outcome !== undefined)
      const { conversationId, correlationId } = JSON.parse(first.text)
      const same = { correlationId, conversationId, rule: "transfer_to_sales", status: 200 }
      assert.deepInclude(one, { ...same, outcome: "success" })
      assert.match(String(one?.message), /^handed over: /)
      assert.notProperty(one, "copyId")
      assert.deepInclude(two, { ...same, outcome: "repeated", copyId: sender.traceId })
      assert.match(String(two?.message), /^repeated, answered as before: /)
    }).pipe(withRouter({ surroundings: Logger.layer([logger]) }))
  })

  it.live("is that of the sender's trace, also where no traces are sent", () =>
    Effect.gen(function* () {
      const { post } = yield* Router
      const { text } = yield* untraced(post({ intent: "transfer_to_sales", userId: "anna" }, { traceparent }))
      assert.strictEqual(JSON.parse(text).correlationId, sender.traceId)
    }).pipe(withRouter({ surroundings: Layer.merge(Layer.succeed(References.TracerEnabled, false), Logger.layer([])) }))
  )
})
