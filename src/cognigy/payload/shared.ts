/** The members that both shapes of payload have. */
import { Schema } from "effect"
import { whollyUnfilled } from "../../std/text.ts"
import { context } from "./context.ts"
import { anything, data, id, name, object, optional } from "./fields.ts"
import { transcript } from "./transcript.ts"

/** The members that both shapes have. */
export const shared = {
  /** The language of the conversation, such as `de-DE`. */
  language: name,
  /** The channel that the user writes on. */
  channel: name,
  /** Cognigy's id of the user's input: the same when the webhook is sent again. */
  inputId: id,
  /** Cognigy's id of the processing of that. */
  traceId: id,
  /** The user's last words; anything but text counts as absent. */
  text: anything,
  /** More for rules to look at. */
  data,
  /** CXone's id of a conversation that is there already, and is to be routed instead of a new one. */
  contactId: id,
  /** What was said so far, for the agent. */
  transcript,
  /** What it is about, in a few sentences, for the agent. */
  summary: optional("expected text", Schema.String.check(Schema.makeFilter((text: string) => whollyUnfilled(text)))),
  /** What is known of the user, for the agent. */
  customer: object("an object {name, email, phone}", {
    /** Their name. */
    name,
    /** Their e-mail address. */
    email: name,
    /** Their phone number. */
    phone: id
  }),
  /** More for the agent and CXone's scripts, by names. */
  context
}
