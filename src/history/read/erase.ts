/** Removes all of a user. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { HistoryUnavailable } from "../History.ts"
import { storedUserIds } from "../stored.ts"
import { bounded } from "./bounded.ts"

/** The most entries of one transaction: the router's own batches must not wait for longer. */
const PART = 500

/** Requests are kept as they came: the user's id in them is never a digest. */
const keptOf = (sql: SqlClient.SqlClient, userId: string) => {
  const id = sql.onDialectOrElse({
    pg: () => sql`request::json #>> '{request,userId}'`,
    orElse: () => sql`json_extract(request, '$.request.userId')`
  })
  return sql<{ id: string }>`SELECT handover_id AS id FROM kept_requests WHERE ${id} = ${userId}`
}

/** SQLite leaves removed rows in its file until their place is used again, unless it is told to overwrite them. */
const overwriting =
  (sql: SqlClient.SqlClient) =>
  <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    sql.onDialectOrElse({
      pg: () => effect,
      orElse: () =>
        Effect.ignore(sql`PRAGMA secure_delete = ON`).pipe(
          Effect.andThen(effect),
          // The log, too: it has the rows as they were. A reader may be in the way.
          Effect.tap(() => Effect.ignore(sql`PRAGMA wal_checkpoint(TRUNCATE)`)),
          Effect.ensuring(Effect.ignore(sql`PRAGMA secure_delete = OFF`))
        )
    })

/** Removes entries and kept requests of a user, in parts. Entries without a user's id are found by their kept requests. Returns the number of entries. */
export const erase = (sql: SqlClient.SqlClient, userId: string): Effect.Effect<number, HistoryUnavailable> =>
  overwriting(sql)(eraseAll(sql, userId))

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
