/** Provider states that are arranged through CXone's own API: as far as that goes, a plain mock or a sandbox tenant will do. */
import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import type { CXoneError } from "../../../src/cxone/CXoneError.ts"
import { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import { Conversations } from "../../../src/cxone/webchat/Conversations.ts"
import { Routing } from "../../../src/cxone/webchat/Routing.ts"
import * as Webchat from "../../../src/cxone/webchat/Webchat.ts"
import type { StateChange } from "../support/front.ts"
import type { Arrangement, Values } from "./Arrangement.ts"
import type { Settings } from "./Settings.ts"
import { makeOutageMemory, tokenOf, within } from "./Token.ts"

/** A state that CXone's own API can bring about. */
interface OwnState {
  readonly arrange: (params: StateChange["params"]) => Effect.Effect<Values, CXoneError>
  /** The setting without which it cannot. */
  readonly needs?: "CXONE_QUEUE_ID" | "CXONE_AGENT_ID"
}

/** Holds in any CXone: the examples are ids that it does not know. */
const asItIs: OwnState = { arrange: () => Effect.succeed({}) }

const makeStates = Effect.fnUntraced(function* ({ agentId = "", queueId = "" }: Settings) {
  const conversations = yield* Conversations
  const routing = yield* Routing
  const random = yield* SecureRandom.SecureRandom

  /** A user whom nobody has seen yet. What the example ends with stays: an interaction may be about its characters. */
  const freshUser = ({ userId }: StateChange["params"]) =>
    Effect.map(
      random.uuidV4(),
      (uuid) => `cognigy_pact-${uuid}-${typeof userId === "string" ? userId.replace(/^cognigy_/, "") : ""}`
    )

  const open = Effect.fnUntraced(function* (params: StateChange["params"]) {
    const userId = yield* freshUser(params)
    const name = "Webchat from Cognigy"
    const { id: conversationId } = yield* conversations.open({ userId, name, labels: { source: "cognigy" } })
    return { conversationId, userId }
  })

  const nobody: OwnState = { arrange: (params) => Effect.map(freshUser(params), (userId) => ({ userId })) }

  const states: Readonly<Record<string, OwnState>> = {
    "an OAuth client": asItIs,
    "a valid access token": asItIs,
    "a revoked access token": asItIs,
    "no queue": asItIs,
    "no agent": asItIs,
    "a queue": { needs: "CXONE_QUEUE_ID", arrange: () => Effect.succeed({ queueId }) },
    "an agent": { needs: "CXONE_AGENT_ID", arrange: () => Effect.succeed({ agentId }) },
    "no active conversation": nobody,
    // Nothing ends a conversation; one that was never there is as unknown, and its user has none that is active.
    "an ended conversation": nobody,
    "an active conversation": { arrange: open },
    "a conversation that is at a queue": {
      needs: "CXONE_QUEUE_ID",
      arrange: (params) =>
        open(params).pipe(
          Effect.tap(({ conversationId }) => routing.route(conversationId, { type: "queue", id: queueId })),
          Effect.map((opened) => ({ ...opened, queueId }))
        )
    },
    "a conversation that is with an agent": {
      needs: "CXONE_AGENT_ID",
      arrange: (params) =>
        open(params).pipe(
          Effect.tap(({ conversationId }) => routing.route(conversationId, { type: "agent", id: agentId })),
          Effect.map((opened) => ({ ...opened, agentId }))
        )
    }
  }
  return (name: string) => (Object.hasOwn(states, name) ? states[name] : undefined)
})

const services = Layer.mergeAll(Conversations.layer, Routing.layer, SecureRandom.layerWebCrypto).pipe(
  Layer.provideMerge(Webchat.layerClient())
)

/** Arranges what it can; nothing is torn down, as CXone's contract has no call for that. */
export const makeOwnStates = Effect.fnUntraced(function* (settings: Settings) {
  const patience = settings.cxone.attemptTimeout
  const context = yield* Layer.build(services)
  const stateOf = yield* Effect.provideContext(makeStates(settings), context)
  const set = { CXONE_QUEUE_ID: settings.queueId, CXONE_AGENT_ID: settings.agentId }
  const token = makeOutageMemory()(tokenOf(Context.get(context, AccessToken), patience))

  const arrange = ({ action, params, state }: StateChange) => {
    const known = action === "setup" ? stateOf(state) : asItIs
    if (known === undefined || known === asItIs) return Effect.succeed({})
    const arranged = within(patience, `the state "${state}" could not be arranged`)(known.arrange(params))
    return Effect.andThen(token, arranged)
  }

  const arrangement: Arrangement = {
    obstacle: (name) => {
      const state = stateOf(name)
      if (state === undefined) return `only a provider-states URL can arrange: ${name}`
      return state.needs === undefined || set[state.needs] !== undefined
        ? undefined
        : `it needs ${state.needs} or CXONE_PROVIDER_STATES_URL`
    },
    begin: Effect.succeed({ arrange, token })
  }
  return arrangement
})
