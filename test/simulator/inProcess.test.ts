import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { Handover } from "../../src/handover/Handover.ts"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { sales, withRouter } from "./router.ts"
import { chats, issueToken, open, opening, ordered, send, withSimulator } from "./support.ts"

const user = "cognigy_user"

/** Sends a body whose length is not announced. */
const stream = (token: string, text: string) =>
  HttpClientRequest.post(`http://cxone.simulated${chats}`).pipe(
    HttpClientRequest.bearerToken(token),
    HttpClientRequest.bodyStream(Stream.make(new TextEncoder().encode(text)), { contentType: "application/json" }),
    HttpClient.execute,
    Effect.map(({ status }) => status)
  )

describe("a simulator in the process", () => {
  it.effect("answers at a base URL of its own, and no other host can be reached", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* CXoneSimulator).baseUrl, "http://cxone.simulated")
      for (const url of ["http://127.0.0.1:1/", "https://cxone.simulated/"]) {
        const error = yield* Effect.flip(HttpClient.get(url))
        assert.strictEqual(error.reason._tag, "TransportError")
        assert.include(error.message, "http://cxone.simulated")
      }
    }).pipe(withSimulator())
  )

  it.effect("reads a streamed body, up to 64 KiB", () =>
    Effect.gen(function* () {
      const token = yield* issueToken
      const most = JSON.stringify(opening(user)).padEnd(64 * 1024)
      assert.strictEqual(yield* stream(token, most), 201)
      assert.strictEqual(yield* stream(token, `${most} `), 413)
    }).pipe(withSimulator())
  )

  it.effect("stops handling a call when its caller is interrupted", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered({ operation: "open", kind: "delay", millis: 1000 })
      const opening = yield* Effect.forkChild(open(token, user))
      yield* simulator.awaitState(({ counts }) => counts.open === 1)
      yield* Fiber.interrupt(opening)
      yield* TestClock.adjust("1 second")
      const { calls, conversations } = yield* simulator.state
      assert.deepStrictEqual([calls[0]?.status, conversations], [null, []])
    }).pipe(withSimulator())
  )

  it.effect("shares nothing with another one", () =>
    Effect.gen(function* () {
      const token = yield* issueToken
      const other = yield* send("GET", "/api/v2/users/me", { token }).pipe(withSimulator())
      assert.strictEqual(other.status, 401)
    }).pipe(withSimulator())
  )
})

describe("the router over it", () => {
  it.effect("tries a hanging open again after the attempt's timeout, on the test's clock alone", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      yield* simulator.order({ operation: "open", kind: "hang" })
      const handover = yield* Handover
      const handling = yield* Effect.forkChild(handover.handle(sales("anna")))
      yield* simulator.awaitState(({ counts }) => counts.open === 1)
      yield* TestClock.adjust("1999 millis")
      assert.strictEqual((yield* simulator.state).counts.open, 1)
      // The rest of the timeout, and the longest wait before a second attempt.
      yield* TestClock.adjust("501 millis")
      const { conversationId, reused } = yield* Fiber.join(handling)
      const { calls, conversations, counts } = yield* simulator.state
      assert.deepInclude(counts, { token: 1, open: 2, action: 1 })
      assert.deepStrictEqual(
        calls.filter(({ operation }) => operation === "open").map(({ status }) => status),
        [null, 201]
      )
      assert.deepStrictEqual([conversations[0]?.id, reused], [conversationId, false])
    }).pipe(withRouter)
  )
})
