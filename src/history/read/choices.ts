/** The values that filters can have. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { idsFrom } from "../idTimes.ts"

/** The most values of a list of choices. */
const MOST = 1000

/** The values of a column in entries since a time: the index leads from one value to the next, however many entries have it. */
const valuesOf = (
  sql: SqlClient.SqlClient,
  column: "rule" | "target" | "language",
  since: number
): Effect.Effect<ReadonlyArray<string>, SqlError.SqlError> => {
  const name = sql(column)
  return Effect.map(
    sql<{ value: string }>`WITH RECURSIVE found (value) AS (
      SELECT min(${name}) FROM handovers
      UNION ALL SELECT (SELECT min(${name}) FROM handovers WHERE ${name} > found.value) FROM found WHERE found.value IS NOT NULL
    ) SELECT value FROM found
    WHERE value IS NOT NULL AND EXISTS (SELECT 1 FROM handovers WHERE ${name} = found.value AND id >= ${idsFrom(since)})
    LIMIT ${MOST}`,
    (rows) => rows.map(({ value }) => value)
  )
}

/** The rules, targets and languages of the entries since a time, in milliseconds since 1970. */
export const choicesSince = (sql: SqlClient.SqlClient, since: number) =>
  Effect.all({
    rules: valuesOf(sql, "rule", since),
    targets: valuesOf(sql, "target", since),
    languages: valuesOf(sql, "language", since)
  })
