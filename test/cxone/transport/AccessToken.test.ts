import { assert, describe, it } from "@effect/vitest"
import {
  Context,
  Duration,
  Effect,
  Exit,
  Fiber,
  Layer,
  Metric,
  Option,
  Redacted,
  Scope,
  SubscriptionRef,
  Tracer
} from "effect"
import { TestClock } from "effect/testing"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import { AccessToken, lifetime, REFUSAL_MEMORY } from "../../../src/cxone/transport/AccessToken.ts"
import type { Granted } from "../../../src/cxone/transport/Grant.ts"
import * as Webchat from "../../../src/cxone/webchat/Webchat.ts"
import { Readiness } from "../../../src/handover/Readiness.ts"
import { nowMillis } from "../../../src/std/clock.ts"
import { Proxies } from "../../../src/std/Proxies.ts"
import { type Reply, scripted, token } from "../../support/scripted.ts"
import { settled, timed } from "../../support/time.ts"

const textOf = ({ token }: Granted) => Redacted.value(token)

const get = Effect.flatMap(AccessToken, ({ get }) => Effect.map(get, textOf))

/** Runs a test against a token endpoint that answers by script. */
const withTokens = <A, E>(
  reply: (index: number) => Reply | Effect.Effect<Reply>,
  test: (sent: ReadonlyArray<unknown>) => Effect.Effect<A, E, AccessToken>
) => {
  const { layer, sent } = scripted((_, index) => reply(index))
  return test(sent).pipe(Effect.provide(Layer.provide(Webchat.layerClient(), layer)))
}

const numbered = (expiresIn: number) => (index: number) => token(`token-${index + 1}`, expiresIn)

describe("the life of a token", () => {
  const millisOf = (seconds: number) => {
    const { renewal, usable } = lifetime(Duration.seconds(seconds))
    return [Duration.toMillis(usable), Duration.toMillis(renewal)]
  }

  it("ends 60 s before it expires, or at half its life when that is less", () => {
    assert.deepStrictEqual(
      [3600, 121, 120, 61, 30].map((seconds) => millisOf(seconds)[0]),
      [3_540_000, 61_000, 60_000, 30_500, 15_000]
    )
  })

  it("is renewed before that: 30 s, or a fifth of the usable time when that is less", () => {
    assert.deepStrictEqual(
      [3600, 61, 30].map((seconds) => millisOf(seconds)[1]),
      [3_510_000, 24_400, 12_000]
    )
  })

  it("is capped at a day, so that no timer overflows", () => {
    assert.strictEqual(millisOf(1e12)[0], 86_340_000)
  })
})

describe("AccessToken", () => {
  it.effect("sends the client credentials as a form", () => {
    const { layer, sent } = scripted(() => token("t"))
    return Effect.gen(function* () {
      yield* get
      assert.deepStrictEqual(sent, [
        {
          method: "POST",
          path: "/oauth/token",
          authorization: undefined,
          body: "grant_type=client_credentials&client_id=client&client_secret=secret"
        }
      ])
    }).pipe(Effect.provide(Layer.provide(Webchat.layerClient(), layer)))
  })

  it.effect("is granted with its life and the URL that it is valid for", () =>
    withTokens(
      () => token("t", 600),
      () =>
        Effect.gen(function* () {
          const { baseUrl, life } = yield* Effect.flatMap(AccessToken, ({ get }) => get)
          assert.strictEqual(baseUrl, "http://cxone.test")
          assert.deepStrictEqual(life, Duration.minutes(10))
        })
    )
  )

  it.effect("makes one request for 1,000 callers that wait together", () =>
    withTokens(
      () => Effect.delay(Effect.succeed(token("shared")), "500 millis"),
      (sent) =>
        Effect.gen(function* () {
          const all = yield* Effect.forkChild(
            Effect.all(
              Array.from({ length: 1000 }, () => get),
              { concurrency: "unbounded" }
            )
          )
          yield* TestClock.adjust("500 millis")
          assert.deepStrictEqual(new Set(yield* Fiber.join(all)), new Set(["shared"]))
          assert.strictEqual(sent.length, 1)
        })
    )
  )

  it.effect("goes on for other callers when the one that started the request leaves", () =>
    withTokens(
      () => Effect.delay(Effect.succeed(token("shared")), "500 millis"),
      (sent) =>
        Effect.gen(function* () {
          const first = yield* Effect.forkChild(get)
          const second = yield* Effect.forkChild(get)
          yield* TestClock.adjust("100 millis")
          yield* Fiber.interrupt(first)
          yield* TestClock.adjust("400 millis")
          assert.strictEqual(yield* Fiber.join(second), "shared")
          assert.strictEqual(sent.length, 1)
        })
    )
  )

  it.effect("is renewed in the background, so that no caller waits at the margin", () =>
    withTokens(numbered(3600), (sent) =>
      Effect.gen(function* () {
        assert.strictEqual(yield* get, "token-1")
        yield* TestClock.adjust("3509 seconds")
        assert.strictEqual(sent.length, 1)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(sent.length, 2)
        assert.strictEqual(yield* get, "token-2")
        assert.strictEqual(sent.length, 2)
      })
    )
  )

  it.effect("is renewed in a trace of its own: that of the first caller is over", () => {
    const spans: Array<Tracer.NativeSpan> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
    const parentOf = (name: string) =>
      Option.getOrUndefined(spans.find((span) => span.name === name)?.parent ?? Option.none())?.spanId
    return withTokens(numbered(3600), () =>
      Effect.gen(function* () {
        const caller = yield* Effect.withSpan(Effect.andThen(get, Effect.currentSpan), "a webhook")
        assert.strictEqual(parentOf("AccessToken.fetch"), caller.spanId)
        yield* TestClock.adjust("3510 seconds")
        assert.isTrue(spans.some(({ name }) => name === "AccessToken.renew"))
        assert.isUndefined(parentOf("AccessToken.renew"))
      })
    ).pipe(Effect.provideService(Tracer.Tracer, tracer))
  })

  it.effect("has an age while it is usable, and none after that", () =>
    withTokens(
      (index) => (index === 0 ? token("first", 3600) : { status: 503 }),
      () =>
        Effect.gen(function* () {
          const age = Effect.map(Metric.snapshot, (all) => {
            const state = all.find(({ id }) => id === "cxone_token_age_seconds")?.state
            return state !== undefined && "value" in state ? state.value : undefined
          })
          assert.strictEqual(yield* age, -1)
          yield* get
          yield* TestClock.adjust("3539 seconds")
          assert.strictEqual(yield* age, 3539)
          yield* TestClock.adjust("1 second")
          assert.strictEqual(yield* age, -1)
        })
    )
  )

  it.effect("is used while a renewal hangs, and is requested again past the margin", () =>
    withTokens(
      (index) => (index === 0 ? token("first", 3600) : index < 6 ? "hang" : token("late")),
      () =>
        Effect.gen(function* () {
          yield* get
          yield* TestClock.adjust("3520 seconds")
          assert.strictEqual(yield* get, "first")
          yield* TestClock.adjust("60 seconds")
          assert.strictEqual(yield* get, "late")
        })
    )
  )

  it.effect("keeps serving while renewals fail, and renews as soon as one succeeds", () =>
    withTokens(
      (index) => (index === 0 ? token("first", 3600) : index < 7 ? { status: 503 } : token("second")),
      () =>
        Effect.gen(function* () {
          yield* get
          yield* TestClock.adjust("3511 seconds")
          assert.strictEqual(yield* get, "first")
          yield* TestClock.adjust("25 seconds")
          assert.strictEqual(yield* get, "second")
        })
    )
  )

  for (const [expiresIn, usableSeconds] of [
    [61, 30],
    [30, 14]
  ] as const) {
    it.effect(`with expires_in ${expiresIn} serves many handovers`, () =>
      withTokens(numbered(expiresIn), (sent) =>
        Effect.gen(function* () {
          yield* get
          for (let second = 0; second < 10; second++) {
            yield* TestClock.adjust("1 second")
            assert.strictEqual(yield* get, "token-1")
          }
          assert.strictEqual(sent.length, 1)
          yield* TestClock.adjust(`${usableSeconds} seconds`)
          assert.notStrictEqual(yield* get, "token-1")
        })
      )
    )
  }

  it.effect("dropped is requested again, once for all callers that dropped it", () =>
    withTokens(numbered(3600), (sent) =>
      Effect.gen(function* () {
        const { drop, get } = yield* AccessToken
        const { token: old } = yield* get
        const fresh = yield* Effect.all(
          Array.from({ length: 50 }, () => Effect.andThen(drop(old), get)),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(new Set(fresh.map(textOf)), new Set(["token-2"]))
        yield* drop(old)
        assert.strictEqual(textOf(yield* get), "token-2")
        assert.strictEqual(sent.length, 2)
      })
    )
  )

  it.effect("dropped while its successor is requested delays no caller, and keeps the successor", () =>
    withTokens(
      (index) => Effect.delay(Effect.succeed(token(`token-${index + 1}`)), index === 0 ? 0 : 1000),
      (sent) =>
        Effect.gen(function* () {
          const { drop, get } = yield* AccessToken
          const { token: old } = yield* get
          yield* drop(old)
          const next = yield* Effect.forkChild(get)
          yield* Effect.yieldNow
          yield* drop(old)
          assert.strictEqual(yield* nowMillis, 0)
          yield* TestClock.adjust("1 second")
          assert.strictEqual(textOf(yield* Fiber.join(next)), "token-2")
          assert.strictEqual(sent.length, 2)
        })
    )
  )

  it.effect("refused is not requested again within 5 s, and then is", () =>
    withTokens(
      (index) => (index === 0 ? { status: 401, body: { error: "invalid_client" } } : token("at-last")),
      (sent) =>
        Effect.gen(function* () {
          for (let i = 0; i < 20; i++) assert.strictEqual((yield* Effect.flip(get))._tag, "Unauthorized")
          assert.strictEqual(sent.length, 1)
          yield* TestClock.adjust("5 seconds")
          assert.strictEqual(yield* get, "at-last")
        })
    )
  )

  it.effect("is retried on 5xx, dropped connections and silence", () =>
    withTokens(
      (index) => ([{ status: 500 }, "drop", "hang"] as const)[index] ?? token("in-the-end"),
      (sent) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(get)
          yield* TestClock.adjust("10 seconds")
          assert.strictEqual(yield* Fiber.join(fiber), "in-the-end")
          assert.strictEqual(sent.length, 4)
        })
    )
  )

  it.effect("waits out a short Retry-After, and reports a long one without asking again before it is over", () =>
    withTokens(
      (index) => ({ status: 429, headers: { "retry-after": index === 0 ? "3" : "20" } }),
      (sent) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(Effect.flip(get))
          yield* TestClock.adjust("2900 millis")
          assert.strictEqual(sent.length, 1)
          yield* TestClock.adjust("1 second")
          assert.strictEqual((yield* Fiber.join(fiber))._tag, "RateLimited")
          assert.strictEqual((yield* Effect.flip(get))._tag, "RateLimited")
          assert.strictEqual(sent.length, 2)
        })
    )
  )

  it.effect("limited for an hour is requested again after a minute", () =>
    withTokens(
      (index) => (index === 0 ? { status: 429, headers: { "retry-after": "3600" } } : token("again")),
      (sent) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* Effect.flip(get))._tag, "RateLimited")
          yield* TestClock.adjust("59 seconds")
          const error = yield* Effect.flip(get)
          assert(error._tag === "RateLimited")
          assert.deepStrictEqual(error.retryAfter, Duration.seconds(1))
          assert.strictEqual(sent.length, 1)
          yield* TestClock.adjust("1 second")
          assert.strictEqual(yield* get, "again")
        })
    )
  )

  it.effect("of a very short life is not renewed while no caller needs it", () =>
    withTokens(numbered(1), (sent) =>
      Effect.gen(function* () {
        yield* get
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(sent.length, 1)
      })
    )
  )

  for (const [what, reply] of [
    ["no token", { status: 200, body: { expires_in: 3600 } }],
    ["a token that no header can carry", { status: 200, body: { access_token: "a\nb", expires_in: 3600 } }],
    ["no life", { status: 200, body: { access_token: "t", expires_in: 0 } }],
    ["no JSON", { status: 200, body: "<html>" }],
    ["a redirect", { status: 302 }]
  ] as const) {
    it.effect(`answered with ${what} is an unexpected response, reported without the body`, () =>
      withTokens(
        () => reply,
        () =>
          Effect.gen(function* () {
            const error = yield* Effect.flip(get)
            assert.strictEqual(error._tag, "UnexpectedResponse")
            assert.notInclude(error.message, "html")
          })
      )
    )
  }
})

describe("a caller that waits for a token", () => {
  for (const [why, reply, tag] of [
    ["CXone fails", { status: 503 }, "Unavailable"],
    ["connections break", "drop", "Unavailable"],
    ["CXone limits token requests", { status: 429, headers: { "retry-after": "3" } }, "RateLimited"],
    ["CXone says nothing", "hang", "DeadlineExceeded"]
  ] as const) {
    it.effect(`waits no longer than its deadline, and learns that ${why}`, () =>
      withTokens(
        () => reply,
        () =>
          Effect.gen(function* () {
            const { millis, value } = yield* timed(Effect.flip(get.pipe(Deadline.within("500 millis"))))
            assert.strictEqual(value._tag, tag)
            assert.isAtMost(millis, 500)
          })
      )
    )
  }

  it.effect("learns through which proxy, and readiness says so", () => {
    const http = { url: Redacted.make("http://us3r:s3cr3t@proxy"), shown: "http://proxy", setting: "HTTP_PROXY" }
    const live = Readiness.layer().pipe(
      Layer.provideMerge(Webchat.layer()),
      Layer.provide([scripted(() => "hang").layer, Layer.succeed(Proxies, { http, https: undefined, noProxy: "" })])
    )
    return Effect.gen(function* () {
      const late = yield* timed(Effect.flip(get.pipe(Deadline.within("500 millis"))))
      assert.strictEqual(
        late.value.message,
        "the deadline passed while waiting for CXone (token), through the proxy of HTTP_PROXY"
      )
      const { check } = yield* Readiness
      const { value } = yield* timed(Effect.flip(check))
      assert.strictEqual(value.reason, "CXone gave no access token within 2s, through the proxy of HTTP_PROXY")
    }).pipe(Effect.provide(live))
  })

  it.effect("learns so also when another caller requested it", () =>
    withTokens(
      () => ({ status: 503 }),
      (sent) =>
        Effect.gen(function* () {
          yield* Effect.forkChild(Effect.exit(get))
          yield* Effect.yieldNow
          const { value } = yield* timed(Effect.flip(get.pipe(Deadline.within("500 millis"))))
          assert(value._tag === "Unavailable")
          assert.strictEqual(value.operation, "token")
          assert.isAtMost(sent.length, 3)
        })
    )
  )

  it.effect("does not end the request for the others with its deadline", () =>
    withTokens(
      () => Effect.delay(Effect.succeed(token("late")), "1 second"),
      (sent) =>
        Effect.gen(function* () {
          const hasty = yield* Effect.forkChild(Effect.flip(get.pipe(Deadline.within("500 millis"))))
          const patient = yield* Effect.forkChild(get.pipe(Deadline.within("5 seconds")))
          yield* TestClock.adjust("1 second")
          assert.strictEqual((yield* Fiber.join(hasty))._tag, "DeadlineExceeded")
          assert.strictEqual(yield* Fiber.join(patient), "late")
          assert.strictEqual(sent.length, 1)
        })
    )
  )
})

describe("a refusal", () => {
  const refused: Reply = { status: 401, body: { error: "invalid_client" } }
  const all = Effect.all(
    Array.from({ length: 100 }, () => Effect.flip(get)),
    { concurrency: "unbounded" }
  )

  it.effect("of our credentials is heard by all at once, and checked once in 5 s however many ask", () =>
    withTokens(
      () => refused,
      (sent) =>
        Effect.gen(function* () {
          const tags = new Set((yield* all).map(({ _tag }) => _tag))
          yield* TestClock.adjust(Duration.subtract(REFUSAL_MEMORY, Duration.millis(1)))
          yield* all
          assert.deepStrictEqual(tags, new Set(["Unauthorized"]))
          assert.strictEqual(sent.length, 1)
          yield* TestClock.adjust("1 millis")
          yield* all
          assert.strictEqual(sent.length, 2)
        })
    )
  )

  it.effect("is not what a CXone that fails is remembered for", () =>
    withTokens(
      (index) => (index < 5 ? { status: 503 } : token("again")),
      () =>
        Effect.gen(function* () {
          assert.strictEqual((yield* timed(Effect.flip(get))).value._tag, "Unavailable")
          assert.strictEqual(yield* get, "again")
        })
    )
  )

  it.effect("of a renewal delays or fails no caller before the token's margin", () =>
    withTokens(
      (index) => (index === 0 ? token("first", 3600) : refused),
      (sent) =>
        Effect.gen(function* () {
          yield* get
          yield* TestClock.adjust("3539 seconds")
          assert.isAbove(sent.length, 1)
          assert.strictEqual(yield* get, "first")
          yield* TestClock.adjust("1 second")
          assert.strictEqual((yield* Effect.flip(get))._tag, "Unauthorized")
        })
    )
  )

  it.effect("of a fresh token prevents requests for another within 5 s", () =>
    withTokens(numbered(3600), (sent) =>
      Effect.gen(function* () {
        const { get, reject } = yield* AccessToken
        yield* reject((yield* get).token)
        for (let i = 0; i < 20; i++) assert.strictEqual((yield* Effect.flip(get))._tag, "Unauthorized")
        assert.strictEqual(sent.length, 1)
        yield* TestClock.adjust(REFUSAL_MEMORY)
        assert.strictEqual(textOf(yield* get), "token-2")
      })
    )
  )

  it.effect("of a fresh token is forgotten after 5 s, also without calls in between", () =>
    withTokens(numbered(3600), () =>
      Effect.gen(function* () {
        const { get, reject } = yield* AccessToken
        yield* reject((yield* get).token)
        yield* TestClock.adjust(REFUSAL_MEMORY)
        assert.strictEqual(textOf(yield* get), "token-2")
      })
    )
  )

  it.effect("of a token that is not used any more changes nothing", () =>
    withTokens(numbered(3600), (sent) =>
      Effect.gen(function* () {
        const { drop, get, reject } = yield* AccessToken
        const { token: old } = yield* get
        yield* drop(old)
        yield* reject(old)
        const fresh = yield* get
        yield* reject(old)
        assert.strictEqual((yield* get).token, fresh.token)
        assert.strictEqual(sent.length, 2)
      })
    )
  )

  it.effect("ends the renewals of the token", () =>
    withTokens(numbered(3600), (sent) =>
      Effect.gen(function* () {
        const { get, reject } = yield* AccessToken
        yield* reject((yield* get).token)
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(sent.length, 1)
      })
    )
  )
})

describe("a replacement", () => {
  const replace = Effect.flatMap(AccessToken, ({ replace }) => replace)
  const refused: Reply = { status: 401, body: {} }

  it.effect("takes the place of a token that is still usable, and is renewed in its turn", () =>
    withTokens(numbered(600), (sent) =>
      Effect.gen(function* () {
        assert.strictEqual(yield* get, "token-1")
        yield* replace
        assert.strictEqual(yield* get, "token-2")
        yield* TestClock.adjust("9 minutes")
        assert.strictEqual(yield* get, "token-3")
        // That of the first token has ended.
        assert.strictEqual(sent.length, 3)
      })
    )
  )

  it.effect("that CXone refuses changes nothing", () =>
    withTokens(
      (index) => (index === 0 ? token("token-1", 600) : refused),
      () =>
        Effect.gen(function* () {
          yield* get
          assert.strictEqual((yield* Effect.flip(replace))._tag, "Unauthorized")
          assert.strictEqual(yield* get, "token-1")
        })
    )
  )

  it.effect("ends the memory of a refusal", () =>
    withTokens(
      (index) => (index === 0 ? refused : token("token-2", 600)),
      () =>
        Effect.gen(function* () {
          assert.strictEqual((yield* Effect.flip(get))._tag, "Unauthorized")
          yield* replace
          assert.strictEqual(yield* get, "token-2")
        })
    )
  )

  it.effect("is requested for the client as it is then", () =>
    Effect.gen(function* () {
      const client = yield* SubscriptionRef.make({ clientId: "client", clientSecret: Redacted.make("old") })
      const { layer, sent } = scripted((_, index) => (index === 1 ? refused : token(`token-${index + 1}`)), { client })
      const secretsSent = () => sent.map(({ body }) => new URLSearchParams(body).get("client_secret"))
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* get, "token-1")
        yield* SubscriptionRef.set(client, { clientId: "client", clientSecret: Redacted.make("wrong") })
        yield* settled
        // A refused change costs nobody a handover, also when the old token ends: the client before it is used.
        assert.strictEqual(yield* get, "token-3")
        yield* SubscriptionRef.set(client, { clientId: "client", clientSecret: Redacted.make("new") })
        yield* settled
        assert.strictEqual(yield* get, "token-4")
        assert.deepStrictEqual(secretsSent(), ["old", "wrong", "old", "new"])
      }).pipe(Effect.provide(Layer.provide(Webchat.layerClient(), layer)))
    })
  )
})

describe("closing the layer", () => {
  it.effect("ends the request in progress and the renewals", () => {
    const { layer, sent } = scripted((_, index) => (index === 0 ? token("first", 3600) : { status: 503 }))
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const accessToken = Layer.provide(Webchat.layerClient(), layer)
      const { get } = Context.get(yield* Layer.buildWithScope(accessToken, scope), AccessToken)
      yield* get
      yield* TestClock.adjust("3511 seconds")
      const { length } = sent
      assert.isAbove(length, 1)
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(sent.length, length)
    })
  })
})
