/** Messages of the end user: sending them, and looking them up. */
import type { Message } from "../../../../src/cxone/digital/Messages.ts"
import { type Interaction, Match, text } from "../mock.ts"
import { answers, example, forbidden, get, limited, number, oneOf, send, states, unauthorized } from "./example.ts"
import * as texts from "./texts.ts"

const { channelId, contactId, revokedToken, unknownChannelId, userId } = example

const messageId = (value: string) => Match.regex("^[!-~]+$", value)

const user = (id: string) => (id === userId ? Match.regex("^cognigy_.+$", id) : id)

const wishes = ({ customFields, skillId }: NonNullable<Message["contact"]>) => ({
  ...(customFields === undefined
    ? {}
    : { customFields: customFields.map(({ ident, value }) => ({ ident, value: Match.string(value) })) }),
  ...(skillId === undefined ? {} : { skillId: Match.integer(skillId) })
})

const posting = (
  { author: { id: authorId, ...names }, contact, createdAt, id, text, thread }: Message,
  { channel = channelId, token = example.accessToken } = {}
) =>
  send(
    "POST",
    Match.regex("^/dfo/3\\.0/channels/[^/]+/messages$", `/dfo/3.0/channels/${channel}/messages`),
    {
      idOnExternalPlatform: messageId(id),
      direction: "inbound",
      createdAtWithMilliseconds: Match.regex("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$", createdAt),
      thread: { idOnExternalPlatform: user(thread) },
      messageContent: { type: "TEXT", payload: { text: Match.string(text) } },
      authorEndUserIdentity: { idOnExternalPlatform: user(authorId), ...names },
      ...(contact === undefined ? {} : { contact: wishes(contact) })
    },
    token
  )

/** Any success. */
const taken = (body: NonNullable<Interaction["willRespondWith"]["body"]>) => ({
  ...answers({ consumerContact: body }),
  status: Match.matchStatus(200, [200, 201, 202])
})

const opened = taken({ id: number(contactId) })

/** With the time at which the contact was opened, with or without a part of a second. */
const joined = taken({
  id: number(contactId),
  createdAt: text(
    "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:?\\d\\d)$",
    "2024-05-01T09:00:00+00:00"
  )
})

const refusal = (status: 400 | 422) => ({
  ...answers({ errors: Match.eachLike({ message: Match.string("the value is too long") }) }),
  status: Match.matchStatus(status, [400, 422])
})

const ready = ({ id, thread }: Message) => [
  states.token,
  states.channel,
  states.field,
  states.noContact(thread),
  states.noMessage(id)
]

const opening = (description: string, message: Message): Interaction => ({
  states: [...ready(message), ...(message.contact?.skillId === undefined ? [] : [states.skill])],
  uponReceiving: description,
  withRequest: posting(message),
  willRespondWith: opened
})

const withoutContact = [states.channel, states.noContact(), states.noMessage(texts.plain.id)]

/** Sending a message. */
export const post = {
  opens: opening("a message that opens a contact", texts.forSkill),
  opensForAnyone: opening("a message that opens a contact, without a skill", texts.forAnyone),
  opensAwkward: opening(
    "a message that opens a contact for a user whose id has all kinds of characters",
    texts.awkward
  ),
  opensWithNote: opening("a note that opens a contact of a user with a name", texts.note),
  joins: {
    states: [states.token, states.channel, states.contact(), states.noMessage(texts.afterNote.id)],
    uponReceiving: "a message that joins an active contact",
    withRequest: posting(texts.afterNote),
    willRespondWith: joined
  },
  afterClosed: {
    states: [states.token, states.channel, states.closed, states.noMessage(texts.plain.id)],
    uponReceiving: "a message into a thread whose contact is closed",
    withRequest: posting(texts.plain),
    willRespondWith: opened
  },
  repeated: {
    states: [states.token, states.channel, states.message(texts.plain.id)],
    uponReceiving: "a message that came before, perhaps refused",
    withRequest: posting(texts.plain),
    willRespondWith: oneOf(409, 200, 201, 202, 422)
  },
  repeatedAsInvalid: {
    states: [states.token, states.channel, states.message(texts.plain.id)],
    uponReceiving: "a message that came before, perhaps refused as invalid",
    withRequest: posting(texts.plain),
    willRespondWith: oneOf(422, 200, 201, 202, 409)
  },
  tooLong: {
    states: ready(texts.tooLong),
    uponReceiving: "a message with a value that is too long",
    withRequest: posting(texts.tooLong),
    willRespondWith: refusal(400)
  },
  tooLongAsInvalid: {
    states: ready(texts.tooLong),
    uponReceiving: "a message with a value that is too long, perhaps refused as invalid",
    withRequest: posting(texts.tooLong),
    willRespondWith: refusal(422)
  },
  noChannel: {
    states: [states.token, states.noChannel],
    uponReceiving: "a message on a channel that does not exist",
    withRequest: posting(texts.plain, { channel: unknownChannelId }),
    willRespondWith: oneOf(404, 400, 422)
  },
  unauthorized: {
    states: [states.revoked, ...withoutContact],
    uponReceiving: "a message with a revoked access token",
    withRequest: posting(texts.plain, { token: revokedToken }),
    willRespondWith: unauthorized
  },
  forbidden: {
    states: [states.denied("post"), ...withoutContact],
    uponReceiving: "a message without the permission for it",
    withRequest: posting(texts.plain),
    willRespondWith: forbidden
  },
  limited: {
    states: [states.token, ...withoutContact, states.limit("post")],
    uponReceiving: "a message over the rate limit",
    withRequest: posting(texts.plain),
    willRespondWith: limited
  }
} satisfies Record<string, Interaction>

const looking = (description: string, { id }: Message, found: ReadonlyArray<{ contactNumber: unknown }>) => ({
  states: [states.token, states.channel, found.length === 0 ? states.noMessage(id) : states.message(id)],
  uponReceiving: description,
  withRequest: get("/dfo/3.0/messages", {
    "idOnExternalPlatform[]": id,
    "channel[]": Match.string(channelId)
  }),
  willRespondWith: answers({ data: found })
})

/** Looking a message up by its id. */
export const message = {
  found: looking("a request for a message by its id", texts.plain, [{ contactNumber: number(contactId) }]),
  none: looking("a request for a message that never came", texts.plain, []),
  noneForAnyone: looking("a request for another message that never came", texts.forAnyone, []),
  noNote: looking("a request for a note that never came", texts.note, []),
  noneAfterNote: looking("a request for the message after a note, which never came", texts.afterNote, []),
  noneAwkward: looking("a request for a message of a user whose id has all kinds of characters", texts.awkward, [])
}
