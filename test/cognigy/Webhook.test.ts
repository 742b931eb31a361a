import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { HttpBody, HttpClientRequest } from "effect/http"
import { WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import { KNOWN_ID, withKnownId } from "../support/correlation.ts"
import { observer } from "../support/observer.ts"
import { door, handedOver, post, problem, send, untilAnswered } from "./support/door.ts"

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

describe.concurrent("a problem names the rule that decided, if one did", () => {
  it.live.each(problems)("$members.status $members.error, $members.rule", ({ intent, members }) =>
    Effect.gen(function* () {
      const { headers, status, text } = yield* post(intent, "a")
      assert.strictEqual(status, members.status)
      assert.strictEqual(headers["content-type"], "application/problem+json")
      const { detail, title, type, ...others } = problem(withKnownId(text))
      for (const member of [detail, title, type]) assert.isString(member)
      assert.deepStrictEqual<object>(others, { ...members, correlationId: KNOWN_ID })
      assert.strictEqual(headers["retry-after"], status === 503 ? "9" : undefined)
    }).pipe(Effect.provide(door(1).layer))
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
  it.live("take no place: when too many are on their way, the oldest upload is refused and its connection closed", () =>
    Effect.gen(function* () {
      const clients = yield* Effect.forEach([1, 2, 3, 4, 5], () => Effect.forkChild(unfinished))
      const refused = yield* Effect.raceAll(clients.map(Fiber.join))
      assert.strictEqual(refused.status, 503)
      assert.strictEqual(refused.headers.connection, "close")
      assert.deepInclude(problem(refused.text), { status: 503, error: "Overloaded" })
      for (let i = 0; i < 10; i++) assert.strictEqual((yield* post("any", `u-${i}`)).status, 200)
      yield* Fiber.interruptAll(clients)
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
