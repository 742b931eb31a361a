/** Removes all of a user. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { HistoryUnavailable } from "../History.ts"
import { storedUserIds } from "../stored.ts"
import { bounded } from "./bounded.ts"

/** The most entries of one transaction: the router's own batches must not wait for longer. */
const PART = 500

/** True for a kept request of a user. */
const isOf = (userId: string, kept: string): boolean => {
  const parsed: { readonly request?: { readonly userId?: unknown } } = JSON.parse(kept)
  return parsed.request?.userId === userId
}

/** Requests are kept as they came: the user's id in them is never a digest. Their JSON may hold what Postgres' own JSON refuses, such as a NUL, so it is text there. */
const keptOf = (sql: SqlClient.SqlClient, userId: string) => {
  const member = `"userId":${JSON.stringify(userId)}`
  const mentions = sql.onDialectOrElse({
    pg: () => sql`strpos(request, ${member}) > 0`,
    orElse: () => sql`instr(request, ${member}) > 0`
  })
  return Effect.map(
    sql<{ id: string; request: string }>`SELECT handover_id AS id, request FROM kept_requests WHERE ${mentions}`,
    // A flow may mention the user in its own data.
    (rows) => rows.filter(({ request }) => isOf(userId, request))
  )
}

/** What was removed is overwritten in the file of SQLite, but its log has the rows as they were. A reader may be in the way. */
const emptyLog = (sql: SqlClient.SqlClient) =>
  sql.onDialectOrElse({ pg: () => Effect.void, orElse: () => Effect.ignore(sql`PRAGMA wal_checkpoint(TRUNCATE)`) })

/** Removes entries and kept requests of a user, in parts. Entries without a user's id are found by their kept requests. Returns the number of entries. */
export const erase = (sql: SqlClient.SqlClient, userId: string): Effect.Effect<number, HistoryUnavailable> =>
  Effect.tap(eraseAll(sql, userId), () => emptyLog(sql))

const eraseAll = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  userId: string
): Effect.fn.Return<number, HistoryUnavailable> {
  const remove = Effect.fnUntraced(function* (ids: ReadonlyArray<string>) {
    yield* sql`DELETE FROM kept_requests WHERE handover_id IN ${sql.in(ids)}`
    return (yield* sql`DELETE FROM handovers WHERE id IN ${sql.in(ids)} RETURNING id`).length
  })
  const removeAll = (ids: ReadonlyArray<{ readonly id: string }>) =>
    bounded(sql.withTransaction(remove(ids.map(({ id }) => id))))

  let removed = 0
  const kept = yield* bounded(keptOf(sql, userId))
  for (let at = 0; at < kept.length; at += PART) removed += yield* removeAll(kept.slice(at, at + PART))
  while (true) {
    const ids = yield* bounded(
      sql<{ id: string }>`SELECT id FROM handovers WHERE user_id IN ${sql.in(storedUserIds(userId))} LIMIT ${PART}`
    )
    if (ids.length === 0) return removed
    removed += yield* removeAll(ids)
  }
})
