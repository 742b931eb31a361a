/** New conversations that a handover opened and could not route: what is said of them, and that the next handover takes them. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import type { HandoverRequest } from "../../src/domain/HandoverRequest.ts"
import { HandoverFailed } from "../../src/handover/HandedOver.ts"
import type { JournalEvent } from "../../src/handover/JournalEvent.ts"
import { action, FIND, handle, handovers, journaled, OPEN } from "../support/handovers.ts"
import { request } from "../support/request.ts"
import { calls, type Reply } from "../support/scripted.ts"
import { timed, until } from "../support/time.ts"

const sales = request("transfer_to_sales")
const support = request("transfer_to_support")

/** The reason of a handover's failure, and the conversation that it names. */
const failure = (what: HandoverRequest, key?: string) =>
  Effect.map(Effect.flip(handle(what, key)), (error) => {
    assert(error instanceof HandoverFailed)
    return [error.reason._tag, error.conversationId] as const
  })

/** The conversations that the journal calls orphans. */
const orphans = (events: ReadonlyArray<JournalEvent>) =>
  events.flatMap((event) => (event._tag === "Handover" && event.orphan !== undefined ? [event.orphan] : []))

const found = (...ids: ReadonlyArray<string>): Reply => ({ status: 200, body: { items: ids.map((id) => ({ id })) } })

/** A CXone that holds its one conversation, and has one queue less than it should. */
const oneQueueIsMissing = {
  open: (index: number): Reply => (index === 0 ? { status: 201, body: { id: "c-1" } } : { status: 409 }),
  find: () => found("c-1"),
  action: (_: number, { body }: { readonly body: string }): Reply => ({ status: body.includes("q-sales") ? 422 : 204 })
}

describe("a new conversation that could not be routed", () => {
  for (const [reason, reply] of [
    ["InvalidTarget", { status: 400 }],
    ["PermissionMissing", { status: 403, body: {} }],
    ["Unauthorized", { status: 401 }],
    ["UnexpectedResponse", { status: 418 }],
    ["Unavailable", { status: 503 }],
    ["RateLimited", { status: 429, headers: { "retry-after": "60" } }],
    ["DeadlineExceeded", "hang"]
  ] as const) {
    it.effect(`because of ${reason} is named by the failure and the journal`, () => {
      const { events, layer } = journaled({ action: () => reply })
      return Effect.gen(function* () {
        const { millis, value } = yield* timed(failure(sales))
        assert.deepStrictEqual(value, [reason, "c-1"])
        assert.isAtMost(millis, 7010)
        yield* until(() => events.length === 1)
        assert.deepStrictEqual(orphans(events), ["c-1"])
      }).pipe(Effect.provide(layer))
    })
  }

  for (const lost of ["drop", "hang", { status: 504 }] as const) {
    it.effect(`may be the one that is found when the answer to open was lost: ${JSON.stringify(lost)}`, () => {
      const { events, layer } = journaled({
        open: (index) => (index === 0 ? lost : { status: 409 }),
        // At first it is not listed yet.
        find: (index) => (index === 0 ? found() : found("c-1")),
        action: () => ({ status: 422 })
      })
      return Effect.gen(function* () {
        assert.deepStrictEqual((yield* timed(failure(sales))).value, ["InvalidTarget", "c-1"])
        yield* until(() => events.length === 1)
        assert.deepStrictEqual(orphans(events), ["c-1"])
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("is taken by the user's next handover", () => {
    const { layer, sent } = handovers(oneQueueIsMissing)
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* failure(sales), ["InvalidTarget", "c-1"])
      const { conversationId, reused } = yield* handle(support)
      assert.deepStrictEqual([conversationId, reused], ["c-1", true])
      assert.deepStrictEqual(calls(sent), [OPEN, action("c-1"), OPEN, FIND, action("c-1")])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("is taken by the same webhook when it comes again", () => {
    const { layer, sent } = handovers({
      ...oneQueueIsMissing,
      action: (index) => ({ status: index === 0 ? 422 : 204 })
    })
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* failure(sales, "k-1"), ["InvalidTarget", "c-1"])
      const { conversationId, reused } = yield* handle(sales, "k-1")
      assert.deepStrictEqual([conversationId, reused], ["c-1", true])
      assert.deepStrictEqual(calls(sent), [OPEN, action("c-1"), OPEN, FIND, action("c-1")])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("gives way to the first one, when CXone lists several", () => {
    const { layer, sent } = handovers({ ...oneQueueIsMissing, find: () => found("c-0", "c-1") })
    return Effect.gen(function* () {
      yield* failure(sales)
      const { conversationId, reused } = yield* handle(support)
      assert.deepStrictEqual([conversationId, reused], ["c-0", true])
      assert.deepStrictEqual(calls(sent).at(-1), action("c-0"))
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("counts once, however many copies share the failure", () => {
    const gate = Deferred.makeUnsafe<void>()
    const { counts, events, layer } = journaled({ action: () => Effect.as(Deferred.await(gate), { status: 422 }) })
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(failure(sales, "k-1"))
      yield* until(() => counts.action === 1)
      const copies = [yield* Effect.forkChild(failure(sales, "k-1")), yield* Effect.forkChild(failure(sales, "k-2"))]
      yield* Effect.yieldNow
      yield* Deferred.succeed(gate, undefined)
      const answers = yield* Fiber.joinAll([first, ...copies])
      assert.deepStrictEqual(answers, Array(3).fill(["InvalidTarget", "c-1"]))
      yield* until(() => events.length === 3)
      assert.deepStrictEqual(orphans(events), ["c-1"])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("is no orphan of the one that waited for it and then takes it", () => {
    const { counts, events, layer } = journaled({
      ...oneQueueIsMissing,
      action: () => (counts.open === 1 ? "hang" : { status: 204 })
    })
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(failure(sales))
      yield* TestClock.adjust("1 second")
      const second = yield* Effect.forkChild(handle(sales))
      const { value } = yield* timed(Fiber.join(first))
      assert.deepStrictEqual(value, ["DeadlineExceeded", "c-1"])
      const { value: answer } = yield* timed(Fiber.join(second))
      assert.deepStrictEqual([answer.conversationId, answer.reused], ["c-1", true])
      yield* until(() => events.length === 2)
      assert.deepStrictEqual(orphans(events), ["c-1"])
    }).pipe(Effect.provide(layer))
  })
})

describe("a failure names no conversation", () => {
  const silent = (what: string, replies: Parameters<typeof handovers>[0], reason: HandoverFailed["reason"]["_tag"]) =>
    it.effect(what, () => {
      const { events, layer } = journaled(replies)
      return Effect.gen(function* () {
        assert.deepStrictEqual((yield* timed(failure(sales))).value, [reason, undefined])
        yield* until(() => events.length === 1)
        assert.deepStrictEqual(orphans(events), [])
      }).pipe(Effect.provide(layer))
    })

  silent("that was there before", { open: () => ({ status: 409 }), action: () => ({ status: 422 }) }, "InvalidTarget")
  silent(
    "that was there before, also when CXone limited the first call",
    { open: (index) => ({ status: index === 0 ? 429 : 409 }), action: () => ({ status: 422 }) },
    "InvalidTarget"
  )
  silent("when none was opened", { open: () => ({ status: 403, body: {} }) }, "PermissionMissing")
  // CXone may have opened one: its id never came.
  silent("when the answers to open were lost", { open: () => "hang" }, "DeadlineExceeded")
  silent(
    "that has ended, when another one was found instead",
    {
      open: (index) => (index === 0 ? { status: 201, body: { id: "c-1" } } : { status: 409 }),
      find: (index) => (index === 0 ? found() : found("c-old")),
      action: (index) => ({ status: index === 0 ? 404 : 422 })
    },
    "InvalidTarget"
  )

  it.effect("but the last one, when it started over", () => {
    const { events, layer } = journaled({
      find: () => found(),
      action: (index) => ({ status: index === 0 ? 404 : 422 })
    })
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* failure(sales), ["InvalidTarget", "c-2"])
      yield* until(() => events.length === 1)
      assert.deepStrictEqual(orphans(events), ["c-2"])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("when it succeeds by a fallback", () => {
    const target = { type: "queue", id: "q-gone" } as const
    const fallbacks = [{ type: "queue", id: "q-2" }] as const
    const { events, layer } = journaled(
      { action: (index) => ({ status: index === 0 ? 422 : 204 }) },
      { decide: () => Effect.succeed({ rule: "r", target, fallbacks }) }
    )
    return Effect.gen(function* () {
      yield* handle(sales)
      yield* until(() => events.length === 1)
      assert.deepStrictEqual(orphans(events), [])
    }).pipe(Effect.provide(layer), timed)
  })
})
