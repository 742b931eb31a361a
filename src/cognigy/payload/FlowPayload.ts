/** The body that a flow author types into Cognigy's HTTP Request node. */
import { Schema } from "effect"
import { anything, id, item, list, name, object, score } from "./fields.ts"
import { shared } from "./shared.ts"

/** The body that a flow author types into Cognigy's HTTP Request node. */
export const FlowPayload = Schema.Struct({
  /** The user's intent. It must have a name. */
  intent: object("an object with a name", {
    /** The intent's name. */
    name,
    /** How sure the bot is of it, 0 to 1. */
    score
  }),
  /** The values that the bot recognised in the user's words. */
  entities: list(
    "a list of {name, value}",
    item("an object {name, value}", {
      /** The entity's name. */
      name,
      /** Text, a number, or true or false; an object that has it as `keyphrase` or `value`; or a list of these, whose first counts. */
      value: anything
    })
  ),
  /** Cognigy's session. */
  session: object("an object with a sessionId", {
    /** Its id. */
    sessionId: id
  }),
  /** The user to hand over. They must have an id. */
  user: object("an object with an id", {
    /** Cognigy's id of the user. */
    id
  }),
  ...shared
}).annotate({
  identifier: "FlowPayload",
  // Without an inputId, so that each request is a handover of its own.
  examples: [
    {
      intent: { name: "transfer_to_sales", score: 0.93 },
      entities: [{ name: "product", value: "phone" }],
      session: { sessionId: "session-1" },
      user: { id: "anna" },
      language: "en-US",
      channel: "webchat",
      summary: "Wants to buy a phone.",
      transcript: [
        { role: "user", text: "Do you have this phone in blue?" },
        { role: "bot", text: "Let me get a colleague." }
      ]
    }
  ]
})
