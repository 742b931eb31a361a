/** Rows of events in the database: each batch in one transaction, and as often as it takes, with the same result. */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { RecordedTable } from "./facts.ts"
import { COLUMNS, type Row } from "./toRow.ts"

/** The most rows of one statement. Few sizes: databases prepare a statement once for each. */
const SIZES = [64, 16, 4, 1]

/** Cuts a list into parts of these sizes, the largest first. */
const inParts = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> => {
  const parts: Array<ReadonlyArray<A>> = []
  let from = 0
  for (const size of SIZES) {
    for (; items.length - from >= size; from += size) parts.push(items.slice(from, from + size))
  }
  return parts
}

const MINUTE_COLUMNS = ["minute", "outcome", "rule", "target", "bucket", "count"]

const KEPT_COLUMNS = ["handover_id", "kept_until", "request"]

const COUNT_ON =
  "ON CONFLICT (minute, outcome, rule, target, bucket) DO UPDATE SET count = minutes.count + excluded.count"

type Value = string | number | null

/** Inserts that have their text made once for each number of rows. */
const inserting = (
  sql: SqlClient.SqlClient,
  table: string,
  columns: ReadonlyArray<string>,
  end: string
): ((rows: ReadonlyArray<ReadonlyArray<Value>>) => Effect.Effect<ReadonlyArray<object>, SqlError.SqlError>) => {
  const placeholder = sql.onDialectOrElse({ pg: () => (index: number) => `$${index + 1}`, orElse: () => () => "?" })
  const textFor = (rows: number) => {
    const places = Array.from({ length: rows }, (_, row) =>
      columns.map((_, column) => placeholder(row * columns.length + column)).join(",")
    )
    return `INSERT INTO ${table} (${columns.join(",")}) VALUES (${places.join("),(")}) ${end}`
  }
  const texts = new Map(SIZES.map((size) => [size, textFor(size)]))
  return (rows) =>
    Effect.map(
      Effect.forEach(inParts(rows), (part) => sql.unsafe<object>(texts.get(part.length) ?? "", part.flat())),
      (results) => results.flat()
    )
}

/** Sums of what is equal, in an order that is the same in every process: two that count at once must not wait for each other in a circle. */
const minutesOf = (rows: ReadonlyArray<Row>): ReadonlyArray<ReadonlyArray<Value>> => {
  const counts = new Map<string, Array<Value>>()
  for (const { minute } of rows) {
    const key = JSON.stringify(minute)
    const known = counts.get(key)
    if (known === undefined) counts.set(key, [...minute, 1])
    else known[5] = Number(known[5]) + 1
  }
  return [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, values]) => values)
}

/** Makes the function that writes a batch. A batch that comes again, since nobody knows whether it was committed, counts once. */
export const makeWriteRows: Effect.Effect<
  (rows: ReadonlyArray<Row>, table: RecordedTable | undefined, now: number) => Effect.Effect<void, SqlError.SqlError>,
  never,
  SqlClient.SqlClient
> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const insertRows = inserting(sql, "handovers", COLUMNS, "ON CONFLICT (id) DO NOTHING RETURNING id")
  const insertMinutes = inserting(sql, "minutes", MINUTE_COLUMNS, COUNT_ON)
  const insertKept = inserting(sql, "kept_requests", KEPT_COLUMNS, "ON CONFLICT (handover_id) DO NOTHING")

  return (rows, table, now) =>
    Effect.gen(function* () {
      if (table !== undefined) {
        yield* sql`INSERT INTO routing_tables (version, first_seen, file) VALUES (${table.version}, ${now}, ${table.file})
          ON CONFLICT (version) DO NOTHING`
      }
      const inserted = (yield* insertRows(rows.map(({ values }) => values))) as ReadonlyArray<{ readonly id: string }>
      const ids = inserted.length === rows.length ? undefined : new Set(inserted.map(({ id }) => id))
      const fresh = ids === undefined ? rows : rows.filter(({ id }) => ids.has(id))
      yield* insertMinutes(minutesOf(fresh))
      yield* insertKept(fresh.flatMap(({ id, kept }) => (kept === undefined ? [] : [[id, kept.until, kept.request]])))
      const settled = rows.flatMap(({ settles }) => settles ?? [])
      if (settled.length > 0) yield* sql`DELETE FROM kept_requests WHERE ${sql.in("handover_id", settled)}`
    }).pipe(sql.withTransaction)
})
