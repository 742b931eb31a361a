import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { InvalidTarget, ResourceNotFound } from "../../../src/cxone/CXoneError.ts"
import { Routing } from "../../../src/cxone/webchat/Routing.ts"
import { play, playRevoked } from "../support/cxoneConsumer.ts"
import { example, routeToAgent, routeToQueue } from "../support/cxoneInteractions.ts"

const { conversationId, unknownId } = example

const kinds = [
  {
    operation: "routeToQueue" as const,
    interactions: routeToQueue,
    known: example.queueId,
    targetOf: (id: string) => ({ type: "queue" as const, id })
  },
  {
    operation: "routeToAgent" as const,
    interactions: routeToAgent,
    known: example.agentId,
    targetOf: (id: string) => ({ type: "agent" as const, id })
  }
]

describe.each(kinds)("$operation", ({ interactions, known, operation, targetOf }) => {
  const to = (id: string) => Routing.use(({ route }) => route(conversationId, targetOf(id)))

  for (const accepted of ["accepted", "acceptedWithBody", "already"] as const) {
    it.live(`succeeds when CXone ${accepted === "already" ? "has it there already" : `answers ${accepted}`}`, () =>
      Effect.gen(function* () {
        assert.isUndefined(yield* play([interactions[accepted]], to(known)))
      })
    )
  }

  it.live("of a conversation that has ended: ResourceNotFound", () =>
    Effect.gen(function* () {
      const error = yield* play([interactions.ended], Effect.flip(to(known)))
      assert.deepStrictEqual(error, new ResourceNotFound({ operation }))
    })
  )

  it.live("with a token that CXone no longer accepts: Unauthorized", () =>
    Effect.gen(function* () {
      const error = yield* playRevoked([interactions.unauthorized], Effect.flip(to(known)))
      assert(error._tag === "Unauthorized")
      assert.strictEqual(error.operation, operation)
    })
  )

  it.live("to what CXone does not have: InvalidTarget", () =>
    Effect.gen(function* () {
      const error = yield* play([interactions.unknownTarget], Effect.flip(to(unknownId)))
      assert.deepStrictEqual(error, new InvalidTarget({ operation, status: 422, target: targetOf(unknownId) }))
    })
  )

  it.live("to what CXone calls a bad request: InvalidTarget", () =>
    Effect.gen(function* () {
      const error = yield* play([interactions.badTarget], Effect.flip(to(unknownId)))
      assert.deepStrictEqual(error, new InvalidTarget({ operation, status: 400, target: targetOf(unknownId) }))
    })
  )
})
