/** An entry of the history: one for each handover, and one for each refusal of an authenticated sender. */
import { Schema } from "effect"
import { Target } from "../domain/Target.ts"
import { Step } from "../domain/Trail.ts"

/** The outcomes of the history. `rejected`: a rule hands nothing over. `refused`: a 4xx of the sender's. */
export const OUTCOMES = ["success", "repeated", "rejected", "refused", "failed"] as const

/** The outcomes of the history. */
export const Outcome = Schema.Literals(OUTCOMES)

/** The outcomes of the history. */
export type Outcome = typeof Outcome.Type

/** The members of an entry that lists show and filters look at. */
export const Entry = Schema.Struct({
  /** The handover's id, a UUID of version 7: later ones sort after it. */
  id: Schema.String,
  /** When the request came, in milliseconds since 1970. */
  at: Schema.Finite,
  /** How long it took, in milliseconds. */
  took: Schema.Finite,
  tenant: Schema.NullOr(Schema.String),
  outcome: Outcome,
  /** The outcome as metrics name it: `success`, `rate_limited`, `invalid_payload`, … */
  reason: Schema.String,
  /** The HTTP status of the answer. */
  status: Schema.Int,
  /** The rule that decided. */
  rule: Schema.NullOr(Schema.String),
  /** The version of the table that decided. */
  table: Schema.NullOr(Schema.String),
  /** The queue or agent that it went to, or else the first one that it was to go to. */
  target: Schema.NullOr(Target),
  /** CXone's id of the conversation; for a failure, that of an orphan. */
  conversationId: Schema.NullOr(Schema.String),
  intent: Schema.NullOr(Schema.String),
  language: Schema.NullOr(Schema.String),
  channel: Schema.NullOr(Schema.String),
  /** As `HISTORY_USER_IDS` has it: the id, a digest of it, or nothing. */
  userId: Schema.NullOr(Schema.String),
  sessionId: Schema.NullOr(Schema.String),
  correlationId: Schema.NullOr(Schema.String),
  /** The handover that this one is a copy of. */
  firstId: Schema.NullOr(Schema.String),
  /** The failed handover that an operator handed over again by this one. */
  againOf: Schema.NullOr(Schema.String)
})

/** The members of an entry that lists show and filters look at. */
export type Entry = typeof Entry.Type

/**
 * What the live table's rules look at in a request, recorded for explanations and replays. A member that is missing was not looked at; `null` was looked at, and
 * the request did not have it.
 */
export const Facts = Schema.Struct({
  confidence: Schema.optionalKey(Schema.NullOr(Schema.Finite)),
  /** Entities and slots by name: the first value of each. */
  entities: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  /** Members of `data` by their paths, as the table writes them. */
  data: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  /** The user's share in percent, by the seeds of the conditions. */
  shares: Schema.optionalKey(Schema.Record(Schema.String, Schema.Finite))
})

/** What the live table's rules look at in a request. */
export type Facts = typeof Facts.Type

/** The rest of an entry, for the page of one handover. */
export const Detail = Schema.Struct({
  /** Every call, wait and target, in the order in which they ended. */
  steps: Schema.Array(Step),
  /** The targets of the decision, in the order in which they are tried. */
  targets: Schema.Array(Target),
  priority: Schema.optionalKey(Schema.Int),
  /** A conversation that may be left open in CXone, at no queue. */
  orphan: Schema.optionalKey(Schema.String),
  /** The body of the answer, as it was sent. */
  answer: Schema.Unknown,
  /** Missing with `HISTORY_REQUESTS=off`, for policies in code, and for refusals. */
  facts: Schema.optionalKey(Facts)
})

/** The rest of an entry, for the page of one handover. */
export type Detail = typeof Detail.Type
