import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { salesQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import type { Conversation } from "../../src/simulator/webchat/SimulatorState.ts"
import { assertProblem, assertSuccess } from "./support/answers.ts"
import { sales } from "./support/bodies.ts"
import { Router, started, withRouter } from "./support/router.ts"
import { connect, received, refusesConnections, webhook } from "./support/socket.ts"

// Most of the time here is spent waiting.
vi.setConfig({ maxConcurrency: 10 })

/** Closes the router, and fails when that takes far longer than it should. */
const closesInTime = Effect.gen(function* () {
  const closing = yield* Effect.forkDetach((yield* Router).close)
  yield* Effect.timeout(Fiber.join(closing), "10 seconds")
})

const labelled: Partial<Conversation> = {
  routedCount: 1,
  target: { type: "queue", id: salesQueueId },
  labels: { source: "cognigy", cognigy_intent: "transfer_to_sales" }
}

describe.concurrent("a shutdown", () => {
  it.live.each(["token", "open", "action"] as const)(
    "lets a webhook finish that waits for %s, sends its label, and takes no new connection",
    (operation) =>
      Effect.gen(function* () {
        const { post, simulator } = yield* started({ operation, kind: "delay", millis: 1000 })
        const posting = yield* Effect.forkChild(post(sales("anna")))
        yield* simulator.awaitState(({ counts }) => counts[operation] === 1)
        const closing = yield* Effect.forkChild(closesInTime)
        yield* refusesConnections
        assert.isUndefined(posting.pollUnsafe())
        assertSuccess(yield* Fiber.join(posting))
        yield* Fiber.join(closing)
        const { conversations } = yield* simulator.state
        assert.strictEqual(conversations.length, 1)
        assert.deepInclude(conversations[0], labelled)
      }).pipe(withRouter())
  )

  it.live("sends the labels that wait for company", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      const users = Array.from({ length: 20 }, (_, i) => `user-${i}`)
      yield* Effect.forEach(users, (user) => Effect.map(post(sales(user)), assertSuccess), { concurrency: "unbounded" })
      yield* closesInTime
      const { conversations } = yield* simulator.state
      assert.strictEqual(conversations.length, 20)
      for (const conversation of conversations) assert.deepInclude(conversation, labelled)
    }).pipe(withRouter())
  )

  it.live("finishes a handover whose client has left", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "open", kind: "delay", millis: 500 })
      const posting = yield* Effect.forkChild(post(sales("anna")))
      yield* simulator.awaitState(({ counts }) => counts.open === 1)
      yield* Fiber.interrupt(posting)
      yield* closesInTime
      assert.deepInclude((yield* simulator.state).conversations[0], labelled)
    }).pipe(withRouter())
  )

  it.live("waits no longer than a handover's deadline for a CXone that never answers", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "open", kind: "hang", share: 1 })
      const posting = yield* Effect.forkChild(post(sales("anna")))
      yield* simulator.awaitState(({ counts }) => counts.open === 1)
      yield* closesInTime
      assertProblem(yield* Fiber.join(posting), { status: 504, error: "Handover timed out", rule: "transfer_to_sales" })
    }).pipe(withRouter({ deadline: "2 seconds", attemptTimeout: "1500 millis" }))
  )

  it.live.each(["hang", "drop"] as const)("waits no longer than that for labels that end in a %s", (kind) =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "label", kind, share: 1 })
      assertSuccess(yield* post(sales("anna")))
      yield* closesInTime
      assert.isAtLeast((yield* simulator.state).counts.label, 1)
    }).pipe(withRouter({ deadline: "3 seconds" }))
  )
})

describe.concurrent("a shutdown is not held up by", () => {
  it.live("a connection that is kept alive", () =>
    Effect.gen(function* () {
      const socket = yield* connect
      socket.write(webhook(sales("anna")))
      assert.match(yield* received(socket), /^HTTP\/1.1 200 /)
      yield* closesInTime
    }).pipe(Effect.scoped, withRouter())
  )

  it.live("a connection that was opened for later", () =>
    Effect.gen(function* () {
      yield* connect
      yield* closesInTime
    }).pipe(Effect.scoped, withRouter())
  )

  it.live("a connection that is kept alive after an answer that came during the shutdown", () =>
    Effect.gen(function* () {
      const { simulator } = yield* started({ operation: "open", kind: "delay", millis: 500 })
      const socket = yield* connect
      const answer = yield* Effect.forkChild(received(socket), { startImmediately: true })
      socket.write(webhook(sales("anna")))
      yield* simulator.awaitState(({ counts }) => counts.open === 1)
      yield* closesInTime
      assert.match(yield* Fiber.join(answer), /^HTTP\/1.1 200 /)
    }).pipe(Effect.scoped, withRouter())
  )
})

describe.concurrent("a shutdown is not held up for longer than a handover's deadline by", () => {
  it.live("a client that stopped in the middle of its request", () =>
    Effect.gen(function* () {
      const socket = yield* connect
      socket.write(webhook(sales("anna")).slice(0, -10))
      // Once a later request is answered, the bytes of this one have arrived.
      assertSuccess(yield* (yield* Router).post(sales("ben")))
      yield* closesInTime
    }).pipe(Effect.scoped, withRouter({ deadline: "2 seconds" }))
  )
})
