import { Schema } from "effect"

/** The live table, for people and probes. Times are ISO 8601. */
export const TableStatus = Schema.Struct({
  /** The first 12 digits of the SHA-256 of its file's bytes. */
  version: Schema.String,
  /** The time since when it is live. */
  since: Schema.String,
  /** The number of its rules. */
  rules: Schema.Int,
  /** The file has changed since and is not used: its problems are in the log. */
  rejected: Schema.optionalKey(
    Schema.Struct({
      /** Missing where the file cannot be read. */
      version: Schema.optionalKey(Schema.String),
      /** The time when the problems were found. */
      at: Schema.String,
      /** The number of problems. */
      problems: Schema.Int
    })
  )
})

/** The live table, for people and probes. */
export type TableStatus = typeof TableStatus.Type
