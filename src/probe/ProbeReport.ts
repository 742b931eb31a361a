/** What a run of the probe saw, as it is written to a file. It holds no secret, no token and no user's data. */
import { Schema } from "effect"
import { Finding } from "./Finding.ts"

/** One of the nine questions, and the facts that answer it. */
export const Answered = Schema.Struct({
  number: Schema.Int,
  question: Schema.String,
  findings: Schema.Array(Finding)
})

/** One of the nine questions, and the facts that answer it. */
export type Answered = typeof Answered.Type

/** A run of the probe. */
export const ProbeReport = Schema.Struct({
  /** The version of this format. */
  format: Schema.Literal(1),
  /** The version of the router whose assumptions were compared. */
  version: Schema.String,
  /** When it began, ISO 8601. */
  at: Schema.String,
  issuer: Schema.String,
  /** The start of the API's URLs, where it is known. */
  api: Schema.optionalKey(Schema.String),
  channel: Schema.Struct({ id: Schema.String, name: Schema.optionalKey(Schema.String) }),
  /** Questions that were not reached are left out. */
  questions: Schema.Array(Answered),
  /** The contacts of the probe's own users: all that were opened, and those that could not be closed. */
  contacts: Schema.Struct({
    opened: Schema.Array(Schema.String),
    left: Schema.Array(Schema.Struct({ user: Schema.String, contact: Schema.optionalKey(Schema.String) }))
  }),
  /** The numbers of facts by their verdict. */
  counts: Schema.Record(Schema.String, Schema.Int)
})

/** A run of the probe. */
export type ProbeReport = typeof ProbeReport.Type

/** The nine questions, in their order. */
export const QUESTIONS = [
  "token, discovery, channel, host, life of a token",
  "a message, and what it asks for its contact",
  "the same message again, and the thread after resolved and closed",
  "to a skill, while the channel's script runs",
  "to an agent who is logged out",
  "a change of a closed contact",
  "how soon a new contact is found",
  "the form of a 429",
  "the activity of a skill"
] as const

/** The numbers of facts by their verdict. */
export const countsOf = (questions: ReadonlyArray<Answered>): Readonly<Record<Finding["verdict"], number>> => {
  const counts = { "as assumed": 0, handled: 0, "not handled": 0, unanswered: 0, skipped: 0 }
  for (const { findings } of questions) for (const { verdict } of findings) counts[verdict]++
  return counts
}

/** True when every question was reached, and every fact that was asked for has an answer. */
export const isComplete = (questions: ReadonlyArray<Answered>): boolean =>
  questions.length === QUESTIONS.length && countsOf(questions).unanswered === 0
