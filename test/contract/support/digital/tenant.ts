/** What a tenant has: its channels, custom fields, skills, routing queues and users. */
import { type Interaction, Match, text } from "../mock.ts"
import { answers, example, forbidden, get, states, unauthorized } from "./example.ts"

const { acdVersion, agentId, channelId, intentField, queueId, revokedToken, skillId, unknownChannelId } = example
const { unknownId, unknownNumber } = example

const channelOf = (id: string, token?: string) => get("/dfo/3.0/channels", { "id[]": Match.string(id) }, token)

/** Looking the channel up. One that is not visible looks like one that does not exist. */
export const channel = {
  found: {
    states: [states.token, states.channel],
    uponReceiving: "a request for a channel",
    withRequest: channelOf(channelId),
    willRespondWith: answers([{ id: Match.string(channelId), name: Match.string("Cognigy") }])
  },
  none: {
    states: [states.token, states.noChannel],
    uponReceiving: "a request for a channel that does not exist",
    withRequest: channelOf(unknownChannelId),
    willRespondWith: answers([])
  },
  unauthorized: {
    states: [states.revoked, states.channel],
    uponReceiving: "a request for a channel with a revoked access token",
    withRequest: channelOf(channelId, revokedToken),
    willRespondWith: unauthorized
  },
  forbidden: {
    states: [states.denied("channel"), states.channel],
    uponReceiving: "a request for a channel without the permission for it",
    withRequest: channelOf(channelId),
    willRespondWith: forbidden
  }
} satisfies Record<string, Interaction>

/** The definitions of the tenant's custom fields. */
export const fields = {
  defined: {
    states: [states.token, states.field],
    uponReceiving: "a request for the custom fields of contacts",
    withRequest: get("/dfo/3.0/consumer-contact-custom-fields"),
    willRespondWith: answers(Match.arrayContaining({ ident: intentField }))
  }
} satisfies Record<string, Interaction>

const acd = `/incontactapi/services/${acdVersion}`

const ofSkill = (id: string, rest = "") =>
  get(Match.regex(`^/incontactapi/services/v\\d+\\.\\d+/skills/[1-9][0-9]*${rest}$`, `${acd}/skills/${id}${rest}`))

const ofQueue = (id: string) => get("/dfo/3.0/routing-queues", { "id[]": Match.string(id) })

const ofAgent = (id: string) => get(Match.regex("^/user-management/v3/users/[^/]+$", `/user-management/v3/users/${id}`))

/** Looking up where contacts can go. */
export const directory = {
  skill: {
    states: [states.token, states.skill],
    uponReceiving: "a request for a skill",
    withRequest: ofSkill(skillId),
    willRespondWith: answers({})
  },
  noSkill: {
    states: [states.token, states.noSkill],
    uponReceiving: "a request for a skill that does not exist",
    withRequest: ofSkill(unknownNumber),
    willRespondWith: { status: 404 }
  },
  activity: {
    states: [states.token, states.skill],
    uponReceiving: "a request for the activity of a skill",
    withRequest: ofSkill(skillId, "/activity"),
    willRespondWith: answers({
      skillActivity: [
        {
          agentsAvailable: Match.integer(2),
          agentsLoggedIn: Match.integer(3),
          agentsWorking: Match.integer(1),
          queueCount: Match.integer(4)
        }
      ]
    })
  },
  queue: {
    states: [states.token, states.queue],
    uponReceiving: "a request for a routing queue",
    withRequest: ofQueue(queueId),
    willRespondWith: answers({ data: [{ id: Match.string(queueId), name: Match.string("Priority customers") }] })
  },
  noQueue: {
    states: [states.token, states.noQueue],
    uponReceiving: "a request for a routing queue that does not exist",
    withRequest: ofQueue(unknownId),
    willRespondWith: answers({ data: [] })
  },
  agent: {
    states: [states.token, states.agent],
    uponReceiving: "a request for a user",
    withRequest: ofAgent(agentId),
    willRespondWith: answers({ user: { status: text("^.+$", "ACTIVE") } })
  },
  noAgent: {
    states: [states.token, states.noAgent],
    uponReceiving: "a request for a user who does not exist",
    withRequest: ofAgent(unknownId),
    willRespondWith: { status: 404 }
  }
} satisfies Record<string, Interaction>
