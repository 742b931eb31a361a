/** Traces, as a collector receives them, and the id under which a request stands everywhere. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, References } from "effect"
import { HttpClient } from "effect/http"
import { Router, settled, started, withRouter } from "../e2e/support/router.ts"
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
      const { layer, spans, text } = yield* collector
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
          ["POST"],
          ["POST", "Handover.handle"],
          ["POST", "Handover.handle", "RoutingPolicy.decide"],
          ["POST", "Handover.handle", "Handover.flow"],
          ["POST", "Handover.handle", "Handover.flow", "CXone.open"],
          ["POST", "Handover.handle", "Handover.flow", "CXone.routeToQueue"],
          // In the background, when all that is around it has ended.
          ["POST", "Handover.handle", "Handover.flow", "CXone.label"]
        ]
      )
      assert.strictEqual(own.find(({ name }) => name === "POST")?.parentSpanId, sender.spanId)
      const handle = own.find(({ name }) => name === "Handover.handle")
      assert.deepStrictEqual(
        handle?.attributes.map(({ key, value }) => [key, value.stringValue]),
        [
          ["handover.rule", "transfer_to_sales"],
          ["handover.target", "queue"],
          ["handover.outcome", "success"]
        ]
      )
      assert.notInclude(text(), "secret")
      assert.include(text(), "cognigy-cxone-router")
    }).pipe(Effect.scoped)
  )

  it.live("is not made of probes", () =>
    Effect.gen(function* () {
      const { layer, spans } = yield* collector
      yield* Effect.gen(function* () {
        const { get } = yield* Router
        yield* get("/healthz")
        yield* get("/metrics")
        yield* settled
      }).pipe(
        withRouter({ settings: { metrics: "on" }, surroundings: Layer.mergeAll(layer(), ownMetrics, Logger.layer([])) })
      )
      assert.deepStrictEqual(spans, [])
    }).pipe(Effect.scoped)
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
        }).pipe(withRouter({ surroundings: Layer.merge(layer(sampler), Logger.layer([])) }))
        assert.strictEqual(answer.status, 200)
        const { correlationId }: { correlationId: string } = JSON.parse(answer.text)
        if (flags !== undefined) assert.strictEqual(correlationId, sender.traceId)
        const names = spans.filter(({ traceId }) => traceId === correlationId).map(({ name }) => name)
        assert.deepStrictEqual([names.includes("POST"), names.includes("CXone.open")], [isSent, isSent])
      }).pipe(Effect.scoped)
    )
  }
})

describe("a collector that takes nothing", () => {
  it.live("is told of in the log, and hinders no handover", () =>
    Effect.gen(function* () {
      const warnings: Array<string> = []
      const logger = Logger.make<unknown, void>(({ logLevel, message }) => {
        if (logLevel === "Warn") warnings.push(String(message))
      })
      const { layer } = yield* collectorAnswering(401)
      const { status } = yield* Effect.gen(function* () {
        const { post } = yield* Router
        return yield* post({ intent: "transfer_to_sales", userId: "anna" })
      }).pipe(withRouter({ surroundings: layer().pipe(Layer.provideMerge(Logger.layer([logger]))) }))
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(warnings, ["traces are not sent, and dropped for some time: the collector answered 401"])
    }).pipe(Effect.scoped)
  )
})

describe("the correlation id", () => {
  const lines: Array<{ readonly message: string; readonly id: unknown }> = []
  const logger = Logger.make<unknown, void>(({ fiber, message }) => {
    lines.push({ message: String(message), id: fiber.getRef(References.CurrentLogAnnotations).correlationId })
  })

  it.live("is the same in the answer and in the log, of its own where nobody gave one, and another each time", () =>
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

  it.live("is that of the sender's trace, also where no traces are sent", () =>
    Effect.gen(function* () {
      const { post } = yield* Router
      const { text } = yield* untraced(post({ intent: "transfer_to_sales", userId: "anna" }, { traceparent }))
      assert.strictEqual(JSON.parse(text).correlationId, sender.traceId)
    }).pipe(withRouter({ surroundings: Layer.merge(Layer.succeed(References.TracerEnabled, false), Logger.layer([])) }))
  )
})
