import { assert, describe, it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, Layer, Schema, Scope } from "effect"
import { TestClock } from "effect/testing"
import { CurrentAgain, CurrentCorrelationId } from "../../src/handover/HandedOver.ts"
import { Journal } from "../../src/handover/Journal.ts"
import { HandoverEvent, type JournalEvent } from "../../src/handover/JournalEvent.ts"
import { Rejected } from "../../src/routing/Decision.ts"
import { UUID_V7 } from "../support/handedOver.ts"
import { handle, journaled } from "../support/handovers.ts"
import { request } from "../support/request.ts"
import { timed, until } from "../support/time.ts"

const sales = request("transfer_to_sales")

const handoverOf = (event: JournalEvent | undefined): HandoverEvent =>
  event?._tag === "Handover" ? event : assert.fail(`no handover: ${event?._tag}`)

const withId = (id: string) => Effect.provideService(CurrentCorrelationId, id)

describe("the journal", () => {
  it.effect("has one event for a handover: what came in, what was decided, each step, and the answer", () => {
    const { events, layer } = journaled({
      open: (index) => (index === 0 ? { status: 503 } : { status: 201, body: { id: "c-1" } })
    })
    return Effect.gen(function* () {
      const answer = yield* handle({ ...sales, text: "hello" }, "k-1").pipe(withId("id-1"))
      yield* until(() => events.length === 1)
      const event = handoverOf(events[0])
      assert.deepInclude(event, {
        tenant: "http://cxone.test as client",
        request: { ...sales, text: "hello" },
        idempotencyKey: "k-1",
        correlationId: "id-1",
        // The built-in table has no version.
        decision: { rule: "transfer_to_sales", target: { type: "queue", id: "q-sales" } },
        isCopy: false,
        outcome: "success",
        answer
      })
      assert.deepStrictEqual(
        event.steps.map(({ kind, name, outcome }) => `${kind} ${name}: ${outcome}`),
        [
          "wait token: over",
          "call open: 503",
          "wait before open again: planned",
          "call open: 201",
          "call routeToQueue: 204",
          "target queue q-sales: accepted"
        ]
      )
      const [, first, wait, second] = event.steps
      assert.isAtLeast(wait?.took ?? 0, 80)
      assert.isAtLeast(second?.after ?? 0, (first?.after ?? 0) + (wait?.took ?? 0))
      assert.isAtLeast(event.took, second?.after ?? 0)
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("gives each handover an id of its own, and later ones sort after it", () => {
    const { events, layer } = journaled({})
    return Effect.gen(function* () {
      for (let millisecond = 0; millisecond < 5; millisecond++) {
        for (const userId of ["anna", "ben"]) yield* handle({ ...sales, userId }).pipe(withId("id-1"))
        yield* TestClock.adjust("1 millis")
      }
      yield* until(() => events.length === 10)
      const ids = events.map(handoverOf).map(({ handoverId }) => handoverId)
      for (const id of ids) assert.match(id, UUID_V7)
      assert.strictEqual(new Set(ids).size, 10)
      assert.deepStrictEqual(ids.toSorted(), ids)
      assert.deepStrictEqual(
        events.map(handoverOf).map(({ answer }) => answer?.handoverId),
        ids
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("has one event for each copy, which names the first", () => {
    const gate = Deferred.makeUnsafe<void>()
    const { counts, events, layer } = journaled({
      action: () => Effect.as(Deferred.await(gate), { status: 204 })
    })
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(handle(sales, "k-1").pipe(withId("id-1")))
      yield* until(() => counts.action === 1)
      const copies = [
        yield* Effect.forkChild(handle(sales, "k-1").pipe(withId("id-2"))),
        yield* Effect.forkChild(handle(sales, "k-2").pipe(withId("id-3")))
      ]
      yield* Effect.yieldNow
      yield* Deferred.succeed(gate, undefined)
      yield* timed(Fiber.joinAll([first, ...copies]))
      yield* handle(sales, "k-2").pipe(withId("id-4"))
      yield* until(() => events.length === 4)
      const told = events.map(handoverOf).map(({ copyOf, correlationId, outcome }) => [correlationId, outcome, copyOf])
      const byCorrelation = new Map(events.map(handoverOf).map((event) => [event.correlationId, event]))
      const firstId = byCorrelation.get("id-1")?.handoverId
      assert.isDefined(firstId)
      assert.isUndefined(byCorrelation.get("id-1")?.firstId)
      for (const id of ["id-2", "id-3", "id-4"]) assert.strictEqual(byCorrelation.get(id)?.firstId, firstId, id)
      assert.sameDeepMembers(told, [
        ["id-1", "success", undefined],
        ["id-2", "repeated", "id-1"],
        ["id-3", "repeated", "id-1"],
        ["id-4", "repeated", "id-1"]
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("says which handover is done again by one, under the id that its caller gave", () => {
    const { events, layer } = journaled({})
    return Effect.gen(function* () {
      yield* handle(sales, "k-1").pipe(
        Effect.provideService(CurrentAgain, { againOf: "h-1", handoverId: "h-2" }),
        timed
      )
      yield* handle(sales, "k-2").pipe(timed)
      yield* until(() => events.length === 2)
      const [again, another] = events.map(handoverOf)
      assert.deepInclude(again, { handoverId: "h-2", againOf: "h-1" })
      assert.strictEqual(again?.answer?.handoverId, "h-2")
      assert.isUndefined(another?.againOf)
      assert.notStrictEqual(another?.handoverId, "h-2")
    }).pipe(Effect.provide(layer))
  })

  it.effect("has the event of a handover whose caller has left", () => {
    const gate = Deferred.makeUnsafe<void>()
    const { counts, events, layer } = journaled({
      action: () => Effect.as(Deferred.await(gate), { status: 204 })
    })
    return Effect.gen(function* () {
      const caller = yield* Effect.forkChild(handle(sales, "k-1"))
      yield* until(() => counts.action === 1)
      yield* Fiber.interrupt(caller)
      assert.deepStrictEqual(events, [])
      yield* Deferred.succeed(gate, undefined)
      yield* until(() => events.length > 0)
      assert.strictEqual(handoverOf(events[0]).outcome, "success")
    }).pipe(Effect.provide(layer))
  })

  it.effect("says why a handover failed, and can be stored and read again", () => {
    const { events, layer } = journaled(
      { action: () => ({ status: 422 }), open: () => ({ status: 201, body: { id: "c-1" } }) },
      {
        decide: ({ intent }) =>
          intent === "rejected"
            ? Effect.fail(new Rejected({ rule: "r-1", text: "We are closed." }))
            : Effect.succeed({
                rule: "r-2",
                target: { type: "queue", id: "q-1" },
                fallbacks: [{ type: "agent", id: "a-1" }]
              })
      }
    )
    return Effect.gen(function* () {
      const whole = { ...sales, text: "hello", data: { cart: [1] } }
      yield* Effect.flip(handle(whole))
      yield* until(() => events.length === 1)
      yield* Effect.flip(handle({ ...whole, intent: "rejected" }))
      yield* until(() => events.length === 2)
      const codec = Schema.fromJsonString(Schema.toCodecJson(HandoverEvent))
      for (const event of events.map(handoverOf)) {
        const stored = yield* Schema.encodeEffect(codec)(event)
        const read = yield* Schema.decodeEffect(codec)(stored)
        assert.strictEqual(read.error?._tag, event.error?._tag)
        assert.strictEqual(read.error?.message, event.error?.message)
        // Members that are undefined are left out.
        const plain = ({ error: _, ...rest }: HandoverEvent) => JSON.parse(JSON.stringify(rest))
        assert.deepStrictEqual(plain(read), plain(event))
      }
      assert.deepStrictEqual(
        events.map(handoverOf).map(({ error, outcome }) => `${outcome} ${error?._tag}`),
        ["invalid_target HandoverFailed", "rejected Rejected"]
      )
      assert.deepStrictEqual(
        handoverOf(events[0]).steps.flatMap(({ kind, name }) => (kind === "target" ? [name] : [])),
        ["queue q-1", "agent a-1"]
      )
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("delays no answer when a listener hangs, and no shutdown for long", () => {
    const { layer } = journaled({})
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(layer, scope)
      yield* Context.get(context, Journal)
        .listen(() => Effect.never)
        .pipe(Scope.provide(scope))
      assert.isAtMost((yield* timed(Effect.provideContext(handle(sales), context))).millis, 20)
      assert.isAtMost((yield* timed(Scope.close(scope, Exit.void))).millis, 1020)
    })
  })

  it.effect("has the event of a handover that came after the shutdown", () => {
    const { events, layer } = journaled({})
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(layer, scope)
      const kept: Array<JournalEvent> = []
      yield* Context.get(context, Journal).listen((event) => Effect.sync(() => void kept.push(event)))
      yield* timed(Scope.close(scope, Exit.void))
      yield* timed(Effect.flip(Effect.provideContext(handle(sales), context)))
      assert.deepStrictEqual(events, [])
      assert.strictEqual(handoverOf(kept[0]).outcome, "unavailable")
    }).pipe(Effect.scoped)
  })

  it.effect("goes on when a listener dies", () => {
    const { events, layer } = journaled({})
    return Effect.gen(function* () {
      const { listen } = yield* Journal
      yield* listen(() => Effect.die(new Error("a bug")))
      assert.strictEqual((yield* handle(sales)).conversationId, "c-1")
      yield* handle({ ...sales, userId: "ben" })
      yield* until(() => events.length === 2)
    }).pipe(Effect.scoped, Effect.provide(layer), timed)
  })
})
