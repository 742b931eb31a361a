/** The database as those see it who wait for it, or report how it is. Statements go to Effect's `SqlClient`. */
import { Context, type Effect } from "effect"
import type { DatabaseSettings } from "./DatabaseSettings.ts"

/** The database answers, or not. */
export type DatabaseState =
  | { readonly isUp: true }
  | {
      readonly isUp: false
      /** Why, in a sentence that people may see: without secrets. */
      readonly reason: string
    }

/** The database. */
export class Database extends Context.Service<
  Database,
  {
    readonly kind: DatabaseSettings["kind"]
    /** Waits until the tables are there. A Postgres that is away at the start makes this wait. */
    readonly ready: Effect.Effect<void>
    /** Whether it answers, as far as is known: no statement is run for it. */
    readonly state: Effect.Effect<DatabaseState>
  }
>()("cognigy-cxone-router/store/Database") {}
