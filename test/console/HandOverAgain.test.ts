import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { HandOverAgain } from "../../src/console/HandOverAgain.ts"
import { Journal } from "../../src/handover/Journal.ts"
import type { HandoverEvent } from "../../src/handover/JournalEvent.ts"
import { handle, handovers } from "../support/handovers.ts"
import { request } from "../support/request.ts"
import { timed, until } from "../support/time.ts"
import { entry, handoverId } from "./support/entries.ts"
import { fakeHistory } from "./support/history.ts"

const sales = request("transfer_to_sales")

const operator = { who: "operator", correlationId: "id-again" }

const failed = (index: number) =>
  entry({ id: handoverId(index), outcome: "failed", reason: "unavailable", status: 503 })

/** A router with a history of failed handovers whose requests are kept. */
const make = (replies: Parameters<typeof handovers>[0] = {}, users = ["user-1"]) => {
  const history = fakeHistory(...users.map((_, index) => failed(index + 1)))
  users.forEach((userId, index) => {
    const kept = { request: { ...sales, userId }, idempotencyKey: `k-${index + 1}`, keptUntil: 0 }
    history.kept.set(handoverId(index + 1), kept)
  })
  const events: Array<HandoverEvent> = []
  const { counts, layer } = handovers(replies)
  const recorder = Layer.effectDiscard(
    Effect.flatMap(Journal, ({ listen }) =>
      listen((event) =>
        Effect.sync(() => {
          if (event._tag !== "Handover") return
          events.push(event)
          const { againOf = null, handoverId: id } = event
          const outcome = event.answer === undefined ? "failed" : "success"
          history.entries.push(entry({ id, againOf, outcome, correlationId: event.correlationId ?? null }))
        })
      )
    )
  )
  return {
    ...history,
    counts,
    events,
    layer: HandOverAgain.layer.pipe(
      Layer.provideMerge(recorder),
      Layer.provideMerge(layer),
      Layer.provideMerge(history.layer)
    )
  }
}

const handOver = (index = 1) => Effect.flatMap(HandOverAgain, (again) => again.handOver(handoverId(index), operator))

const problem = (index = 1) => Effect.map(Effect.flip(handOver(index)), ({ message }) => message)

/** CXone's answers to the calls that route wait for this gate. */
const gated = () => {
  const gate = Deferred.makeUnsafe<void>()
  return { gate, replies: { action: () => Effect.as(Deferred.await(gate), { status: 204 }) } }
}

describe("handing over again", () => {
  it.effect("hands the kept request over, under an id of its own, and is in the audit list", () => {
    const { actions, counts, entries, events, layer } = make()
    return Effect.gen(function* () {
      const { value: again } = yield* timed(handOver())
      assert.deepInclude(events[0], {
        handoverId: again,
        againOf: handoverId(1),
        correlationId: "id-again",
        idempotencyKey: "k-1",
        request: { ...sales, userId: "user-1" },
        outcome: "success"
      })
      assert.deepStrictEqual(actions, [`operator hand_over_again ${handoverId(1)}`])
      assert.strictEqual(entries.at(-1)?.id, again)
      assert.strictEqual(counts.action, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is not done without its audit", () => {
    const { counts, layer, state } = make()
    return Effect.gen(function* () {
      state.away = true
      assert.strictEqual(yield* problem(), "The database does not answer.")
      assert.strictEqual(counts.open, 0)
      state.away = false
      yield* timed(handOver())
    }).pipe(Effect.provide(layer))
  })

  it.effect("is done once for two clicks and for a copy of the sender's meanwhile", () => {
    const { gate, replies } = gated()
    const { counts, layer } = make(replies)
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(handOver())
      yield* until(() => counts.action === 1)
      assert.strictEqual(yield* problem(), "It is being handed over again now.")
      const copy = yield* Effect.forkChild(handle({ ...sales, userId: "user-1" }, "k-1"))
      yield* Deferred.succeed(gate, undefined)
      yield* timed(Fiber.joinAll([first, copy]))
      assert.strictEqual(counts.action, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is not done a second time, whether the history has the first already or not", () => {
    const { counts, entries, kept, layer } = make()
    return Effect.gen(function* () {
      const { value: again } = yield* timed(handOver())
      const { check } = yield* HandOverAgain
      assert.deepInclude(yield* Effect.flip(check(handoverId(1))), {
        message: "It was handed over again already.",
        by: again
      })
      entries.pop()
      assert.isTrue(kept.has(handoverId(1)))
      assert.strictEqual(yield* problem(), "It was handed over again already.")
      assert.strictEqual(counts.action, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("goes on from the new handover when that failed too", () => {
    const { events, kept, layer } = make({ action: (index) => ({ status: index === 0 ? 422 : 204 }) })
    return Effect.gen(function* () {
      const { value: second } = yield* timed(handOver())
      assert.strictEqual(events[0]?.outcome, "invalid_target")
      assert.strictEqual(yield* problem(), "It was handed over again already, and that failed too: go on from there.")
      kept.set(second, { request: sales, idempotencyKey: "k-1", keptUntil: 0 })
      const { handOver: handOverAgain } = yield* HandOverAgain
      yield* timed(handOverAgain(second, operator))
      assert.deepInclude(events[1], { againOf: second, outcome: "success" })
    }).pipe(Effect.provide(layer))
  })

  it.effect("says why when the request is gone, the handover did not fail, or is unknown", () => {
    const { actions, entries, kept, layer } = make()
    return Effect.gen(function* () {
      kept.clear()
      assert.match(yield* problem(), /^It cannot be handed over again: its request is not kept/)
      entries.push(entry({ id: handoverId(2), outcome: "rejected" }))
      assert.strictEqual(yield* problem(2), "Only a failed handover can be handed over again.")
      assert.strictEqual(yield* problem(3), "The history has no such handover.")
      assert.deepStrictEqual(actions, [])
    }).pipe(Effect.provide(layer))
  })

  it.effect("does three at once, and refuses a fourth", () => {
    const { gate, replies } = gated()
    const { counts, layer } = make(replies, ["a", "b", "c", "d"])
    return Effect.gen(function* () {
      const three = yield* Effect.forEach([1, 2, 3], (index) => Effect.forkChild(handOver(index)))
      yield* until(() => counts.action === 3)
      assert.strictEqual(yield* problem(4), "3 others are being handed over again: try again in a few seconds.")
      yield* Deferred.succeed(gate, undefined)
      yield* timed(Fiber.joinAll(three))
      yield* timed(handOver(4))
    }).pipe(Effect.provide(layer))
  })

  it.effect("goes on when the operator leaves", () => {
    const { gate, replies } = gated()
    const { counts, events, layer } = make(replies)
    return Effect.gen(function* () {
      const leaving = yield* Effect.forkChild(handOver())
      yield* until(() => counts.action === 1)
      const interrupted = yield* Effect.forkChild(Fiber.interrupt(leaving))
      assert.strictEqual(yield* problem(), "It is being handed over again now.")
      yield* Deferred.succeed(gate, undefined)
      yield* timed(Fiber.join(interrupted))
      assert.strictEqual(events[0]?.outcome, "success")
    }).pipe(Effect.provide(layer))
  })
})
