import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import type { Entity, EntityValue } from "../../src/handover/HandoverRequest.ts"
import { RoutingPolicy } from "../../src/handover/RoutingPolicy.ts"
import { request } from "../support/request.ts"

const queues = { salesQueueId: "queue-sales", supportQueueId: "queue-support" }

const decide = (intent: string, entities?: ReadonlyArray<Entity>) =>
  Effect.flatMap(RoutingPolicy, ({ decide }) => decide(request(intent, entities))).pipe(
    Effect.provide(RoutingPolicy.layerBuiltIn(queues))
  )

const toAgent = (...values: ReadonlyArray<EntityValue>) =>
  decide(
    "transfer_to_agent",
    values.map((value) => ({ name: "agentId", value }))
  )

describe("the built-in table", () => {
  for (const [intent, id] of [
    ["transfer_to_sales", queues.salesQueueId],
    ["transfer_to_support", queues.supportQueueId]
  ] as const) {
    it.effect(`sends ${intent} to its queue, by a rule of the same name`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* decide(intent), { rule: intent, target: { type: "queue", id } })
      })
    )

    it.effect(`sends ${intent} to its queue even where an agent is named`, () =>
      Effect.gen(function* () {
        const { target } = yield* decide(intent, [{ name: "agentId", value: "agent-1" }])
        assert.deepStrictEqual(target, { type: "queue", id })
      })
    )
  }

  it.effect("sends transfer_to_agent to the agent whom the entity agentId names", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* toAgent("agent_123"), {
        rule: "transfer_to_agent",
        target: { type: "agent", id: "agent_123" }
      })
    })
  )

  it.effect.each([
    "order_pizza",
    "",
    "Transfer_To_Sales",
    "transfer_to_sales ",
    "transfer_to_sale",
    "transfer-to-sales",
    "salesQueueId",
    "__proto__",
    "constructor",
    "toString"
  ])("takes no other intent: %j", (intent) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(decide(intent, [{ name: "agentId", value: "agent-1" }]))
      assert.strictEqual(error._tag, "UnsupportedIntent")
      assert.include(error.message, `"${intent}"`)
    })
  )

  it.effect.prop("takes no other intent, whatever it is", [Schema.String], ([intent]) =>
    Effect.gen(function* () {
      if (intent.startsWith("transfer_to_")) return
      assert.strictEqual((yield* Effect.flip(decide(intent)))._tag, "UnsupportedIntent")
    })
  )
})

describe("the agent's id", () => {
  it.effect.each([
    "a",
    "a_b_c",
    "ü/ß %41",
    "007",
    " ",
    "a".repeat(256),
    "😀".repeat(256),
    "9007199254740993",
    "__proto__",
    "true",
    "0"
  ])("goes through whole: %j", (id) =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* toAgent(id)).target, { type: "agent", id })
    })
  )

  it.effect.each([
    [0, "0"],
    [7, "7"],
    [-3, "-3"],
    [9007199254740991, "9007199254740991"],
    [1e15, "1000000000000000"]
  ] as const)("that is a whole number is its decimal text: %j", ([value, id]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* toAgent(value)).target, { type: "agent", id })
    })
  )

  it.effect.each([
    9007199254740992,
    -9007199254740992,
    1e300,
    1.5,
    1e-7,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN
  ])("that is a number which is not exact is none, and the way out is told: %d", (value) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(toAgent(value))
      assert.strictEqual(error._tag, "AgentIdMissing")
      assert.include(error.message, "as text")
    })
  )

  it.effect.each([true, false])("that is a boolean is none: %s", (value) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(toAgent(value))
      assert.strictEqual(error._tag, "AgentIdMissing")
      assert.include(error.message, "boolean")
    })
  )

  for (const [what, id] of [
    ["empty", ""],
    ["longer than 256 characters", "s3cr3t".padEnd(257, "x")],
    ["longer than 256 emoji", `s3cr3t${"😀".repeat(251)}`],
    ["with a NUL", "s3cr3t\u0000"],
    ["with a line break", "s3cr3t\r\nX-Injected: 1"],
    ["with a DEL", "s3cr3t\u007f"],
    ["with a C1 control", "\u0085s3cr3t"],
    ["with half of a pair", "s3cr3t\ud83d"]
  ] as const) {
    it.effect(`that is ${what} is none, and is not repeated`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(toAgent(id))
        assert.strictEqual(error._tag, "AgentIdMissing")
        assert.notInclude(error.message, "s3cr3t")
      })
    )
  }

  it.effect("is the first of several, in the order in which they came", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* toAgent("first", "second")).target.id, "first")
      assert.strictEqual((yield* toAgent(1, "second")).target.id, "1")
    })
  )

  it.effect("is found among other entities, by its exact name", () =>
    Effect.gen(function* () {
      const others = ["AgentId", "agentid", "agent_id", "agentId ", "agent"].map((name) => ({ name, value: "wrong" }))
      const { target } = yield* decide("transfer_to_agent", [...others, { name: "agentId", value: "right" }])
      assert.strictEqual(target.id, "right")
      const error = yield* Effect.flip(decide("transfer_to_agent", others))
      assert.strictEqual(error._tag, "AgentIdMissing")
    })
  )

  it.effect("that is not there is told with the entity's and the rule's name", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(decide("transfer_to_agent"))
      assert.strictEqual(error._tag, "AgentIdMissing")
      assert.include(error.message, '"agentId"')
      assert.include(error.message, '"transfer_to_agent"')
    })
  )

  const value = Arbitrary.schema(Schema.Union([Schema.String, Schema.Number, Schema.Boolean]))

  it.effect.prop("is the value as text, or missing: never anything else", { value }, ({ value }) =>
    Effect.match(toAgent(value), {
      onSuccess: ({ target }) => {
        assert.deepStrictEqual(target, { type: "agent", id: String(value) })
        assert.isAbove(target.id.length, 0)
      },
      onFailure: ({ _tag }) => assert.strictEqual(_tag, "AgentIdMissing")
    })
  )
})
