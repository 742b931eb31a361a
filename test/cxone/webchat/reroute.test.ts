/** A conversation that the request names, and what the webchat API cannot carry of a request. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { ContactCentre, type Placement } from "../../../src/cxone/ContactCentre.ts"
import type { HandoverRequest } from "../../../src/domain/HandoverRequest.ts"
import { CurrentOrphan } from "../../../src/domain/Orphan.ts"
import type { Target } from "../../../src/domain/Target.ts"
import { cxone } from "../../support/cxone.ts"
import { request } from "../../support/request.ts"
import { calls, type Reply, type Sent } from "../../support/scripted.ts"

const queue = (id: string): Target => ({ type: "queue", id })

const placement = (more: Partial<HandoverRequest>, ...others: ReadonlyArray<Target>): Placement => ({
  request: { ...request("sales"), ...more },
  targets: [queue("q-1"), ...others],
  labels: {}
})

const active = (...items: ReadonlyArray<unknown>): Reply => ({ status: 200, body: { items } })

const noDrain = { drainTimeout: Effect.succeed(Duration.zero) }

const place = (placement: Placement) =>
  Effect.gen(function* () {
    const { place } = yield* ContactCentre
    const orphan = { orphan: undefined }
    const outcome = yield* Effect.result(Effect.provideService(place(placement), CurrentOrphan, orphan))
    assert.isUndefined(orphan.orphan)
    return outcome
  })

const isAction = ({ path }: Sent) => path.endsWith("/actions")

describe("the conversation of contactId", () => {
  it.effect("is routed and labelled, and none is opened", () => {
    const { layer, sent } = cxone(() => ({ status: 204 }), noDrain)
    return Effect.gen(function* () {
      const outcome = yield* place(placement({ contactId: "c/7" }))
      assert(outcome._tag === "Success")
      assert.deepStrictEqual(outcome.success, { conversationId: "c/7", target: queue("q-1"), reused: true })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(calls(sent), [
        "POST /api/v2/conversations/webchat/c%2F7/actions",
        "PUT /api/v2/conversations/webchat/c%2F7/labels"
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("may be there already", () => {
    const { layer } = cxone(() => ({ status: 409 }), noDrain)
    return Effect.gen(function* () {
      assert.strictEqual((yield* place(placement({ contactId: "c-7" })))._tag, "Success")
    }).pipe(Effect.provide(layer))
  })

  it.effect.each<ReadonlyArray<object>>([[], [{ id: "c-1" }], [{ id: 7 }, { id: "c-70" }]])(
    "is not there where CXone does not find it and lists %j: none is opened instead",
    (items) => {
      const { layer, sent } = cxone((sent) => (isAction(sent) ? { status: 404 } : active(...items)), noDrain)
      return Effect.gen(function* () {
        const outcome = yield* place(placement({ contactId: "c-7" }, queue("q-2")))
        assert(outcome._tag === "Failure" && outcome.failure._tag === "NoActiveConversation")
        assert.notInclude(outcome.failure.message, "c-7")
        assert.deepStrictEqual(calls(sent), [
          "POST /api/v2/conversations/webchat/c-7/actions",
          "GET /api/v2/conversations/webchat?userId=cognigy_a_b_c&status=ACTIVE"
        ])
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect("is there where CXone lists it, not only as the first: it is the queue that is not", () => {
    const { layer } = cxone((sent) => (isAction(sent) ? { status: 404 } : active({ id: 1 }, { id: "c-7" })), noDrain)
    return Effect.gen(function* () {
      const outcome = yield* place(placement({ contactId: "c-7" }))
      assert(outcome._tag === "Failure" && outcome.failure._tag === "InvalidTarget")
      assert.deepStrictEqual(outcome.failure.target, queue("q-1"))
    }).pipe(Effect.provide(layer))
  })

  it.effect("goes to the next target where the first is not there", () => {
    const { layer } = cxone(
      (sent) => (isAction(sent) ? { status: sent.body.includes("q-2") ? 204 : 404 } : active({ id: "c-7" })),
      noDrain
    )
    return Effect.gen(function* () {
      const outcome = yield* place(placement({ contactId: "c-7" }, queue("q-2")))
      assert(outcome._tag === "Success")
      assert.deepStrictEqual(outcome.success, { conversationId: "c-7", target: queue("q-2"), reused: true })
    }).pipe(Effect.provide(layer))
  })

  it.effect.each([".", ".."])("cannot have the id %s, which would be another path: CXone is not asked", (contactId) => {
    const { layer, sent } = cxone(() => ({ status: 204 }), noDrain)
    return Effect.gen(function* () {
      const outcome = yield* place(placement({ contactId }))
      assert(outcome._tag === "Failure" && outcome.failure._tag === "NoActiveConversation")
      assert.isEmpty(sent)
    }).pipe(Effect.provide(layer))
  })
})

describe("what the webchat API cannot carry", () => {
  const everything: Placement = {
    ...placement({
      transcript: { entries: [{ role: "user", text: "planted" }], omitted: 0 },
      summary: "planted",
      customer: { name: "planted", email: "planted", phone: "planted" },
      context: { order: "planted", "planted name": "planted" }
    }),
    priority: 7
  }

  const logged = (placements: ReadonlyArray<Placement>) => {
    const lines: Array<string> = []
    const logger = Logger.make(({ message }) => void lines.push(String(message)))
    const { layer } = cxone(
      (sent) => (sent.path.endsWith("/webchat") ? { status: 201, body: { id: "c-1" } } : { status: 204 }),
      noDrain
    )
    return Effect.forEach(placements, place).pipe(
      Effect.tap((outcomes) => Effect.sync(() => outcomes.map(({ _tag }) => assert.strictEqual(_tag, "Success")))),
      // Before the layer closes, which drops the labels.
      Effect.map(() => [...lines]),
      Effect.provide(Layer.provideMerge(layer, Logger.layer([logger])))
    )
  }

  it.effect("is told once for each kind, without a word of it, and is no error", () =>
    Effect.gen(function* () {
      const lines = yield* logged([placement({ summary: "planted" }), everything, everything])
      assert.deepStrictEqual(
        lines.map((line) => line.replace(/^CXone's webchat API cannot carry (.*): it is left out.*$/, "$1")),
        [
          "summary",
          "transcript",
          "customer.email",
          "customer.phone",
          "a member of context whose name no label can have",
          "a rule's priority"
        ]
      )
      assert.notInclude(lines.join(), "planted")
    })
  )

  it.effect("is not told of what it can carry", () =>
    Effect.gen(function* () {
      const lines = yield* logged([placement({ customer: { name: "Anna" }, context: { order: "7" } })])
      assert.isEmpty(lines)
    })
  )
})
