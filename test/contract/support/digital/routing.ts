/** Routing contacts: to a skill, a routing queue, or an agent. */
import { type Interaction, Match, state } from "../mock.ts"
import { accepted, contactPath, example, forbidden, limited, oneOf, send, states, unauthorized } from "./example.ts"

const { agentId, agentNumber, channelId, contactId, queueId, revokedToken, skillId, unknownId, unknownNumber, userId } =
  example

/** Where a contact is to go: how texts call it, and how requests and states name it. */
interface Kind {
  readonly what: string
  /** The state of a contact that is there. */
  readonly there: string
  readonly operation: "routeToQueue" | "routeToAgent"
  readonly path: string
  readonly body: (id: string) => Record<string, unknown>
  readonly known: { readonly id: string; readonly state: ReturnType<typeof state> }
  readonly unknown: { readonly id: string; readonly state: ReturnType<typeof state> }
}

const makeInteractions = ({ body, known, operation, path, there, unknown, what }: Kind) => {
  const routing = (id = known.id, token?: string) =>
    send("PUT", contactPath(path), body(id) as Record<string, never>, token)
  const ready = [states.token, states.contact(), known.state]

  const toClosed = (how: string, first: 404 | 409 | 204): Interaction => ({
    states: [states.token, states.closed, known.state],
    uponReceiving: `a request to route a closed contact to ${what}${how}`,
    withRequest: routing(),
    willRespondWith: oneOf(first, ...[200, 201, 202, 204, 404, 409].filter((status) => status !== first))
  })

  const toUnknown = (how: string, first: 400 | 404 | 422): Interaction => ({
    states: [states.token, states.contact(), unknown.state],
    uponReceiving: `a request to route a contact to ${what} that does not exist${how}`,
    withRequest: routing(unknown.id),
    willRespondWith: oneOf(first, ...[400, 404, 422].filter((status) => status !== first))
  })

  return {
    accepted: {
      states: ready,
      uponReceiving: `a request to route a contact to ${what}`,
      withRequest: routing(),
      willRespondWith: accepted()
    },
    acceptedLater: {
      states: ready,
      uponReceiving: `a request to route a contact to ${what}, perhaps accepted for later`,
      withRequest: routing(),
      willRespondWith: accepted(202)
    },
    already: {
      states: [states.token, known.state, state(there, { contactId, channelId, userId, ...known.state.parameters })],
      uponReceiving: `a request to route a contact to ${what} where it is already, perhaps a conflict`,
      withRequest: routing(),
      willRespondWith: oneOf(409, 200, 201, 202, 204)
    },
    closed: toClosed("", 404),
    closedAsConflict: toClosed(", perhaps a conflict", 409),
    closedAccepted: toClosed(", perhaps accepted", 204),
    unknown: toUnknown("", 404),
    unknownAsBad: toUnknown(", perhaps a bad request", 400),
    unknownAsInvalid: toUnknown(", perhaps invalid", 422),
    unauthorized: {
      states: [states.revoked, states.contact(), known.state],
      uponReceiving: `a request to route a contact to ${what} with a revoked access token`,
      withRequest: routing(undefined, revokedToken),
      willRespondWith: unauthorized
    },
    forbidden: {
      states: [states.denied(operation), states.contact(), known.state],
      uponReceiving: `a request to route a contact to ${what} without the permission for it`,
      withRequest: routing(),
      willRespondWith: forbidden
    },
    limited: {
      states: [...ready, states.limit(operation)],
      uponReceiving: `a request to route a contact to ${what} over the rate limit`,
      withRequest: routing(),
      willRespondWith: limited
    }
  } satisfies Record<string, Interaction>
}

/** To a skill, by its number. */
export const toSkill = makeInteractions({
  what: "a skill",
  there: "a contact at a skill",
  operation: "routeToQueue",
  path: "/routing-queue",
  body: (id) => ({ skillId: Match.integer(Number(id)) }),
  known: { id: skillId, state: states.skill },
  unknown: { id: unknownNumber, state: states.noSkill }
})

/** To a routing queue, by its UUID. */
export const toQueue = makeInteractions({
  what: "a routing queue",
  there: "a contact at a routing queue",
  operation: "routeToQueue",
  path: "/routing-queue",
  body: (id) => ({ routingQueueId: Match.string(id) }),
  known: { id: queueId, state: states.queue },
  unknown: { id: unknownId, state: states.noQueue }
})

/** To an agent, by their UUID. */
export const toAgent = makeInteractions({
  what: "an agent",
  there: "a contact with an agent",
  operation: "routeToAgent",
  path: "/inbox-assignment",
  body: (id) => ({ inboxAssigneeCxoneId: Match.string(id) }),
  known: { id: agentId, state: states.agent },
  unknown: { id: unknownId, state: states.noAgent }
})

/** To an agent, by their number. */
export const toAgentByNumber = makeInteractions({
  what: "an agent by number",
  there: "a contact with an agent by number",
  operation: "routeToAgent",
  path: "/inbox-assignment",
  body: (id) => ({ inboxAssignee: Match.integer(Number(id)) }),
  known: { id: agentNumber, state: states.agentByNumber },
  unknown: { id: unknownNumber, state: states.noAgentByNumber }
})
