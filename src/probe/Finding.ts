/** One fact about a tenant: what the probe saw, beside what the router assumes. */
import { Effect, Schema } from "effect"

/** How a fact stands to the router. `handled`: it differs, and the router is right either way. `not handled`: it differs, and the router is wrong or does not know it. */
export const Verdict = Schema.Literals(["as assumed", "handled", "not handled", "unanswered", "skipped"])

/** What was seen, by name: statuses, milliseconds, names of fields. It holds no secret and no user's data. */
export const Values = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))

/** What was seen, by name. */
export type Values = typeof Values.Type

/** What was seen of a fact, and what that means for the router. */
export const Outcome = Schema.Struct({
  verdict: Verdict,
  /** In words; for a fact without an answer, the reason. */
  seen: Schema.String,
  /** Why the router is right either way, or what goes wrong. */
  because: Schema.optionalKey(Schema.String),
  values: Values
})

/** What was seen of a fact, and what that means for the router. */
export type Outcome = typeof Outcome.Type

/** A fact. */
export const Finding = Schema.Struct({
  /** Its name, unique within its question. */
  fact: Schema.String,
  /** What the router assumes. */
  assumed: Schema.String,
  ...Outcome.fields
})

/** A fact. */
export type Finding = typeof Finding.Type

/** No answer came to a call that a fact needs, or one that does not tell. */
export class Unanswered extends Schema.TaggedError<Unanswered>()("Unanswered", {
  /** In words, without the answer's body. */
  why: Schema.String
}) {
  override get message() {
    return this.why
  }
}

/** It is as the router assumes. */
export const asAssumed = (seen: string, values: Values = {}): Outcome => ({ verdict: "as assumed", seen, values })

/** It differs, and the router is right all the same. */
export const handled = (seen: string, because: string, values: Values = {}): Outcome => ({
  verdict: "handled",
  seen,
  because,
  values
})

/** It differs, and the router is wrong. */
export const notHandled = (seen: string, because: string, values: Values = {}): Outcome => ({
  verdict: "not handled",
  seen,
  because,
  values
})

/** It was not asked, for this reason. */
export const skipped = (reason: string): Outcome => ({ verdict: "skipped", seen: reason, values: {} })

/** Looks at a fact. */
export const fact = <R>(
  name: string,
  assumed: string,
  look: Effect.Effect<Outcome, Unanswered, R>
): Effect.Effect<Finding, never, R> =>
  Effect.map(
    Effect.catch(look, ({ why }) => Effect.succeed<Outcome>({ verdict: "unanswered", seen: why, values: {} })),
    (outcome) => ({ fact: name, assumed, ...outcome })
  )
