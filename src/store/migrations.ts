/** The tables of the database, as SQLite and Postgres both take them. A released migration never changes: a later one does. */
import { Effect } from "effect"
import { Migrator, SqlClient } from "effect/sql"

const history = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // Text sorts by its bytes in both: ids of version 7 sort by time.
  const id = sql.onDialectOrElse({ pg: () => sql.literal('text COLLATE "C"'), orElse: () => sql.literal("text") })
  const real = sql.onDialectOrElse({ pg: () => sql.literal("double precision"), orElse: () => sql.literal("real") })
  yield* sql`CREATE TABLE handovers (
    id ${id} PRIMARY KEY,
    at bigint NOT NULL,
    took ${real} NOT NULL,
    tenant text,
    outcome text NOT NULL,
    reason text NOT NULL,
    status integer NOT NULL,
    rule text,
    table_version text,
    target text,
    conversation_id text,
    intent text,
    language text,
    channel text,
    user_id text,
    session_id text,
    correlation_id text,
    first_id text,
    again_of text,
    detail text NOT NULL
  )`
  for (const column of ["outcome", "rule", "target", "language"]) {
    yield* sql`CREATE INDEX ${sql(`handovers_${column}`)} ON handovers (${sql(column)}, id)`
  }
  for (const column of ["user_id", "session_id", "correlation_id", "first_id", "again_of"]) {
    yield* sql`CREATE INDEX ${sql(`handovers_${column}`)} ON handovers (${sql(column)}, id) WHERE ${sql(column)} IS NOT NULL`
  }
  yield* sql`CREATE TABLE kept_requests (
    handover_id ${id} PRIMARY KEY,
    kept_until bigint NOT NULL,
    request text NOT NULL
  )`
  yield* sql`CREATE INDEX kept_requests_kept_until ON kept_requests (kept_until)`
  yield* sql`CREATE TABLE minutes (
    minute bigint NOT NULL,
    outcome text NOT NULL,
    rule text NOT NULL,
    target text NOT NULL,
    bucket integer NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (minute, outcome, rule, target, bucket)
  )`
  yield* sql`CREATE TABLE routing_tables (
    version text PRIMARY KEY,
    first_seen bigint NOT NULL,
    file text NOT NULL
  )`
  yield* sql`CREATE TABLE audit (
    id ${id} PRIMARY KEY,
    at bigint NOT NULL,
    who text NOT NULL,
    what text NOT NULL,
    subject text
  )`
})

const byNumber = { "1_history": history }

/** The migrations by their numbers. */
export const migrations = Migrator.fromRecord(byNumber)

/** The version of the tables after all migrations. */
export const latest = Object.keys(byNumber).length
