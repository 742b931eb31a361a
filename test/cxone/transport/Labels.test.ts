import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Exit, Fiber, Layer, Logger, Scope } from "effect"
import { TestClock } from "effect/testing"
import { Unavailable } from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import { Labels, type LabelsOptions, type SendLabels } from "../../../src/cxone/transport/Labels.ts"
import { Conversations } from "../../../src/cxone/webchat/Conversations.ts"
import { nowMillis } from "../../../src/std/clock.ts"
import { cxone, services } from "../../support/cxone.ts"
import { calls, type Reply, type Sent, scripted, token } from "../../support/scripted.ts"
import { timed } from "../../support/time.ts"

const labelCalls = (sent: ReadonlyArray<Sent>) =>
  sent.filter(({ method }) => method === "PUT").map(({ body, path }) => [path.split("/")[5], JSON.parse(body).labels])

const ok: Reply = { status: 204 }

describe("Labels", () => {
  it.effect("are sent in the background: putting them takes no time", () => {
    const { layer, sent } = cxone(() => ok)
    return Effect.gen(function* () {
      const { pending, put } = yield* Labels
      yield* put("c-1", { cognigy_intent: "sales" })
      assert.deepStrictEqual(labelCalls(sent), [])
      assert.strictEqual(yield* pending, 1)
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(labelCalls(sent), [["c-1", { cognigy_intent: "sales" }]])
      assert.strictEqual(yield* pending, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("go to the conversation's own path, whatever its id has", () => {
    const { layer, sent } = cxone(() => ok)
    return Effect.gen(function* () {
      const { put } = yield* Labels
      yield* put("c/1 ü", { cognigy_intent: "sales" })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(calls(sent), ["PUT /api/v2/conversations/webchat/c%2F1%20%C3%BC/labels"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("of one conversation are folded into one call, the last value of each wins", () => {
    const { layer, sent } = cxone(() => ok)
    return Effect.gen(function* () {
      const { put } = yield* Labels
      for (let i = 1; i <= 8; i++) yield* put("c-1", { cognigy_intent: `intent ${i}` })
      yield* put("c-1", { team: "a" })
      yield* put("c-2", { cognigy_intent: "other" })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(labelCalls(sent), [
        ["c-1", { cognigy_intent: "intent 8", team: "a" }],
        ["c-2", { cognigy_intent: "other" }]
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("that come during a call are sent after it, in order", () => {
    const { layer, sent } = cxone((_, index) => (index === 0 ? "hang" : ok))
    return Effect.gen(function* () {
      const { pending, put } = yield* Labels
      yield* put("c-1", { cognigy_intent: "first" })
      yield* TestClock.adjust("100 millis")
      yield* put("c-1", { cognigy_intent: "second" })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(labelCalls(sent).length, 1)
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(
        labelCalls(sent).map(([, labels]) => labels.cognigy_intent),
        ["first", "first", "second"]
      )
      assert.strictEqual(yield* pending, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("survive CXone's bad minutes", () => {
    const { layer, sent } = cxone((_, index) => (index < 7 ? { status: 503 } : ok))
    return Effect.gen(function* () {
      const { pending, put } = yield* Labels
      yield* put("c-1", { cognigy_intent: "sales" })
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(labelCalls(sent).length, 8)
      assert.strictEqual(yield* pending, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("wait for a token that cannot be had", () => {
    const { layer, sent } = scripted(({ path }, index) =>
      path !== "/oauth/token" ? ok : index < 12 ? { status: 503 } : token("late")
    )
    return Effect.gen(function* () {
      const { put } = yield* Labels
      yield* put("c-1", { cognigy_intent: "sales" })
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(labelCalls(sent).length, 1)
    }).pipe(Effect.provide(services(layer)))
  })

  it.effect("wait for credentials to be fixed, without asking for tokens all the time", () => {
    let isFixed = false
    const { layer, sent } = cxone(() => (isFixed ? ok : { status: 401 }), noDrain)
    return Effect.gen(function* () {
      const { pending, put } = yield* Labels
      for (let i = 0; i < 50; i++) yield* put(`c-${i}`, { cognigy_intent: "sales" })
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(yield* pending, 50)
      assert.isAtMost(sent.length - calls(sent).length, (2 * (5 * 60 + 5)) / 5)
      isFixed = true
      yield* TestClock.adjust("4 minutes")
      assert.strictEqual(yield* pending, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("that CXone refuses with every token cost handovers no tokens", () => {
    const { layer, sent } = cxone(
      ({ method }) =>
        Effect.delay(
          Effect.succeed(method === "PUT" ? { status: 401 } : { status: 201, body: { id: "c" } }),
          "50 millis"
        ),
      noDrain
    )
    return Effect.gen(function* () {
      const { open } = yield* Conversations
      const { put } = yield* Labels
      const all = yield* Effect.forEach(Array.from({ length: 60 }), (_, i) =>
        Effect.gen(function* () {
          const opening = yield* Effect.forkChild(open({ userId: `u-${i}`, name: "n", labels: {} }))
          yield* put(`c-${i}`, { cognigy_intent: "sales" })
          yield* TestClock.adjust("100 millis")
          return opening
        })
      )
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.joinAll(all)
      const tokens = sent.length - calls(sent).length
      assert.isAtMost(tokens, 2 * 60)
    }).pipe(Effect.provide(layer))
  })

  it.effect("that CXone refuses are given up at once", () => {
    const { layer, sent } = cxone(() => ({ status: 400 }))
    return Effect.gen(function* () {
      const { pending, put } = yield* Labels
      yield* put("c-1", { cognigy_intent: "sales" })
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(labelCalls(sent).length, 1)
      assert.strictEqual(yield* pending, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("wait for later ones of the same conversation as long as they may linger, and no longer", () => {
    const { layer, sent } = cxone(() => ok, { linger: "300 millis" })
    return Effect.gen(function* () {
      const { put } = yield* Labels
      yield* put("c-1", { cognigy_intent: "first" })
      yield* TestClock.adjust("299 millis")
      yield* put("c-1", { cognigy_intent: "second" })
      assert.deepStrictEqual(labelCalls(sent), [])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(labelCalls(sent), [["c-1", { cognigy_intent: "second" }]])
      yield* put("c-1", { cognigy_intent: "third" })
      yield* TestClock.adjust("299 millis")
      assert.strictEqual(labelCalls(sent).length, 1)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(labelCalls(sent).length, 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect("are sent in the trace of their last put", () => {
    const parents: Array<string | undefined> = []
    const send = () =>
      Effect.map(Effect.currentParentSpan, (span) => {
        parents.push(span.spanId)
      }).pipe(Effect.orDie)
    return Effect.gen(function* () {
      const { put } = yield* Labels
      yield* Effect.withSpan(put("c-1", { cognigy_intent: "first" }), "first")
      const last = yield* Effect.withSpan(
        Effect.andThen(put("c-1", { cognigy_intent: "second" }), Effect.currentSpan),
        "second"
      )
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(parents, [last.spanId])
    }).pipe(Effect.provide(Labels.layerFrom(send)))
  })

  it.effect("do not end with their caller's deadline", () => {
    const { layer, sent } = cxone((_, index) => (index === 0 ? { status: 503 } : ok))
    return Effect.gen(function* () {
      const { put } = yield* Labels
      yield* put("c-1", { cognigy_intent: "sales" }).pipe(Deadline.within("10 millis"))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(labelCalls(sent).length, 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect("past the capacity replace the oldest", () => {
    const { layer, sent } = cxone(() => ok, { capacity: 2 })
    return Effect.gen(function* () {
      const { pending, put } = yield* Labels
      for (const id of ["c-1", "c-2", "c-3"]) yield* put(id, { cognigy_intent: id })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(
        labelCalls(sent).map(([id]) => id),
        ["c-2", "c-3"]
      )
      assert.strictEqual(yield* pending, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("never run more calls at once than allowed", () => {
    const { layer, sent } = cxone(() => "hang", { concurrency: 3 })
    return Effect.gen(function* () {
      const { put } = yield* Labels
      for (let i = 0; i < 10; i++) yield* put(`c-${i}`, { cognigy_intent: "sales" })
      yield* TestClock.adjust("1 second")
      assert.strictEqual(labelCalls(sent).length, 3)
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("that wait for their next attempt do not keep others waiting", () => {
    const { layer, sent } = cxone(({ path }) =>
      path.includes("/slow-") ? { status: 429, headers: { "retry-after": "60" } } : ok
    )
    return Effect.gen(function* () {
      const { put } = yield* Labels
      for (let i = 0; i < 8; i++) yield* put(`slow-${i}`, { cognigy_intent: "sales" })
      yield* TestClock.adjust("1 second")
      yield* put("c-1", { cognigy_intent: "sales" })
      yield* TestClock.adjust("1 second")
      assert.strictEqual(labelCalls(sent).at(-1)?.[0], "c-1")
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("are bounded also while CXone answers none of them", () => {
    const { layer } = cxone(() => "hang", { capacity: 10, linger: "1 millis" })
    return Effect.gen(function* () {
      const { pending, put } = yield* Labels
      for (let i = 0; i < 1000; i++) {
        yield* put(`c-${i}`, { cognigy_intent: "sales" })
        if (i % 100 === 0) yield* TestClock.adjust("1 millis")
      }
      assert.strictEqual(yield* pending, 10)
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("that wait for their next attempt are sent at once when the layer closes, the last values of all", () => {
    const { layer, sent } = cxone((_, index) => (index === 0 ? { status: 429, headers: { "retry-after": "200" } } : ok))
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { put } = Context.get(yield* Layer.buildWithScope(layer, scope), Labels)
      yield* put("c-1", { cognigy_intent: "first", team: "a" })
      yield* TestClock.adjust("1 second")
      yield* put("c-1", { cognigy_intent: "second" })
      const started = yield* nowMillis
      yield* Scope.close(scope, Exit.void)
      assert.isAtMost((yield* nowMillis) - started, 20)
      assert.deepStrictEqual(labelCalls(sent).slice(1), [["c-1", { cognigy_intent: "second", team: "a" }]])
    }).pipe(timed)
  })

  it.effect("that wait are sent when the layer closes", () => {
    const { layer, sent } = cxone(() => ok)
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { put } = Context.get(yield* Layer.buildWithScope(layer, scope), Labels)
      yield* put("c-1", { cognigy_intent: "sales" })
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(labelCalls(sent).length, 1)
    }).pipe(timed)
  })

  it.effect("delay the closing by the drain timeout at most", () => {
    const { layer } = cxone(() => "hang", { drainTimeout: Effect.succeed(Duration.seconds(3)) })
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { put } = Context.get(yield* Layer.buildWithScope(layer, scope), Labels)
      yield* put("c-1", { cognigy_intent: "sales" })
      const started = yield* nowMillis
      yield* Scope.close(scope, Exit.void)
      assert.isAtMost((yield* nowMillis) - started, 3_020)
    }).pipe(timed)
  })
})

/** Collects what is logged. */
const logged = () => {
  const lines: Array<string> = []
  return { lines, layer: Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))]) }
}

/** Nothing is sent any more when the layer closes. */
const noDrain = { drainTimeout: Effect.succeed(Duration.zero) }

/** Labels through a sender of the test's own. */
const sentBy = (send: SendLabels, options: LabelsOptions) =>
  Labels.layerFrom(send, { linger: "1 millis", drainTimeout: Effect.succeed(Duration.zero), ...options })

const slow = new Unavailable({ operation: "label", reason: "Timeout", detail: "slow", retryAfter: undefined })

describe("labels that wait for a permit", () => {
  it.effect("can be dropped at once: putting others takes no time", () =>
    Effect.gen(function* () {
      const { dropped, put } = yield* Labels
      for (let i = 0; i < 20; i++) yield* put(`c-${i}`, { a: "1" })
      // The first one has failed, and waits behind the others.
      yield* TestClock.adjust("2 seconds")
      const { millis } = yield* timed(put("c-20", { a: "1" }))
      assert.deepStrictEqual([millis, yield* dropped], [0, 1])
    }).pipe(
      Effect.provide(
        sentBy((id) => (id === "c-0" ? Effect.fail(slow) : Effect.never), { capacity: 20, concurrency: 1 })
      )
    )
  )

  it.effect("get one without limit, where their number has none", () =>
    Effect.gen(function* () {
      const { pending, put } = yield* Labels
      yield* put("c-1", { a: "1" })
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* pending, 0)
    }).pipe(Effect.provide(sentBy(() => Effect.void, { concurrency: Number.POSITIVE_INFINITY })))
  )

  it.effect("do not hold up the shutdown", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(
        sentBy(() => Effect.never, { concurrency: 0 }),
        scope
      )
      const { put } = Context.get(context, Labels)
      for (let i = 0; i < 3; i++) yield* put(`c-${i}`, { a: "1" })
      yield* TestClock.adjust("1 second")
      const { millis } = yield* timed(Scope.close(scope, Exit.void))
      assert.strictEqual(millis, 0)
    })
  )
})

describe("labels that are dropped", () => {
  it.effect("are counted, and logged once in a thousand", () => {
    const { layer } = cxone(() => ok, { capacity: 2, ...noDrain })
    const log = logged()
    return Effect.gen(function* () {
      const { dropped, put } = yield* Labels
      for (let i = 0; i < 1002; i++) yield* put(`c-${i}`, { cognigy_intent: "sales" })
      assert.strictEqual(yield* dropped, 1000)
      assert.deepStrictEqual(
        log.lines.map((line) => line.match(/more than 2 .*dropped so far: (\d+)/)?.[1]),
        ["1"]
      )
      yield* put("c-1002", { cognigy_intent: "sales" })
      assert.include(log.lines[1], "dropped so far: 1001")
    }).pipe(Effect.provide(Layer.provideMerge(layer, log.layer)))
  })

  it.effect("are not those of a conversation that has a place already", () => {
    const { layer, sent } = cxone(() => ok, { capacity: 2 })
    return Effect.gen(function* () {
      const { dropped, put } = yield* Labels
      for (const id of ["c-1", "c-2", "c-1", "c-2"]) yield* put(id, { cognigy_intent: id })
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* dropped, 0)
      assert.strictEqual(labelCalls(sent).length, 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect("while their call waits to be repeated are not sent again", () => {
    const { layer, sent } = cxone((_, index) => (index === 0 ? { status: 503 } : ok), { capacity: 1 })
    return Effect.gen(function* () {
      const { put } = yield* Labels
      yield* put("c-1", { cognigy_intent: "old" })
      yield* TestClock.adjust("200 millis")
      yield* put("c-2", { cognigy_intent: "new" })
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(
        labelCalls(sent).map(([id]) => id),
        ["c-1", "c-2"]
      )
    }).pipe(Effect.provide(layer))
  })
})

describe("while CXone fails all labels for ten minutes", () => {
  const minutes = 10

  it.effect("handovers are not affected, and the labels arrive afterwards", () => {
    let broken = true
    const { layer, sent } = cxone(({ method }) =>
      method === "PUT" ? (broken ? { status: 503 } : ok) : { status: 201, body: { id: "c" } }
    )
    return Effect.gen(function* () {
      const { pending, put } = yield* Labels
      const { open } = yield* Conversations
      for (let second = 0; second < minutes * 60; second += 5) {
        if (second < 200) yield* put(`c-${second}`, { cognigy_intent: "sales" })
        const before = yield* nowMillis
        yield* open({ userId: "u", name: "n", labels: {} })
        assert.strictEqual(yield* nowMillis, before)
        yield* TestClock.adjust("5 seconds")
      }
      assert.strictEqual(yield* pending, 40)
      assert.isAtMost(labelCalls(sent).length, 100)
      broken = false
      yield* TestClock.adjust("3 minutes")
      assert.strictEqual(yield* pending, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("they outlive it also when nothing else happens", () => {
    let broken = true
    const { layer } = cxone(() => (broken ? { status: 503 } : ok))
    return Effect.gen(function* () {
      const { pending, put } = yield* Labels
      for (let i = 0; i < 20; i++) yield* put(`c-${i}`, { cognigy_intent: "sales" })
      yield* TestClock.adjust(`${minutes} minutes`)
      assert.strictEqual(yield* pending, 20)
      broken = false
      yield* TestClock.adjust("4 minutes")
      assert.strictEqual(yield* pending, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("one is given up after a quarter of an hour, and logged", () => {
    const { layer } = cxone(() => ({ status: 503 }))
    const log = logged()
    return Effect.gen(function* () {
      const { pending, put } = yield* Labels
      yield* put("c-1", { cognigy_intent: "sales" })
      yield* TestClock.adjust("14 minutes")
      assert.strictEqual(yield* pending, 1)
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(yield* pending, 0)
      assert.match(log.lines.join(), /^labels of conversation c-1 not sent: CXone is not available/)
    }).pipe(Effect.provide(Layer.provideMerge(layer, log.layer)))
  })
})

describe("the retries of labels", () => {
  it.effect("come out of a retry budget of their own", () => {
    const { layer, sent } = cxone(() => ({ status: 503 }), noDrain, { retryBudget: { share: 0, floor: 1 } })
    return Effect.gen(function* () {
      const { put } = yield* Labels
      for (let i = 0; i < 5; i++) yield* put(`c-${i}`, { cognigy_intent: "sales" })
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(labelCalls(sent).length, 6)
    }).pipe(Effect.provide(layer))
  })

  it.effect("wait while their circuit is open", () => {
    const { layer, sent } = cxone(() => ({ status: 503 }), noDrain)
    return Effect.gen(function* () {
      const { put } = yield* Labels
      for (let i = 0; i < 200; i++) yield* put(`c-${i}`, { cognigy_intent: "sales" })
      yield* TestClock.adjust("1 second")
      // 64 at once, until the circuit has seen 20 fail.
      assert.isAtMost(labelCalls(sent).length, 84)
      yield* TestClock.adjust("2 minutes")
      assert.isAtMost(labelCalls(sent).length, 100)
    }).pipe(Effect.provide(layer))
  })
})

describe("labels whose sending has a defect", () => {
  const broken = () => {
    throw new Error("a secret of the client's")
  }

  it.effect("cost no other conversation its labels", () => {
    const { layer, sent } = cxone((_, index) => (index === 0 ? broken() : ok))
    return Effect.gen(function* () {
      const { pending, put } = yield* Labels
      for (const id of ["c-1", "c-2", "c-3"]) yield* put(id, { cognigy_intent: "sales" })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(
        labelCalls(sent).map(([id]) => id),
        ["c-1", "c-2", "c-3"]
      )
      assert.strictEqual(yield* pending, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("do not keep later ones of their conversation from being sent", () => {
    const { layer, sent } = cxone((_, index) => (index === 0 ? broken() : ok))
    const lines: Array<unknown> = []
    return Effect.gen(function* () {
      const { pending, put } = yield* Labels
      yield* put("c-1", { cognigy_intent: "sales" })
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* pending, 0)
      yield* put("c-1", { cognigy_intent: "support" })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(labelCalls(sent).at(-1), ["c-1", { cognigy_intent: "support" }])
      assert.include(String(lines), "labels of conversation c-1 not sent")
      assert.notInclude(String(lines), "secret")
    }).pipe(
      Effect.provide(Layer.provideMerge(layer, Logger.layer([Logger.make(({ message }) => void lines.push(message))])))
    )
  })

  it.effect("cost the others nothing when the layer closes", () => {
    const { layer, sent } = cxone((_, index) => (index === 0 ? broken() : ok))
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { put } = Context.get(yield* Layer.buildWithScope(layer, scope), Labels)
      for (const id of ["c-1", "c-2", "c-3"]) yield* put(id, { cognigy_intent: "sales" })
      yield* timed(Scope.close(scope, Exit.void))
      assert.sameMembers(
        labelCalls(sent).map(([id]) => id),
        ["c-1", "c-2", "c-3"]
      )
    })
  })
})

describe("closing the layer", () => {
  for (const [concurrency, atOnce] of [
    [16, 64],
    [100, 100]
  ] as const) {
    it.effect(`sends up to ${atOnce} labels at once when ${concurrency} were sent before`, () => {
      const { layer, sent } = cxone(() => "hang", { concurrency, drainTimeout: Effect.succeed(Duration.seconds(1)) })
      return Effect.gen(function* () {
        const scope = yield* Scope.make()
        const { put } = Context.get(yield* Layer.buildWithScope(layer, scope), Labels)
        for (let i = 0; i < 200; i++) yield* put(`c-${i}`, { cognigy_intent: "sales" })
        yield* TestClock.adjust("1 second")
        assert.strictEqual(labelCalls(sent).length, concurrency)
        yield* timed(Scope.close(scope, Exit.void))
        assert.strictEqual(labelCalls(sent).length, concurrency + atOnce)
      })
    })
  }

  it.effect("does not interrupt callers that put labels after it: the log says that these are not sent", () => {
    const { layer, sent } = cxone(() => ok)
    const log = logged()
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { put } = Context.get(yield* Layer.buildWithScope(layer, scope), Labels)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(put("c-1", { cognigy_intent: "late" }))))
      assert.deepStrictEqual(log.lines, ["labels of conversation c-1 not sent: the service is shutting down"])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(sent, [])
    }).pipe(Effect.provide(log.layer))
  })

  it.effect("does not send labels that were dropped before", () => {
    const { layer, sent } = cxone(() => ok, { capacity: 1 })
    return Effect.gen(function* () {
      const { put } = yield* Labels
      for (const id of ["c-1", "c-2"]) yield* put(id, { cognigy_intent: "sales" })
    }).pipe(
      Effect.provide(layer),
      timed,
      Effect.andThen(
        Effect.sync(() => {
          assert.deepStrictEqual(
            labelCalls(sent).map(([id]) => id),
            ["c-2"]
          )
        })
      )
    )
  })

  it.effect("logs which labels there was no time for", () => {
    const { layer } = cxone(() => "hang", { drainTimeout: Effect.succeed(Duration.seconds(1)) })
    const log = logged()
    return Effect.gen(function* () {
      const { put } = yield* Labels
      for (const id of ["c-1", "c-2"]) yield* put(id, { cognigy_intent: "sales" })
    }).pipe(
      Effect.provide(Layer.provide(layer, log.layer)),
      timed,
      Effect.andThen(
        Effect.sync(() => {
          assert.deepStrictEqual(log.lines, ["shutdown: the labels of 2 conversations were not sent: c-1, c-2"])
        })
      )
    )
  })
})
