import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Duration, Effect, Fiber, Layer, Logger, Redacted, Schedule, Schema, Stream } from "effect"
import { HttpBody, HttpClient, HttpClientRequest, HttpServer } from "effect/http"
import { EXPLAIN_PATH, WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import * as Server from "../../src/cognigy/http/Server.ts"
import { DeadlineExceeded, InvalidTarget, Unavailable } from "../../src/cxone/CXoneError.ts"
import {
  type HandedOver,
  Handover,
  type HandoverError,
  HandoverFailed,
  KeyReused
} from "../../src/handover/Handover.ts"
import { Readiness } from "../../src/handover/Readiness.ts"
import { AgentIdMissing, Rejected, UnsupportedIntent } from "../../src/routing/Decision.ts"
import { type Decide, RoutingPolicy } from "../../src/routing/RoutingPolicy.ts"
import { KNOWN_ID, withKnownId } from "../support/correlation.ts"
import { observer } from "../support/observer.ts"

const handedOver: HandedOver = {
  conversationId: "c-1",
  target: { type: "queue", id: "q-1" },
  rule: "r-1",
  reused: false
}

/** What a policy and a store of one's own have besides. */
const withMore: HandedOver = Object.assign(
  { ...handedOver, cost: 7 },
  { target: { ...handedOver.target, name: "VIP" } }
)

const failedBy = (rule: string | undefined, reason: HandoverFailed["reason"]) =>
  Effect.fail(new HandoverFailed({ reason, ...(rule === undefined ? {} : { rule }) }))

/** Sends to where a handover would have led that succeeds. */
const policy = RoutingPolicy.layer(() => Effect.succeed({ rule: "r-1", target: handedOver.target }))

/** The front door alone, with room for so many webhooks, and handovers that do as their intents say. */
const door = (
  capacity: number,
  surroundings: Layer.Layer<never> = Logger.layer([]),
  routing: Layer.Layer<RoutingPolicy> = policy
) => {
  const gate = Deferred.makeUnsafe<void>()
  const outcomes: Record<string, Effect.Effect<HandedOver, HandoverError>> = {
    wait: Effect.as(Deferred.await(gate), handedOver),
    more: Effect.succeed(withMore),
    fail: failedBy("r-1", new InvalidTarget({ operation: "routeToQueue", status: 404, id: "q-1" })),
    down: failedBy(
      "r-1",
      new Unavailable({
        operation: "open",
        reason: "Status",
        detail: "it answered 500",
        retryAfter: Duration.seconds(9)
      })
    ),
    late: failedBy("r-1", new DeadlineExceeded({ operation: "open" })),
    undecided: failedBy(undefined, new DeadlineExceeded({ operation: undefined })),
    reused: Effect.fail(new KeyReused()),
    unsupported: Effect.fail(new UnsupportedIntent({ intent: "unsupported" })),
    agentless: Effect.fail(new AgentIdMissing({ rule: "r-2", entity: "agentId", problem: "it is not there" })),
    reject: Effect.fail(new Rejected({ rule: "r-3", text: "Bitte morgen wieder 🙏" })),
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
      routing,
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

const postTo = (path: string, body: object, key = "the-key") =>
  send(
    HttpClientRequest.post(path).pipe(
      HttpClientRequest.bodyJsonUnsafe(body),
      HttpClientRequest.setHeader("x-api-key", key)
    )
  )

const post = (intent: string, userId: string, key = "the-key", text?: string, also: object = {}) =>
  postTo(WEBHOOK_PATH, { intent, userId, text, ...also }, key)

const problem = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json)))

/** The webhook's problems, whose members are exactly these. */
const problems: ReadonlyArray<{ readonly intent: string; readonly members: Readonly<Record<string, unknown>> }> = [
  { intent: "fail", members: { status: 502, error: "Invalid routing target", rule: "r-1" } },
  { intent: "down", members: { status: 503, error: "CXone unavailable", rule: "r-1" } },
  { intent: "late", members: { status: 504, error: "Handover timed out", rule: "r-1" } },
  { intent: "undecided", members: { status: 504, error: "Handover timed out" } },
  { intent: "reused", members: { status: 422, error: "Idempotency key reused" } },
  { intent: "unsupported", members: { status: 400, error: "Unsupported intent" } },
  { intent: "agentless", members: { status: 400, error: "Agent ID missing", rule: "r-2" } },
  {
    intent: "reject",
    members: { status: 403, error: "Handover rejected", rule: "r-3", text: "Bitte morgen wieder 🙏" }
  },
  { intent: "die", members: { status: 500, error: "Internal error" } },
  { intent: "", members: { status: 400, error: "Missing required fields" } }
]

it.live("an answer has the members that it is described with, and no others", () =>
  Effect.gen(function* () {
    const { status, text } = yield* post("more", "anna")
    const { correlationId, ...members } = problem(text)
    assert.match(String(correlationId), /^[0-9a-f]{32}$/)
    assert.deepStrictEqual<object>({ http: status, ...members }, { http: 200, status: "success", ...handedOver })
  }).pipe(Effect.provide(door(1).layer))
)

describe.concurrent("a problem names the rule that had decided, where one had", () => {
  it.live.each(problems)(
    "$members.status $members.error, $members.rule, and so does the log",
    ({ intent, members }) => {
      const { log, surroundings } = observer()
      return Effect.gen(function* () {
        const { headers, status, text } = yield* post(intent, "a")
        assert.strictEqual(status, members.status)
        assert.strictEqual(headers["content-type"], "application/problem+json")
        const { detail, title, type, ...others } = problem(withKnownId(text))
        assert.deepStrictEqual<object>(others, { ...members, correlationId: KNOWN_ID })
        assert.strictEqual(headers["retry-after"], status === 503 ? "9" : undefined)

        const what = intent === "" ? "refused" : `not handed over: ${intent}`
        const by = members.rule === undefined ? "" : ` (rule ${members.rule})`
        const lines = log.join("\n")
        assert.include(lines, `${what} → ${status} ${members.error}${by}: ${detail}, `)
        // A rule that hands nothing over has done what it is for.
        const logged = log.find((line) => line.includes(`→ ${status} `))
        assert.match(`${logged}`, members.error === "Handover rejected" ? /INFO/ : /WARN/)
        // What the bot says is for its user.
        if (members.text !== undefined) assert.notInclude(lines, String(members.text))
      }).pipe(Effect.provide(door(1, surroundings).layer))
    }
  )
})

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

describe.concurrent("/routing/explain", () => {
  const explain = (intent: string, query = "", key?: string) =>
    postTo(`${EXPLAIN_PATH}${query}`, { intent, userId: "a" }, key)

  const decide: Decide = ({ intent }) => {
    switch (intent) {
      case "reject":
        return Effect.fail(new Rejected({ rule: "r-3", text: "Bitte morgen wieder 🙏" }))
      case "agentless":
        return Effect.fail(new AgentIdMissing({ rule: "r-2", entity: "agentId", problem: "it is not there" }))
      case "unsupported":
        return Effect.fail(new UnsupportedIntent({ intent }))
      case "die":
        return Effect.die(new Error("on purpose"))
      default:
        return Effect.succeed({ rule: "r-1", target: handedOver.target })
    }
  }

  it.live.each([
    {
      intent: "any",
      outcome: { type: "handover", rule: "r-1", target: { type: "queue", id: "q-1" }, fallbacks: [], labels: {} }
    },
    { intent: "reject", outcome: { type: "rejected", rule: "r-3", text: "Bitte morgen wieder 🙏" } },
    {
      intent: "agentless",
      outcome: {
        type: "refused",
        error: "Agent ID missing",
        rule: "r-2",
        detail: new AgentIdMissing({ rule: "r-2", entity: "agentId", problem: "it is not there" }).message
      }
    },
    {
      intent: "unsupported",
      outcome: {
        type: "refused",
        error: "Unsupported intent",
        detail: new UnsupportedIntent({ intent: "unsupported" }).message
      }
    }
  ])("answers 200 whatever is decided ($outcome.type by $outcome.rule), and hands nothing over", (row) => {
    const { asked, layer } = door(1, undefined, RoutingPolicy.layer(decide))
    return Effect.gen(function* () {
      const { headers, status, text } = yield* explain(row.intent, "?at=2026-12-24T18:30:00%2B01:00")
      assert.strictEqual(status, 200)
      assert.strictEqual(headers["content-type"], "application/json")
      assert.deepStrictEqual<object>(problem(text), {
        at: "2026-12-24T17:30:00.000Z",
        outcome: row.outcome,
        passed: []
      })
      assert.deepStrictEqual(asked, [])
    }).pipe(Effect.provide(layer))
  })

  it.live("lets in who may call the webhook, and nobody else", () =>
    Effect.gen(function* () {
      const { headers, status, text } = yield* explain("any", "", "wrong")
      assert.strictEqual(status, 401)
      assert.match(headers["www-authenticate"] ?? "", /^ApiKey realm=/)
      assert.deepInclude(problem(text), { status: 401, error: "Unauthorized" })
    }).pipe(Effect.provide(door(1).layer))
  )

  it.live("asks for the time that the query names, in either spelling, whatever else is in the query", () =>
    Effect.gen(function* () {
      for (const query of [
        "?at=2026-12-24T17:30:00Z&token=x",
        "?x=y&at=2026-12-24T17%3A30%3A00.000Z",
        "?at=2026-12-24T18:30%2B01:00",
        "?at=2026-12-24+18:30+Europe/Berlin",
        "?at=%202026-12-24T17:30:00Z%20",
        "?at=2026-12-24T17:30:00Z&at=2027-12-24T17:30:00Z"
      ]) {
        const { status, text } = yield* explain("any", query)
        assert.strictEqual(status, 200, text)
        assert.deepInclude(problem(text), { at: "2026-12-24T17:30:00.000Z" }, query)
      }
    }).pipe(Effect.provide(door(1).layer))
  )

  it.live("asks for now where the query names no time", () =>
    Effect.gen(function* () {
      for (const query of ["", "?", "?at=", "?at", "?other=2026-12-24T18:30:00Z"]) {
        const before = yield* Clock.currentTimeMillis
        const { status, text } = yield* explain("any", query)
        const { at } = problem(text)
        assert.strictEqual(status, 200)
        const millis = Date.parse(String(at))
        assert.isTrue(before <= millis && millis <= (yield* Clock.currentTimeMillis), `${query}: ${at}`)
      }
    }).pipe(Effect.provide(door(1).layer))
  )

  it.live.each(["tomorrow", "2026-12-24", "2026-12-24T18:30:00", "1766600000", "2026-13-01T00:00:00Z", " "])(
    "refuses the time %j, and says how one is written",
    (at) =>
      Effect.gen(function* () {
        const { status, text } = yield* explain("any", `?${new URLSearchParams({ at })}`)
        assert.strictEqual(status, 400, text)
        const { detail, error } = problem(text)
        assert.strictEqual(error, "Invalid payload")
        assert.match(String(detail), /the query's at: expected a time such as 2026-/)
      }).pipe(Effect.provide(door(1).layer))
  )

  it.live("refuses the bodies that the webhook refuses, for the same reasons", () =>
    Effect.gen(function* () {
      const bodies: ReadonlyArray<readonly [contentType: string, body: string, status: number]> = [
        ["text/plain", "{}", 400],
        ["application/json", "{", 400],
        ["application/json", "{}", 400],
        ["application/json", '{"intent":["i"],"userId":"a"}', 400],
        ["application/json", " ".repeat(300_000), 413]
      ]
      for (const [contentType, body, expected] of bodies) {
        const [webhook, explained] = yield* Effect.forEach([WEBHOOK_PATH, EXPLAIN_PATH], (path) =>
          send(
            HttpClientRequest.post(path).pipe(
              HttpClientRequest.bodyText(body, contentType),
              HttpClientRequest.setHeader("x-api-key", "the-key")
            )
          )
        )
        assert.strictEqual(explained?.status, expected)
        assert.strictEqual(withKnownId(explained?.text ?? ""), withKnownId(webhook?.text ?? ""))
      }
    }).pipe(Effect.provide(door(1).layer))
  )

  it.live("answers while the webhook takes no more, for it takes no place", () => {
    const { layer, open } = door(1)
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(post("wait", "a"))
      yield* untilAnswered(503)
      assert.strictEqual((yield* explain("any")).status, 200)
      yield* open
      assert.strictEqual((yield* Fiber.join(first)).status, 200)
    }).pipe(Effect.provide(layer))
  })

  it.live("answers 500 to a defect in the policy, which is in the log alone", () => {
    const { log, surroundings } = observer()
    return Effect.gen(function* () {
      const { status, text } = yield* explain("die")
      assert.strictEqual(status, 500)
      assert.deepInclude(problem(text), { error: "Internal error" })
      assert.notInclude(text, "on purpose")
      assert.match(log.join("\n"), /a defect in the router[\s\S]*on purpose/)
      assert.strictEqual((yield* explain("any")).status, 200)
    }).pipe(Effect.provide(door(1, surroundings, RoutingPolicy.layer(decide)).layer))
  })
})

describe.concurrent("/readyz", () => {
  const ready = Effect.map(send(HttpClientRequest.get("/readyz")), ({ status, text }) => ({ status, ...problem(text) }))

  it.live("says nothing of a table where none comes from a file", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual<object>(yield* ready, { status: "ready" })
    }).pipe(Effect.provide(door(1).layer))
  )
})
