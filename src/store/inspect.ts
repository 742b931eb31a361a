/** A look at a database, for people: it makes and changes nothing. */
import { resolve } from "node:path"
import { Effect, References, type Scope } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { DatabaseSettings } from "./DatabaseSettings.ts"
import { makeHealth } from "./Health.ts"
import { knownVersion } from "./migrate.ts"
import { latest } from "./migrations.ts"
import { placeOf } from "./place.ts"
import * as Postgres from "./postgres/Postgres.ts"
import { cannotUse } from "./Store.ts"
import { StoreError } from "./StoreError.ts"
import { ownerInWords } from "./sqlite/inWords.ts"
import * as Sqlite from "./sqlite/Sqlite.ts"

/** A database that a router can start with. */
export type Inspection =
  | {
      /** The version of its tables; 0 where there are none. */
      readonly version: number
      /** The router that owns the file of SQLite now. */
      readonly usedBy?: string
    }
  | {
      /** Why Postgres cannot be reached, in a sentence without secrets. A router waits for it. */
      readonly away: string
    }

/** The start makes tables, so the user must be allowed to. Postgres 15 and later allow it to the owner of a database alone. */
const checkRights = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ user: string; schema: string | null; may: boolean | null }>`
    SELECT current_user AS "user", current_schema() AS schema, has_schema_privilege(current_schema(), 'CREATE') AS may`
  if (row?.may === true) return
  const schema = row?.schema ?? "public"
  return yield* new StoreError({
    problem: `its user may not make tables in the schema ${schema}`,
    instead: `GRANT CREATE ON SCHEMA ${schema} TO ${row?.user}, as the database's owner`
  })
})

const postgres = Effect.fnUntraced(function* (settings: DatabaseSettings & { readonly kind: "postgres" }) {
  const health = yield* makeHealth
  let version = 0
  const prepare: Effect.Effect<void, StoreError | SqlError.SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
    version = yield* knownVersion
    if (version < latest) yield* checkRights
  })
  yield* Postgres.make({ name: placeOf(settings), url: settings.url, health, prepare })
  const state = yield* health.state
  return state.isUp ? { version } : { away: state.reason }
})

const sqlite = Effect.fnUntraced(function* ({ path }: DatabaseSettings & { readonly kind: "sqlite" }) {
  const health = yield* makeHealth
  let version = 0
  const prepare = Effect.map(knownVersion, (known) => {
    version = known
  })
  const options = { name: path, path: resolve(path), isOwner: false, prepare, health }
  const { usedBy } = yield* Effect.mapError(Sqlite.openPrepared(options), cannotUse(path))
  return { version, ...(usedBy === undefined ? {} : { usedBy: ownerInWords("a router", usedBy) }) }
})

/** Looks at a database that is outside of the process. Fails with `StoreError` when a router could not start with it. */
export const inspect = (
  settings: Exclude<DatabaseSettings, { readonly kind: "memory" }>
): Effect.Effect<Inspection, StoreError> =>
  Effect.scoped<Inspection, StoreError, Scope.Scope>(
    settings.kind === "postgres" ? postgres(settings) : sqlite(settings)
  ).pipe(
    // The result says it all.
    Effect.provideService(References.MinimumLogLevel, "None")
  )
