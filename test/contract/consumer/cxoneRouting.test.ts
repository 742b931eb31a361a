import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { InvalidTarget, NotFound, Unauthorized } from "../../../src/cxone/CXoneError.ts"
import { Routing } from "../../../src/cxone/webchat/Routing.ts"
import { play, playRevoked } from "../support/cxoneConsumer.ts"
import { example, routeToAgent, routeToQueue } from "../support/cxoneInteractions.ts"

const { conversationId, unknownId } = example

const kinds = [
  {
    operation: "routeToQueue" as const,
    interactions: routeToQueue,
    known: example.queueId,
    to: (id: string) => Routing.use(({ toQueue }) => toQueue(conversationId, id))
  },
  {
    operation: "routeToAgent" as const,
    interactions: routeToAgent,
    known: example.agentId,
    to: (id: string) => Routing.use(({ toAgent }) => toAgent(conversationId, id))
  }
]

describe.each(kinds)("$operation", ({ interactions, known, operation, to }) => {
  for (const accepted of ["accepted", "acceptedWithBody", "already"] as const) {
    it.live(`succeeds where CXone has ${accepted === "already" ? "it there already" : accepted}`, () =>
      Effect.gen(function* () {
        assert.isUndefined(yield* play([interactions[accepted]], to(known)))
      })
    )
  }

  it.live("of a conversation that has ended: NotFound", () =>
    Effect.gen(function* () {
      const error = yield* play([interactions.ended], Effect.flip(to(known)))
      assert.deepStrictEqual(error, new NotFound({ operation }))
    })
  )

  it.live("with a token that CXone no longer takes: Unauthorized", () =>
    Effect.gen(function* () {
      const error = yield* playRevoked([interactions.unauthorized], Effect.flip(to(known)))
      assert.deepStrictEqual(error, new Unauthorized({ operation }))
    })
  )

  it.live("to what CXone does not have: InvalidTarget", () =>
    Effect.gen(function* () {
      const error = yield* play([interactions.unknownTarget], Effect.flip(to(unknownId)))
      assert.deepStrictEqual(error, new InvalidTarget({ operation, status: 422, id: unknownId }))
    })
  )

  it.live("to what CXone calls a bad request: InvalidTarget", () =>
    Effect.gen(function* () {
      const error = yield* play([interactions.badTarget], Effect.flip(to(unknownId)))
      assert.deepStrictEqual(error, new InvalidTarget({ operation, status: 400, id: unknownId }))
    })
  )
})
