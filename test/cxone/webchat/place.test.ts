import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { ContactCentre, type Placement } from "../../../src/cxone/ContactCentre.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import type { Target } from "../../../src/domain/Target.ts"
import * as Trail from "../../../src/domain/Trail.ts"
import { cxone } from "../../support/cxone.ts"
import { request } from "../../support/request.ts"
import { calls, type Reply, type Sent } from "../../support/scripted.ts"
import { timed } from "../../support/time.ts"

const queue = (id: string): Target => ({ type: "queue", id })
const agent = (id: string): Target => ({ type: "agent", id })

const placement = (...targets: Placement["targets"]): Placement => ({
  request: request("sales"),
  targets,
  labels: { team: "a" }
})

/** Places a conversation, and returns the outcome with the trail that it left. */
const placed = (what: Placement) =>
  Effect.gen(function* () {
    const { place } = yield* ContactCentre
    const trail = yield* Trail.make
    const outcome = yield* Effect.result(Effect.provideService(place(what), Trail.CurrentTrail, trail))
    return { outcome, steps: trail.steps }
  })

const brief = (steps: ReadonlyArray<Trail.Step>) =>
  steps.map(({ kind, name, outcome }) => `${kind} ${name}: ${outcome}`)

const opened: Reply = { status: 201, body: { id: "c-1" } }
const active = (...ids: ReadonlyArray<string>): Reply => ({ status: 200, body: { items: ids.map((id) => ({ id })) } })

/** No test waits for labels at its end. */
const noDrain = { drainTimeout: Effect.succeed(Duration.zero) }

/** A CXone whose answers come after 10 ms each, by the call's method and target. */
const answering = (reply: (sent: Sent, index: number) => Reply) =>
  cxone((sent, index) => Effect.delay(Effect.succeed(reply(sent, index)), "10 millis"), noDrain)

const targetOf = ({ body }: Sent) => {
  const { queueId, userId } = JSON.parse(body).to
  return queueId ?? userId
}

describe("placing a conversation", () => {
  it.effect("opens it, routes it, and labels it", () => {
    const { layer, sent } = answering(({ path }) => (path.endsWith("/webchat") ? opened : { status: 204 }))
    return Effect.gen(function* () {
      const { value } = yield* timed(placed(placement(queue("q-1"))))
      assert(value.outcome._tag === "Success")
      assert.deepStrictEqual(value.outcome.success, { conversationId: "c-1", target: queue("q-1"), reused: false })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(calls(sent), [
        "POST /api/v2/conversations/webchat",
        "POST /api/v2/conversations/webchat/c-1/actions",
        "PUT /api/v2/conversations/webchat/c-1/labels"
      ])
      assert.strictEqual(JSON.parse(sent[1]?.body ?? "").userId, "cognigy_a_b_c")
      assert.deepStrictEqual(JSON.parse(sent[3]?.body ?? ""), { labels: { team: "a", cognigy_intent: "sales" } })
    }).pipe(Effect.provide(layer))
  })

  it.effect("falls back to the next target that CXone accepts, and says so in the log", () => {
    const { layer } = answering((sent) =>
      sent.path.endsWith("/webchat") ? opened : { status: targetOf(sent) === "a-3" ? 204 : 422 }
    )
    const lines: Array<unknown> = []
    return Effect.gen(function* () {
      const { value } = yield* timed(placed(placement(queue("q-1"), queue("q-2"), agent("a-3"))))
      assert(value.outcome._tag === "Success")
      assert.deepStrictEqual(value.outcome.success.target, agent("a-3"))
      assert.include(
        String(lines[0]),
        "CXone does not accept the queue q-1 (it answered 422); falling back to the queue q-2"
      )
    }).pipe(
      Effect.provide(Layer.provideMerge(layer, Logger.layer([Logger.make(({ message }) => void lines.push(message))])))
    )
  })

  it.effect("fails with the last target when CXone accepts none", () => {
    const { layer } = answering(({ path }) => (path.endsWith("/webchat") ? opened : { status: 400 }))
    return Effect.gen(function* () {
      const { value } = yield* timed(placed(placement(queue("q-1"), agent("a-2"))))
      assert(value.outcome._tag === "Failure" && value.outcome.failure._tag === "InvalidTarget")
      assert.deepStrictEqual(value.outcome.failure.target, agent("a-2"))
    }).pipe(Effect.provide(layer))
  })

  it.effect("starts over when the conversation has ended meanwhile", () => {
    let opens = 0
    const { layer, sent } = answering(({ method, path }) => {
      if (method === "GET") return active("c-old")
      if (path.endsWith("/webchat")) return ++opens === 1 ? { status: 409 } : opened
      return { status: path.includes("c-old") ? 404 : 204 }
    })
    return Effect.gen(function* () {
      const { value } = yield* timed(placed(placement(queue("q-1"))))
      assert(value.outcome._tag === "Success")
      assert.deepStrictEqual(value.outcome.success, { conversationId: "c-1", target: queue("q-1"), reused: false })
      assert.strictEqual(calls(sent).length, 5)
    }).pipe(Effect.provide(layer))
  })

  it.effect("takes the target for wrong when a new conversation is active still", () => {
    const { layer } = answering((sent) => {
      if (sent.method === "GET") return active("c-1")
      return sent.path.endsWith("/webchat") ? opened : { status: targetOf(sent) === "q-2" ? 204 : 404 }
    })
    return Effect.gen(function* () {
      const { value } = yield* timed(placed(placement(queue("q-1"), queue("q-2"))))
      assert(value.outcome._tag === "Success")
      assert.deepStrictEqual(value.outcome.success.target, queue("q-2"))
    }).pipe(Effect.provide(layer))
  })
})

describe("the trail of a placement", () => {
  it.effect("holds every call, wait and target with times and outcomes", () => {
    const { layer } = answering((sent, index) => {
      if (index === 0) return { status: 503 }
      if (sent.method === "GET") return active("c-1")
      return { status: sent.path.endsWith("/webchat") ? 409 : targetOf(sent) === "q-2" ? 204 : 422 }
    })
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(placed(placement(queue("q-1"), queue("q-2"))))
      assert.deepStrictEqual(brief(value.steps), [
        "wait token: over",
        "call open: 503",
        "wait before open again: planned",
        "call open: 409",
        "call findActive: 200",
        "call routeToQueue: 422",
        "target queue q-1: refused",
        "call routeToQueue: 204",
        "target queue q-2: accepted"
      ])
      const [token, , backoff] = value.steps
      assert.deepStrictEqual([token?.after, token?.took], [0, 0])
      for (const { kind, took } of value.steps) if (kind === "call") assert.strictEqual(took, 10)
      assert.isAtLeast(backoff?.took ?? 0, 80)
      for (const [index, { after }] of value.steps.entries()) {
        const before = value.steps[index - 1]
        if (before !== undefined) assert.approximately(after, before.after + before.took, 0.01)
      }
      const last = value.steps.at(-1)
      assert.approximately((last?.after ?? 0) + (last?.took ?? 0), millis, 10)
    }).pipe(Effect.provide(layer))
  })

  it.effect("holds the waits for a lock of a session that has ended", () => {
    let opens = 0
    const { layer } = answering(({ method, path }) => {
      if (method === "GET") return active()
      return path.endsWith("/webchat") && ++opens === 1
        ? { status: 409 }
        : opens > 1 && path.endsWith("/webchat")
          ? opened
          : { status: 204 }
    })
    return Effect.gen(function* () {
      const { value } = yield* timed(placed(placement(queue("q-1"))))
      assert.deepStrictEqual(brief(value.steps).slice(1, 5), [
        "call open: 409",
        "call findActive: 200",
        "wait before open again: planned",
        "call open: 201"
      ])
      assert.isAtLeast(value.steps[3]?.took ?? 0, 200)
    }).pipe(Effect.provide(layer))
  })

  it.effect("holds waits under the rate limit", () => {
    const rateLimit = { limit: 10, window: Duration.seconds(10) }
    const { layer } = cxone(({ path }) => (path.endsWith("/webchat") ? opened : { status: 204 }), noDrain, {
      rateLimit
    })
    return Effect.gen(function* () {
      const { value } = yield* timed(placed(placement(queue("q-1"))))
      assert.deepStrictEqual(brief(value.steps), [
        "wait token: over",
        "wait rate limit: over",
        "call open: 201",
        "wait rate limit: over",
        "call routeToQueue: 204",
        "target queue q-1: accepted"
      ])
      for (const { name, took } of value.steps) if (name === "rate limit") assert.approximately(took, 1010, 1)
    }).pipe(Effect.provide(layer))
  })

  for (const [outcome, reply] of [
    ["timeout", "hang"],
    ["connection", "drop"],
    ["5xx", { status: 599 }]
  ] as const) {
    it.effect(`holds an attempt that ends with ${outcome}`, () => {
      const { layer } = cxone(() => reply, {}, { retryBudget: { share: 0, floor: 0 } })
      return Effect.gen(function* () {
        const { value } = yield* timed(placed(placement(queue("q-1"))))
        assert.strictEqual(value.outcome._tag, "Failure")
        assert.deepStrictEqual(brief(value.steps).slice(1), [`call open: ${outcome}`])
        assert.strictEqual(value.steps.at(-1)?.took, outcome === "timeout" ? 2000 : 0)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("holds a call that was not tried, because most calls fail", () => {
    const { layer } = cxone(() => ({ status: 503 }), {}, { retryBudget: { share: 0, floor: 0 } })
    return Effect.gen(function* () {
      for (let i = 0; i < 20; i++) yield* placed(placement(queue("q-1")))
      const { steps } = yield* placed(placement(queue("q-1")))
      assert.deepStrictEqual(brief(steps), ["call open: not_tried"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("holds a call that is interrupted", () => {
    const { layer } = cxone(() => "hang")
    return Effect.gen(function* () {
      const { place } = yield* ContactCentre
      const trail = yield* Trail.make
      const placing = yield* Effect.forkChild(
        Effect.provideService(place(placement(queue("q-1"))), Trail.CurrentTrail, trail)
      )
      yield* TestClock.adjust("300 millis")
      yield* Fiber.interrupt(placing)
      assert.deepStrictEqual(brief(trail.steps).at(-1), "call open: interrupted")
      assert.strictEqual(trail.steps.at(-1)?.took, 300)
    }).pipe(Effect.provide(layer))
  })

  it.effect("holds the wait for a token that does not come", () => {
    const { layer } = cxone(() => opened)
    return Effect.gen(function* () {
      const { place } = yield* ContactCentre
      const trail = yield* Trail.make
      yield* timed(
        place(placement(queue("q-1"))).pipe(
          Effect.provideService(Trail.CurrentTrail, trail),
          Deadline.within("50 millis"),
          Effect.exit
        )
      )
      assert.strictEqual(brief(trail.steps)[0], "wait token: over")
    }).pipe(Effect.provide(layer))
  })

  it.effect("has no step of its labels, which are sent after it", () => {
    const { layer, sent } = answering(({ path }) => (path.endsWith("/webchat") ? opened : { status: 204 }))
    return Effect.gen(function* () {
      const { value } = yield* timed(placed(placement(queue("q-1"))))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(sent.at(-1)?.method, "PUT")
      assert.notInclude(String(brief(value.steps)), "label")
    }).pipe(Effect.provide(layer))
  })
})
