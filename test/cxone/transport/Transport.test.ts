import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Cause, Context, Duration, Effect, Exit, Fiber, Layer, Redacted, Schedule } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import type { SendOptions } from "../../../src/cxone/transport/Call.ts"
import { type CircuitOptions, DEFAULT_CIRCUIT } from "../../../src/cxone/transport/Circuit.ts"
import { CXoneClient } from "../../../src/cxone/transport/CXoneClient.ts"
import { Labels } from "../../../src/cxone/transport/Labels.ts"
import { Transport, type TransportOptions } from "../../../src/cxone/transport/Transport.ts"
import { Conversations } from "../../../src/cxone/webchat/Conversations.ts"
import { Directory } from "../../../src/cxone/webchat/Directory.ts"
import { Routing } from "../../../src/cxone/webchat/Routing.ts"
import { nowMillis } from "../../../src/std/clock.ts"
import { Proxies, type ProxySettings } from "../../../src/std/Proxies.ts"
import { oneOf } from "../../support/arbitrary.ts"
import { cxone, services } from "../../support/cxone.ts"
import { observer } from "../../support/observer.ts"
import { calls, type Reply, scripted, token } from "../../support/scripted.ts"
import { patient, settled, timed } from "../../support/time.ts"

const whoami = Effect.flatMap(Directory, ({ whoami }) => whoami)

const me: Reply = { status: 200, body: { id: "me" } }
const down: Reply = { status: 503 }

/** So many at once. */
const atOnce = <A, E, R>(times: number, effect: Effect.Effect<A, E, R>) =>
  Effect.all(
    Array.from({ length: times }, () => Effect.exit(effect)),
    { concurrency: "unbounded" }
  )

/** A circuit that does not open. */
const closed: CircuitOptions = {
  threshold: 1,
  size: 1_000_000,
  minimumCalls: 1_000_000,
  openFor: Duration.seconds(1),
  longest: Duration.seconds(1)
}

/** A budget without retries. */
const none = { share: 0, floor: 0 }

describe("the deadline of calls", () => {
  const replies: Record<string, Reply | Effect.Effect<Reply>> = {
    hang: "hang",
    stall: "stall",
    drop: "drop",
    down,
    limited: { status: 429, headers: { "retry-after": "1" } },
    conflict: { status: 409 },
    ok: { status: 201, body: { id: "c-1", items: [] } },
    slow: Effect.delay(Effect.succeed({ status: 201, body: { id: "c-1", items: [] } }), "1900 millis")
  }

  it.effect.prop(
    "is kept with 10 ms to spare, and no attempt starts in its last 100 ms, whatever CXone does",
    {
      script: Arbitrary.array(oneOf(Object.keys(replies)), { minLength: 1, maxLength: 30 }),
      deadline: oneOf([50, 99, 100, 101, 150, 500, 2000, 2100, 7000])
    },
    ({ deadline, script }) => {
      const started: Array<number> = []
      const { layer } = cxone((_, index) =>
        Effect.flatMap(nowMillis, (now) => {
          started.push(now)
          const reply = replies[script[index % script.length] ?? "ok"] ?? "hang"
          return Effect.isEffect(reply) ? reply : Effect.succeed(reply)
        })
      )
      return Effect.gen(function* () {
        const conversations = yield* Conversations
        const routing = yield* Routing
        const fiber = yield* conversations.openOrReuse({ userId: "u", name: "n", labels: {} }).pipe(
          Effect.flatMap(({ id }) => routing.route(id, { type: "queue", id: "q" })),
          Deadline.within(Duration.millis(deadline)),
          Effect.exit,
          Effect.forkChild
        )
        // Jittered waits have fractions of a nanosecond.
        yield* TestClock.adjust(deadline - 9.99)
        assert.isDefined(fiber.pollUnsafe())
        for (const at of started) assert.isAtMost(at, deadline - 100)
      }).pipe(Effect.provide(layer), patient)
    },
    { arbitrary: { runs: 50 } }
  )

  for (const [millis, sent] of [
    [99, 0],
    [100, 1]
  ] as const) {
    it.effect(`${millis} ms away leaves time for ${sent === 0 ? "no" : "one"} attempt`, () => {
      const script = cxone(() => "hang")
      return Effect.gen(function* () {
        const { millis: took, value } = yield* timed(Effect.flip(whoami.pipe(Deadline.within(Duration.millis(millis)))))
        assert.strictEqual(value._tag, "DeadlineExceeded")
        assert.strictEqual(calls(script.sent).length, sent)
        assert.isAtMost(took, millis - 10)
      }).pipe(Effect.provide(script.layer))
    })
  }
})

describe("a call through a proxy", () => {
  const proxies: ProxySettings = {
    http: { url: Redacted.make("http://us3r:s3cr3t@proxy:3128"), shown: "http://proxy:3128", setting: "HTTP_PROXY" },
    https: undefined,
    noProxy: ""
  }

  for (const [reply, detail] of [
    ["drop", "connection failed (ECONNRESET), through the proxy of HTTP_PROXY"],
    ["hang", "no answer within 2s, through the proxy of HTTP_PROXY"],
    [{ status: 503 }, "it answered 503, through the proxy of HTTP_PROXY"]
  ] as const) {
    it.effect(`names the setting of the proxy, and nothing else of it, where "${detail}"`, () =>
      Effect.gen(function* () {
        const { value } = yield* timed(Effect.flip(whoami))
        assert.strictEqual(value._tag === "Unavailable" ? value.detail : value._tag, detail)
      }).pipe(Effect.provide(Layer.provide(cxone(() => reply).layer, Layer.succeed(Proxies, proxies))))
    )
  }
})

describe("the retry budget of calls", () => {
  it.effect("holds calls under 1.25 times the first attempts and its floor while every call fails", () => {
    const { layer, sent } = cxone(() => down, {}, { circuit: closed })
    return Effect.gen(function* () {
      for (let i = 0; i < 4; i++) yield* timed(atOnce(50, whoami))
      assert.isAtMost(calls(sent).length, 1.25 * 200 + 20)
      assert.isAbove(calls(sent).length, 200 + 20)
    }).pipe(Effect.provide(layer))
  })

  for (const [retryBudget, attempts] of [
    [{ share: 0, floor: 0 }, 10],
    [{ share: 0, floor: 3 }, 13],
    [{ share: 1, floor: 3 }, 20]
  ] as const) {
    it.effect(`of ${JSON.stringify(retryBudget)} makes ${attempts} attempts of ten calls that fail`, () => {
      const { layer, sent } = cxone(() => down, {}, { circuit: closed, retryBudget })
      return Effect.gen(function* () {
        // So little time that each call has one retry at the most.
        const attempt = whoami.pipe(Deadline.within("300 millis"))
        for (let i = 0; i < 10; i++) yield* timed(Effect.flip(attempt))
        assert.strictEqual(calls(sent).length, attempts)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("is not for labels: theirs fail without costing others a retry", () => {
    let isLimited = false
    const { layer, sent } = cxone(
      ({ method }) => (method === "PUT" || isLimited ? { status: 429 } : me),
      { drainTimeout: Effect.succeed(Duration.zero) },
      { retryBudget: { share: 0, floor: 3 } }
    )
    return Effect.gen(function* () {
      const { put } = yield* Labels
      for (let i = 0; i < 5; i++) yield* put(`c-${i}`, { cognigy_intent: "sales" })
      yield* TestClock.adjust("10 seconds")
      // Each once, and three of them again.
      assert.strictEqual(calls(sent).length, 8)
      isLimited = true
      yield* timed(Effect.flip(whoami))
      assert.strictEqual(calls(sent).length, 8 + 1 + 3)
    }).pipe(Effect.provide(layer))
  })

  it.effect("does not come back with time: it stays within calls and answers", () => {
    const { layer, sent } = cxone(() => down, {}, { circuit: closed, retryBudget: { share: 0, floor: 2 } })
    return Effect.gen(function* () {
      for (let i = 0; i < 20; i++) {
        yield* timed(Effect.flip(whoami))
        yield* TestClock.adjust("1 minute")
      }
      assert.strictEqual(calls(sent).length, 22)
    }).pipe(Effect.provide(layer))
  })

  it.effect("that is used up answers at once, with CXone's failure", () => {
    const { layer } = cxone(() => down, {}, { retryBudget: none })
    return Effect.gen(function* () {
      const error = yield* Effect.flip(whoami)
      assert(error._tag === "Unavailable")
      assert.strictEqual(error.reason, "Status")
    }).pipe(Effect.provide(layer))
  })

  it.effect("gets nothing from the retries themselves", () => {
    const { layer, sent } = cxone(() => down, {}, { retryBudget: { share: 1, floor: 2 } })
    return Effect.gen(function* () {
      yield* timed(Effect.flip(whoami))
      assert.strictEqual(calls(sent).length, 3)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is filled up again by calls that CXone answers, also against us", () => {
    let broken = true
    const { layer, sent } = cxone(() => (broken ? down : { status: 404 }), {}, { retryBudget: { share: 0, floor: 2 } })
    return Effect.gen(function* () {
      for (let i = 0; i < 2; i++) yield* timed(Effect.flip(whoami.pipe(Deadline.within("300 millis"))))
      yield* Effect.flip(whoami)
      assert.strictEqual(calls(sent).length, 5)
      broken = false
      yield* atOnce(2, whoami)
      broken = true
      const before = sent.length
      yield* timed(Effect.flip(whoami))
      assert.strictEqual(sent.length - before, 3)
    }).pipe(Effect.provide(layer))
  })

  it.effect("counts a call that its sender tries again, and does not send it when it is used up", () => {
    const { layer, sent } = cxone(() => down, {}, { retryBudget: { share: 1, floor: 1 } })
    return Effect.gen(function* () {
      const { call } = yield* CXoneClient
      const again = call({
        operation: "whoami",
        lane: "caller",
        permissions: [],
        method: "GET",
        path: "/again",
        answers: {},
        schedule: Schedule.recurs(0),
        isRetry: true
      })
      const reasonOf = Effect.map(Effect.flip(again), (error) => error._tag === "Unavailable" && error.reason)
      assert.deepStrictEqual([yield* reasonOf, yield* reasonOf], ["Status", "NotTried"])
      assert.deepStrictEqual(calls(sent), ["GET /again"])
    }).pipe(Effect.provide(layer))
  })
})

describe("the circuit of calls", () => {
  const notTried = Effect.gen(function* () {
    const error = yield* Effect.flip(whoami)
    assert(error._tag === "Unavailable")
    assert.strictEqual(error.reason, "NotTried")
    assert.isDefined(error.retryAfter)
    return error
  })

  it.effect("opens while CXone is down: calls fail at once, untried, and a probe closes it", () => {
    let broken = true
    const { layer, sent } = cxone(() => (broken ? down : me))
    return Effect.gen(function* () {
      const all = yield* Effect.forkChild(atOnce(100, whoami))
      yield* TestClock.adjust("900 millis")
      yield* Fiber.join(all)
      const { length } = sent
      yield* notTried
      assert.strictEqual(sent.length, length)
      broken = false
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* whoami, "me")
      yield* atOnce(10, whoami)
      assert.strictEqual(sent.length, length + 11)
    }).pipe(Effect.provide(layer))
  })

  for (const [what, breaks] of [
    [
      "at the request",
      (client: HttpClient.HttpClient, isBroken: () => boolean) =>
        HttpClient.mapRequestInput(client, (request) => {
          if (isBroken()) throw new Error("no signature for it")
          return request
        })
    ],
    [
      "at the answer",
      (client: HttpClient.HttpClient, isBroken: () => boolean) =>
        HttpClient.transformResponse(
          client,
          Effect.map((response) =>
            isBroken()
              ? new Proxy(response, {
                  get: (target, name) => {
                    if (name === "headers") throw new Error("no headers in it")
                    return Reflect.get(target, name)
                  }
                })
              : response
          )
        )
    ]
  ] as const) {
    it.effect(`is probed again where a client throws ${what}`, () => {
      let isUp = false
      let isBroken = false
      const script = scripted((sent) => (sent.path === "/oauth/token" ? token("t") : isUp && !isBroken ? me : down), {
        retryBudget: none
      })
      const client = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, (client) => breaks(client, () => isBroken))
      )
      return Effect.gen(function* () {
        yield* atOnce(20, whoami)
        yield* TestClock.adjust("1 second")
        isUp = true
        isBroken = true
        assert.match(String(yield* Effect.flip(Effect.sandbox(whoami))), /no (?:signature|headers)/)
        isBroken = false
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* whoami, "me")
      }).pipe(Effect.provide(services(Layer.provideMerge(client, script.layer))))
    })
  }

  it.effect("is probed by the next call when the one that probes leaves", () => {
    const { layer } = cxone((_, index) => (index < 20 ? down : index === 20 ? "hang" : me), {}, { retryBudget: none })
    return Effect.gen(function* () {
      yield* atOnce(20, whoami)
      yield* TestClock.adjust("1 second")
      const probe = yield* Effect.forkChild(whoami)
      yield* TestClock.adjust("1 millis")
      yield* notTried
      yield* Fiber.interrupt(probe)
      assert.strictEqual(yield* whoami, "me")
    }).pipe(Effect.provide(layer))
  })

  it.effect("counts attempts that the deadline cuts short", () => {
    const { layer, sent } = cxone(() => "hang")
    return Effect.gen(function* () {
      const all = yield* Effect.forkChild(atOnce(20, whoami.pipe(Deadline.within("500 millis"))))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.join(all)
      assert.strictEqual(calls(sent).length, 20)
      yield* notTried
      assert.strictEqual(calls(sent).length, 20)
    }).pipe(Effect.provide(layer))
  })

  for (const status of [400, 403, 404, 409, 410, 422, 429]) {
    it.effect(`is not opened by answers with the status ${status}`, () => {
      const { layer, sent } = cxone(() => ({ status }), {}, { retryBudget: none })
      return Effect.gen(function* () {
        for (let i = 0; i < 100; i++) yield* Effect.flip(whoami)
        assert.strictEqual(calls(sent).length, 100)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("is not that of the token: calls that have one go on while none is granted", () => {
    const minimumCalls = 5
    const { layer, sent } = scripted(
      ({ path }, index) => (path !== "/oauth/token" ? me : index === 0 ? token("t", 3600) : down),
      { circuit: { ...DEFAULT_CIRCUIT, minimumCalls } }
    )
    return Effect.gen(function* () {
      yield* whoami
      yield* TestClock.adjust("3539 seconds")
      const tokenRequests = sent.filter(({ path }) => path === "/oauth/token").length
      assert.isAtLeast(tokenRequests, minimumCalls)
      assert.strictEqual(yield* whoami, "me")
    }).pipe(Effect.provide(services(layer)))
  })

  it.effect("is each tenant's own", () =>
    Effect.gen(function* () {
      const one = Context.get(yield* Layer.build(cxone(() => down).layer), Directory)
      const other = Context.get(yield* Layer.build(cxone(() => me).layer), Directory)
      const all = yield* Effect.forkChild(atOnce(100, one.whoami))
      yield* TestClock.adjust("900 millis")
      yield* Fiber.join(all)
      yield* notTried.pipe(Effect.provideService(Directory, one))
      assert.strictEqual(yield* other.whoami, "me")
    })
  )
})

describe("the rate limit of calls", () => {
  const rateLimit = { limit: 5, window: Duration.seconds(10) }

  it.effect("counts tokens, first attempts, retries and labels", () => {
    const at: Array<number> = []
    let failures = 4
    const { layer, sent } = scripted(
      ({ path }) =>
        Effect.map(nowMillis, (now): Reply => {
          at.push(now)
          if (path === "/oauth/token") return token("t")
          return failures-- > 0 ? down : me
        }),
      { rateLimit }
    )
    return Effect.gen(function* () {
      const { put } = yield* Labels
      const all = yield* Effect.forkChild(atOnce(6, whoami))
      for (let i = 0; i < 4; i++) yield* put(`c-${i}`, { cognigy_intent: "sales" })
      yield* TestClock.adjust("2 minutes")
      yield* Fiber.join(all)
      assert.strictEqual(sent.length, 1 + 6 + 4 + 4)
      at.forEach((one, index) => {
        assert.isAtLeast((at[index + rateLimit.limit] ?? Number.POSITIVE_INFINITY) - one, 10_000)
      })
    }).pipe(Effect.provide(services(layer)))
  })

  /** Five calls may go at once, and one every 220 ms after that. */
  const wide = { limit: 50, window: Duration.seconds(10) }

  /** A quarter of a hundred calls may go at once. */
  const burst = { limit: 250, window: Duration.seconds(50) }

  it.effect("fails a call whose turn comes too late at once, with how long to wait", () => {
    const { layer, sent } = cxone(() => me, {}, { rateLimit })
    return Effect.gen(function* () {
      yield* timed(whoami)
      const { millis, value } = yield* timed(Effect.flip(whoami.pipe(Deadline.within("2 seconds"))))
      assert(value._tag === "RateLimited" && value.retryAfter !== undefined)
      assert.approximately(Duration.toMillis(value.retryAfter), 2020, 10)
      assert.strictEqual(millis, 0)
      assert.strictEqual(calls(sent).length, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("follows CXone's 429: no call is sent before its Retry-After is over", () => {
    const { layer, sent } = cxone(
      (_, index) => (index === 0 ? { status: 429, headers: { "retry-after": "3" } } : me),
      {},
      { rateLimit: wide }
    )
    return Effect.gen(function* () {
      yield* Effect.flip(whoami.pipe(Deadline.within("1 second")))
      const next = yield* Effect.forkChild(whoami)
      yield* TestClock.adjust("2999 millis")
      assert.strictEqual(calls(sent).length, 1)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* Fiber.join(next), "me")
    }).pipe(Effect.provide(layer))
  })

  it.effect("fails a call at once that a 429 holds past its deadline, and says for how long", () => {
    const { layer, sent } = cxone(() => ({ status: 429, headers: { "retry-after": "30" } }), {}, { rateLimit: wide })
    return Effect.gen(function* () {
      yield* Effect.flip(whoami.pipe(Deadline.within("7 seconds")))
      yield* TestClock.adjust("10 seconds")
      const { millis, value } = yield* timed(Effect.flip(whoami.pipe(Deadline.within("7 seconds"))))
      assert(value._tag === "RateLimited")
      assert.deepStrictEqual(value.retryAfter, Duration.seconds(20))
      assert.strictEqual(millis, 0)
      assert.strictEqual(calls(sent).length, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("lets no waiting call go while the circuit is open, but a probe", () => {
    const at: Array<number> = []
    const { layer } = cxone(
      () =>
        Effect.map(nowMillis, (now) => {
          at.push(now)
          return down
        }),
      {},
      { rateLimit: burst }
    )
    return Effect.gen(function* () {
      const all = yield* Effect.forkChild(atOnce(50, whoami))
      yield* settled
      yield* TestClock.adjust("20 seconds")
      yield* Fiber.join(all)
      assert.isAtLeast(at.filter((one) => one === 0).length, 20)
      assert.isAtMost(at.filter((one) => one === 0).length, 24)
      assert.isAtMost(at.filter((one) => one > 0).length, 3)
    }).pipe(Effect.provide(layer))
  })

  it.effect("keeps no call waiting for a turn while the circuit is open or probed", () => {
    let broken = true
    const { layer, sent } = cxone(() => (broken ? down : "hang"), {}, { rateLimit: burst, retryBudget: none })
    return Effect.gen(function* () {
      yield* atOnce(20, whoami)
      const reason = Effect.map(Effect.flip(whoami), (error) => error._tag === "Unavailable" && error.reason)
      assert.strictEqual(yield* reason, "NotTried")
      broken = false
      yield* TestClock.adjust("5100 millis")
      yield* Effect.forkChild(atOnce(21, whoami))
      yield* settled
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(calls(sent).length, 21)
      assert.strictEqual(yield* reason, "NotTried")
    }).pipe(Effect.provide(layer))
  })

  it.effect("that is not set lets all calls go at once", () => {
    const { layer, sent } = cxone(() => me)
    return Effect.gen(function* () {
      yield* atOnce(300, whoami)
      assert.strictEqual(calls(sent).length, 300)
      assert.strictEqual(yield* nowMillis, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is each tenant's own, also in one application", () =>
    Effect.gen(function* () {
      const memoMap = yield* Layer.makeMemoMap
      const scope = yield* Effect.scope
      const tenant = () => {
        const { layer } = cxone(() => me, {}, { rateLimit: { limit: 20, window: Duration.minutes(1) } })
        return Effect.map(Layer.buildWithMemoMap(layer, memoMap, scope), (services) => Context.get(services, Directory))
      }
      for (const { whoami } of [yield* tenant(), yield* tenant()]) {
        assert.strictEqual(yield* whoami, "me")
        assert.strictEqual(yield* nowMillis, 0)
      }
    })
  )
})

describe("one request", () => {
  const options: SendOptions = { operation: "open", lane: "caller", schedule: Schedule.recurs(1) }

  const transport = (reply: (index: number) => Reply, given: TransportOptions = {}) => {
    const { layer, sent } = scripted((_, index) => reply(index))
    return { sent, layer: Layer.provide(Transport.layer(given), layer) }
  }

  const send = (request: HttpClientRequest.HttpClientRequest) => Transport.use(({ send }) => send(request, options))

  it.effect("with a relative URL is a defect that says so, without what the URL holds after its path", () => {
    const { layer, sent } = transport(() => me)
    return Effect.gen(function* () {
      const exit = yield* Effect.exit(send(HttpClientRequest.get("/api/v2/users/me?userId=anna")))
      assert(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
      const told = Cause.pretty(exit.cause)
      assert.include(told, "Transport.send: the URL must be absolute, but is /api/v2/users/me")
      assert.notInclude(told, "anna")
      assert.deepStrictEqual(sent, [])
    }).pipe(Effect.provide(layer))
  })

  it.effect("is a client span for each attempt, without the URL", () => {
    const { layer } = transport((index) => (index === 0 ? "drop" : me))
    const { spans, surroundings } = observer()
    return Effect.gen(function* () {
      yield* timed(send(HttpClientRequest.post("https://cxone.test:8443/api/v2/users/anna?userId=anna")))
      assert.deepStrictEqual(
        spans.map(({ attributes, kind, name }): unknown => ({ name, kind, ...Object.fromEntries(attributes) })),
        [
          {
            name: "POST open",
            kind: "client",
            "http.request.method": "POST",
            "server.address": "cxone.test",
            "server.port": 8443,
            "http.request.resend_count": 0,
            "error.type": "connection"
          },
          {
            name: "POST open",
            kind: "client",
            "http.request.method": "POST",
            "server.address": "cxone.test",
            "server.port": 8443,
            "http.request.resend_count": 1,
            "http.response.status_code": 200
          }
        ]
      )
    }).pipe(Effect.provide(Layer.provideMerge(layer, surroundings)))
  })

  it.effect("that gets no answer says how long it waited, in whole milliseconds", () => {
    const { layer } = transport(() => "hang", { attemptTimeout: Duration.millis(883.298021), retryBudget: none })
    return Effect.gen(function* () {
      const { value } = yield* timed(Effect.flip(send(HttpClientRequest.get("https://cxone.test"))))
      assert.strictEqual(value.message, "CXone is not available (open): no answer within 884ms")
    }).pipe(Effect.provide(layer))
  })
})
