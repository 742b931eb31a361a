import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ResourceNotFound } from "../../../src/cxone/CXoneError.ts"
import { Directory } from "../../../src/cxone/webchat/Directory.ts"
import { play } from "../support/cxoneConsumer.ts"
import { directory, example } from "../support/cxoneInteractions.ts"

describe("looking up", () => {
  it.live("who the token stands for", () =>
    Effect.gen(function* () {
      const id = yield* play(
        [directory.whoami],
        Directory.use(({ whoami }) => whoami)
      )
      assert.strictEqual(id, "5e271ce0-0000-4000-8000-000000000004")
    })
  )

  it.live("a queue", () =>
    Effect.gen(function* () {
      const queue = yield* play(
        [directory.queue],
        Directory.use(({ queue }) => queue(example.queueId))
      )
      assert.deepStrictEqual(queue, { id: example.queueId, name: "Sales" })
    })
  )

  it.live("a queue that does not exist: ResourceNotFound", () =>
    Effect.gen(function* () {
      const error = yield* play(
        [directory.noQueue],
        Effect.flip(Directory.use(({ queue }) => queue(example.unknownId)))
      )
      assert.deepStrictEqual(error, new ResourceNotFound({ operation: "queue" }))
    })
  )

  it.live("an agent", () =>
    Effect.gen(function* () {
      const agent = yield* play(
        [directory.agent],
        Directory.use(({ agent }) => agent(example.agentId))
      )
      assert.deepStrictEqual(agent, { id: example.agentId, name: "Alex Agent" })
    })
  )

  it.live("an agent who does not exist: ResourceNotFound", () =>
    Effect.gen(function* () {
      const error = yield* play(
        [directory.noAgent],
        Effect.flip(Directory.use(({ agent }) => agent(example.unknownId)))
      )
      assert.deepStrictEqual(error, new ResourceNotFound({ operation: "agent" }))
    })
  )
})
