import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Schema } from "effect"
import { correlated } from "../../src/cognigy/problem/correlation.ts"
import {
  BadGateway,
  BadRequest,
  CredentialsRefused,
  GatewayTimeout,
  HandoverRejected,
  InternalError,
  MethodNotAllowed,
  overloaded,
  PathNotFound,
  PayloadTooLarge,
  UnprocessableContent,
  UnsupportedMediaType
} from "../../src/cognigy/problem/Problem.ts"
import { toProblem } from "../../src/cognigy/problem/toProblem.ts"
import { CredentialsRefusedProblem, handlerProblems } from "../../src/cognigy/problem/wire.ts"
import {
  Conflict,
  DeadlineExceeded,
  InvalidTarget,
  PermissionMissing,
  RateLimited,
  Unauthorized,
  Unavailable,
  UnexpectedResponse
} from "../../src/cxone/CXoneError.ts"
import { type HandoverError, HandoverFailed, KeyReused } from "../../src/handover/HandedOver.ts"
import { AgentIdMissing, Rejected, UnsupportedIntent } from "../../src/routing/Decision.ts"

const encode = Schema.encodeUnknownEffect(Schema.Union(handlerProblems))

type Reason = HandoverFailed["reason"]

/** What crosses the network for a handover that failed: the body, and the headers where there are any. */
const answerTo = (error: HandoverError | Reason) =>
  Effect.map(encode(toProblem(error)), (encoded) =>
    "headers" in encoded ? encoded : { body: encoded, headers: undefined }
  )

const permissions = ["conversations:webchat:create", "conversations:webchat:read"]

const unavailable = (retryAfter?: Duration.Duration) =>
  new Unavailable({ operation: "open", reason: "Status", detail: "it answered 503", retryAfter })

const rateLimited = (retryAfter?: Duration.Duration) => new RateLimited({ operation: "open", retryAfter })

type Row<Failure> = readonly [failure: Failure, status: number, title: string, error: string]

/** What CXone did, and a deadline that passed. */
const reasons: ReadonlyArray<Row<Reason>> = [
  [new Unauthorized({ operation: "open" }), 502, "Bad Gateway", "CXone rejected the credentials"],
  [new Unauthorized({ operation: "token" }), 502, "Bad Gateway", "CXone rejected the credentials"],
  [new PermissionMissing({ operation: "open", permissions }), 502, "Bad Gateway", "CXone denied access"],
  [
    new InvalidTarget({ operation: "routeToQueue", status: 404, target: { type: "queue", id: "q-1" } }),
    502,
    "Bad Gateway",
    "Invalid routing target"
  ],
  [
    new InvalidTarget({ operation: "routeToAgent", status: 422, target: { type: "agent", id: "a-1" } }),
    502,
    "Bad Gateway",
    "Invalid routing target"
  ],
  [
    new UnexpectedResponse({ operation: "open", status: 201, issue: "id: Missing key" }),
    502,
    "Bad Gateway",
    "Unexpected CXone response"
  ],
  [rateLimited(), 503, "Service Unavailable", "CXone rate limit exceeded"],
  [unavailable(), 503, "Service Unavailable", "CXone unavailable"],
  [
    new Unavailable({ operation: "token", reason: "Connection", detail: "connection failed", retryAfter: undefined }),
    503,
    "Service Unavailable",
    "CXone unavailable"
  ],
  [new Conflict({ operation: "open" }), 503, "Service Unavailable", "Conversation conflict"],
  [new DeadlineExceeded({ operation: undefined }), 504, "Gateway Timeout", "Handover timed out"],
  [new DeadlineExceeded({ operation: "findActive" }), 504, "Gateway Timeout", "Handover timed out"]
]

/** What names no rule, whatever else there is. */
const ruleless: ReadonlyArray<Row<HandoverError>> = [
  [new UnsupportedIntent({ intent: "order_pizza" }), 400, "Bad Request", "Unsupported intent"],
  [new KeyReused(), 422, "Unprocessable Content", "Idempotency key reused"]
]

describe("a handover that failed", () => {
  for (const [failure, status, title, error] of [...ruleless, ...reasons]) {
    it.effect(`with ${failure._tag}: ${failure.message}: is a ${status}, "${error}", with these members alone`, () =>
      Effect.gen(function* () {
        const { body } = yield* answerTo(failure)
        assert.deepStrictEqual<object>(body, { type: "about:blank", title, status, detail: failure.message, error })
        assert.isAbove(failure.message.length, 0)
      })
    )

    it.effect(
      `with ${failure._tag}: ${failure.message}: ${status === 503 ? "says" : "says nothing of"} when to come again`,
      () =>
        Effect.gen(function* () {
          const { headers } = yield* answerTo(failure)
          if (status !== 503) return assert.isUndefined(headers)
          const [[name, seconds] = [], ...others] = Object.entries(headers ?? {})
          assert.deepStrictEqual([name, others], ["retry-after", []])
          assert.isAtLeast(Number(seconds), 1)
        })
    )
  }

  for (const [reason, status, title, error] of reasons) {
    it.effect(`once a rule had decided, with ${reason._tag}: ${reason.message}: names that rule besides`, () =>
      Effect.gen(function* () {
        const before = yield* answerTo(new HandoverFailed({ reason }))
        assert.deepStrictEqual(before, yield* answerTo(reason))
        const { body, headers } = yield* answerTo(new HandoverFailed({ rule: "buyers", reason }))
        assert.deepStrictEqual<object>(body, {
          type: "about:blank",
          title,
          status,
          detail: reason.message,
          error,
          rule: "buyers"
        })
        assert.deepStrictEqual(headers, before.headers)
        const left = yield* answerTo(new HandoverFailed({ rule: "buyers", conversationId: "c-1", reason }))
        assert.deepStrictEqual<object>(left.body, { ...body, conversationId: "c-1" })
      })
    )
  }

  it.effect("for a missing agent's id names the rule that needs it", () =>
    Effect.gen(function* () {
      const failure = new AgentIdMissing({ rule: "named", entity: "agentId", problem: "it is not there" })
      assert.deepStrictEqual(yield* answerTo(failure), {
        body: {
          type: "about:blank",
          title: "Bad Request",
          status: 400,
          detail: failure.message,
          error: "Agent ID missing",
          rule: "named"
        },
        headers: undefined
      })
    })
  )

  it.effect.each(["We are closed.", "", "Zeile 1\nZeile 2 🙏"])(
    "because a rule rejects it is a 403 with the rule, and the text as it is: %j",
    (text) =>
      Effect.gen(function* () {
        const failure = new Rejected({ rule: "closed", text })
        assert.deepStrictEqual(yield* answerTo(failure), {
          body: {
            type: "about:blank",
            title: "Forbidden",
            status: 403,
            detail: failure.message,
            error: "Handover rejected",
            rule: "closed",
            text
          },
          headers: undefined
        })
      })
  )

  it.effect("because of missing permissions lists all of them", () =>
    Effect.gen(function* () {
      const { body } = yield* answerTo(new PermissionMissing({ operation: "open", permissions }))
      for (const permission of permissions) assert.include(body.detail, permission)
    })
  )
})

describe("a detail", () => {
  it.effect("has times in whole milliseconds", () =>
    Effect.gen(function* () {
      const { body } = yield* answerTo(rateLimited(Duration.nanos(883_298_021n)))
      assert.include(body.detail, "884ms")
      assert.notInclude(body.detail, "ns")
    })
  )
})

describe("Retry-After", () => {
  for (const [asked, seconds] of [
    [Duration.zero, 1],
    [Duration.millis(1), 1],
    [Duration.millis(999), 1],
    [Duration.seconds(1), 1],
    [Duration.millis(1001), 2],
    [Duration.millis(2500), 3],
    [Duration.seconds(30), 30],
    [Duration.nanos(1n), 1],
    [Duration.nanos(1_000_000_001n), 2],
    [Duration.days(365), 31_536_000],
    [Duration.seconds(999_999_999), 999_999_999]
  ] as const) {
    for (const failure of [rateLimited(asked), unavailable(asked)]) {
      it.effect(`of ${failure._tag} is whole seconds, never too early and never 0: ${Duration.format(asked)}`, () =>
        Effect.gen(function* () {
          for (const one of [failure, new HandoverFailed({ rule: "r", reason: failure })]) {
            const { headers } = yield* answerTo(one)
            assert.deepStrictEqual(headers, { "retry-after": seconds })
          }
        })
      )
    }
  }

  it.effect("is a few seconds where CXone gave none", () =>
    Effect.gen(function* () {
      for (const failure of [rateLimited(), unavailable(), new Conflict({ operation: "open" })]) {
        const { headers } = yield* answerTo(failure)
        assert.deepStrictEqual(headers, { "retry-after": 5 })
      }
    })
  )
})

describe("the other problems", () => {
  it.effect("that the webhook answers where no rule had decided have no member for one", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* encode(overloaded("d")), {
        body: { type: "about:blank", title: "Service Unavailable", status: 503, detail: "d", error: "Overloaded" },
        headers: { "retry-after": 1 }
      })
      assert.deepStrictEqual(yield* encode(new BadRequest({ error: "Invalid payload", detail: "d" })), {
        type: "about:blank",
        title: "Bad Request",
        status: 400,
        detail: "d",
        error: "Invalid payload"
      })
    })
  )

  it.effect("that the webhook answers with have the same members", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* encode(new PayloadTooLarge({ error: "Payload too large", detail: "d" })), {
        type: "about:blank",
        title: "Content Too Large",
        status: 413,
        detail: "d",
        error: "Payload too large"
      })
      assert.deepStrictEqual(yield* encode(new InternalError({ error: "Internal error", detail: "d" })), {
        type: "about:blank",
        title: "Internal Server Error",
        status: 500,
        detail: "d",
        error: "Internal error"
      })
    })
  )

  it.effect("of an encoding carry those that are read as a header and not in the body", () =>
    Effect.gen(function* () {
      const problem = new UnsupportedMediaType({ error: "Unsupported encoding", detail: "d", accepted: "gzip" })
      assert.deepStrictEqual(yield* encode(problem), {
        body: {
          type: "about:blank",
          title: "Unsupported Media Type",
          status: 415,
          detail: "d",
          error: "Unsupported encoding"
        },
        headers: { "accept-encoding": "gzip" }
      })
    })
  )

  it.effect("of refused credentials carry their challenge as a header and not in the body", () =>
    Effect.gen(function* () {
      const refused = new CredentialsRefused({ error: "Unauthorized", detail: "d", challenge: "Basic realm=x" })
      assert.deepStrictEqual(yield* Schema.encodeEffect(CredentialsRefusedProblem)(refused), {
        body: { type: "about:blank", title: "Unauthorized", status: 401, detail: "d", error: "Unauthorized" },
        headers: { "www-authenticate": "Basic realm=x" }
      })
    })
  )

  it("of wrong paths and methods have their status", () => {
    assert.strictEqual(new PathNotFound({ error: "Not found", detail: "d" }).status, 404)
    assert.strictEqual(new MethodNotAllowed({ error: "Method not allowed", detail: "d" }).status, 405)
  })
})

describe("a problem's tag", () => {
  const detail = "d"
  const all = [
    new BadRequest({ error: "Invalid payload", detail }),
    new HandoverRejected({ error: "Handover rejected", detail, rule: "r", text: "t" }),
    new PayloadTooLarge({ error: "Payload too large", detail }),
    new UnsupportedMediaType({ error: "Unsupported encoding", detail, accepted: "gzip" }),
    new UnprocessableContent({ error: "Idempotency key reused", detail }),
    new InternalError({ error: "Internal error", detail }),
    new BadGateway({ error: "CXone denied access", detail, rule: "r" }),
    new GatewayTimeout({ error: "Handover timed out", detail }),
    overloaded(detail)
  ]

  it.effect.each(all.map((problem) => ({ problem, tag: problem.constructor.name })))(
    "is the name of its class, with and without an id, and does not cross the network: $tag",
    ({ problem, tag }) =>
      Effect.gen(function* () {
        const withId = correlated(problem, "id")
        assert.deepStrictEqual([problem._tag, withId._tag], [tag, tag])
        assert.strictEqual(withId.correlationId, "id")
        for (const encoded of [yield* encode(problem), yield* encode(withId)]) {
          assert.notInclude(JSON.stringify(encoded), "_tag")
        }
        assert.notInclude(JSON.stringify(problem), "_tag")
      })
  )

  it.effect("is one that Effect.catchTag can catch", () =>
    Effect.gen(function* () {
      const failed: Effect.Effect<string, BadRequest | BadGateway> = new BadRequest({
        error: "Invalid payload",
        detail
      })
      const caught = yield* failed.pipe(
        Effect.catchTag("BadRequest", ({ error }) => Effect.succeed(error)),
        Effect.catchTag("BadGateway", () => Effect.succeed("other"))
      )
      assert.strictEqual(caught, "Invalid payload")
    })
  )

  it.effect("is in refused credentials too", () =>
    Effect.gen(function* () {
      const refused = new CredentialsRefused({ error: "Unauthorized", detail, challenge: "Basic" })
      assert.strictEqual(refused._tag, "CredentialsRefused")
      assert.notInclude(JSON.stringify(yield* Schema.encodeEffect(CredentialsRefusedProblem)(refused)), "_tag")
    })
  )

  it("is in the problems of wrong paths and methods too", () => {
    assert.strictEqual(new PathNotFound({ error: "Not found", detail })._tag, "PathNotFound")
    assert.strictEqual(new MethodNotAllowed({ error: "Method not allowed", detail })._tag, "MethodNotAllowed")
  })
})
