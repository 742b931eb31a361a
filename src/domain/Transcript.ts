/** What was said between the user and the bot before the handover, for the agent to read. */
import { Schema } from "effect"

/** The one who said something. */
export const Role = Schema.Literals(["user", "bot", "agent"])

/** The one who said something. */
export type Role = typeof Role.Type

/** One thing that was said. */
export const Entry = Schema.Struct({
  /** Who said it. */
  role: Role,
  /** The words. */
  text: Schema.String,
  /** When, as ISO 8601. */
  at: Schema.optionalKey(Schema.String)
})

/** One thing that was said. */
export type Entry = typeof Entry.Type

/** What was said, the oldest first, within the bounds of a transcript. */
export const Transcript = Schema.Struct({
  /** The latest entries, the oldest first. */
  entries: Schema.Array(Entry),
  /** The number of older entries that were left out. */
  omitted: Schema.Natural
})

/** What was said, the oldest first, within the bounds of a transcript. */
export type Transcript = typeof Transcript.Type
