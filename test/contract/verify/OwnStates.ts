/** Provider states that are arranged through CXone's own API: as far as that goes, a plain mock or a sandbox tenant will do. */
import { Context, type Duration, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import type { HttpClient } from "effect/http"
import type { CXoneError } from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import { Conversations } from "../../../src/cxone/webchat/Conversations.ts"
import { Directory } from "../../../src/cxone/webchat/Directory.ts"
import { Routing } from "../../../src/cxone/webchat/Routing.ts"
import * as Webchat from "../../../src/cxone/webchat/Webchat.ts"
import type { Target } from "../../../src/domain/Target.ts"
import type { StateChange } from "../support/front.ts"
import type { Arrangement, Values } from "./Arrangement.ts"
import { Unarranged } from "./Failure.ts"
import { absence, makeMemory, reasonOf, takesTokens, tokenOf } from "./Provider.ts"
import type { Settings } from "./Settings.ts"

/** A state that CXone's own API can bring about. What is not among them, such as an ended conversation, no call can arrange. */
interface OwnState {
  readonly arrange: (params: StateChange["params"]) => Effect.Effect<Values, Unarranged>
  /** The setting without which it cannot. */
  readonly needs?: "CXONE_QUEUE_ID" | "CXONE_AGENT_ID"
}

/** Holds in any CXone: the examples are ids that it does not know. */
const asItIs: OwnState = { arrange: () => Effect.succeed({}) }

/** Makes sure that the target of this setting is there, as far as the provider says so. */
const makeKnown = (setting: string, lookUp: Effect.Effect<unknown, CXoneError>, patience: Duration.Duration) =>
  Effect.cached(
    Deadline.within(patience)(lookUp).pipe(
      Effect.catchIf(
        (error) => error._tag !== "ResourceNotFound",
        () => Effect.void
      ),
      Effect.mapError(
        () =>
          new Unarranged({
            reason: `the provider does not know the id of ${setting}: it answered 404 when that was looked up`,
            instead: `set ${setting} to one that is there, or leave it out`,
            stops: "alike"
          })
      ),
      Effect.asVoid
    )
  )

const makeStates = Effect.fnUntraced(function* (settings: Settings) {
  const { agentId = "", cxone, queueId = "" } = settings
  const patience = cxone.attemptTimeout
  const conversations = yield* Conversations
  const directory = yield* Directory
  const routing = yield* Routing
  const absent = Effect.provideContext(absence(settings), yield* Effect.context<HttpClient.HttpClient>())
  const random = yield* SecureRandom.SecureRandom
  const queueIsKnown = yield* makeKnown("CXONE_QUEUE_ID", directory.queue(queueId), patience)
  const agentIsKnown = yield* makeKnown("CXONE_AGENT_ID", directory.agent(agentId), patience)
  const unlessOpeningFails = makeMemory(() => true)

  /** One call that brings a state about. */
  const within =
    (what: string) =>
    <A>(call: Effect.Effect<A, CXoneError>): Effect.Effect<A, Unarranged> =>
      Effect.catch(Deadline.within(patience)(call), (error) => {
        const failure = new Unarranged({ reason: `${what}: ${reasonOf(error, patience)}`, stops: "alike" })
        if (error._tag === "Unauthorized") return Effect.andThen(takesTokens(directory, patience), failure)
        if (error._tag !== "UnexpectedResponse") return failure
        return Effect.flatMap(absent, (found) => ("absent" in found ? found.absent : failure))
      })

  /** A user whom nobody has seen yet. What the example ends with stays: an interaction may be about its characters. */
  const freshUser = ({ userId }: StateChange["params"]) =>
    Effect.map(
      random.uuidV4(),
      (uuid) => `cognigy_pact-${uuid}-${typeof userId === "string" ? userId.replace(/^cognigy_/, "") : ""}`
    )

  const open = Effect.fnUntraced(function* (params: StateChange["params"]) {
    const userId = yield* freshUser(params)
    const name = "Webchat from Cognigy"
    const opened = yield* conversations
      .open({ userId, name, labels: { source: "cognigy" } })
      .pipe(within("no conversation could be opened"), unlessOpeningFails)
    return { conversationId: opened.id, userId }
  })

  const openAt = Effect.fnUntraced(function* (params: StateChange["params"], target: Target) {
    const opened = yield* open(params)
    yield* routing
      .route(opened.conversationId, target)
      .pipe(within(`no conversation could be routed to the ${target.type}`))
    return opened
  })

  const states: Readonly<Record<string, OwnState>> = {
    "an OAuth client": asItIs,
    "a valid access token": asItIs,
    "no queue": asItIs,
    "no agent": asItIs,
    "a queue": { needs: "CXONE_QUEUE_ID", arrange: () => Effect.as(queueIsKnown, { queueId }) },
    "an agent": { needs: "CXONE_AGENT_ID", arrange: () => Effect.as(agentIsKnown, { agentId }) },
    "no active conversation": { arrange: (params) => Effect.map(freshUser(params), (userId) => ({ userId })) },
    "an active conversation": { arrange: open },
    "a conversation that is at a queue": {
      needs: "CXONE_QUEUE_ID",
      arrange: (params) =>
        Effect.map(openAt(params, { type: "queue", id: queueId }), (opened) => ({ ...opened, queueId }))
    },
    "a conversation that is with an agent": {
      needs: "CXONE_AGENT_ID",
      arrange: (params) =>
        Effect.map(openAt(params, { type: "agent", id: agentId }), (opened) => ({ ...opened, agentId }))
    }
  }
  return (name: string) => (Object.hasOwn(states, name) ? states[name] : undefined)
})

const services = Layer.mergeAll(Conversations.layer, Directory.layer, Routing.layer, SecureRandom.layerWebCrypto).pipe(
  Layer.provideMerge(Webchat.layerClient())
)

/** Arranges what it can; nothing is torn down, as CXone's contract has no call for that. */
export const makeOwnStates = Effect.fnUntraced(function* (settings: Settings) {
  const patience = settings.cxone.attemptTimeout
  const outside = yield* Effect.context<HttpClient.HttpClient>()
  const context = yield* Layer.build(services)
  const stateOf = yield* Effect.provideContext(makeStates(settings), Context.merge(outside, context))
  const set = { CXONE_QUEUE_ID: settings.queueId, CXONE_AGENT_ID: settings.agentId }
  const token = tokenOf(Context.get(context, AccessToken), settings).pipe(
    makeMemory(() => true),
    Effect.provideContext(outside)
  )
  const accepted = takesTokens(Context.get(context, Directory), patience)

  const arrange = ({ action, params, state }: StateChange) => {
    const known = action === "setup" ? stateOf(state) : asItIs
    if (known === undefined || known === asItIs) return Effect.succeed({})
    return Effect.andThen(token, known.arrange(params))
  }

  const arrangement: Arrangement = {
    obstacle: (names) => {
      const beyond = names.filter((name) => stateOf(name) === undefined)
      if (beyond.length > 0) return `only a provider-states URL can arrange: ${beyond.join(", ")}`
      const unset = names.flatMap((name) => stateOf(name)?.needs ?? []).filter((setting) => set[setting] === undefined)
      return unset.length === 0 ? undefined : `it needs ${unset[0]} or CXONE_PROVIDER_STATES_URL`
    },
    begin: Effect.succeed({ arrange, token, takesTokens: accepted })
  }
  return arrangement
})
