/**
 * What the router asks CXone, and the answers that it acts on. The states' parameters say all that must hold before the request: who
 * plays CXone needs nothing else.
 */
import { agentId, salesQueueId as queueId } from "../../../src/simulator/webchat/SimulatorOptions.ts"
import { type Interaction, isJson, Match, positive, state, text } from "./mock.ts"

/** The ids that the interactions speak of. */
export const example = {
  clientId: "router-client",
  clientSecret: "router-secret",
  accessToken: "valid-access-token",
  revokedToken: "revoked-access-token",
  userId: "cognigy_anna",
  conversationId: "c0417e25-0000-4000-8000-000000000005",
  /** Every character of it must reach CXone as it is. */
  awkwardUserId: "cognigy_Zoë/50% a_b&c=d+e",
  queueId,
  agentId,
  unknownId: "00000000-0000-4000-8000-00000000dead"
}

const { accessToken, clientId, clientSecret, conversationId, unknownId, userId } = example

const oauthClient = state("an OAuth client", { clientId, clientSecret })
const revokedToken = state("a revoked access token", { accessToken: example.revokedToken })
const validToken = state("a valid access token", { accessToken })
const noConversation = state("no active conversation", { userId })
const activeConversation = state("an active conversation", { conversationId, userId })
const endedConversation = state("an ended conversation", { conversationId, userId })
const queue = state("a queue", { queueId, name: "Sales" })
const noQueue = state("no queue", { queueId: unknownId })
const agent = state("an agent", { agentId })
const noAgent = state("no agent", { agentId: unknownId })

const bearer = (token = accessToken) => ({ Authorization: `Bearer ${token}` })

const form = (secret: string) => ({
  method: "POST",
  path: "/oauth/token",
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
  body: `grant_type=client_credentials&client_id=${clientId}&client_secret=${secret}`
})

/** Either status refuses credentials; the example is the one that the mock server answers. */
const refusal = (status: 400 | 401) => ({ status: Match.matchStatus(status, [400, 401]) })

/** The token endpoint. */
export const token = {
  granted: {
    states: [oauthClient],
    uponReceiving: "a request for an access token",
    withRequest: form(clientSecret),
    willRespondWith: {
      status: 200,
      headers: isJson,
      body: { access_token: text("^[!-~]+$", accessToken), expires_in: positive(3600) }
    }
  },
  refused: {
    states: [oauthClient],
    uponReceiving: "a request for an access token with a wrong client secret",
    withRequest: form("wrong-secret"),
    willRespondWith: refusal(401)
  },
  refusedAsBad: {
    states: [oauthClient],
    uponReceiving: "a request for an access token with a wrong client secret, refused as a bad request",
    withRequest: form("another-wrong-secret"),
    willRespondWith: refusal(400)
  }
} satisfies Record<string, Interaction>

const chats = "/api/v2/conversations/webchat"

/** An id as CXone gives it: something, without control characters. */
const id = (example: string) => text("^[^\\x00-\\x1f\\x7f]+$", example)

const opening = (token?: string, user: unknown = Match.regex("^cognigy_.+$", userId)) => ({
  method: "POST",
  path: chats,
  headers: { ...bearer(token), ...isJson },
  body: {
    userId: user,
    name: "Webchat from Cognigy",
    labels: { source: "cognigy" }
  }
})

/** Opening a conversation. */
export const open = {
  created: {
    states: [validToken, noConversation],
    uponReceiving: "a request to open a conversation",
    withRequest: opening(),
    willRespondWith: { status: 201, headers: isJson, body: { id: id(conversationId) } }
  },
  awkward: {
    states: [validToken, state("no active conversation", { userId: example.awkwardUserId })],
    uponReceiving: "a request to open a conversation for a user whose id has all kinds of characters",
    withRequest: opening(accessToken, example.awkwardUserId),
    willRespondWith: { status: 201, headers: isJson, body: { id: id(conversationId) } }
  },
  conflict: {
    states: [validToken, activeConversation],
    uponReceiving: "a request to open a conversation for a user who has an active one",
    withRequest: opening(),
    willRespondWith: { status: 409 }
  },
  unauthorized: {
    states: [revokedToken, noConversation],
    uponReceiving: "a request to open a conversation with a revoked access token",
    withRequest: opening(example.revokedToken),
    willRespondWith: { status: 401 }
  },
  forbidden: {
    states: [
      state("an access token without a scope", { accessToken, scope: "conversations:webchat:create" }),
      noConversation
    ],
    uponReceiving: "a request to open a conversation without the scope for it",
    withRequest: opening(),
    willRespondWith: { status: 403, headers: isJson, body: {} }
  },
  limited: {
    states: [validToken, noConversation, state("a rate limit", { operation: "open", retryAfter: 30 })],
    uponReceiving: "a request to open a conversation over the rate limit",
    withRequest: opening(),
    willRespondWith: { status: 429, headers: { "Retry-After": Match.regex("^\\d+$", "30") } }
  }
} satisfies Record<string, Interaction>

const finding = (user = userId, token?: string) => ({
  method: "GET",
  path: chats,
  query: { userId: Match.regex("^cognigy_.+$", user), status: "ACTIVE" },
  headers: bearer(token)
})

const found = (...ids: ReadonlyArray<string>) => ({
  status: 200,
  headers: isJson,
  body: { items: ids.map((one) => ({ id: id(one) })) }
})

const otherConversationId = "c0417e25-0000-4000-8000-000000000006"

/** Finding the active conversations of a user. */
export const findActive = {
  one: {
    states: [validToken, activeConversation],
    uponReceiving: "a request for the active conversations of a user who has one",
    withRequest: finding(),
    willRespondWith: found(conversationId)
  },
  several: {
    states: [
      validToken,
      state("several active conversations", { conversationIds: [conversationId, otherConversationId], userId })
    ],
    uponReceiving: "a request for the active conversations of a user who has several",
    withRequest: finding(),
    willRespondWith: found(conversationId, otherConversationId)
  },
  none: {
    states: [
      validToken,
      noConversation,
      state("an active conversation", { conversationId: otherConversationId, userId: "cognigy_ben" })
    ],
    uponReceiving: "a request for the active conversations of a user who has none, while another user has one",
    withRequest: finding(),
    willRespondWith: found()
  },
  ended: {
    states: [validToken, endedConversation],
    uponReceiving: "a request for the active conversations of a user whose only one has ended",
    withRequest: finding(),
    willRespondWith: found()
  },
  unauthorized: {
    states: [revokedToken, activeConversation],
    uponReceiving: "a request for the active conversations of a user with a revoked access token",
    withRequest: finding(userId, example.revokedToken),
    willRespondWith: { status: 401 }
  },
  awkward: {
    states: [validToken, state("an active conversation", { conversationId, userId: example.awkwardUserId })],
    uponReceiving: "a request for the active conversations of a user whose id must be encoded",
    withRequest: finding(example.awkwardUserId),
    willRespondWith: found(conversationId)
  }
} satisfies Record<string, Interaction>

const acting = (body: unknown, token?: string) => ({
  method: "POST",
  path: Match.regex(`^${chats}/[^/]+/actions$`, `${chats}/${conversationId}/actions`),
  headers: { ...bearer(token), ...isJson },
  body
})

const toQueue = (id = queueId, token?: string) => acting({ action: "queue", to: { queueId: Match.string(id) } }, token)
const toAgent = (id = agentId, token?: string) => acting({ action: "user", to: { userId: Match.string(id) } }, token)

const actions = (
  what: string,
  to: (id?: string, token?: string) => ReturnType<typeof acting>,
  known: ReturnType<typeof state>,
  unknown: ReturnType<typeof state>,
  already: ReturnType<typeof state>
) => ({
  accepted: {
    states: [validToken, activeConversation, known],
    uponReceiving: `a request to route a conversation to ${what}`,
    withRequest: to(),
    willRespondWith: { status: Match.matchStatus(204, [200, 204]) }
  },
  acceptedWithBody: {
    states: [validToken, activeConversation, known],
    uponReceiving: `a request to route a conversation to ${what}, perhaps answered with a body`,
    withRequest: to(),
    willRespondWith: { status: Match.matchStatus(200, [200, 204]) }
  },
  already: {
    states: [validToken, known, already],
    uponReceiving: `a request to route a conversation to ${what} where it is already`,
    withRequest: to(),
    willRespondWith: { status: 409 }
  },
  ended: {
    states: [validToken, endedConversation, known],
    uponReceiving: `a request to route a conversation that has ended to ${what}`,
    withRequest: to(),
    willRespondWith: { status: 404 }
  },
  unauthorized: {
    states: [revokedToken, activeConversation, known],
    uponReceiving: `a request to route a conversation to ${what} with a revoked access token`,
    withRequest: to(undefined, example.revokedToken),
    willRespondWith: { status: 401 }
  },
  unknownTarget: {
    states: [validToken, activeConversation, unknown],
    uponReceiving: `a request to route a conversation to ${what} that does not exist`,
    withRequest: to(unknownId),
    willRespondWith: { status: Match.matchStatus(422, [400, 404, 422]) }
  },
  badTarget: {
    states: [validToken, activeConversation, unknown],
    uponReceiving: `a request to route a conversation to ${what} that does not exist, perhaps a bad request`,
    withRequest: to(unknownId),
    willRespondWith: { status: Match.matchStatus(400, [400, 404, 422]) }
  }
})

/** Routing to a queue. */
export const routeToQueue = actions(
  "a queue",
  toQueue,
  queue,
  noQueue,
  state("a conversation that is at a queue", { conversationId, userId, queueId })
)

/** Routing to an agent. */
export const routeToAgent = actions(
  "an agent",
  toAgent,
  agent,
  noAgent,
  state("a conversation that is with an agent", { conversationId, userId, agentId })
)

const labelling = (description: string, intent: string, status: 200 | 204): Interaction => ({
  states: [validToken, activeConversation],
  uponReceiving: description,
  withRequest: {
    method: "PUT",
    path: Match.regex(`^${chats}/[^/]+/labels$`, `${chats}/${conversationId}/labels`),
    headers: { ...bearer(), ...isJson },
    body: { labels: { cognigy_intent: Match.string(intent) } }
  },
  willRespondWith: { status: Match.matchStatus(status, [200, 201, 202, 204]) }
})

/** Labels; any 2xx takes them. */
export const label = {
  accepted: labelling("a request to label a conversation", "transfer_to_sales", 204),
  acceptedWithBody: labelling(
    "a request to label a conversation, perhaps answered with a body",
    "transfer_to_agent",
    200
  )
}

const lookingUp = (id: string) => ({
  method: "GET",
  path: Match.regex("^/api/v2/routing/queues/[^/]+$", `/api/v2/routing/queues/${id}`),
  headers: bearer()
})

/** An agent's id is longer than `me`, which stands for who asks. */
const lookingUpAgent = (id: string) => ({
  method: "GET",
  path: Match.regex("^/api/v2/users/[^/]{3,}$", `/api/v2/users/${id}`),
  headers: bearer()
})

/** Looking up who we are, and what there is. */
export const directory = {
  whoami: {
    states: [validToken],
    uponReceiving: "a request for who the access token stands for",
    withRequest: { method: "GET", path: "/api/v2/users/me", headers: bearer() },
    willRespondWith: {
      status: 200,
      headers: isJson,
      body: { id: id("5e271ce0-0000-4000-8000-000000000004") }
    }
  },
  queue: {
    states: [validToken, queue],
    uponReceiving: "a request for a queue",
    withRequest: lookingUp(queueId),
    willRespondWith: {
      status: 200,
      headers: isJson,
      body: { id: id(queueId), name: Match.string("Sales") }
    }
  },
  noQueue: {
    states: [validToken, noQueue],
    uponReceiving: "a request for a queue that does not exist",
    withRequest: lookingUp(unknownId),
    willRespondWith: { status: 404 }
  },
  agent: {
    states: [validToken, agent],
    uponReceiving: "a request for an agent",
    withRequest: lookingUpAgent(agentId),
    willRespondWith: {
      status: 200,
      headers: isJson,
      body: { id: id(agentId), name: Match.string("Alex Agent") }
    }
  },
  noAgent: {
    states: [validToken, noAgent],
    uponReceiving: "a request for an agent who does not exist",
    withRequest: lookingUpAgent(unknownId),
    willRespondWith: { status: 404 }
  }
} satisfies Record<string, Interaction>

/** Every interaction. */
export const all: ReadonlyArray<Interaction> = [
  token,
  open,
  findActive,
  routeToQueue,
  routeToAgent,
  label,
  directory
].flatMap((group) => Object.values<Interaction>(group))
