import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, Layer, Logger, Redacted, Schedule, Schema, Stream } from "effect"
import { HttpBody, HttpClient, HttpClientRequest, HttpServer } from "effect/http"
import { WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import * as Server from "../../src/cognigy/Server.ts"
import { DeadlineExceeded, InvalidTarget } from "../../src/cxone/CXoneError.ts"
import { type HandedOver, Handover, type HandoverError } from "../../src/handover/Handover.ts"
import { Readiness } from "../../src/handover/Readiness.ts"
import { observer } from "../support/observer.ts"

const handedOver: HandedOver = {
  conversationId: "c-1",
  target: { type: "queue", id: "q-1" },
  rule: "r-1",
  reused: false
}

/** The front door alone, with room for so many webhooks, and handovers that do as their intents say. */
const door = (capacity: number, surroundings: Layer.Layer<never> = Logger.layer([])) => {
  const gate = Deferred.makeUnsafe<void>()
  const outcomes: Record<string, Effect.Effect<HandedOver, HandoverError>> = {
    wait: Effect.as(Deferred.await(gate), handedOver),
    fail: Effect.fail(new InvalidTarget({ operation: "routeToQueue", status: 404 })),
    late: Effect.fail(new DeadlineExceeded({ operation: "open" })),
    die: Effect.die(new Error("on purpose")),
    throw: Effect.sync(() => {
      throw new Error("on purpose")
    }),
    interrupt: Effect.interrupt
  }
  const asked: Array<string> = []
  const server = Server.layer({
    host: "127.0.0.1",
    port: 0,
    credentials: { mode: "api-key", keys: [Redacted.make("the-key")] },
    deadline: Duration.seconds(5),
    capacity,
    shutdownTimeout: Duration.seconds(1)
  })
  const layer = server.pipe(
    Layer.provide([
      Layer.succeed(Handover, {
        handle: ({ intent, userId }) =>
          Effect.suspend(() => {
            asked.push(userId)
            return outcomes[intent] ?? Effect.succeed(handedOver)
          })
      }),
      Layer.succeed(Readiness, { check: Effect.void }),
      surroundings
    ]),
    Layer.provideMerge(NodeHttpClient.layerUndici)
  )
  return { asked, layer, open: Deferred.succeed(gate, undefined) }
}

const send = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
  const { address } = yield* HttpServer.HttpServer
  const { headers, status, text } = yield* HttpClient.execute(
    HttpClientRequest.prependUrl(request, HttpServer.formatAddress(address))
  )
  return { status, headers, text: yield* text }
})

const post = (intent: string, userId: string, key = "the-key", text?: string, also: object = {}) =>
  send(
    HttpClientRequest.post(WEBHOOK_PATH).pipe(
      HttpClientRequest.bodyJsonUnsafe({ intent, userId, text, ...also }),
      HttpClientRequest.setHeader("x-api-key", key)
    )
  )

const problem = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json)))

/** A webhook whose body does not end. */
const unfinished = send(
  HttpClientRequest.post(WEBHOOK_PATH).pipe(
    HttpClientRequest.setBody(
      HttpBody.stream(Stream.concat(Stream.make(new TextEncoder().encode("{")), Stream.never), "application/json")
    ),
    HttpClientRequest.setHeader("x-api-key", "the-key")
  )
)

/** Posts until it is answered with this status. */
const untilAnswered = (status: number) =>
  post("any", "later").pipe(
    Effect.filterOrFail((answer) => answer.status === status),
    Effect.retry(Schedule.spaced("5 millis"))
  )

const together = { concurrency: "unbounded" } as const

describe.concurrent("webhooks over the capacity", () => {
  const { asked, layer, open } = door(3)
  it.live("are refused at once with 503 and when to come back, and nothing is done for them", () =>
    Effect.gen(function* () {
      const three = yield* Effect.forEach(["a", "b", "c"], (userId) => Effect.forkChild(post("wait", userId)))
      yield* untilAnswered(503)
      const before = asked.length
      const refused = yield* Effect.forEach(["d", "e", "a"], (userId) => post("wait", userId), together)
      for (const { headers, status, text } of refused) {
        assert.strictEqual(status, 503)
        assert.strictEqual(headers["retry-after"], "1")
        assert.strictEqual(headers["content-type"], "application/problem+json")
        assert.deepInclude(problem(text), { status: 503, error: "Overloaded" })
      }
      assert.strictEqual(asked.length, before)
      assert.isTrue(three.every((fiber) => fiber.pollUnsafe() === undefined))

      // Who may not come in hears that, and whoever runs the router is answered.
      assert.strictEqual((yield* post("any", "x", "wrong")).status, 401)
      assert.strictEqual((yield* send(HttpClientRequest.get("/healthz"))).status, 200)
      assert.strictEqual((yield* send(HttpClientRequest.get("/readyz"))).status, 200)

      yield* open
      const answers = yield* Fiber.joinAll(three)
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [200, 200, 200]
      )
      const again = yield* Effect.forEach(["d", "e", "f"], (userId) => post("wait", userId), together)
      assert.deepStrictEqual(
        again.map(({ status }) => status),
        [200, 200, 200]
      )
    }).pipe(Effect.provide(layer))
  )

  it.live("are not those that are refused for their credentials: they take no place", () => {
    const { layer } = door(1)
    return Effect.gen(function* () {
      const refused = yield* Effect.forEach(Array.from({ length: 20 }), () => post("any", "a", "wrong"), together)
      assert.isTrue(refused.every(({ status }) => status === 401))
      assert.strictEqual((yield* post("any", "a")).status, 200)
    }).pipe(Effect.provide(layer))
  })
})

describe.concurrent("a webhook gives its place back when it ends with", () => {
  const sent = (contentType: string, text: string) =>
    send(
      HttpClientRequest.post(WEBHOOK_PATH).pipe(
        HttpClientRequest.bodyText(text, contentType),
        HttpClientRequest.setHeader("x-api-key", "the-key")
      )
    )
  const ways = [
    { what: "an answer", webhook: post("any", "a"), status: 200 },
    { what: "a failure of CXone's", webhook: post("fail", "a"), status: 502 },
    { what: "a deadline that passed", webhook: post("late", "a"), status: 504 },
    { what: "a defect", webhook: post("die", "a"), status: 500 },
    { what: "something thrown", webhook: post("throw", "a"), status: 500 },
    { what: "an interruption", webhook: post("interrupt", "a"), status: 503 },
    { what: "a body of another type", webhook: sent("text/plain", "x"), status: 400 },
    { what: "a body that is not JSON", webhook: sent("application/json", "{"), status: 400 },
    { what: "a body that says nothing", webhook: sent("application/json", "{}"), status: 400 },
    { what: "a body that is too large", webhook: sent("application/json", " ".repeat(300_000)), status: 413 }
  ]
  it.live.each(ways)("$what", ({ status, webhook }) =>
    Effect.gen(function* () {
      for (let i = 0; i < 3; i++) assert.strictEqual((yield* webhook).status, status)
      assert.strictEqual((yield* post("any", "a")).status, 200)
    }).pipe(Effect.provide(door(1).layer))
  )

  it.live("a client that leaves while its handover goes on, once that has ended", () => {
    const { layer, open } = door(1)
    return Effect.gen(function* () {
      const client = yield* Effect.forkChild(post("wait", "a"))
      yield* untilAnswered(503)
      yield* Fiber.interrupt(client)
      for (let i = 0; i < 5; i++) assert.strictEqual((yield* post("any", "b")).status, 503)
      yield* open
      yield* untilAnswered(200)
    }).pipe(Effect.provide(layer))
  })
})

describe.concurrent("bodies that do not end", () => {
  it.live("take no place: the next one is taken on, and the one that was on its way longest is refused", () =>
    Effect.gen(function* () {
      const clients = yield* Effect.forEach([1, 2, 3, 4, 5], () => Effect.forkChild(unfinished))
      const refused = yield* Effect.raceAll(clients.map(Fiber.join))
      assert.strictEqual(refused.status, 503)
      assert.strictEqual(refused.headers.connection, "close")
      assert.deepInclude(problem(refused.text), { status: 503, error: "Overloaded" })
      for (let i = 0; i < 10; i++) assert.strictEqual((yield* post("any", `u-${i}`)).status, 200)
      const answers = yield* Fiber.joinAll(clients)
      // One finds room until its time is over.
      assert.deepStrictEqual(answers.map(({ status }) => status).sort(), [400, 503, 503, 503, 503])
    }).pipe(Effect.provide(door(2).layer))
  )
})

describe.concurrent("a body with more values than any bot sends", () => {
  const many = (count: number) =>
    post("any", "a", "the-key", undefined, { data: Array.from({ length: count }, () => 1) })
  it.live("is refused, and said why", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* many(9000)).status, 200)
      const { status, text } = yield* many(10_001)
      assert.strictEqual(status, 400)
      assert.deepInclude(problem(text), { error: "Invalid payload", detail: "the body holds more than 10000 values" })
    }).pipe(Effect.provide(door(1).layer))
  )
})

describe.concurrent("a defect", () => {
  it.live.each(["die", "throw"])("(%s) is in the log, and nothing of its webhook is", (intent) => {
    const { everything, log, surroundings } = observer()
    const { layer } = door(1, surroundings)
    return Effect.gen(function* () {
      const { status, text } = yield* post(intent, "somebody", "the-key", "planted-text")
      assert.strictEqual(status, 500)
      assert.notInclude(text, "on purpose")
      assert.match(log.join("\n"), /a defect in the router[\s\S]*on purpose/)
      const all = yield* everything
      for (const private_ of ["somebody", "the-key", "planted-text"]) assert.notInclude(all, private_)
    }).pipe(Effect.provide(layer))
  })
})
