/** The database of the settings, with its tables. */
import { resolve } from "node:path"
import { Context, Effect, Layer, type Scope } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Database } from "./Database.ts"
import type { DatabaseSettings } from "./DatabaseSettings.ts"
import { type Health, makeHealth } from "./Health.ts"
import { checkVersion, migrate } from "./migrate.ts"
import { placeOf } from "./place.ts"
import * as Postgres from "./postgres/Postgres.ts"
import { StoreError } from "./StoreError.ts"
import * as Sqlite from "./sqlite/Sqlite.ts"

type File = Exclude<DatabaseSettings, { readonly kind: "postgres" }>

/** Any error of a file, in words. */
export const cannotUse = (name: string) => (error: StoreError | SqlError.SqlError) =>
  error._tag === "StoreError"
    ? error
    : new StoreError({ problem: `${name}: ${error.message}`, instead: "look at the file, and at its disk" })

const sqlite = (settings: File, isOwner: boolean, health: Health) => {
  const [name, path] = settings.kind === "memory" ? ["memory", ":memory:"] : [settings.path, resolve(settings.path)]
  return Effect.mapError(
    Sqlite.make({ name, path, isOwner, health, prepare: isOwner ? migrate : checkVersion }),
    cannotUse(name)
  )
}

const make = Effect.fnUntraced(function* (
  settings: DatabaseSettings,
  isOwner: boolean
): Effect.fn.Return<Context.Context<SqlClient.SqlClient | Database>, StoreError, Scope.Scope> {
  const health = yield* makeHealth
  if (settings.kind === "postgres") {
    const { ready, sql } = yield* Postgres.make({
      name: placeOf(settings),
      url: settings.url,
      health,
      prepare: isOwner ? migrate : checkVersion
    })
    return Context.make(SqlClient.SqlClient, sql).pipe(
      Context.add(Database, { kind: settings.kind, ready, state: health.state })
    )
  }
  const sql = yield* sqlite(settings, isOwner, health)
  return Context.make(SqlClient.SqlClient, sql).pipe(
    Context.add(Database, { kind: settings.kind, ready: Effect.void, state: health.state })
  )
})

/**
 * The database of the router: it makes the tables or brings them up to date, and no other process can own the same file of SQLite. Fails with `StoreError`, which says
 * what to do. A Postgres that is away is no failure: see `Database`.
 */
export const layer = (settings: DatabaseSettings): Layer.Layer<SqlClient.SqlClient | Database, StoreError> =>
  Layer.effectContext(make(settings, true))

/** The same database for another process, such as a command, beside the router's: the tables must be there. */
export const layerBeside = (settings: DatabaseSettings): Layer.Layer<SqlClient.SqlClient | Database, StoreError> =>
  Layer.effectContext(make(settings, false))
