import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpBody } from "effect/http"
import type { Target } from "../../src/domain/Target.ts"
import { agentId, salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { assertProblem, assertSafe, assertSuccess } from "./support/answers.ts"
import { type Asked, sales, shapes } from "./support/bodies.ts"
import { Router, started } from "./support/router.ts"

const targets: ReadonlyArray<{ readonly asked: Asked; readonly target: Target }> = [
  { asked: { intent: "transfer_to_sales" }, target: { type: "queue", id: salesQueueId } },
  { asked: { intent: "transfer_to_support" }, target: { type: "queue", id: supportQueueId } },
  { asked: { intent: "transfer_to_agent", agentId }, target: { type: "agent", id: agentId } }
]

// One router for all: each test has users of its own.
layer(Router.layer(), { excludeTestServices: true })("a webhook in either shape", (it) => {
  for (const { bodyOf, shape } of shapes) {
    for (const { asked, target } of targets) {
      it.effect(`is answered with its target: ${shape}, ${asked.intent}`, () =>
        Effect.gen(function* () {
          const { log, post, simulator } = yield* started()
          const userId = `${shape} ${asked.intent}`
          const reply = assertSuccess(yield* post(bodyOf({ ...asked, userId })))
          const { conversations } = yield* simulator.state
          const conversation = conversations.find((one) => one.userId === `cognigy_${userId}`)
          assert.deepStrictEqual(reply, {
            conversationId: `${conversation?.id}`,
            target,
            rule: `${asked.intent}`,
            reused: false
          })
          assert.deepInclude(conversation, { status: "ACTIVE", target, routedCount: 1 })
          assertSafe(log.join("\n"))
        })
      )
    }

    it.effect(`is answered with reused when the user has an active conversation: ${shape}`, () =>
      Effect.gen(function* () {
        const { post, simulator } = yield* started()
        const userId = `${shape} active`
        const conversationId = yield* simulator.openConversation({ userId: `cognigy_${userId}` })
        assert.deepStrictEqual(assertSuccess(yield* post(bodyOf({ intent: "transfer_to_sales", userId }))), {
          conversationId,
          target: { type: "queue", id: salesQueueId },
          rule: "transfer_to_sales",
          reused: true
        })
      })
    )
  }

  it.effect("is answered 413 when it is far too large, and the next one is accepted", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const text = JSON.stringify({ ...sales("big"), padding: "x".repeat(8 * 1024 * 1024) })
      const reply = yield* post(HttpBody.text(text, "application/json"))
      assertProblem(reply, { status: 413, error: "Payload too large" })
      assertSuccess(yield* post(sales("big")))
    })
  )
})
