/** Contacts: looking one up, finding those of a user, and what is set in one. */
import { type Interaction, Match, text } from "../mock.ts"
import {
  accepted,
  answers,
  contactPath,
  example,
  forbidden,
  get,
  limited,
  number,
  oneOf,
  send,
  states,
  unauthorized
} from "./example.ts"

const { awkwardUserId, bareUserId, channelId, contactId, intent, intentField, revokedToken, unknownContactId, userId } =
  example

const activeStatuses = ["new", "open", "pending", "escalated", "resolved"]

const active = text(`^(${activeStatuses.join("|")})$`, "open")

/** Looking a contact up. */
export const contact = {
  open: {
    states: [states.token, states.contact()],
    uponReceiving: "a request for an active contact",
    withRequest: get(contactPath()),
    willRespondWith: answers({ id: number(contactId), status: active })
  },
  closed: {
    states: [states.token, states.closed],
    uponReceiving: "a request for a closed contact",
    withRequest: get(contactPath()),
    willRespondWith: answers({ id: number(contactId), status: text("^(closed|trashed)$", "closed") })
  },
  none: {
    states: [states.token, states.noSuchContact],
    uponReceiving: "a request for a contact that does not exist",
    withRequest: get(contactPath("", unknownContactId)),
    willRespondWith: { status: 404 }
  },
  unauthorized: {
    states: [states.revoked, states.contact()],
    uponReceiving: "a request for a contact with a revoked access token",
    withRequest: get(contactPath(), {}, revokedToken),
    willRespondWith: unauthorized
  },
  forbidden: {
    states: [states.denied("contact"), states.contact()],
    uponReceiving: "a request for a contact without the permission for it",
    withRequest: get(contactPath()),
    willRespondWith: forbidden
  },
  limited: {
    states: [states.token, states.contact(), states.limit("contact")],
    uponReceiving: "a request for a contact over the rate limit",
    withRequest: get(contactPath()),
    willRespondWith: limited
  }
} satisfies Record<string, Interaction>

const scrollToken = "scroll-25"

const finding = (user = userId, rest: Readonly<Record<string, string>> = {}) =>
  get("/dfo/3.0/contacts", {
    "channel[]": Match.string(channelId),
    "endUserIdOnExternalPlatform[]": user === userId ? Match.regex("^cognigy_.+$", user) : user,
    "status[]": activeStatuses,
    ...rest
  })

const one = { id: number(contactId) }

const several = {
  description: "several pages of active contacts",
  parameters: { channelId, userId, count: 26, scrollToken }
}

/** Finding the active contacts of a user. CXone may list a new one with a delay. */
export const findActive = {
  one: {
    states: [states.token, states.contact()],
    uponReceiving: "a request for the active contacts of a user who has one",
    withRequest: finding(),
    willRespondWith: answers({ data: [one] })
  },
  awkward: {
    states: [states.token, states.contact(awkwardUserId)],
    uponReceiving: "a request for the active contacts of a user whose id has all kinds of characters",
    withRequest: finding(awkwardUserId),
    willRespondWith: answers({ data: [one] })
  },
  bare: {
    states: [states.token, states.noContact(bareUserId)],
    uponReceiving: "a request for the active contacts of a user by the bot's id, who has none",
    withRequest: finding(bareUserId),
    willRespondWith: answers({ data: [] })
  },
  none: {
    states: [states.token, states.noContact()],
    uponReceiving: "a request for the active contacts of a user who has none",
    withRequest: finding(),
    willRespondWith: answers({ data: [] })
  },
  closed: {
    states: [states.token, states.closed],
    uponReceiving: "a request for the active contacts of a user whose only one is closed",
    withRequest: finding(),
    willRespondWith: answers({ data: [] })
  },
  firstPage: {
    states: [states.token, several],
    uponReceiving: "a request for the active contacts of a user who has more than a page of them",
    withRequest: finding(),
    willRespondWith: answers({ data: Match.eachLike(one), scrollToken: text("^.+$", scrollToken) })
  },
  lastPage: {
    states: [states.token, several],
    uponReceiving: "a request for the next page of a user's active contacts",
    withRequest: finding(userId, { scrollToken }),
    willRespondWith: answers({ data: Match.eachLike({ id: number("700002") }) })
  }
} satisfies Record<string, Interaction>

const priority = (status: 200 | 202 | 204, how: string): Interaction => ({
  states: [states.token, states.contact()],
  uponReceiving: `a request to set the priority of a contact${how}`,
  withRequest: send("PUT", contactPath(), { routingQueuePriority: Match.integer(500) }),
  willRespondWith: accepted(status)
})

const labelling = (status: 200 | 202 | 204, how: string): Interaction => ({
  states: [states.token, states.contact(), states.field],
  uponReceiving: `a request to set custom fields of a contact${how}`,
  withRequest: send("PUT", contactPath("/custom-fields"), [{ ident: intentField, value: Match.string(intent) }]),
  willRespondWith: accepted(status)
})

const tooLongValue = "x".repeat(1025)

/** What is set in a contact; any success takes it. */
export const change = {
  priority: priority(204, ""),
  label: labelling(204, ""),
  labelAccepted: labelling(202, ", perhaps accepted for later"),
  labelTooLong: {
    states: [states.token, states.contact(), states.field],
    uponReceiving: "a request to set a custom field of a contact to a value that is too long",
    withRequest: send("PUT", contactPath("/custom-fields"), [{ ident: intentField, value: tooLongValue }]),
    willRespondWith: oneOf(400, 422)
  },
  close: {
    states: [states.token, states.contact()],
    uponReceiving: "a request to close a contact",
    withRequest: send("PUT", contactPath("/status"), { status: "closed" }),
    willRespondWith: accepted()
  },
  closeNone: {
    states: [states.token, states.noSuchContact],
    uponReceiving: "a request to close a contact that does not exist",
    withRequest: send("PUT", contactPath("/status", unknownContactId), { status: "closed" }),
    willRespondWith: { status: 404 }
  }
} satisfies Record<string, Interaction>
