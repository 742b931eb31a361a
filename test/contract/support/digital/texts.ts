/** The messages of the interactions. */
import type { Message } from "../../../../src/cxone/digital/Messages.ts"
import { today } from "../consumer.ts"
import { example } from "./example.ts"

const { awkwardUserId, intent, intentField, skillId, userId } = example

const words: Message = {
  // Comes from channel, user and the key of the handover: the same in every version of the router.
  id: "cognigy-ajnAZJWUZCLYLIXcnAvpkGr54-D3JwDNnCmxcizQQe8",
  createdAt: new Date(Date.parse(today) + 1).toISOString(),
  thread: userId,
  text: "I want to buy a boat",
  author: { id: userId }
}

const customFields = [{ ident: intentField, value: intent }]

/** Names the skill that is to get the contact. */
export const forSkill: Message = { ...words, contact: { customFields, skillId: Number(skillId) } }

/** Leaves it open who gets the contact. */
export const forAnyone: Message = {
  ...words,
  id: "cognigy-RX7RFTlcc1MeUnIt-Y4c2jXq8zrb6FvgQBmJ-ZKTiEg",
  contact: { customFields }
}

/** The same as `forSkill`, of another user. */
export const awkward: Message = {
  ...forSkill,
  id: "cognigy-nUJK7eU7Ahz3ONHo_kgm7UJ9LRyfSNjC4xXIF_hP3RY",
  thread: awkwardUserId,
  author: { id: awkwardUserId }
}

const author = { id: userId, firstName: "Anna Maria", lastName: "Berg" }

/** For the agent, before the user's words. */
export const note: Message = {
  ...words,
  id: "cognigy-A8pqdpcO0BTd9FO7cJZMK5_dsrfGJU5edKqmaSur-VI",
  createdAt: today,
  text: [
    "[Note of the bot for the agent]",
    "Summary: She wants a boat.",
    "Conversation with the bot:\nBot: How can I help?\nCustomer: I want to buy a boat"
  ].join("\n\n"),
  author,
  contact: { customFields }
}

/** The words after the note. */
export const afterNote: Message = {
  ...words,
  id: "cognigy-jhm0QBTj_-K6-sUxF-9MuwiMyaIXyISkhrhGwFhRIvY",
  author
}

/** A value is one character longer than CXone takes. */
export const tooLong: Message = {
  ...words,
  contact: { customFields: [{ ident: intentField, value: "x".repeat(1025) }] }
}

/** Has nothing that it can do without. */
export const plain: Message = words
