import { assert, describe, it } from "@effect/vitest"
import { Effect, type Schema } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { agentId, salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { chats, issueToken, send, withSimulator } from "./support.ts"

const user = "cognigy_user"
const toQueue = (queueId: string) => ({ action: "queue", to: { queueId } })
const toAgent = (userId: string) => ({ action: "user", to: { userId } })

describe("action", () => {
  const prepare = Effect.gen(function* () {
    const simulator = yield* CXoneSimulator
    const token = yield* simulator.issueToken
    const id = yield* simulator.openConversation({ userId: user })
    const act = (json: Schema.Json, conversationId = id) =>
      send("POST", `${chats}/${conversationId}/actions`, { token, json })
    return { simulator, id, act }
  })

  it.effect("routes to a queue and then to an agent, and refuses a target where it is already", () =>
    Effect.gen(function* () {
      const { act, simulator } = yield* prepare
      const first = yield* act(toQueue(salesQueueId))
      assert.strictEqual(first.status, 204)
      assert.strictEqual(first.text, "")
      const again = yield* act(toQueue(salesQueueId))
      assert.strictEqual(again.status, 409)
      assert.include(again.body, { code: "conversation.already.routed", status: 409 })
      assert.strictEqual((yield* act(toQueue(supportQueueId))).status, 204)
      assert.strictEqual((yield* act(toAgent(agentId))).status, 204)
      assert.strictEqual((yield* act(toAgent(agentId))).status, 409)
      const { conversations } = yield* simulator.state
      assert.deepInclude(conversations[0], { target: { type: "agent", id: agentId }, routedCount: 3 })
    }).pipe(withSimulator())
  )

  it.effect("answers 200 with a body if the options say so", () =>
    Effect.gen(function* () {
      const { act, id } = yield* prepare
      const answer = yield* act(toQueue(salesQueueId))
      assert.strictEqual(answer.status, 200)
      assert.include(answer.body, { id })
    }).pipe(withSimulator({ actionStatus: 200 }))
  )

  it.effect("refuses unknown and ended conversations", () =>
    Effect.gen(function* () {
      const { act, id, simulator } = yield* prepare
      assert.strictEqual((yield* act(toQueue(salesQueueId), "none")).status, 404)
      yield* simulator.endConversation(id)
      const answer = yield* act(toQueue("none"))
      assert.strictEqual(answer.status, 404)
      assert.include(answer.body, { code: "conversation.not.found", status: 404 })
    }).pipe(withSimulator())
  )

  it.effect("refuses unknown targets, and does not mix queues and agents", () =>
    Effect.gen(function* () {
      const { act, simulator } = yield* prepare
      const queue = yield* act(toQueue(agentId))
      assert.strictEqual(queue.status, 422)
      assert.include(queue.body, { code: "queue.not.found", status: 422 })
      const agent = yield* act(toAgent(salesQueueId))
      assert.strictEqual(agent.status, 422)
      assert.include(agent.body, { code: "agent.not.found", status: 422 })
      assert.deepInclude((yield* simulator.state).conversations[0], { target: null, routedCount: 0 })
    }).pipe(withSimulator())
  )

  it.effect.each([
    {},
    { action: "queue" },
    { action: "agent", to: { userId: agentId } },
    { action: "queue", to: { userId: agentId } },
    { action: "user", to: { queueId: salesQueueId } },
    { action: "queue", to: { queueId: "" } },
    { action: "queue", to: { queueId: 1 } },
    { action: "queue", to: { queueId: salesQueueId, more: "x" } },
    { ...toQueue(salesQueueId), more: "x" }
  ])("refuses the body %j", (json) =>
    Effect.gen(function* () {
      const { act } = yield* prepare
      const answer = yield* act(json)
      assert.strictEqual(answer.status, 400)
      assert.include(answer.body, { code: "bad.request", status: 400 })
    }).pipe(withSimulator())
  )
})

describe("label", () => {
  it.effect("merges labels, also into a conversation that has ended", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* simulator.issueToken
      const id = yield* simulator.openConversation({ userId: user })
      const label = (labels: Schema.Json) => send("PUT", `${chats}/${id}/labels`, { token, json: { labels } })
      assert.strictEqual((yield* label({ cognigy_intent: "sales", language: "de" })).status, 204)
      yield* simulator.endConversation(id)
      assert.strictEqual((yield* label({ cognigy_intent: "😀".repeat(256) })).status, 204)
      assert.deepStrictEqual((yield* simulator.state).conversations[0]?.labels, {
        source: "cognigy",
        cognigy_intent: "😀".repeat(256),
        language: "de"
      })
    }).pipe(withSimulator())
  )

  it.effect("refuses an unknown conversation", () =>
    Effect.gen(function* () {
      const token = yield* issueToken
      const answer = yield* send("PUT", `${chats}/none/labels`, { token, json: { labels: { a: "b" } } })
      assert.strictEqual(answer.status, 404)
    }).pipe(withSimulator())
  )

  it.effect.each([
    {},
    { labels: {} },
    { labels: { a: 1 } },
    { labels: { a: "x".repeat(257) } },
    { labels: ["a"] },
    { labels: { a: "b" }, more: 1 }
  ])("refuses the body %j", (json) =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* simulator.issueToken
      const id = yield* simulator.openConversation({ userId: user })
      assert.strictEqual((yield* send("PUT", `${chats}/${id}/labels`, { token, json })).status, 400)
    }).pipe(withSimulator())
  )
})
