/** Makes the tables, or brings them up to date. */
import { Effect } from "effect"
import { Migrator, SqlClient, type SqlError } from "effect/sql"
import { latest, migrations } from "./migrations.ts"
import { StoreError } from "./StoreError.ts"

/** The table of the migrations that a database has seen. */
const TABLE = "router_migrations"

const NEWER = "start the newest release that has used it, or use another database"

/** Refuses a database that a newer release has changed. */
const refuseNewer = Effect.fnUntraced(function* (version: number) {
  if (version <= latest) return
  return yield* new StoreError({
    problem: `it has version ${version}, and this release knows versions up to ${latest}`,
    instead: NEWER
  })
})

/** The version of the tables; 0 where there are none. */
const versionOf = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ version: number | null }>`SELECT max(migration_id) AS version FROM ${sql(TABLE)}`
  return row?.version ?? 0
})

/**
 * Runs the migrations that are new, in one transaction. Processes on one Postgres wait for each other. Fails with `StoreError` for a database of a newer release,
 * or when a migration fails.
 */
export const migrate: Effect.Effect<void, StoreError | SqlError.SqlError, SqlClient.SqlClient> = Migrator.make({})({
  loader: migrations,
  table: TABLE
}).pipe(
  Effect.catchTag("MigrationError", ({ message, cause }) =>
    Effect.fail(
      new StoreError({
        problem: `${message}${cause instanceof Error ? `: ${cause.message}` : ""}`,
        instead: "look whether the database holds tables of another program; use one of its own"
      })
    )
  ),
  Effect.andThen(versionOf),
  Effect.flatMap(refuseNewer)
)

/** The version of the tables that are there; 0 where there are none. Refuses that of a newer release. */
export const knownVersion: Effect.Effect<number, StoreError | SqlError.SqlError, SqlClient.SqlClient> = Effect.gen(
  function* () {
    const sql = yield* SqlClient.SqlClient
    const found = sql.onDialectOrElse({
      pg: () => sql`SELECT 1 AS found WHERE to_regclass(${TABLE}) IS NOT NULL`,
      orElse: () => sql`SELECT 1 AS found FROM sqlite_master WHERE name = ${TABLE}`
    })
    const version = (yield* found).length === 0 ? 0 : yield* versionOf
    yield* refuseNewer(version)
    return version
  }
)

/** Refuses a database whose tables another release has made, or nobody. */
export const checkVersion: Effect.Effect<void, StoreError | SqlError.SqlError, SqlClient.SqlClient> = Effect.flatMap(
  knownVersion,
  (version) =>
    version === latest
      ? Effect.void
      : Effect.fail(
          new StoreError({
            problem:
              version === 0
                ? "it has no tables yet"
                : `it has version ${version}, and this release needs version ${latest}`,
            instead: "start the router with it once: that makes its tables"
          })
        )
)
