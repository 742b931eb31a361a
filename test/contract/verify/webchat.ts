/** A CXone with the webchat API, as it is verified. */
import { Context, Effect, Layer, Redacted } from "effect"
import { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import { Conversations } from "../../../src/cxone/webchat/Conversations.ts"
import { CXoneSettings } from "../../../src/cxone/webchat/CXoneSettings.ts"
import { Directory } from "../../../src/cxone/webchat/Directory.ts"
import { Routing } from "../../../src/cxone/webchat/Routing.ts"
import * as Webchat from "../../../src/cxone/webchat/Webchat.ts"
import type { Target } from "../../../src/domain/Target.ts"
import type { StateChange } from "../support/front.ts"
import type { Cxone } from "./Cxone.ts"
import { freshUser } from "./freshUser.ts"
import { asItIs, makeKnown, makeWithin, type OwnStates } from "./OwnStates.ts"
import { makeMemory } from "./Provider.ts"
import type { Settings } from "./Settings.ts"

/** The CXone of these settings. */
export const webchat = (settings: Settings): Cxone => {
  const { attemptTimeout: patience, baseUrl, clientId, clientSecret } = settings.cxone

  const services = () =>
    Layer.mergeAll(Conversations.layer, Directory.layer, Routing.layer).pipe(
      Layer.provideMerge(Webchat.layerClient()),
      Layer.provide(CXoneSettings.layer(settings.cxone))
    )

  const connectionIn = (context: Context.Context<AccessToken | Directory>) => ({
    accessToken: Context.get(context, AccessToken),
    ask: Context.get(context, Directory).whoami
  })

  const cxone: Cxone = {
    url: baseUrl,
    startFor: () => baseUrl,
    tokenPath: "/oauth/token",
    places: [{ start: baseUrl, path: "/api/v2/users/me", setting: "CXONE_BASE_URL" }],
    patience,
    credentials: { clientId, clientSecret: Redacted.value(clientSecret) },
    advice: {
      refused: "check CXONE_CLIENT_ID and CXONE_CLIENT_SECRET",
      unexpected: "check CXONE_BASE_URL: POST /oauth/token below it must answer as the contract says",
      notTaken: "check that the API at CXONE_BASE_URL takes the tokens of its own POST /oauth/token"
    },
    connect: Effect.map(
      Effect.suspend(() => Layer.build(services())),
      connectionIn
    ),
    states: Effect.suspend(() => makeStates())
  }

  const makeStates = Effect.fnUntraced(function* () {
    const { agentId = "", queueId = "" } = settings
    const context = yield* Layer.build(services())
    const connection = connectionIn(context)
    const conversations = Context.get(context, Conversations)
    const directory = Context.get(context, Directory)
    const routing = Context.get(context, Routing)
    const within = yield* makeWithin(cxone, connection)
    const queueIsKnown = yield* makeKnown("CXONE_QUEUE_ID", directory.queue(queueId), patience)
    const agentIsKnown = yield* makeKnown("CXONE_AGENT_ID", directory.agent(agentId), patience)
    const unlessOpeningFails = makeMemory(() => true)

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

    const own: OwnStates = {
      connection,
      given: { CXONE_QUEUE_ID: settings.queueId, CXONE_AGENT_ID: settings.agentId },
      // Its contract has no call that ends a conversation.
      tearDown: Effect.void,
      states: {
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
    }
    return own
  })

  return cxone
}
