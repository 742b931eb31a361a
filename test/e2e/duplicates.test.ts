import { assert, describe, it, vi } from "@effect/vitest"
import { Duration, Effect, Fiber, Schedule } from "effect"
import { salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { assertProblem, assertSuccess } from "./support/answers.ts"
import { flow, input, sales } from "./support/bodies.ts"
import { settled, started, withRouter } from "./support/router.ts"

// Most of the time here is spent waiting.
vi.setConfig({ maxConcurrency: 10 })

const asked = { intent: "transfer_to_sales", userId: "anna" }
const reused = { status: 422, error: "Idempotency key reused" }

/** Cognigy's input without what names it. */
const nameless = (fields: Parameters<typeof input>[0]) => ({ ...input(fields), inputId: null, traceId: null })

/** The names of a webhook that make another one its copy. Nothing behind the decoder sees a body's shape, so they take turns with it. */
const names = [
  { by: "Idempotency-Key", of: (name: string) => ({ headers: { "Idempotency-Key": name }, also: {} }), bodyOf: flow },
  { by: "webhook-id", of: (name: string) => ({ headers: { "webhook-id": name }, also: {} }), bodyOf: nameless },
  { by: "inputId", of: (inputId: string) => ({ headers: {}, also: { inputId } }), bodyOf: nameless },
  { by: "traceId", of: (traceId: string) => ({ headers: {}, also: { traceId } }), bodyOf: flow }
]

describe.concurrent.each(names)("a webhook with the same $by", ({ bodyOf, of }) => {
  const { also, headers } = of("n-1")

  it.live("again is answered the same, and causes one handover", () =>
    Effect.gen(function* () {
      const { log, post } = yield* started()
      const body = { ...bodyOf(asked), ...also }
      const first = yield* post(body, headers)
      assert.isFalse(assertSuccess(first).reused)
      for (const again of [yield* post(body, headers), yield* post(body, headers)]) {
        assert.strictEqual(again.status, 200)
        assert.strictEqual(again.text, first.text)
      }
      assert.include((yield* settled).counts, { open: 1, findActive: 0, action: 1 })
      const lines = (what: string) => log.filter((line) => line.includes(`${what}: transfer_to_sales`)).length
      assert.deepStrictEqual([lines("handed over"), lines("repeated, answered as before")], [1, 2])
    }).pipe(withRouter())
  )

  it.live("five times at once is answered the same, and causes one handover", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "token", kind: "delay", millis: 300 })
      const body = { ...bodyOf(asked), ...also }
      const posting = yield* Effect.forEach([1, 2, 3, 4, 5], () => Effect.forkChild(post(body, headers)))
      yield* simulator.awaitState(({ counts }) => counts.token === 1)
      const texts = (yield* Fiber.joinAll(posting)).map(({ text }) => text)
      assert.strictEqual(new Set(texts).size, 1)
      assert.include((yield* settled).counts, { open: 1, findActive: 0, action: 1 })
    }).pipe(withRouter())
  )

  it.live("and another content is refused with 422, and the first answer stands", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const first = yield* post({ ...bodyOf(asked), ...also }, headers)
      const others = [
        { ...bodyOf({ ...asked, intent: "transfer_to_support" }), ...also },
        { ...bodyOf(asked), ...also, text: "something else" },
        { ...bodyOf({ ...asked, agentId: "agent" }), ...also }
      ]
      for (const other of others) assertProblem(yield* post(other, headers), reused, "n-1")
      assert.strictEqual((yield* post({ ...bodyOf(asked), ...also }, headers)).text, first.text)
      const { conversations, counts } = yield* settled
      assert.include(counts, { open: 1, action: 1 })
      assert.deepInclude(conversations[0], { target: { type: "queue", id: salesQueueId }, routedCount: 1 })
    }).pipe(withRouter())
  )

  it.live("and another content is refused with 422 while the first is in progress", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "open", kind: "hang", phase: "before" })
      const posting = yield* Effect.forkChild(post({ ...bodyOf(asked), ...also }, headers))
      yield* simulator.awaitState(({ counts }) => counts.open === 1)
      const other = { ...bodyOf({ ...asked, intent: "transfer_to_support" }), ...also }
      assertProblem(yield* post(other, headers), reused, "n-1")
      assert.isUndefined(posting.pollUnsafe())
      assert.strictEqual((yield* simulator.state).counts.open, 1)
      assertSuccess(yield* Fiber.join(posting))
    }).pipe(withRouter({ attemptTimeout: "1 second" }))
  )

  it.live("again after a failure does it again", () =>
    Effect.gen(function* () {
      const { post } = yield* started({ operation: "action", kind: "status", status: 422 })
      const body = { ...bodyOf(asked), ...also }
      assertProblem(yield* post(body, headers), { status: 502, error: "Invalid routing target", rule: asked.intent })
      assertSuccess(yield* post(body, headers))
      assert.include((yield* settled).counts, { open: 2, action: 2 })
    }).pipe(withRouter())
  )

  it.live("of another user is a handover of its own", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const answers = yield* Effect.forEach(["anna", "ben", "Anna"], (userId) =>
        Effect.map(post({ ...bodyOf({ ...asked, userId }), ...also }, headers), assertSuccess)
      )
      assert.strictEqual(new Set(answers.map(({ conversationId }) => conversationId)).size, 3)
      assert.include((yield* settled).counts, { open: 3, action: 3 })
    }).pipe(withRouter())
  )
})

describe.concurrent("a webhook that comes again", () => {
  it.live("under another key is a handover of its own, of the user's active conversation", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const first = assertSuccess(yield* post(sales("anna"), { "idempotency-key": "n-1" }))
      const second = assertSuccess(yield* post(sales("anna"), { "idempotency-key": "n-2" }))
      assert.deepStrictEqual(second, { ...first, reused: true })
      assert.include((yield* settled).counts, { open: 2, findActive: 1, action: 2 })
    }).pipe(withRouter())
  )

  it.live("under a key as long as a header can be is recognised", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const key = "k".repeat(15_500)
      const first = yield* post(sales("anna"), { "idempotency-key": key })
      assert.isFalse(assertSuccess(first).reused)
      assert.strictEqual((yield* post(sales("anna"), { "idempotency-key": key })).text, first.text)
      assert.isTrue(assertSuccess(yield* post(sales("anna"), { "idempotency-key": `${key}.` })).reused)
    }).pipe(withRouter())
  )

  it.live.each(["idempotency-key", "webhook-id"])("with nothing in its %s is not known", (header) =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assert.isFalse(assertSuccess(yield* post(sales("anna"), { [header]: "" })).reused)
      assert.isTrue(assertSuccess(yield* post(sales("anna"), { [header]: "" })).reused)
    }).pipe(withRouter())
  )

  it.live("has its webhook-id as its key, which may be signed, also beside an Idempotency-Key", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const under = (id: string, key: string) => post(sales("anna"), { "idempotency-key": key, "webhook-id": id })
      const first = yield* under("n-1", "w-1")
      assert.strictEqual((yield* under("n-1", "w-2")).text, first.text)
      assert.isTrue(assertSuccess(yield* under("n-2", "w-1")).reused)
    }).pipe(withRouter())
  )

  it.live("after its window is a new request", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const key = { "idempotency-key": "n-1" }
      assertSuccess(yield* post(sales("anna"), key))
      const other = post(flow({ intent: "transfer_to_support", userId: "anna" }), key).pipe(
        Effect.filterOrFail(({ status }) => status !== 422),
        Effect.retry(Schedule.spaced("10 millis"))
      )
      const { reused, target } = assertSuccess(yield* other)
      assert.isTrue(reused)
      assert.deepStrictEqual(target, { type: "queue", id: supportQueueId })
    }).pipe(withRouter({ settings: { idempotencyWindow: Duration.millis(100) } }))
  )

  it.live("after its first client has left is answered with what that one's handover did", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "action", kind: "delay", millis: 300 })
      const key = { "idempotency-key": "n-1" }
      const posting = yield* Effect.forkChild(post(sales("anna"), key))
      yield* simulator.awaitState(({ counts }) => counts.action === 1)
      yield* Fiber.interrupt(posting)
      const during = yield* post(sales("anna"), key)
      const after = yield* post(sales("anna"), key)
      assert.isFalse(assertSuccess(during).reused)
      assert.strictEqual(after.text, during.text)
      assert.include((yield* settled).counts, { open: 1, findActive: 0, action: 1 })
    }).pipe(withRouter())
  )

  it.live("and leaves while the first is in progress disturbs no other sender", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "action", kind: "delay", millis: 300 })
      const key = { "idempotency-key": "n-1" }
      const posting = yield* Effect.forkChild(post(sales("anna"), key))
      yield* simulator.awaitState(({ counts }) => counts.action === 1)
      const leaver = yield* Effect.forkChild(post(sales("anna"), key), { startImmediately: true })
      // Once a later webhook is answered, the bytes of this one have arrived.
      assertSuccess(yield* post(sales("ben")))
      yield* Fiber.interrupt(leaver)
      assertSuccess(yield* Fiber.join(posting))
      assert.include((yield* settled).counts, { open: 2, action: 2 })
    }).pipe(withRouter())
  )
})

describe.concurrent("a user whose handover hangs", () => {
  it.live("delays no other user, under whatever key", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "open", kind: "hang" })
      const key = { "idempotency-key": "n-1" }
      const hung = yield* Effect.forkChild(post(sales("anna"), key))
      yield* simulator.awaitState(({ counts }) => counts.open === 1)
      const others = Array.from({ length: 20 }, (_, i) => `user-${i}`)
      yield* Effect.forEach(others, (userId) => Effect.map(post(sales(userId), key), assertSuccess), {
        concurrency: "unbounded"
      })
      assert.isUndefined(hung.pollUnsafe())
      assertSuccess(yield* Fiber.join(hung))
      assert.strictEqual((yield* settled).conversations.length, 21)
    }).pipe(withRouter({ attemptTimeout: "4 seconds" }))
  )

  it.live("has the next one done after it, in the order in which they came", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "open", kind: "delay", millis: 300 })
      const first = yield* Effect.forkChild(post(sales("anna")))
      yield* simulator.awaitState(({ counts }) => counts.open === 1)
      const second = assertSuccess(yield* post(flow({ intent: "transfer_to_support", userId: "anna" })))
      const { conversationId, reused } = assertSuccess(yield* Fiber.join(first))
      assert.deepStrictEqual([reused, second.conversationId, second.reused], [false, conversationId, true])
      const { calls, conversations } = yield* settled
      assert.deepStrictEqual(
        calls.map(({ operation, status }) => `${operation} ${status}`).filter((call) => !call.startsWith("label")),
        ["token 200", "open 201", "action 204", "open 409", "findActive 200", "action 204"]
      )
      assert.deepInclude(conversations[0], { target: { type: "queue", id: supportQueueId }, routedCount: 2 })
    }).pipe(withRouter())
  )
})
