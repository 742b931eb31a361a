import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import {
  accepted,
  again,
  bad,
  decision,
  declined,
  example,
  gone,
  LONG_TEXT,
  later,
  longMembers,
  rejected,
  tooLarge,
  unknown
} from "../support/cognigyInteractions.ts"
import { type Credentials, RequestFailed, type RequestNode, run } from "../support/cognigyNode.ts"
import { type Interaction, Match, withMock } from "../support/mock.ts"
import { cognigyPact } from "../support/pacts.ts"

const { agentId, apiKey, conversationId, idempotencyKey, password, salesQueueId, supportQueueId, user } = example

const xApiKey: Credentials = { kind: "X-API-Key", key: apiKey }

/** A node with an API key that sends what the interaction shows, where its author says nothing else. */
const play = (interaction: Interaction, node: Partial<RequestNode> = {}) =>
  withMock(cognigyPact, [interaction], (baseUrl) =>
    run({
      url: `${baseUrl}${interaction.withRequest.path}`,
      credentials: xApiKey,
      payload: Match.reify(interaction.withRequest.body),
      ...node
    }).pipe(Effect.result, Effect.provide(Layer.fresh(NodeHttpClient.layerUndici)))
  ).pipe(Effect.flatMap(Effect.fromResult))

const toSales = {
  status: "success",
  conversationId,
  target: { type: "queue", id: salesQueueId },
  rule: "transfer_to_sales",
  reused: false,
  correlationId: example.correlationId
} as const
const toSupport = {
  ...toSales,
  target: { type: "queue", id: supportQueueId },
  rule: "transfer_to_support"
} as const
const underKey = { headers: { "Idempotency-Key": idempotencyKey } }
const toAgent = { ...toSales, target: { type: "agent", id: agentId }, rule: "transfer_to_agent" } as const

describe("the flow goes on with", () => {
  it.live("sales' queue", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play(accepted.flow), toSales)
    })
  )

  it.live("support's queue, for Cognigy's input object and a key after ApiKey", () =>
    Effect.gen(function* () {
      const answer = yield* play(accepted.input, { credentials: { kind: "ApiKey", key: apiKey } })
      assert.deepStrictEqual(answer, toSupport)
    })
  )

  it.live("the conversation that a user has, for a key after Bearer", () =>
    Effect.gen(function* () {
      const answer = yield* play(accepted.returning, { credentials: { kind: "Bearer", key: apiKey } })
      assert.deepStrictEqual(answer, { ...toSales, reused: true })
    })
  )

  it.live("sales' queue, where it says what the agent is to know", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play(accepted.flowForAgent), toSales)
    })
  )

  it.live("support's queue, for the input object with a transcript", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play(accepted.inputForAgent), toSupport)
    })
  )

  it.live("the conversation that it names", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play(accepted.rerouted), { ...toSales, reused: true })
    })
  )

  it.live("the agent of an entity, for a user and a password", () =>
    Effect.gen(function* () {
      const answer = yield* play(accepted.agentOfEntity, { credentials: { kind: "Basic", user, password } })
      assert.deepStrictEqual(answer, toAgent)
    })
  )

  it.live.each([
    { slot: "with a keyphrase", interaction: accepted.agentOfSlot },
    { slot: "with a value", interaction: accepted.agentOfSlotValue },
    { slot: "of plain text", interaction: accepted.agentOfPlainSlot }
  ])("the agent of a slot $slot", ({ interaction }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play(interaction), toAgent)
    })
  )

  it.live.each([
    { interaction: accepted.withCharset, contentType: "application/json; charset=utf-8" },
    { interaction: accepted.vendorJson, contentType: "application/vnd.cognigy+json" }
  ])("sales' queue, under the content type $contentType", ({ contentType, interaction }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play(interaction, { contentType }), toSales)
    })
  )

  it.live("the same answer, where its webhook comes again", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play(again.same, underKey), toSales)
    })
  )

  it.live("sales' queue, where ids are numbers", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play(accepted.numericIds), toSales)
    })
  )
})

/** What the flow sees of a failure, whose detail is for people. */
const refusal = (interaction: Interaction, node?: Partial<RequestNode>) =>
  Effect.map(Effect.flip(play(interaction, node)), (error) => {
    if (!(error instanceof RequestFailed)) return assert.fail(String(error))
    const { _tag, detail, ...seen } = error
    assert.isNotEmpty(detail)
    return seen
  })

interface Failure {
  readonly interaction: Interaction
  readonly error: string
  /** The rule that had decided. */
  readonly rule?: string
  readonly node?: Partial<RequestNode>
}

/** One test for each interaction that the flow hears this status of. */
const hears = (status: number, failures: ReadonlyArray<Failure>, others: object = {}) =>
  describe(`the flow hears ${status}`, () => {
    it.live.each(failures)("$error: $interaction.uponReceiving", ({ error, interaction, node, rule }) =>
      Effect.gen(function* () {
        const by = rule === undefined ? {} : { rule }
        assert.deepStrictEqual<object>(yield* refusal(interaction, node), {
          status,
          error,
          correlationId: example.correlationId,
          ...by,
          ...others
        })
      })
    )
  })

hears(400, [
  { interaction: bad.contentType, error: "Invalid content type", node: { contentType: "text/plain" } },
  { interaction: bad.flowMember, error: "Invalid payload" },
  { interaction: bad.inputMember, error: "Invalid payload" },
  { interaction: bad.noIntent, error: "Missing required fields" },
  { interaction: bad.noUser, error: "Missing required fields" },
  { interaction: bad.unsupportedIntent, error: "Unsupported intent" },
  { interaction: bad.noAgent, error: "Agent ID missing", rule: "transfer_to_agent" }
])

hears(
  401,
  [
    { interaction: unknown.noCredentials, error: "Unauthorized", node: { credentials: { kind: "none" } } },
    {
      interaction: unknown.wrongKey,
      error: "Unauthorized",
      node: { credentials: { kind: "X-API-Key", key: example.wrongApiKey } }
    },
    {
      interaction: unknown.wrongAuthorization,
      error: "Unauthorized",
      node: { credentials: { kind: "ApiKey", key: example.wrongApiKey } }
    }
  ],
  { challenge: 'ApiKey realm="cognigy-cxone-router", Bearer realm="cognigy-cxone-router"' }
)

hears(
  401,
  [
    {
      interaction: unknown.wrongPassword,
      error: "Unauthorized",
      node: { credentials: { kind: "Basic", user, password: "not the password" } }
    }
  ],
  { challenge: 'Basic realm="cognigy-cxone-router", charset="UTF-8"' }
)

hears(403, [{ interaction: declined, error: "Handover rejected", rule: example.rejectingRule }], {
  text: example.rejection
})

hears(409, [{ interaction: gone, error: "No active conversation", rule: "transfer_to_sales" }])

const longText = "x".repeat(LONG_TEXT)

hears(413, [
  {
    interaction: tooLarge,
    error: "Payload too large",
    node: {
      payload: {
        intent: "transfer_to_sales",
        userId: example.userId,
        data: Object.fromEntries(longMembers.map((member) => [member, longText]))
      }
    }
  }
])

hears(422, [{ interaction: again.other, error: "Idempotency key reused", node: underKey }])

const rule = "transfer_to_sales"

hears(502, [
  { interaction: rejected.credentials, error: "CXone rejected the credentials", rule },
  { interaction: rejected.scope, error: "CXone denied access", rule },
  { interaction: rejected.answer, error: "Unexpected CXone response", rule }
])

hears(502, [{ interaction: rejected.target, error: "Invalid routing target", rule }], { conversationId })

hears(
  503,
  [
    { interaction: later.overloaded, error: "Overloaded" },
    { interaction: later.limited, error: "CXone rate limit exceeded", rule },
    { interaction: later.down, error: "CXone unavailable", rule },
    { interaction: later.locked, error: "Conversation conflict", rule }
  ],
  { retryAfter: example.retryAfter }
)

hears(504, [{ interaction: later.silent, error: "Handover timed out", rule }])

describe("the flow that routes by itself goes on with", () => {
  it.live.each([decision.target, decision.down])("the target of: $uponReceiving", (interaction) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play(interaction), {
        status: "decided",
        target: { type: "queue", id: salesQueueId, name: "sales" },
        fallbacks: [],
        rule: "transfer_to_sales",
        labels: {},
        correlationId: example.correlationId
      })
    })
  )
})

hears(400, [{ interaction: decision.unsupportedIntent, error: "Unsupported intent" }])

hears(401, [{ interaction: decision.noCredentials, error: "Unauthorized", node: { credentials: { kind: "none" } } }], {
  challenge: 'ApiKey realm="cognigy-cxone-router", Bearer realm="cognigy-cxone-router"'
})

hears(403, [{ interaction: decision.declined, error: "Handover rejected", rule: example.rejectingRule }], {
  text: example.rejection
})
