/** Cognigy's own `input` object as a body. */
import { Schema } from "effect"
import { id, name, record, score } from "./fields.ts"
import { shared } from "./shared.ts"

/** Cognigy's own `input` object, posted as it is. */
export const InputPayload = Schema.Struct({
  /** The name of the user's intent. It must be there. */
  intent: name,
  /** How sure the bot is of it, 0 to 1. */
  intentScore: score,
  /** The values that the bot recognised in the user's words, by names: a value, or a list whose first value counts. */
  slots: record("an object of slots"),
  /** Cognigy's id of the user to hand over. It must be there. */
  userId: id,
  /** Cognigy's id of the session. */
  sessionId: id,
  ...shared
}).annotate({
  identifier: "InputPayload",
  examples: [
    {
      intent: "transfer_to_support",
      intentScore: 0.88,
      slots: { product: [{ keyphrase: "phone" }] },
      userId: "ben",
      sessionId: "session-2",
      language: "en-US",
      channel: "webchat",
      text: "My phone is broken.",
      data: { order: { number: "4711" } }
    }
  ]
})
