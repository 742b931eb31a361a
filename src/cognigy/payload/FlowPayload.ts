/** The body that a flow author types into Cognigy's HTTP Request node. */
import { Schema } from "effect"
import { anything, id, name, number, object, optional, shared } from "./fields.ts"

const Entities = Schema.Array(
  Schema.NullOr(
    Schema.Struct({
      /** The entity's name. */
      name,
      /** Text, a number, or true or false; or an object that has it as `keyphrase` or `value`. */
      value: anything
    })
  ).annotate({ message: object })
)

/** The body that a flow author types into Cognigy's HTTP Request node. */
export const FlowPayload = Schema.Struct({
  /** The user's intent. It must have a name. */
  intent: optional(
    object,
    Schema.Struct({
      /** The intent's name. */
      name,
      /** How sure the bot is of it, 0 to 1. */
      score: number
    })
  ),
  /** The values that the bot recognised in the user's words. */
  entities: optional("expected a list of {name, value}", Entities),
  /** Cognigy's session. */
  session: optional(
    object,
    Schema.Struct({
      /** Its id. */
      sessionId: id
    })
  ),
  /** The user to hand over. They must have an id. */
  user: optional(
    object,
    Schema.Struct({
      /** Cognigy's id of the user. */
      id
    })
  ),
  /** The user's last words; anything but text counts as absent. */
  text: anything,
  ...shared
}).annotate({ identifier: "FlowPayload" })
