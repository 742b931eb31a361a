import { assert, describe, it, layer, vi } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { assertProblem, assertSuccess } from "./support/answers.ts"
import { input, sales } from "./support/bodies.ts"
import { Router, settled, started, withRouter } from "./support/router.ts"
import { connect, exchange, head, parseAnswer, untilClosed, webhook } from "./support/socket.ts"
import { stillWorks } from "./support/stillWorks.ts"

// Most of the time here is spent waiting.
vi.setConfig({ maxConcurrency: 10 })

const body = JSON.stringify(sales("anna"))
const length = `content-length: ${Buffer.byteLength(body)}`
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
const chunked = `${chunk(body)}0\r\n\r\n`

const tooSlow = { status: 400, error: "Invalid payload" }

describe.concurrent("a body that comes too slowly", () => {
  it.live.each([
    { what: "and announces its length", first: head("content-length: 1000"), drop: " " },
    { what: "in chunks", first: head("transfer-encoding: chunked"), drop: chunk(" ") }
  ])("$what is answered 400 when the handover's deadline is over, and its connection closed", ({ drop, first }) =>
    Effect.gen(function* () {
      const { log } = yield* started()
      const socket = yield* connect
      // A byte now and then: Node itself would wait for as long as they come.
      yield* Effect.forkScoped(
        Effect.repeat(
          Effect.sync(() => socket.write(drop)),
          Schedule.spaced("50 millis")
        )
      )
      const reply = parseAnswer(yield* untilClosed(socket, first))
      if (reply === undefined) return assert.fail("closed without an answer")
      assert.include(assertProblem(reply, tooSlow), "deadline")
      assert.strictEqual(reply.headers.connection, "close")
      assert.match(log.join("\n"), /refused → 400 Invalid payload/)
      yield* stillWorks
      assert.strictEqual((yield* settled).conversations.length, 1)
    }).pipe(Effect.scoped, withRouter({ deadline: "2 seconds" }))
  )
})

/** Requests that are no proper HTTP, or more of it than the router reads; and what they are answered with before the connection is closed. */
const floods: ReadonlyArray<{ what: string; bytes: ReadonlyArray<string>; status: number }> = [
  {
    what: "chunks without end",
    bytes: [head("transfer-encoding: chunked"), ...Array.from({ length: 10 }, () => chunk("x".repeat(64 * 1024)))],
    status: 413
  },
  { what: "a length of 10 GB", bytes: [head("content-length: 10000000000"), "{"], status: 413 },
  {
    what: "a chunk with an endless extension",
    bytes: [head("transfer-encoding: chunked"), `1;${"x".repeat(20_000)}`],
    status: 413
  },
  {
    what: "trailers without end",
    bytes: [head("transfer-encoding: chunked"), `${chunk(body)}0\r\n`, "a: b\r\n".repeat(5000)],
    status: 431
  },
  { what: "a header of 17 KiB", bytes: [webhook(sales("anna"), `x-flood: ${"x".repeat(17 * 1024)}`)], status: 431 },
  {
    what: "five thousand headers",
    bytes: [webhook(sales("anna"), ...Array.from({ length: 5000 }, (_, i) => `x${i}: y`))],
    status: 431
  },
  { what: "a header's name without end", bytes: [`${head().slice(0, -2)}${"x".repeat(20_000)}`], status: 431 },
  { what: "a request line without end", bytes: [`POST /${"x".repeat(20_000)}`], status: 431 }
]

const malformed: ReadonlyArray<{ what: string; bytes: string | Uint8Array }> = [
  { what: "two lengths", bytes: head(length, "content-length: 5") + body },
  { what: "the same length twice", bytes: head(length, length) + body },
  { what: "a list of lengths", bytes: head(`${length}, 5`) + body },
  { what: "a length and chunks", bytes: head(length, "transfer-encoding: chunked") + chunked },
  { what: "a negative length", bytes: head("content-length: -5") + body },
  { what: "a length that is no number", bytes: head("content-length: 0x10") + body },
  { what: "a length beyond 64 bits", bytes: head("content-length: 99999999999999999999") + body },
  { what: "an unknown transfer coding", bytes: head("transfer-encoding: identity") + chunked },
  { what: "chunks twice", bytes: head("transfer-encoding: chunked", "transfer-encoding: chunked") + chunked },
  { what: "a chunk whose length is no number", bytes: `${head("transfer-encoding: chunked")}zz\r\n{}` },
  { what: "no host", bytes: head(length).replace("host: router\r\n", "") + body },
  { what: "a NUL in a header", bytes: head(length, "x-nul: a\u0000b") + body },
  { what: "a bare line feed in a header", bytes: head(length, "x-line: a\nb: c") + body },
  { what: "a space before a header's colon", bytes: head(length, "x-space : a") + body },
  { what: "a header that is folded", bytes: head(length, "x-fold: a\r\n b") + body },
  { what: "a method that is none", bytes: head(length).replace("POST", "BREW") + body },
  { what: "HTTP/2", bytes: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
  { what: "TLS", bytes: Uint8Array.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]) }
]

// One router for all of them: nothing of these requests is done, so none disturbs the next.
layer(Router.layer(), { excludeTestServices: true })(
  "a request is answered, its connection closed, and nothing else disturbed, when it has",
  (it) => {
    it.effect.each([...floods, ...malformed.map(({ bytes, what }) => ({ what, bytes: [bytes], status: 400 }))])(
      "$what: $status",
      ({ bytes, status }) =>
        Effect.gen(function* () {
          const { simulator } = yield* started()
          const sent = yield* exchange(...bytes)
          assert.match(sent, new RegExp(`^HTTP/1\\.1 ${status} `))
          assert.strictEqual(sent.match(/HTTP\/1\.1 /g)?.length, 1)
          yield* stillWorks
          assert.deepStrictEqual(
            (yield* simulator.state).conversations.map(({ userId }) => userId),
            ["cognigy_somebody good"]
          )
        })
    )
  }
)

layer(Router.layer(), { excludeTestServices: true })("a webhook is taken as it is meant when it has", (it) => {
  it.effect.each([
    {
      what: "an odd name of a header",
      bytes: head(length, "__proto__: x", "constructor: y", "connection: close") + body
    },
    {
      what: "a trace's headers that are wrong",
      bytes: head(length, "traceparent: 00-zz", "b3: x", "connection: close") + body
    },
    { what: "chunks", bytes: head("transfer-encoding: chunked", "connection: close") + chunked },
    {
      what: "a question whether to go on",
      bytes: `${head(length, "expect: 100-continue", "connection: close")}${body}`
    },
    { what: "a wish for another protocol", bytes: head(length, "connection: Upgrade, close", "upgrade: h2c") + body },
    {
      what: "a URL with a query",
      bytes: head(length, "connection: close").replace("cognigy ", "cognigy?%zz=%ff&[ ") + body
    },
    { what: "HTTP/1.0", bytes: head(length).replace("HTTP/1.1", "HTTP/1.0") + body }
  ])("$what", ({ bytes }) =>
    Effect.gen(function* () {
      const sent = (yield* exchange(bytes)).replace("HTTP/1.1 100 Continue\r\n\r\n", "")
      const reply = parseAnswer(sent)
      if (reply === undefined) return assert.fail(sent)
      assertSuccess(reply)
      yield* stillWorks
    })
  )
})

describe.concurrent("a webhook is taken as it is meant when it has", () => {
  it.live("two idempotency keys: they are one, in their order", () =>
    Effect.gen(function* () {
      const posted = (first: string, second: string) =>
        Effect.map(
          exchange(
            webhook(sales("anna"), `idempotency-key: ${first}`, `idempotency-key: ${second}`, "connection: close")
          ),
          (sent) => {
            const reply = parseAnswer(sent)
            return reply === undefined ? assert.fail(sent) : assertSuccess(reply)
          }
        )
      yield* started()
      const first = yield* posted("one", "two")
      assert.deepStrictEqual(yield* posted("one", "two"), first)
      assert.isTrue((yield* posted("two", "one")).reused)
      assert.include((yield* settled).counts, { open: 2, action: 2 })
    }).pipe(withRouter())
  )

  it.live("another behind it on the same connection: both are answered, in their order", () =>
    Effect.gen(function* () {
      yield* started({ operation: "open", kind: "delay", millis: 200 })
      const sent = yield* exchange(
        webhook(sales("anna")) + webhook(input({ intent: "order_pizza", userId: "ben" }), "connection: close")
      )
      assert.deepStrictEqual(sent.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 400"])
      yield* stillWorks
    }).pipe(withRouter())
  )
})
