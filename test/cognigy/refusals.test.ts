/** Requests that are refused before any handover: each is one event of the journal. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Latch, Redacted } from "effect"
import type { HttpServerRequest } from "effect/http"
import { DECIDE_PATH, EXPLAIN_PATH, WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import type { WebhookCredentials } from "../../src/cognigy/door/Credentials.ts"
import { REASONS } from "../../src/handover/journalMetrics.ts"
import { UnsupportedIntent } from "../../src/routing/Decision.ts"
import { BODY, door, NOW } from "./support/app.ts"

const keys: WebhookCredentials = { mode: "api-key", keys: [Redacted.make("the-key")] }
const signed: WebhookCredentials = {
  mode: "signature",
  secrets: [Redacted.make(`whsec_${Buffer.alloc(32, 1).toString("base64")}`)]
}
const known = { "x-api-key": "the-key" }
const signedWrong = (timestamp = NOW) => ({
  "webhook-id": "msg_1",
  "webhook-timestamp": String(timestamp),
  "webhook-signature": `v1,${Buffer.alloc(32, 7).toString("base64")}`
})

interface Row {
  readonly credentials?: WebhookCredentials
  readonly headers?: Record<string, string>
  readonly body?: NonNullable<RequestInit["body"]>
  readonly reason: string
  readonly status: number
  readonly error: string
  readonly isStranger: boolean
}

const broken = () =>
  new ReadableStream({
    start: (controller) => {
      controller.error(new Error("planted"))
    }
  })

const rows: ReadonlyArray<Row> = [
  { reason: "credentials_missing", status: 401, error: "Unauthorized", isStranger: true, headers: {} },
  {
    reason: "credentials_wrong",
    status: 401,
    error: "Unauthorized",
    isStranger: true,
    headers: { "x-api-key": "planted" }
  },
  {
    credentials: signed,
    reason: "credentials_missing",
    status: 401,
    error: "Unauthorized",
    isStranger: true,
    headers: {}
  },
  {
    credentials: signed,
    reason: "credentials_expired",
    status: 401,
    error: "Unauthorized",
    isStranger: true,
    headers: signedWrong(NOW - 301)
  },
  {
    credentials: signed,
    reason: "credentials_wrong",
    status: 401,
    error: "Unauthorized",
    isStranger: true,
    headers: signedWrong()
  },
  {
    reason: "invalid_content_type",
    status: 400,
    error: "Invalid content type",
    isStranger: false,
    headers: { ...known, "content-type": "text/planted" }
  },
  {
    credentials: signed,
    reason: "invalid_content_type",
    status: 400,
    error: "Invalid content type",
    isStranger: true,
    headers: { ...signedWrong(), "content-type": "text/planted" }
  },
  { reason: "invalid_payload", status: 400, error: "Invalid payload", isStranger: false, body: "planted" },
  {
    reason: "invalid_payload",
    status: 400,
    error: "Invalid payload",
    isStranger: false,
    body: '{"intent":["planted"]}'
  },
  { reason: "invalid_payload", status: 400, error: "Invalid payload", isStranger: false, body: broken() },
  {
    credentials: { mode: "none" },
    reason: "invalid_payload",
    status: 400,
    error: "Invalid payload",
    isStranger: false,
    body: "planted"
  },
  {
    reason: "missing_required_fields",
    status: 400,
    error: "Missing required fields",
    isStranger: false,
    body: '{"intent":"planted"}'
  },
  {
    reason: "payload_too_large",
    status: 413,
    error: "Payload too large",
    isStranger: false,
    body: "planted".repeat(50_000)
  },
  {
    reason: "payload_too_large",
    status: 413,
    error: "Payload too large",
    isStranger: false,
    headers: { ...known, "content-length": "1000000" }
  },
  {
    reason: "unsupported_encoding",
    status: 415,
    error: "Unsupported encoding",
    isStranger: false,
    headers: { ...known, "content-encoding": "planted" }
  }
]

describe("a refusal", () => {
  it.effect.each(rows)("is an event: $reason, $status $error, stranger: $isStranger", (row) =>
    Effect.gen(function* () {
      const { events, post } = yield* door(row.credentials ?? keys)
      const { handled, status, text } = yield* post(row.headers ?? known, row.body)
      assert.deepStrictEqual([status, handled], [row.status, 0])
      const [event, ...others] = events
      assert.deepStrictEqual(others, [])
      if (event?._tag !== "Refusal") return assert.fail("no refusal")
      const { answer, at, correlationId, detail, reason, took, ...members } = event
      assert.deepStrictEqual<object>(members, {
        _tag: "Refusal",
        status: row.status,
        error: row.error,
        isStranger: row.isStranger
      })
      assert.deepStrictEqual([reason, at, took], [row.reason, NOW * 1000, 0])
      assert.strictEqual(correlationId, JSON.parse(text).correlationId)
      assert.deepStrictEqual(answer, row.isStranger ? undefined : JSON.parse(text))
      assert.include(REASONS, reason)
      assert.isNotEmpty(detail)
      assert.notInclude(JSON.stringify(event), "planted")
    })
  )

  it.effect("is one for a webhook over the capacity, and for none that was handed over", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const latch = yield* Latch.make()
      const { events, post } = yield* door(keys, {
        capacity: 1,
        handle: ({ intent }) =>
          Effect.gen(function* () {
            yield* Deferred.succeed(begun, undefined)
            yield* latch.await
            return yield* new UnsupportedIntent({ intent })
          })
      })
      const first = yield* Effect.forkChild(post(known))
      yield* Deferred.await(begun)
      assert.strictEqual((yield* post(known)).status, 503)
      assert.strictEqual(events.length, 1)
      assert.deepInclude(events[0], { reason: "overloaded", status: 503, error: "Overloaded", isStranger: false })
      yield* latch.open
      assert.strictEqual((yield* Fiber.join(first)).status, 400)
      assert.strictEqual(events.length, 1)
    })
  )

  it.effect("is one for a defect before the handover, which the log has once", () =>
    Effect.gen(function* () {
      const { events, logged, post } = yield* door(keys)
      const breaks = (request: HttpServerRequest.HttpServerRequest) =>
        Object.defineProperty(request, "arrayBuffer", { value: Effect.die(new Error("on purpose")) })
      assert.strictEqual((yield* post(known, BODY, WEBHOOK_PATH, breaks)).status, 500)
      assert.strictEqual(events.length, 1)
      assert.deepInclude(events[0], { reason: "internal_error", status: 500, error: "Internal error" })
      assert.notInclude(JSON.stringify(events), "on purpose")
      assert.deepStrictEqual(
        logged.map((line) => /a defect in the router|refused → 500 Internal error/.exec(line)?.[0]),
        ["a defect in the router", "refused → 500 Internal error"]
      )
    })
  )

  it.effect("is none for a defect of the handover, which has its own event", () =>
    Effect.gen(function* () {
      const { events, post } = yield* door(keys, { handle: () => Effect.die(new Error("on purpose")) })
      assert.strictEqual((yield* post(known)).status, 500)
      assert.deepStrictEqual(events, [])
    })
  )

  it.effect("is one for a decision that is refused before it, as for the webhook", () =>
    Effect.gen(function* () {
      const { events, post } = yield* door(keys)
      for (const body of ["{", "{}", BODY]) yield* post(known, body, DECIDE_PATH)
      yield* post({}, BODY, DECIDE_PATH)
      const other = yield* door(signed)
      yield* other.post(signedWrong(), BODY, DECIDE_PATH)
      assert.deepStrictEqual(
        [...events, ...other.events].map((event) => event._tag === "Refusal" && event.reason),
        ["invalid_payload", "missing_required_fields", "credentials_missing", "credentials_wrong"]
      )
    })
  )

  it.effect("is none for an explanation, but for wrong credentials", () =>
    Effect.gen(function* () {
      const { events, post } = yield* door(keys)
      for (const body of ["{", "{}", BODY]) yield* post(known, body, EXPLAIN_PATH)
      assert.deepStrictEqual(events, [])
      yield* post({}, BODY, EXPLAIN_PATH)
      const other = yield* door(signed)
      yield* other.post(signedWrong(), BODY, EXPLAIN_PATH)
      assert.deepStrictEqual(
        [...events, ...other.events].map((event) => event._tag === "Refusal" && event.reason),
        ["credentials_missing", "credentials_wrong"]
      )
    })
  )
})
