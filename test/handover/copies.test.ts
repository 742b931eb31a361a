import { assert, describe, it } from "@effect/vitest"
import {
  Arbitrary,
  Cause,
  Context,
  Deferred,
  Duration,
  Effect,
  Exit,
  Fiber,
  Layer,
  Logger,
  Schema,
  Scope
} from "effect"
import { TestClock } from "effect/testing"
import * as Deadline from "../../src/cxone/Deadline.ts"
import type { HandoverRequest } from "../../src/domain/HandoverRequest.ts"
import { type Claimed, Claims, ClaimsError } from "../../src/handover/Claims.ts"
import { claimOf } from "../../src/handover/claimOf.ts"
import { CurrentCorrelationId, type HandedOver, type HandoverError } from "../../src/handover/HandedOver.ts"
import { Handover } from "../../src/handover/Handover.ts"
import { type Decision, UnsupportedIntent } from "../../src/routing/Decision.ts"
import { nowMillis } from "../../src/std/clock.ts"
import { action, failureOf, handle, handovers, OPEN } from "../support/handovers.ts"
import { nothingElse, request } from "../support/request.ts"
import { calls, type Reply } from "../support/scripted.ts"
import { timed, until } from "../support/time.ts"

const sales = request("transfer_to_sales")
const support = request("transfer_to_support")

/** Answers that wait until the gate is opened. */
const gate = () => {
  const gate = Deferred.makeUnsafe<void>()
  return {
    open: Deferred.succeed(gate, undefined),
    behind: (reply: Reply): Effect.Effect<Reply> => Effect.as(Deferred.await(gate), reply)
  }
}

/** How a handover was answered. */
const done: HandedOver = { conversationId: "c", target: { type: "queue", id: "q" }, rule: "r", reused: false }

const opened = (id: string): Reply => ({ status: 201, body: { id } })

/** Asks, and goes on while the answer is awaited. */
const ask = (what: HandoverRequest, key?: string) => Effect.forkChild(handle(what, key), { startImmediately: true })

/** What an effect fails with. */
const refused = <A, R>(effect: Effect.Effect<A, HandoverError, R>) => Effect.map(Effect.flip(effect), failureOf)

/** The ways in which a request can be named, so that its copies are known. */
const names: ReadonlyArray<{
  readonly by: string
  readonly of: (name: string) => { readonly also: Partial<HandoverRequest>; readonly key?: string }
}> = [
  { by: "an idempotency key", of: (key) => ({ also: {}, key }) },
  { by: "an inputId", of: (inputId) => ({ also: { inputId } }) },
  { by: "a traceId", of: (traceId) => ({ also: { traceId } }) }
]

describe.each(names)("a request that is named by $by", ({ of }) => {
  const named = (what: HandoverRequest, name: string) => {
    const { also, key } = of(name)
    return handle({ ...what, ...also }, key)
  }

  it.effect("and comes again is answered as before, without calls to CXone", () => {
    const { layer, sent } = handovers({})
    return Effect.gen(function* () {
      const first = yield* named(sales, "n-1")
      yield* until(() => calls(sent).length === 3)
      const after = sent.length
      assert.deepStrictEqual(yield* named(sales, "n-1"), first)
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* named({ ...sales }, "n-1"), first)
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(sent.length, after)
    }).pipe(Effect.provide(layer))
  })

  it.effect("and comes again while it is in progress is answered with it", () => {
    const { behind, open } = gate()
    const { counts, layer } = handovers({ action: () => behind({ status: 204 }) })
    return Effect.gen(function* () {
      const five = yield* Effect.forEach([1, 2, 3, 4, 5], () => Effect.forkChild(named(sales, "n-1")))
      yield* until(() => counts.action === 1)
      yield* TestClock.adjust("500 millis")
      assert.isTrue(five.every((fiber) => fiber.pollUnsafe() === undefined))
      yield* open
      const answers = yield* Fiber.joinAll(five)
      assert.deepStrictEqual(new Set(answers.map(({ conversationId }) => conversationId)), new Set(["c-1"]))
      assert.isTrue(answers.every(({ reused }) => !reused))
      assert.deepInclude(counts, { open: 1, find: 0, action: 1 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("is refused when it comes again with another content", () => {
    const { counts, layer } = handovers({})
    return Effect.gen(function* () {
      yield* named({ ...sales, text: "one" }, "n-1")
      const others: ReadonlyArray<Partial<HandoverRequest>> = [
        { intent: "transfer_to_support" },
        { intent: "order_pizza" },
        { text: "two" },
        { entities: [{ name: "product", value: "phone" }] },
        { confidence: 0.5 },
        { sessionId: "s-2" },
        { language: "de" },
        { channel: "c" },
        { data: { cart: [] } }
      ]
      for (const other of others) {
        const failure = yield* Effect.flip(named({ ...sales, text: "one", ...other }, "n-1"))
        assert.strictEqual(failure._tag, "KeyReused")
        assert.notInclude(failure.message, "n-1")
      }
      assert.deepInclude(counts, { open: 1, action: 1 })
      // The first one is still known.
      assert.strictEqual((yield* named({ ...sales, text: "one" }, "n-1")).conversationId, "c-1")
    }).pipe(Effect.provide(layer))
  })

  it.effect("is refused when it comes again with another content while it is in progress", () => {
    const { behind, open } = gate()
    const { counts, layer } = handovers({ open: () => behind(opened("c-1")) })
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(named({ ...sales, text: "one" }, "n-1"))
      yield* until(() => counts.open === 1)
      assert.strictEqual(yield* refused(named({ ...sales, text: "two" }, "n-1")), "KeyReused")
      assert.strictEqual(yield* refused(named({ ...support, text: "one" }, "n-1")), "KeyReused")
      assert.isUndefined(first.pollUnsafe())
      yield* open
      assert.strictEqual((yield* Fiber.join(first)).conversationId, "c-1")
      assert.deepInclude(counts, { open: 1, action: 1 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("and failed is done again when it comes again", () => {
    const { counts, layer } = handovers({ action: (index) => ({ status: index === 0 ? 422 : 204 }) })
    return Effect.gen(function* () {
      assert.strictEqual(yield* refused(named(sales, "n-1")), "InvalidTarget, rule transfer_to_sales")
      assert.strictEqual((yield* named(sales, "n-1")).conversationId, "c-2")
      assert.deepInclude(counts, { open: 2, action: 2 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("and failed may come again with another content", () => {
    const { layer } = handovers({ action: (index) => ({ status: index === 0 ? 422 : 204 }) })
    return Effect.gen(function* () {
      assert.strictEqual(yield* refused(named(sales, "n-1")), "InvalidTarget, rule transfer_to_sales")
      assert.strictEqual((yield* named(support, "n-1")).rule, "transfer_to_support")
    }).pipe(Effect.provide(layer))
  })

  it.effect("has nothing to do with another user's of the same name", () => {
    const { counts, layer } = handovers({})
    return Effect.gen(function* () {
      const first = yield* named(sales, "n-1")
      const others = [
        { ...sales, userId: "ben" },
        { ...support, userId: "cleo" }
      ]
      for (const [index, other] of others.entries()) {
        const { conversationId } = yield* named(other, "n-1")
        assert.strictEqual(conversationId, `c-${index + 2}`)
      }
      assert.deepStrictEqual(yield* named(sales, "n-1"), first)
      assert.deepInclude(counts, { open: 3, action: 3 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("is not taken for the user's next one", () => {
    const { counts, layer } = handovers({ open: (index) => (index === 0 ? opened("c-1") : { status: 409 }) })
    return Effect.gen(function* () {
      yield* named(sales, "n-1")
      const { conversationId, reused } = yield* named(sales, "n-2")
      assert.deepStrictEqual([conversationId, reused], ["c-old", true])
      assert.deepInclude(counts, { open: 2, find: 1, action: 2 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("is forgotten after the window, counted from its answer, and not before", () => {
    const { behind, open } = gate()
    const { counts, layer } = handovers(
      { open: (index) => (index === 0 ? behind(opened("c-1")) : opened(`c-${index + 1}`)) },
      { claims: { window: Duration.minutes(1) } }
    )
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(named(sales, "n-1"))
      yield* until(() => counts.open === 1)
      yield* TestClock.adjust("1 second")
      yield* open
      yield* Fiber.join(first)
      yield* TestClock.adjust("59500 millis")
      assert.strictEqual((yield* named(sales, "n-1")).conversationId, "c-1")
      // Asking does not prolong it.
      yield* TestClock.adjust("600 millis")
      assert.strictEqual((yield* named(support, "n-1")).conversationId, "c-2")
      assert.deepInclude(counts, { open: 2, action: 2 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("may have a name as long as a header can be", () => {
    const long = "k".repeat(16 * 1024)
    const { counts, layer } = handovers({})
    return Effect.gen(function* () {
      const first = yield* named(sales, long)
      assert.deepStrictEqual(yield* named(sales, long), first)
      yield* named(sales, `${long}.`)
      assert.deepInclude(counts, { open: 2, action: 2 })
    }).pipe(Effect.provide(layer))
  })
})

describe("a request that comes again after its rule has changed", () => {
  const decided = (rule: string): Decision => ({ rule, target: { type: "queue", id: `queue of ${rule}` } })

  it.effect("is answered as it was", () => {
    let rule = "r-1"
    const { counts, layer } = handovers({}, { decide: () => Effect.succeed(decided(rule)) })
    return Effect.gen(function* () {
      const first = yield* handle(sales, "k-1")
      rule = "r-2"
      assert.deepStrictEqual(yield* handle(sales, "k-1"), first)
      assert.deepInclude(counts, { open: 1, action: 1 })
      assert.strictEqual((yield* handle(sales, "k-2")).rule, "r-2")
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("is answered as it was, even where no rule takes it any more", () => {
    let takes = true
    const { layer } = handovers(
      {},
      {
        decide: ({ intent }) =>
          takes ? Effect.succeed(decided("r-1")) : Effect.fail(new UnsupportedIntent({ intent }))
      }
    )
    return Effect.gen(function* () {
      const first = yield* handle(sales, "k-1")
      takes = false
      assert.deepStrictEqual(yield* handle(sales, "k-1"), first)
      assert.strictEqual(yield* refused(handle(sales, "k-2")), "UnsupportedIntent")
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("shares the answer of the first in progress, even when no rule matches it any more", () => {
    let takes = true
    const { behind, open } = gate()
    const { counts, layer } = handovers(
      { action: () => behind({ status: 204 }) },
      {
        decide: ({ intent }) =>
          takes ? Effect.succeed(decided("r-1")) : Effect.fail(new UnsupportedIntent({ intent }))
      }
    )
    return Effect.gen(function* () {
      const first = yield* ask(sales, "k-1")
      yield* until(() => counts.action === 1)
      takes = false
      const copy = yield* ask(sales, "k-1")
      yield* open
      assert.deepStrictEqual(yield* Fiber.join(copy), yield* Fiber.join(first))
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("fails as the first, by the rule that was tried", () => {
    let rule = "r-1"
    const { behind, open } = gate()
    const { counts, layer } = handovers(
      { action: () => behind({ status: 422 }) },
      { decide: () => Effect.succeed(decided(rule)) }
    )
    return Effect.gen(function* () {
      const first = yield* ask(sales, "k-1")
      yield* until(() => counts.action === 1)
      rule = "r-2"
      const copy = yield* ask(sales, "k-1")
      yield* open
      for (const fiber of [first, copy]) {
        assert.strictEqual(failureOf(yield* Effect.flip(Fiber.join(fiber))), "InvalidTarget, rule r-1")
      }
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("shares the answer of the first in progress, by the rule of that time", () => {
    let rule = "r-1"
    const { behind, open } = gate()
    const { counts, layer } = handovers(
      { action: () => behind({ status: 204 }) },
      { decide: () => Effect.succeed(decided(rule)) }
    )
    return Effect.gen(function* () {
      const first = yield* ask(sales, "k-1")
      yield* until(() => counts.action === 1)
      rule = "r-2"
      const copy = yield* ask(sales, "k-1")
      yield* open
      assert.strictEqual((yield* Fiber.join(copy)).rule, "r-1")
      assert.deepStrictEqual(yield* Fiber.join(copy), yield* Fiber.join(first))
      assert.deepInclude(counts, { open: 1, action: 1 })
    }).pipe(Effect.provide(layer), timed)
  })
})

describe("names of a request", () => {
  it.effect("of different kinds never meet", () => {
    const { counts, layer } = handovers({})
    return Effect.gen(function* () {
      yield* handle(sales, "n-1")
      yield* handle({ ...sales, inputId: "n-1" })
      yield* handle({ ...sales, traceId: "n-1" })
      assert.deepInclude(counts, { open: 3, action: 3 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("go by rank: the sender's own key, then the inputId, then the traceId", () => {
    const { counts, layer } = handovers({})
    return Effect.gen(function* () {
      const ids = { inputId: "i-1", traceId: "t-1" }
      yield* handle({ ...sales, ...ids }, "k-1")
      yield* handle({ ...sales, ...ids }, "k-2")
      yield* handle({ ...sales, ...ids })
      assert.deepInclude(counts, { open: 3, action: 3 })
      // An attempt of its own has a trace of its own.
      yield* handle({ ...sales, ...ids, traceId: "t-2" })
      yield* handle({ ...sales, ...ids, traceId: "t-2" }, "k-1")
      assert.deepInclude(counts, { open: 3, action: 3 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("are not needed: without one each request is a handover", () => {
    const { counts, layer } = handovers({})
    return Effect.gen(function* () {
      yield* handle(sales)
      yield* handle(sales)
      assert.deepInclude(counts, { open: 2, action: 2 })
    }).pipe(Effect.provide(layer))
  })

  const texts = Arbitrary.schema(Schema.String)

  it.effect.prop(
    "are digests that keep apart what is different, whatever the texts",
    { userId: texts, id: texts, otherUser: texts, otherId: texts },
    ({ id, otherId, otherUser, userId }) =>
      Effect.sync(() => {
        const keyOf = (userId: string, id: string) =>
          claimOf({ scope: "tenant", lease: 7000 }, { ...sales, userId }, id)?.key
        const same = userId === otherUser && id === otherId
        assert.strictEqual(keyOf(userId, id) === keyOf(otherUser, otherId), same)
        assert.strictEqual(keyOf(userId + id, "") === keyOf("", userId + id), userId + id === "")
        assert.notStrictEqual(keyOf(`${userId}key`, id), keyOf(userId, `key${id}`))
        assert.strictEqual(keyOf(userId, id)?.length, 44)
      })
  )
})

describe("the memory", () => {
  it.effect("is bounded in number: the least recently used is forgotten first", () => {
    const { counts, layer } = handovers({}, { claims: { capacity: 3 } })
    return Effect.gen(function* () {
      for (const key of ["k-1", "k-2", "k-3"]) yield* handle(sales, key)
      yield* handle(sales, "k-1")
      assert.strictEqual(counts.open, 3)
      yield* handle(sales, "k-4")
      assert.strictEqual(counts.open, 4)
      for (const key of ["k-1", "k-3", "k-4"]) yield* handle(sales, key)
      assert.strictEqual(counts.open, 4)
      yield* handle(sales, "k-2")
      assert.strictEqual(counts.open, 5)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is ten thousand handovers for ten minutes by default", () =>
    Effect.gen(function* () {
      const { claim, settle } = yield* Claims
      const keyed = (key: string) => ({ scope: "tenant", key, fingerprint: "f", lease: 7000 })
      const tagOf = (key: string) => Effect.map(claim(keyed(key)), ({ _tag }) => _tag)
      for (let i = 0; i < 10_000; i++) yield* settle(keyed(`k-${i}`), done)
      assert.strictEqual(yield* tagOf("k-10000"), "New")
      assert.strictEqual(yield* tagOf("k-1"), "Done")
      assert.strictEqual(yield* tagOf("k-0"), "New")
      yield* settle(keyed("k-last"), done)
      yield* TestClock.adjust("599 seconds")
      assert.deepStrictEqual(yield* claim(keyed("k-last")), { _tag: "Done", handedOver: done })
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* tagOf("k-last"), "New")
    }).pipe(Effect.provide(Claims.layerMemory()))
  )

  it.effect("belongs to one tenant: another one's of the same name is another handover", () =>
    Effect.gen(function* () {
      const { claim, release, settle } = yield* Claims
      const ours = { scope: "ours", key: "k", fingerprint: "f", lease: 7000 }
      const theirs = { ...ours, scope: "theirs" }
      assert.deepStrictEqual(yield* claim(ours), { _tag: "New" })
      assert.deepStrictEqual(yield* claim(theirs), { _tag: "New" })
      yield* settle(ours, done)
      assert.deepStrictEqual(yield* claim(ours), { _tag: "Done", handedOver: done })
      assert.deepStrictEqual(yield* claim({ ...ours, fingerprint: "other" }), { _tag: "Other" })
      assert.deepStrictEqual(yield* claim(theirs), { _tag: "Running" })
      yield* TestClock.adjust("6 seconds")
      assert.deepStrictEqual(yield* claim(theirs), { _tag: "Running" })
      // A process that crashed settles nothing.
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* claim(theirs), { _tag: "New" })
      assert.deepStrictEqual(yield* claim(theirs), { _tag: "Running" })
      yield* release(theirs)
      assert.deepStrictEqual(yield* claim({ ...theirs, fingerprint: "other" }), { _tag: "New" })
    }).pipe(Effect.provide(Claims.layerMemory()))
  )

  it.effect("are done handovers: one that failed for all who shared it is done again", () => {
    const { behind, open } = gate()
    const { counts, layer } = handovers({
      action: (index) => (index === 0 ? behind({ status: 422 }) : { status: 204 })
    })
    return Effect.gen(function* () {
      const both = [yield* ask(sales, "k-1"), yield* ask(sales, "k-2")]
      yield* until(() => counts.action === 1)
      yield* open
      for (const fiber of both)
        assert.strictEqual(yield* refused(Fiber.join(fiber)), "InvalidTarget, rule transfer_to_sales")
      yield* handle(support, "k-2")
      yield* handle(sales, "k-1")
      assert.deepInclude(counts, { open: 3, action: 3 })
    }).pipe(Effect.provide(layer))
  })
})

describe("handovers of one user that are in progress at once", () => {
  it.effect("are one when they do the same, whatever else differs", () => {
    const { behind, open } = gate()
    const { counts, layer } = handovers({ open: () => behind(opened("c-1")) })
    return Effect.gen(function* () {
      const all = yield* Effect.forEach(
        [
          sales,
          { ...sales, text: "hello", confidence: 0.9, data: [1], sessionId: "s", language: "de", channel: "c" },
          { ...sales, inputId: "i-1", traceId: "t-1" },
          { ...sales, entities: [{ name: "product", value: "phone" }] }
        ],
        (one, index) => ask(one, index === 0 ? "k-1" : undefined)
      )
      yield* until(() => counts.open === 1)
      yield* TestClock.adjust("500 millis")
      yield* open
      const answers = yield* Fiber.joinAll(all)
      assert.deepStrictEqual(
        answers,
        all.map(() => answers[0])
      )
      assert.deepInclude(counts, { open: 1, find: 0, action: 1 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("are not one where a rule leads elsewhere in the end, leaves other labels, or is another one", () => {
    const { behind, open } = gate()
    const target = { type: "queue", id: "q-1" } as const
    const decisions: Readonly<Record<string, Decision>> = {
      plain: { rule: "r-1", target },
      labelled: { rule: "r-1", target, labels: { tier: "gold" } },
      cushioned: { rule: "r-1", target, fallbacks: [{ type: "agent", id: "a-1" }] },
      other: { rule: "r-2", target }
    }
    const { counts, layer } = handovers(
      { open: (index) => (index === 0 ? behind(opened("c-1")) : { status: 409 }) },
      { decide: ({ text }) => Effect.fromNullishOr(decisions[text ?? ""]).pipe(Effect.orDie) }
    )
    return Effect.gen(function* () {
      // The second of each joins the first.
      const texts = Object.keys(decisions).flatMap((text) => [text, text])
      const all = yield* Effect.forEach(texts, (text) => ask({ ...sales, text }))
      yield* until(() => counts.open === 1)
      yield* open
      const answers = yield* Effect.forEach(all, Fiber.join)
      assert.deepStrictEqual(
        answers.map(({ rule }) => rule),
        texts.map((text) => decisions[text]?.rule)
      )
      assert.deepInclude(counts, { open: 4, action: 4 })
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("run in the order in which they came when they do not do the same", () => {
    const gates = Array.from({ length: 4 }, gate)
    const { counts, layer, sent } = handovers({
      open: (index) => gates[index]?.behind(opened(`c-${index + 1}`)) ?? "hang"
    })
    const agent = (value: string) => request("transfer_to_agent", [{ name: "agentId", value }])
    return Effect.gen(function* () {
      const all = yield* Effect.forEach([sales, agent("a-1"), support, agent("a-2")], (one) => ask(one))
      for (const [index, { open }] of gates.entries()) {
        yield* until(() => counts.open === index + 1)
        yield* TestClock.adjust("100 millis")
        assert.deepInclude(counts, { open: index + 1, action: index })
        yield* open
        yield* until(() => counts.action === index + 1)
      }
      const answers = yield* Fiber.joinAll(all)
      assert.deepStrictEqual(
        answers.map(({ conversationId, target: { id } }) => `${conversationId} ${id}`),
        ["c-1 q-sales", "c-2 a-1", "c-3 q-support", "c-4 a-2"]
      )
      const flows = ["c-1", "c-2", "c-3", "c-4"].flatMap((id) => [OPEN, action(id)])
      assert.deepStrictEqual(
        calls(sent).filter((call) => call.startsWith("POST")),
        flows
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("end where the user was to go last, also when that is where an earlier one leads", () => {
    const { behind, open } = gate()
    const { counts, layer, sent } = handovers({ open: (index) => behind(opened(`c-${index + 1}`)) })
    return Effect.gen(function* () {
      const all = yield* Effect.forEach([sales, support, sales, sales], (one) => ask(one))
      yield* until(() => counts.open === 1)
      yield* open
      const answers = yield* Fiber.joinAll(all)
      assert.deepStrictEqual(
        answers.map(({ conversationId, rule }) => `${conversationId} ${rule}`),
        ["c-1 transfer_to_sales", "c-2 transfer_to_support", "c-3 transfer_to_sales", "c-3 transfer_to_sales"]
      )
      const routings = calls(sent).filter((call) => call.endsWith("/actions"))
      assert.deepStrictEqual(routings, [action("c-1"), action("c-2"), action("c-3")])
    }).pipe(Effect.provide(layer))
  })

  it.effect("go on with the next one when one fails or its time is up", () => {
    const { layer } = handovers({ open: (index) => (index < 4 ? "hang" : opened("c-last")) })
    return Effect.gen(function* () {
      const first = yield* ask(sales)
      yield* TestClock.adjust("3 seconds")
      const second = yield* ask(support)
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual(yield* refused(Fiber.join(first)), "DeadlineExceeded, rule transfer_to_sales")
      assert.strictEqual((yield* Fiber.join(second)).conversationId, "c-last")
    }).pipe(Effect.provide(layer))
  })

  it.effect("are held to their own deadlines while they wait for their turn", () => {
    const { counts, layer } = handovers({ open: () => "hang" })
    return Effect.gen(function* () {
      const first = yield* ask(sales)
      const { millis, value } = yield* timed(refused(handle(support)))
      assert.strictEqual(value, "DeadlineExceeded, rule transfer_to_support")
      assert.isAtMost(millis, 7010)
      yield* Effect.flip(Fiber.join(first))
      const opens = counts.open
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(counts.open, opens)
    }).pipe(Effect.provide(layer))
  })

  it.effect("are all finished when the layer closes, those that wait for their turn too", () => {
    const { behind, open } = gate()
    const { counts, layer } = handovers({ open: (index) => behind(opened(`c-${index + 1}`)) })
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(layer, scope)
      const { handle } = Context.get(context, Handover)
      const all = yield* Effect.forEach([sales, support, { ...sales, userId: "ben" }], (one) =>
        Effect.forkChild(handle(one), { startImmediately: true })
      )
      yield* until(() => counts.open === 2)
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
      yield* TestClock.adjust("100 millis")
      yield* open
      yield* timed(Fiber.join(closing))
      const answers = yield* Fiber.joinAll(all)
      assert.sameMembers(
        answers.map(({ conversationId }) => conversationId),
        ["c-1", "c-2", "c-3"]
      )
    })
  })
})

describe("handovers of different users", () => {
  it.effect("never wait for each other", () => {
    const { counts, layer } = handovers({ open: (_, { body }) => (body.includes("anna") ? "hang" : opened("c-ben")) })
    return Effect.gen(function* () {
      const hung = yield* ask({ ...sales, userId: "anna" }, "k-1")
      yield* until(() => counts.open === 1)
      for (const userId of ["ben", "cleo", "dan"]) {
        const { millis, value } = yield* timed(handle({ ...sales, userId }, "k-1"))
        assert.strictEqual(value.conversationId, "c-ben")
        assert.isAtMost(millis, 20)
      }
      assert.isUndefined(hung.pollUnsafe())
    }).pipe(Effect.provide(layer), timed)
  })

  const Step = Schema.Struct({
    user: Schema.Literals(["anna", "ben"]),
    intent: Schema.Literals(["transfer_to_sales", "transfer_to_support"]),
    key: Schema.Literals(["k-1", "k-2", "none"]),
    pause: Schema.Literals([0, 1, 7])
  })

  it.effect.prop(
    "and of one never mix, whoever asks for what and when: one call at a time for each user, one answer for each key",
    {
      steps: Arbitrary.array(Arbitrary.schema(Step), { minLength: 2, maxLength: 12 }),
      slow: Arbitrary.schema(Schema.Literals([0, 3, 10]))
    },
    ({ slow, steps }) => {
      const running = new Map<string, number>()
      const owners = new Map<string, string>()
      const overlaps: Array<string> = []
      const slowly = (user: string, reply: Reply): Effect.Effect<Reply> => {
        const before = running.get(user) ?? 0
        if (before > 0) overlaps.push(user)
        running.set(user, before + 1)
        return Effect.delay(
          Effect.sync(() => {
            running.set(user, (running.get(user) ?? 0) - 1)
            return reply
          }),
          slow
        )
      }
      const { layer } = handovers({
        open: (index, { body }) => {
          const user = body.includes("cognigy_anna") ? "anna" : "ben"
          owners.set(`c-${index + 1}`, user)
          return slowly(user, opened(`c-${index + 1}`))
        },
        action: (_, { path }) => slowly(owners.get(path.split("/")[5] ?? "") ?? "nobody", { status: 204 })
      })
      return Effect.gen(function* () {
        const asked = []
        for (const { intent, key, pause, user } of steps) {
          const what = { ...nothingElse, intent, userId: user }
          const fiber = yield* Effect.forkChild(Effect.result(handle(what, key === "none" ? undefined : key)), {
            startImmediately: true
          })
          asked.push({ name: `${user} ${key}`, user, intent, key, fiber })
          yield* TestClock.adjust(pause)
        }
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(overlaps, [])
        const first = new Map<string, { readonly intent: string; readonly conversationId: string }>()
        for (const { fiber, intent, key, name, user } of asked) {
          const result = yield* Fiber.join(fiber)
          const known = key === "none" ? undefined : first.get(name)
          if (known !== undefined && known.intent !== intent) {
            assert.deepInclude(result, { _tag: "Failure" })
            assert.match(JSON.stringify(result), /KeyReused/)
            continue
          }
          if (result._tag === "Failure") return assert.fail(String(result.failure))
          const { conversationId, rule } = result.success
          assert.strictEqual(rule, intent)
          assert.strictEqual(owners.get(conversationId), user)
          if (known !== undefined) assert.strictEqual(conversationId, known.conversationId)
          else if (key !== "none") first.set(name, { intent, conversationId })
        }
      }).pipe(Effect.provide(layer), Effect.scoped)
    }
  )
})

describe("a caller that shares a handover in progress", () => {
  it.effect("and leaves disturbs no other caller", () => {
    const { behind, open } = gate()
    const { counts, layer } = handovers({ open: () => behind(opened("c-1")) })
    return Effect.gen(function* () {
      const [first, leaver, stayer] = [yield* ask(sales, "k-1"), yield* ask(sales, "k-2"), yield* ask(sales, "k-3")]
      yield* until(() => counts.open === 1)
      yield* Fiber.interrupt(leaver)
      yield* TestClock.adjust("100 millis")
      assert.isUndefined(first.pollUnsafe())
      assert.isUndefined(stayer.pollUnsafe())
      yield* open
      assert.strictEqual((yield* Fiber.join(first)).conversationId, "c-1")
      assert.strictEqual((yield* Fiber.join(stayer)).conversationId, "c-1")
      assert.deepInclude(counts, { open: 1, action: 1 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("gets its answer although the first caller leaves", () => {
    const { behind, open } = gate()
    const { counts, layer } = handovers({ open: () => behind(opened("c-1")) })
    return Effect.gen(function* () {
      const first = yield* ask(sales, "k-1")
      yield* until(() => counts.open === 1)
      const second = yield* ask(sales, "k-2")
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("100 millis")
      assert.isUndefined(second.pollUnsafe())
      yield* open
      assert.strictEqual((yield* Fiber.join(second)).conversationId, "c-1")
      // And the one that left finds it when it comes back.
      assert.strictEqual((yield* handle(sales, "k-1")).conversationId, "c-1")
      assert.deepInclude(counts, { open: 1, action: 1 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("is recognised by its own key, also when it leaves", () => {
    const { behind, open } = gate()
    const { counts, layer } = handovers({ open: () => behind(opened("c-1")) })
    return Effect.gen(function* () {
      const first = yield* ask(sales, "k-1")
      const [leaver, stayer] = [yield* ask(sales, "k-2"), yield* ask(sales, "k-3")]
      yield* until(() => counts.open === 1)
      yield* Fiber.interrupt(leaver)
      yield* open
      yield* Fiber.joinAll([first, stayer])
      for (const key of ["k-1", "k-2", "k-3"]) {
        assert.strictEqual((yield* handle(sales, key)).conversationId, "c-1")
        assert.strictEqual(yield* refused(handle(support, key)), "KeyReused")
      }
      assert.deepInclude(counts, { open: 1, action: 1 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("holds its key from the start: another content under it is refused meanwhile", () => {
    const { behind, open } = gate()
    const { counts, layer } = handovers({ open: () => behind(opened("c-1")) })
    return Effect.gen(function* () {
      const both = [yield* ask(sales, "k-1"), yield* ask({ ...sales, text: "again" }, "k-2")]
      yield* until(() => counts.open === 1)
      const other = yield* ask(support, "k-2")
      yield* TestClock.adjust("100 millis")
      assert.match(String(other.pollUnsafe()), /KeyReused/)
      yield* open
      yield* Fiber.joinAll(both)
      assert.deepInclude(counts, { open: 1, action: 1 })
    }).pipe(Effect.provide(layer), timed)
  })

  for (const key of [undefined, "k-1"]) {
    it.effect(`begins again where that one ends for want of time, and it has more (key: ${key})`, () => {
      const { counts, layer } = handovers({ open: (index) => (index < 4 ? "hang" : opened("c-last")) })
      return Effect.gen(function* () {
        const first = yield* ask(sales, key)
        yield* TestClock.adjust("5500 millis")
        const copies = [yield* ask(sales, key), yield* ask(sales, key)]
        yield* TestClock.adjust("1500 millis")
        assert.strictEqual(yield* refused(Fiber.join(first)), "DeadlineExceeded, rule transfer_to_sales")
        const answers = yield* Fiber.joinAll(copies)
        assert.deepStrictEqual(
          answers.map(({ conversationId }) => conversationId),
          ["c-last", "c-last"]
        )
        assert.deepInclude(counts, { open: 5, action: 1 })
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("does not begin again where the user is to go elsewhere by then", () => {
    const { counts, layer } = handovers({ open: (index) => (index < 4 ? "hang" : opened("c-last")) })
    return Effect.gen(function* () {
      const first = yield* ask(sales)
      yield* TestClock.adjust("5500 millis")
      const [copy, other] = [yield* ask(sales), yield* ask(support)]
      yield* TestClock.adjust("2 seconds")
      for (const late of [first, copy])
        assert.strictEqual(yield* refused(Fiber.join(late)), "DeadlineExceeded, rule transfer_to_sales")
      assert.strictEqual((yield* Fiber.join(other)).rule, "transfer_to_support")
      assert.deepInclude(counts, { open: 5, action: 1 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("is answered by its own deadline, where that is sooner", () => {
    const { counts, layer } = handovers({ open: () => "hang" })
    return Effect.gen(function* () {
      const first = yield* ask(sales, "k-1")
      yield* until(() => counts.open === 1)
      const { millis, value } = yield* timed(
        refused(handle(sales, "k-2")).pipe(Deadline.within("1 second"), Effect.uninterruptible)
      )
      assert.strictEqual(value, "DeadlineExceeded, rule transfer_to_sales")
      assert.isAtMost(millis, 1010)
      assert.isUndefined(first.pollUnsafe())
    }).pipe(Effect.provide(layer), timed)
  })
})

describe("a store of one's own", () => {
  const forgetful: Claims["Service"] = {
    claim: () => Effect.succeed({ _tag: "New" }),
    settle: () => Effect.void,
    release: () => Effect.void
  }

  /** Everything that is logged as a warning or worse. */
  const logged = () => {
    const lines: Array<string> = []
    const log = Logger.make<unknown, void>(({ cause, logLevel, message }) => {
      if (logLevel !== "Info") lines.push(`${logLevel} ${message}${Cause.pretty(cause)}`)
    })
    return { lines, layer: Logger.layer([log]) }
  }

  const secret = "redis://user:secret@store"
  const boom = () => Object.assign(new Error(`no connection to ${secret}`), { code: "ECONNREFUSED" })
  const failing: ReadonlyArray<readonly [string, () => Effect.Effect<never, ClaimsError>, string]> = [
    ["fails", () => Effect.fail(new ClaimsError({ message: "the connection is closed" })), "the connection is closed"],
    [
      "throws",
      () => {
        throw boom()
      },
      "a defect (Error ECONNREFUSED)"
    ],
    ["dies", () => Effect.die(boom()), "a defect (Error ECONNREFUSED)"],
    ["hangs", () => Effect.never, "no answer within 250ms"]
  ]

  for (const [how, fail, why] of failing) {
    it.effect(`that ${how} on a claim costs the memory, and not the handover`, () => {
      const { counts, layer } = handovers({}, { remembered: { ...forgetful, claim: fail } })
      const { layer: log, lines } = logged()
      return Effect.gen(function* () {
        const { millis, value } = yield* timed(handle(sales, "k-1"))
        assert.strictEqual(value.conversationId, "c-1")
        assert.isAtMost(millis, 270)
        assert.deepStrictEqual(lines, [
          `Warn the store of handovers did not answer, so that a copy of this one may count as another one: ${why}`
        ])
        // A request without a key is not looked up.
        assert.isAtMost((yield* timed(handle(sales))).millis, 20)
        assert.deepInclude(counts, { open: 2, action: 2 })
      }).pipe(Effect.provide(Layer.provideMerge(layer, log)))
    })

    it.effect(`that ${how} on settling delays no answer, and the log says so without its secrets`, () => {
      const { layer } = handovers({}, { remembered: { ...forgetful, settle: fail } })
      const { layer: log, lines } = logged()
      return Effect.gen(function* () {
        assert.isAtMost((yield* timed(handle(sales, "k-1"))).millis, 20)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(lines, [
          `Warn the store of handovers did not remember, so that a copy of this one may count as another one: ${why}`
        ])
      }).pipe(Effect.provide(Layer.provideMerge(layer, log)))
    })
  }

  it.effect("gets one claim for each handover, with the tenant's scope", () => {
    const asked: Array<string> = []
    const { layer } = handovers(
      {},
      {
        remembered: {
          claim: ({ scope }) =>
            Effect.sync((): Claimed => {
              asked.push(`claim ${scope}`)
              return { _tag: "New" }
            }),
          settle: ({ scope }, { conversationId }) =>
            Effect.sync(() => void asked.push(`settle ${scope} ${conversationId}`)),
          release: () => Effect.sync(() => void asked.push("release"))
        }
      }
    )
    return Effect.gen(function* () {
      yield* handle(sales, "k-1")
      yield* TestClock.adjust("1 second")
      const scope = "http://cxone.test as client"
      assert.deepStrictEqual(asked, [`claim ${scope}`, `settle ${scope} c-1`])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("that is slow to settle gets no claim meanwhile: copies get the answer at once", () => {
    const { counts, layer } = handovers({}, { remembered: { ...forgetful, settle: () => Effect.never } })
    return Effect.gen(function* () {
      const both = [yield* ask(sales, "k-1"), yield* ask(sales, "k-2")]
      const { millis, value } = yield* timed(Fiber.joinAll(both))
      assert.isAtMost(millis, 20)
      value.push(yield* handle(sales, "k-1"), yield* handle(sales, "k-2"))
      assert.deepStrictEqual(
        value.map(({ conversationId }) => conversationId),
        ["c-1", "c-1", "c-1", "c-1"]
      )
      assert.strictEqual(yield* refused(handle(support, "k-2")), "KeyReused")
      assert.deepInclude(counts, { open: 1, action: 1 })
      assert.strictEqual((yield* handle(sales)).conversationId, "c-2")
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* handle(support, "k-2")).conversationId, "c-3")
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("with a key that another process has claimed is asked again until that one is done", () => {
    let claimed: Claimed = { _tag: "Running" }
    const { counts, layer } = handovers({}, { remembered: { ...forgetful, claim: () => Effect.sync(() => claimed) } })
    return Effect.gen(function* () {
      const copy = yield* ask(sales, "k-1")
      yield* TestClock.adjust("2 seconds")
      assert.isUndefined(copy.pollUnsafe())
      claimed = { _tag: "Done", handedOver: done }
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(yield* Fiber.join(copy), done)
      claimed = { _tag: "Running" }
      const late = yield* timed(refused(handle(sales, "k-2")))
      assert.strictEqual(late.value, "DeadlineExceeded, no rule")
      assert.isAtMost(late.millis, 7010)
      assert.deepInclude(counts, { open: 0, action: 0 })
    }).pipe(Effect.provide(layer))
  })

  it.effect("with a key that another process has claimed is asked for after 50 ms, and then less often", () => {
    const times: Array<number> = []
    const claim = () =>
      Effect.map(nowMillis, (now): Claimed => {
        times.push(now)
        return { _tag: "Running" }
      })
    const { layer } = handovers({}, { remembered: { ...forgetful, claim } })
    return Effect.gen(function* () {
      yield* ask(sales, "k-1")
      yield* TestClock.adjust("2 seconds")
      const waits = times.slice(1).map((time, index) => time - (times[index] ?? Number.NaN))
      assert.deepStrictEqual(waits, [50, 100, 200, 400, 500, 500])
      // The shutdown waits for it.
      yield* TestClock.adjust("5 seconds")
    }).pipe(Effect.provide(layer))
  })

  it.effect("is settled in the caller's context, also when the caller has left", () => {
    const { behind, open } = gate()
    const heard: Array<string | undefined> = []
    const { counts, layer } = handovers(
      { action: () => behind({ status: 204 }) },
      {
        remembered: {
          ...forgetful,
          settle: () => Effect.map(CurrentCorrelationId, (id) => void heard.push(id))
        }
      }
    )
    return Effect.gen(function* () {
      const caller = yield* Effect.forkChild(
        Effect.provideService(handle(sales, "k-1"), CurrentCorrelationId, "id-of-the-caller")
      )
      yield* until(() => counts.action === 1)
      yield* Fiber.interrupt(caller)
      yield* open
      yield* until(() => heard.length > 0)
      assert.deepStrictEqual(heard, ["id-of-the-caller"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("that fails holds up no shutdown", () => {
    const { layer } = handovers({}, { remembered: { ...forgetful, settle: () => Effect.never } })
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(layer, scope)
      yield* timed(Effect.provideContext(handle(sales, "k-1"), context))
      assert.isAtMost((yield* timed(Scope.close(scope, Exit.void))).millis, 270)
    })
  })
})
