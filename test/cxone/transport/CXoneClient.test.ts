import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, References } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { InvalidTarget, ResourceNotFound } from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import { REFUSAL_MEMORY } from "../../../src/cxone/transport/AccessToken.ts"
import { Conversations } from "../../../src/cxone/webchat/Conversations.ts"
import { Directory } from "../../../src/cxone/webchat/Directory.ts"
import { Routing } from "../../../src/cxone/webchat/Routing.ts"
import type { Target } from "../../../src/domain/Target.ts"
import { cxone, services } from "../../support/cxone.ts"
import { calls, type Reply, type Sent, scripted, token } from "../../support/scripted.ts"
import { timed } from "../../support/time.ts"

const whoami = Effect.flatMap(Directory, ({ whoami }) => whoami)
const me: Reply = { status: 200, body: { id: "me", name: "ignored" } }

const tokenRequests = (sent: ReadonlyArray<Sent>) => sent.length - calls(sent).length

describe("an HTTP client that fails on every error status", () => {
  it.effect("works like others: the call decides what a status means", () => {
    const { layer, sent } = scripted(({ method, path }) => {
      if (path === "/oauth/token") return token("t")
      if (method === "GET") return { status: 200, body: { items: [{ id: "c-old" }] } }
      return { status: 409 }
    })
    const picky = Layer.effect(
      HttpClient.HttpClient,
      Effect.map(HttpClient.HttpClient, HttpClient.filterStatusOk)
    ).pipe(Layer.provideMerge(layer))
    return Effect.gen(function* () {
      const conversations = yield* Conversations
      assert.deepStrictEqual(yield* conversations.openOrReuse({ userId: "u", name: "n", labels: {} }), {
        id: "c-old",
        reused: true,
        mayBeNew: false
      })
      assert.strictEqual(sent.length, 3)
    }).pipe(Effect.provide(services(picky)))
  })
})

describe("an authorized call", () => {
  it.effect("carries the token", () => {
    const { layer, sent } = cxone(() => me)
    return Effect.gen(function* () {
      assert.strictEqual(yield* whoami, "me")
      assert.strictEqual(sent[1]?.authorization, "Bearer token-1")
      assert.deepStrictEqual(calls(sent), ["GET /api/v2/users/me"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("carries no header but the contract's and our name, in a trace or not", () => {
    const { headerNames, layer } = cxone(() => ({ status: 201, body: { id: "c-1" } }))
    return Effect.gen(function* () {
      const { open } = yield* Conversations
      const opened = open({ userId: "u", name: "n", labels: {} })
      yield* Effect.withSpan(opened, "a webhook")
      yield* opened
      yield* Effect.provideService(opened, References.TracerEnabled, false)
      assert.deepStrictEqual([...headerNames].sort(), [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "user-agent"
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("answered 401 is repeated once with a fresh token", () => {
    const { layer, sent } = cxone((_, index) => (index === 0 ? { status: 401 } : me))
    return Effect.gen(function* () {
      assert.strictEqual(yield* whoami, "me")
      assert.deepStrictEqual(
        sent.map(({ authorization, path }) => `${path} ${authorization}`),
        [
          "/oauth/token undefined",
          "/api/v2/users/me Bearer token-1",
          "/oauth/token undefined",
          "/api/v2/users/me Bearer token-2"
        ]
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("answered 401 twice is unauthorized, without a third try", () => {
    const { layer, sent } = cxone(() => ({ status: 401 }))
    return Effect.gen(function* () {
      const error = yield* Effect.flip(whoami)
      assert(error._tag === "Unauthorized")
      assert.include(error.message, "check clientId and clientSecret")
      assert.strictEqual(calls(sent).length, 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect("answered 401 twice makes no request for a while, and then one for another token", () => {
    const { layer, sent } = cxone((_, index) => (index < 2 ? { status: 401 } : me))
    return Effect.gen(function* () {
      yield* Effect.flip(whoami)
      const { length } = sent
      yield* TestClock.adjust(Duration.subtract(REFUSAL_MEMORY, Duration.millis(1)))
      assert.strictEqual((yield* Effect.flip(whoami))._tag, "Unauthorized")
      assert.strictEqual(sent.length, length)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* whoami, "me")
      assert.strictEqual(sent.at(-1)?.authorization, "Bearer token-3")
    }).pipe(Effect.provide(layer))
  })

  it.effect("answered 401 with a token that was good before, and again with its successor, takes one more", () => {
    // The first call finds its token revoked, and the next token too, which another call had used in the meantime.
    const { layer, sent } = cxone(({ authorization }, index) =>
      Effect.gen(function* () {
        if (index === 0) yield* Effect.sleep("2 seconds")
        return authorization === "Bearer token-1" || (authorization === "Bearer token-2" && index > 2)
          ? { status: 401 }
          : me
      })
    )
    return Effect.gen(function* () {
      const slow = yield* Effect.forkChild(whoami)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* whoami, "me")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(slow), "me")
      assert.strictEqual(sent.at(-1)?.authorization, "Bearer token-3")
      assert.strictEqual(tokenRequests(sent), 3)
    }).pipe(Effect.provide(layer))
  })

  it.effect(
    "answered 401 with any token, while other calls are accepted, takes two fresh tokens, and blocks no other call",
    () => {
      const { layer, sent } = cxone(({ path }) =>
        path.includes("/actions") ? Effect.delay(Effect.succeed({ status: 401 }), "1 second") : me
      )
      return Effect.gen(function* () {
        const { route } = yield* Routing
        const refused = yield* Effect.forkChild(Effect.flip(route("c-1", { type: "queue", id: "q-1" })))
        for (let i = 0; i < 10; i++) {
          assert.strictEqual(yield* whoami, "me")
          yield* TestClock.adjust("500 millis")
        }
        assert.strictEqual((yield* Fiber.join(refused))._tag, "Unauthorized")
        assert.strictEqual(calls(sent).filter((call) => call.includes("/actions")).length, 3)
        assert.strictEqual(tokenRequests(sent), 4)
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect("of a hundred callers whose token is revoked costs one new token, however late their answers come", () => {
    const { layer, sent } = cxone(({ authorization }, index) => {
      const reply: Reply = index > 0 && authorization === "Bearer token-1" ? { status: 401 } : me
      return Effect.delay(Effect.succeed(reply), index * 10)
    })
    return Effect.gen(function* () {
      yield* whoami
      const all = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 100 }, () => whoami),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(new Set(yield* Fiber.join(all)), new Set(["me"]))
      assert.strictEqual(tokenRequests(sent), 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect(
    "to a CXone that takes none of the tokens it grants costs two tokens, and then one in 5 s, however many call",
    () => {
      const { layer, sent } = cxone(() => ({ status: 401 }))
      return Effect.gen(function* () {
        for (let second = 0; second < 20; second++) {
          const errors = yield* Effect.all(
            Array.from({ length: 20 }, () => Effect.flip(whoami)),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(new Set(errors.map(({ _tag }) => _tag)), new Set(["Unauthorized"]))
          yield* TestClock.adjust("1 second")
        }
        assert.strictEqual(tokenRequests(sent), 5)
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect(
    "answered 401 with a fresh token too fails, and the next one gets another: one may be revoked before its first use",
    () => {
      const revoked = new Set(["Bearer token-1", "Bearer token-2"])
      const { layer, sent } = cxone(({ authorization }, index) =>
        index > 0 && revoked.has(authorization ?? "") ? { status: 401 } : me
      )
      return Effect.gen(function* () {
        yield* whoami
        const refusal = yield* Effect.flip(whoami)
        assert.strictEqual(refusal._tag, "Unauthorized")
        assert.strictEqual(yield* whoami, "me")
        assert.strictEqual(tokenRequests(sent), 3)
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect(
    "to a CXone that no longer takes any token costs three tokens in the first 5 s, and then one, however many call",
    () => {
      // Answers take 1 to 100 ms, and do not come in the order of their calls.
      const { layer, sent } = cxone((_, index) =>
        Effect.delay(Effect.succeed(index > 0 ? { status: 401 } : me), ((index * 37) % 100) + 1)
      )
      return Effect.gen(function* () {
        const first = yield* Effect.forkChild(whoami)
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(first)
        const counts: Array<number> = []
        for (let tick = 1; tick <= 1500; tick++) {
          yield* Effect.forkChild(Effect.ignore(whoami))
          yield* TestClock.adjust("10 millis")
          if (tick % 500 === 0) counts.push(tokenRequests(sent))
        }
        assert.deepStrictEqual(counts, [3, 4, 5])
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect("answered 403 names the permissions that it needs, and how to add them", () => {
    const { layer, sent } = cxone(() => ({ status: 403, body: { message: "secret details" } }))
    return Effect.gen(function* () {
      const error = yield* Effect.flip(whoami)
      assert(error._tag === "PermissionMissing")
      assert.deepStrictEqual(error.permissions, ["users:read"])
      assert.include(error.message, "it needs users:read: add it to the client in CXone Admin")
      assert.notInclude(error.message, "secret details")
      assert.strictEqual(calls(sent).length, 1)
    }).pipe(Effect.provide(layer))
  })

  for (const status of [400, 404, 405, 409, 418, 302, 206]) {
    it.effect(`answered ${status}, which is not its contract, is not tried again`, () => {
      const { layer, sent } = cxone(() => ({ status }))
      return Effect.gen(function* () {
        const error = yield* Effect.flip(whoami)
        assert(error._tag === "UnexpectedResponse")
        assert.strictEqual(error.status, status)
        assert.strictEqual(calls(sent).length, 1)
      }).pipe(Effect.provide(layer))
    })
  }

  for (const body of ["", "{", "null", "[]", { id: 5 }, { id: "" }, { id: ".." }, { id: "a\nb" }]) {
    it.effect(`answered with the body ${JSON.stringify(body)} is an unexpected response`, () => {
      const { layer } = cxone(() => ({ status: 200, body }))
      return Effect.gen(function* () {
        assert.strictEqual((yield* Effect.flip(whoami))._tag, "UnexpectedResponse")
      }).pipe(Effect.provide(layer))
    })
  }
})

describe("the retries of a call", () => {
  for (const [what, failure] of [
    ["500", { status: 500 }],
    ["502", { status: 502 }],
    ["503", { status: 503 }],
    ["429", { status: 429 }],
    ["a dropped connection", "drop"]
  ] as const) {
    it.effect(`after ${what} wait 100 ms and double, with jitter, five times`, () => {
      const { layer, sent } = cxone((_, index) => (index < 5 ? failure : me))
      return Effect.gen(function* () {
        const { millis } = yield* timed(whoami)
        assert.strictEqual(calls(sent).length, 6)
        const nominal = 100 + 200 + 400 + 800 + 1600
        assert.isAtLeast(millis, nominal * 0.8)
        assert.isAtMost(millis, nominal * 1.2 + 50)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("end after the sixth attempt", () => {
    const { layer, sent } = cxone(() => ({ status: 503 }))
    return Effect.gen(function* () {
      const { value } = yield* timed(Effect.flip(whoami))
      assert(value._tag === "Unavailable")
      assert.strictEqual(value.reason, "Status")
      assert.strictEqual(calls(sent).length, 6)
    }).pipe(Effect.provide(layer))
  })

  it.effect("give each attempt 2 s", () => {
    const { layer } = cxone((_, index) => (index === 0 ? "hang" : me))
    return Effect.gen(function* () {
      const { millis } = yield* timed(whoami)
      assert.isAtLeast(millis, 2080)
      assert.isAtMost(millis, 2140)
    }).pipe(Effect.provide(layer))
  })

  for (const [retryAfter, least, most] of [
    ["3", 3080, 3130],
    ["Thu, 01 Jan 1970 00:00:04 GMT", 4080, 4130],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 80, 130],
    ["soon", 80, 130],
    ["-1", 80, 130]
  ] as const) {
    it.effect(`take the Retry-After "${retryAfter}" as it is meant`, () => {
      const { layer } = cxone((_, index) =>
        index === 0 ? { status: 429, headers: { "retry-after": retryAfter } } : me
      )
      return Effect.gen(function* () {
        const { millis } = yield* timed(whoami)
        assert.isAtLeast(millis, least)
        assert.isAtMost(millis, most)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("stop at once when Retry-After goes past the deadline, and say how long it is", () => {
    const { layer, sent } = cxone(() => ({ status: 429, headers: { "retry-after": "3600" } }))
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(Effect.flip(whoami.pipe(Deadline.within(Duration.seconds(7)))))
      assert(value._tag === "RateLimited")
      assert.deepStrictEqual(value.retryAfter, Duration.hours(1))
      assert.isAtMost(millis, 20)
      assert.strictEqual(calls(sent).length, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("stop when the next wait would leave no time, with CXone's failure", () => {
    const { layer } = cxone(() => ({ status: 503 }))
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(Effect.flip(whoami.pipe(Deadline.within(Duration.seconds(1)))))
      assert.strictEqual(value._tag, "Unavailable")
      assert.isBelow(millis, 1000)
    }).pipe(Effect.provide(layer))
  })

  it.effect("of a CXone that never answers end by the deadline, as a deadline exceeded", () => {
    const { layer, sent } = cxone(() => "hang")
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(Effect.flip(whoami.pipe(Deadline.within(Duration.seconds(7)))))
      assert.strictEqual(value._tag, "DeadlineExceeded")
      assert.isAtMost(millis, 7010)
      assert.isAtMost(calls(sent).length, 4)
    }).pipe(Effect.provide(layer))
  })

  it.effect("end by the deadline also when it is the token that never comes", () => {
    const { layer, sent } = scripted(() => "hang")
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(Effect.flip(whoami.pipe(Deadline.within(Duration.seconds(7)))))
      assert.strictEqual(value._tag, "DeadlineExceeded")
      assert.isAtMost(millis, 7010)
      assert.deepStrictEqual(calls(sent), [])
    }).pipe(Effect.provide(services(layer)))
  })
})

describe("Conversations", () => {
  const conversation = { userId: "cognigy_ü/ß %41&x=1", name: "Webchat from Cognigy", labels: { source: "cognigy" } }
  const openOrReuse = Effect.flatMap(Conversations, (conversations) => conversations.openOrReuse(conversation))

  it.effect("opens with the user's id whole", () => {
    const { layer, sent } = cxone(() => ({ status: 201, body: { id: "c-1", extra: true } }))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* openOrReuse, { id: "c-1", reused: false, mayBeNew: true })
      assert.deepStrictEqual(calls(sent), ["POST /api/v2/conversations/webchat"])
      assert.deepStrictEqual(JSON.parse(sent[1]?.body ?? ""), conversation)
    }).pipe(Effect.provide(layer))
  })

  it.effect("takes the first active conversation after a conflict, asking for it with the id encoded", () => {
    const { layer, sent } = cxone(({ method }) =>
      method === "POST" ? { status: 409 } : { status: 200, body: { items: [{ id: "c-1", x: 1 }, { id: "c-2" }] } }
    )
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* openOrReuse, { id: "c-1", reused: true, mayBeNew: false })
      assert.deepStrictEqual(calls(sent), [
        "POST /api/v2/conversations/webchat",
        "GET /api/v2/conversations/webchat?userId=cognigy_%C3%BC%2F%C3%9F%20%2541%26x%3D1&status=ACTIVE"
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("ignores the list after the first active conversation", () => {
    const { layer } = cxone(({ method }) =>
      method === "POST" ? { status: 409 } : { status: 200, body: { items: [{ id: "c-1" }, { id: null }, 7] } }
    )
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* openOrReuse, { id: "c-1", reused: true, mayBeNew: false })
    }).pipe(Effect.provide(layer))
  })

  it.effect("opens again, with backoff, while a lock outlives its session", () => {
    let opens = 0
    const { layer } = cxone(({ method }) => {
      if (method === "GET") return { status: 200, body: { items: [] } }
      return ++opens < 4 ? { status: 409 } : { status: 201, body: { id: "c-9" } }
    })
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(openOrReuse)
      assert.deepStrictEqual(value, { id: "c-9", reused: false, mayBeNew: true })
      assert.isAtLeast(millis, (250 + 500 + 1000) * 0.8)
    }).pipe(Effect.provide(layer))
  })

  it.effect("reports the conflict when the lock does not clear", () => {
    const { layer, sent } = cxone(({ method }) =>
      method === "GET" ? { status: 200, body: { items: [] } } : { status: 409 }
    )
    return Effect.gen(function* () {
      const { value } = yield* timed(Effect.flip(openOrReuse))
      assert.strictEqual(value._tag, "Conflict")
      assert.strictEqual(calls(sent).length, 10)
    }).pipe(Effect.provide(layer))
  })
})

describe("Routing", () => {
  const queue = (id: string): Target => ({ type: "queue", id })
  const toQueue = Routing.use(({ route }) => route("c/1 ü", queue("q-1")))
  const toAgent = Routing.use(({ route }) => route("c-1", { type: "agent", id: "a-1" }))

  for (const status of [200, 204, 409]) {
    it.effect(`answered ${status} has succeeded`, () => {
      const { layer, sent } = cxone(() => ({ status }))
      return Effect.gen(function* () {
        yield* toQueue
        yield* toAgent
        assert.deepStrictEqual(calls(sent), [
          "POST /api/v2/conversations/webchat/c%2F1%20%C3%BC/actions",
          "POST /api/v2/conversations/webchat/c-1/actions"
        ])
        assert.deepStrictEqual(
          sent.slice(1).map(({ body }) => JSON.parse(body)),
          [
            { action: "queue", to: { queueId: "q-1" } },
            { action: "user", to: { userId: "a-1" } }
          ]
        )
      }).pipe(Effect.provide(layer))
    })
  }

  for (const [status, tag, body] of [
    [400, "InvalidTarget"],
    [404, "ResourceNotFound"],
    [422, "InvalidTarget"],
    [403, "PermissionMissing", {}],
    [202, "UnexpectedResponse"]
  ] as const) {
    it.effect(`answered ${status} is ${tag}, tried once`, () => {
      const { layer, sent } = cxone(() => ({ status, body }))
      return Effect.gen(function* () {
        assert.strictEqual((yield* Effect.flip(toQueue))._tag, tag)
        assert.strictEqual(calls(sent).length, 1)
      }).pipe(Effect.provide(layer))
    })
  }

  for (const status of [400, 422]) {
    it.effect(`answered ${status} names the target`, () => {
      const { layer } = cxone(() => ({ status }))
      return Effect.gen(function* () {
        const target = queue("q-1")
        const error = yield* Effect.flip(toQueue)
        assert.deepStrictEqual(error, new InvalidTarget({ operation: "routeToQueue", status, target }))
        assert.include(error.message, `the queue q-1 (it answered ${status})`)
      }).pipe(Effect.provide(layer))
    })
  }

  for (const type of ["queue", "agent"] as const) {
    it.effect(`to the ${type} with an empty id is an invalid target, without a call`, () => {
      const { layer, sent } = cxone(() => ({ status: 204 }))
      return Effect.gen(function* () {
        const { route } = yield* Routing
        const error = yield* Effect.flip(route("c-1", { type, id: "" }))
        assert(error._tag === "InvalidTarget")
        assert.deepStrictEqual(error.target, { type, id: "" })
        assert.deepStrictEqual(sent, [])
      }).pipe(Effect.provide(layer))
    })
  }
})

describe("Directory", () => {
  it.effect("finds a queue, and says when there is none", () => {
    const { layer, sent } = cxone((_, index) =>
      index === 0 ? { status: 200, body: { id: "q/1", name: "Sales", x: 1 } } : { status: 404 }
    )
    return Effect.gen(function* () {
      const { queue } = yield* Directory
      assert.deepStrictEqual(yield* queue("q/1"), { id: "q/1", name: "Sales" })
      assert.strictEqual((yield* Effect.flip(queue("q/1")))._tag, "ResourceNotFound")
      assert.deepStrictEqual(calls(sent)[0], "GET /api/v2/routing/queues/q%2F1")
    }).pipe(Effect.provide(layer))
  })

  it.effect("finds an agent, and says when there is none", () => {
    const { layer, sent } = cxone((_, index) =>
      index === 0 ? { status: 200, body: { id: "a/1", name: "Alex", x: 1 } } : { status: 404 }
    )
    return Effect.gen(function* () {
      const { agent } = yield* Directory
      assert.deepStrictEqual(yield* agent("a/1"), { id: "a/1", name: "Alex" })
      assert.deepStrictEqual(yield* Effect.flip(agent("a/1")), new ResourceNotFound({ operation: "agent" }))
      assert.deepStrictEqual(calls(sent)[0], "GET /api/v2/users/a%2F1")
    }).pipe(Effect.provide(layer))
  })

  it.effect("does not look up the agent `me`: CXone would answer with our own user", () => {
    const { layer, sent } = cxone(() => me)
    return Effect.gen(function* () {
      const { agent } = yield* Directory
      for (const id of ["me", "ME"]) assert.strictEqual((yield* Effect.flip(agent(id)))._tag, "ResourceNotFound")
      assert.deepStrictEqual(calls(sent), [])
    }).pipe(Effect.provide(layer))
  })
})
