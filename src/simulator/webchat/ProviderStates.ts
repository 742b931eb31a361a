import { Effect, Schema } from "effect"
import { jsonAnswer, type Refusal } from "../core/Answer.ts"
import type { Handler } from "../core/Dialect.ts"
import { jsonBody } from "../core/Incoming.ts"
import { setup, Teardown } from "../core/providerState.ts"
import { Operation } from "./Operation.ts"
import { allScopes } from "./SimulatorOptions.ts"
import type { ConversationTarget } from "./SimulatorState.ts"
import type { Webchat } from "./Webchat.ts"
import type { WebchatControls } from "./WebchatControls.ts"

const text = Schema.NonEmptyString
const conversation = { conversationId: text, userId: text }
const accessToken = { accessToken: text }

/** Every state that the pact with CXone names, with its parameters. */
const Setup = Schema.Union([
  setup("an OAuth client", { clientId: text, clientSecret: text }),
  setup("a valid access token", accessToken),
  setup("a revoked access token", accessToken),
  setup("an access token without a scope", { ...accessToken, scope: Schema.Literals(allScopes) }),
  setup("no active conversation", { userId: text }),
  setup("an active conversation", conversation),
  setup("several active conversations", { conversationIds: Schema.NonEmptyArray(text), userId: text }),
  setup("an ended conversation", conversation),
  setup("a conversation that is at a queue", { ...conversation, queueId: text }),
  setup("a conversation that is with an agent", { ...conversation, agentId: text }),
  setup("a queue", { queueId: text, name: text }),
  setup("no queue", { queueId: text }),
  setup("an agent", { agentId: text }),
  setup("no agent", { agentId: text }),
  setup("a rate limit", { operation: Operation, retryAfter: Schema.Natural }),
  // The verifier sends this for an interaction without states.
  setup("", {})
])

/** Pact's verifier posts this before and after each interaction, for each of its states. */
const changeBody = jsonBody(Schema.Union([Setup, Teardown]))

const done = jsonAnswer(200, {})

/**
 * Makes the endpoint that arranges the states of the pact with CXone. A teardown puts everything back to the start, and
 * ends all tokens, since a state may have issued one.
 */
export const makeProviderStates = (webchat: Webchat, controls: WebchatControls): Handler => {
  const { conversations, simulation, tenant } = webchat
  const { changed, faults, tokens } = simulation

  const place = (userId: string, ...ids: ReadonlyArray<string>) =>
    Effect.andThen(
      conversations.endAll(userId),
      Effect.forEach(ids, (id) => conversations.place(userId, id))
    )

  const placeAt = (userId: string, id: string, target: ConversationTarget) =>
    Effect.andThen(place(userId, id), conversations.route(id, target))

  const arrange = ({ params, state }: typeof Setup.Type): Effect.Effect<unknown, Refusal> => {
    switch (state) {
      case "an OAuth client":
        return Effect.sync(() => tenant.allow(params.clientId, params.clientSecret))
      case "a valid access token":
        return Effect.sync(() => tokens.issue(params.accessToken))
      case "a revoked access token":
        return Effect.sync(() => tokens.revoke(params.accessToken))
      case "an access token without a scope":
        return Effect.sync(() => {
          tokens.issue(params.accessToken)
          tenant.scopes.delete(params.scope)
        })
      case "no active conversation":
        return conversations.endAll(params.userId)
      case "an active conversation":
        return place(params.userId, params.conversationId)
      case "several active conversations":
        return place(params.userId, ...params.conversationIds)
      case "an ended conversation":
        return Effect.andThen(place(params.userId, params.conversationId), conversations.end(params.conversationId))
      case "a conversation that is at a queue":
        return placeAt(params.userId, params.conversationId, { type: "queue", id: params.queueId })
      case "a conversation that is with an agent":
        return placeAt(params.userId, params.conversationId, { type: "agent", id: params.agentId })
      case "a queue":
        return Effect.sync(() => tenant.names.queue.set(params.queueId, params.name))
      case "no queue":
        return Effect.sync(() => tenant.names.queue.delete(params.queueId))
      case "an agent":
        return Effect.sync(() => tenant.names.agent.set(params.agentId, "Agent"))
      case "no agent":
        return Effect.sync(() => tenant.names.agent.delete(params.agentId))
      case "a rate limit":
        return Effect.sync(() => faults.order({ ...params, kind: "status", status: 429, share: 1 }))
      case "":
        return Effect.void
    }
  }

  return Effect.fnUntraced(function* (incoming) {
    const change = yield* changeBody(incoming)
    yield* change.action === "teardown" ? Effect.andThen(controls.reset, controls.revokeTokens) : arrange(change)
    yield* changed
    return done
  })
}
