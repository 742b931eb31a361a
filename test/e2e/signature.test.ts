import { createHmac } from "node:crypto"
import { assert, describe, it, vi } from "@effect/vitest"
import { Clock, Effect, Redacted } from "effect"
import { HttpBody } from "effect/http"
import type { WebhookCredentials } from "../../src/cognigy/door/Credentials.ts"
import { assertProblem, assertSafe, assertSuccess } from "./support/answers.ts"
import { shapes } from "./support/bodies.ts"
import { started, withRouter } from "./support/router.ts"

// Most of the time here is spent waiting.
vi.setConfig({ maxConcurrency: 10 })

const [former, current, foreign] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte).toString("base64"))

const credentials: WebhookCredentials = {
  mode: "signature",
  secrets: [Redacted.make(`whsec_${former}`), Redacted.make(`whsec_${current}`)]
}

/** The body of a webhook and the headers that sign it, so many seconds ago. */
const signed = Effect.fnUntraced(function* (payload: object, secret = current, age = 0) {
  const body = JSON.stringify(payload)
  const timestamp = Math.floor((yield* Clock.currentTimeMillis) / 1000) - age
  const mac = createHmac("sha256", Buffer.from(`${secret}`, "base64")).update(`msg_1.${timestamp}.${body}`)
  const headers = {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${mac.digest("base64")}`
  }
  return { body: HttpBody.text(body, "application/json"), headers }
})

const refused = { status: 401, error: "Unauthorized" }

describe.concurrent.each(shapes)("$shape that is signed", ({ bodyOf }) => {
  const payload = bodyOf({ intent: "transfer_to_sales", userId: "anna" })

  it.live("goes through with either secret, also once more within 5 minutes", () =>
    Effect.gen(function* () {
      const { log, post } = yield* started()
      for (const secret of [former, current]) {
        const { body, headers } = yield* signed(payload, secret, 290)
        const { conversationId } = assertSuccess(yield* post(body, headers))
        assert.strictEqual(assertSuccess(yield* post(body, headers)).conversationId, conversationId)
      }
      assertSafe(log.join("\n"), `${former}`, `${current}`)
    }).pipe(withRouter({ settings: { credentials } }))
  )

  it.live("is recognised as a copy whatever key a stranger adds to it", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      const { body, headers } = yield* signed(payload)
      const first = assertSuccess(yield* post(body, headers))
      assert.deepStrictEqual(assertSuccess(yield* post(body, { ...headers, "idempotency-key": "another" })), first)
      assert.strictEqual((yield* simulator.state).counts.action, 1)
    }).pipe(withRouter({ settings: { credentials } }))
  )

  it.live("is a replay 5 minutes later, and opens nothing", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      const { body, headers } = yield* signed(payload, current, 301)
      const reply = yield* post(body, headers)
      assert.match(
        assertProblem(reply, refused, `${current}`, headers["webhook-signature"]),
        /behind the router's clock/
      )
      assert.strictEqual(reply.headers["www-authenticate"], 'Webhook-Signature realm="cognigy-cxone-router"')
      assert.deepStrictEqual((yield* simulator.state).calls, [])
    }).pipe(withRouter({ settings: { credentials } }))
  )

  it.live("by somebody else, for something else, or not at all opens nothing, and is logged once", () =>
    Effect.gen(function* () {
      const { log, post, simulator } = yield* started()
      const right = yield* signed(payload)
      const theirs = yield* signed(payload, foreign)
      const other = yield* signed(bodyOf({ intent: "transfer_to_sales", userId: "otto" }))
      for (const [body, headers] of [
        [right.body, theirs.headers],
        [other.body, right.headers],
        [right.body, { ...right.headers, "webhook-id": "msg_2" }],
        [right.body, {}]
      ] as const) {
        assertProblem(yield* post(body, headers), refused, `${current}`, `${former}`)
      }
      assert.deepStrictEqual((yield* simulator.state).calls, [])
      assert.lengthOf(
        log.filter((line) => line.includes("401 Unauthorized")),
        1
      )
      assertSuccess(yield* post(right.body, right.headers))
    }).pipe(withRouter({ settings: { credentials } }))
  )
})
