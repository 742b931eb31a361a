/** The destination of a rule: a place or a text that rejects, and the labels. */
import { Schema } from "effect"
import { describe, exactlyOne, isShortText, members } from "./names.ts"
import { type Place, placeMembers } from "./Place.ts"

/** The most labels that a rule may add. */
const MAX_LABELS = 10

const Destination = Schema.Struct({
  ...placeMembers,
  reject: describe(
    "Nowhere: the bot gets this text to say instead.",
    Schema.String.check(Schema.isNonEmpty({ message: "expected the text that the bot says" }), isShortText)
  )
})
  .annotate({ message: "expected queue: NAME, agent: NAME, or reject: TEXT" })
  .check(
    exactlyOne(["queue", "agent", "reject"]),
    Schema.makeFilter(
      (target: { readonly reject?: string; readonly fallback?: Place }) =>
        target.reject !== undefined && target.fallback !== undefined
          ? { path: ["fallback"], issue: "a rule that rejects has no fallback" }
          : undefined,
      { toJsonSchema: () => ({ not: { required: ["reject", "fallback"] } }) }
    )
  )
  .annotate({ identifier: "Destination" })

/** The place that a rule sends to, or the text that it rejects with. */
export type Destination = typeof Destination.Type

/** Labels for the conversation, by their names. */
export const Labels = members(
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/u,
  "expected a label's name: up to 64 letters, digits, _ . and -, the first a letter or digit",
  Schema.String.annotate({ message: "expected text (put numbers and true and false in quotes)" }).check(
    Schema.isNonEmpty({ message: "expected the label's value" }),
    isShortText
  )
).check(Schema.isMaxProperties(MAX_LABELS, { message: `expected at most ${MAX_LABELS} labels` }))

/** The members of a rule and of the fallback that say where to. */
export const destinationMembers = {
  to: Destination,
  labels: describe(
    "Labels for the conversation, besides cognigy_intent. {{NAME}} stands for the value of an entity or slot; a label that ends up empty is left out, a long one is cut to 256 characters.",
    Labels
  )
}
