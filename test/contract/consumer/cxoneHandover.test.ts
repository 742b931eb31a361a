import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Labels } from "../../../src/cxone/transport/Labels.ts"
import { Handover } from "../../../src/handover/Handover.ts"
import { withoutId } from "../../support/handedOver.ts"
import { nothingElse } from "../../support/request.ts"
import { play, playHandover } from "../support/cxoneConsumer.ts"
import { example, findActive, label, open, routeToAgent, routeToQueue } from "../support/cxoneInteractions.ts"

const { agentId, conversationId, queueId } = example

// The labels are sent when the layers close, at the latest; the mock server misses them otherwise.
describe("what a handover sends is what CXone takes", () => {
  it.live("the label", () =>
    play(
      [label.accepted],
      Labels.use(({ put }) => put(conversationId, { cognigy_intent: "transfer_to_sales" }))
    )
  )

  it.live("a new user's: open, route to the queue, label", () =>
    Effect.gen(function* () {
      const target = { type: "queue" as const, id: queueId }
      const handedOver = yield* playHandover(target)(
        [open.created, routeToQueue.accepted, label.accepted],
        Handover.use(({ handle }) => handle({ ...nothingElse, userId: "anna", intent: "transfer_to_sales" }))
      )
      assert.deepStrictEqual(withoutId(handedOver), {
        conversationId,
        target,
        rule: "rule-7",
        reused: false
      })
    })
  )

  it.live("a new user's, whose id reaches CXone whole whatever characters it has", () =>
    Effect.gen(function* () {
      const handedOver = yield* playHandover({ type: "queue", id: queueId })(
        [open.awkward, routeToQueue.accepted, label.accepted],
        Handover.use(({ handle }) =>
          handle({
            ...nothingElse,
            userId: example.awkwardUserId.replace("cognigy_", ""),
            intent: "transfer_to_sales"
          })
        )
      )
      assert.strictEqual(handedOver.conversationId, conversationId)
    })
  )

  it.live("a returning user's: find, route to the agent, label", () =>
    Effect.gen(function* () {
      const target = { type: "agent" as const, id: agentId }
      const handedOver = yield* playHandover(target)(
        [open.conflict, findActive.one, routeToAgent.accepted, label.acceptedWithBody],
        Handover.use(({ handle }) => handle({ ...nothingElse, userId: "anna", intent: "transfer_to_agent" }))
      )
      assert.deepStrictEqual(withoutId(handedOver), {
        conversationId,
        target,
        rule: "rule-7",
        reused: true
      })
    })
  )
})
