/** The database: `DATABASE_URL`. */
import type { Redacted } from "effect"

/** The database. */
export type DatabaseSettings =
  | {
      /** In this process: what it holds ends with the process. */
      readonly kind: "memory"
    }
  | {
      /** A file of SQLite. */
      readonly kind: "sqlite"
      /** Relative to the working folder, or absolute. */
      readonly path: string
    }
  | {
      readonly kind: "postgres"
      /** With the password. */
      readonly url: Redacted.Redacted
    }

/** The database where nothing else is set. */
export const MEMORY: DatabaseSettings = { kind: "memory" }
