/** The SQL of a selection of entries: one index leads to the entries in the order of their ids, so that a page costs as much as it shows. */
import { Effect } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"
import { OUTCOMES } from "../Entry.ts"
import type { Filter, Page } from "../History.ts"
import { idsFrom } from "../idTimes.ts"
import { storedText, storedUserIds } from "../stored.ts"
import { COLUMNS, type Row } from "./rows.ts"

/** A column with any of these values. */
interface Condition {
  readonly column: string
  readonly values: ReadonlyArray<string>
}

/** Conditions on columns, those that fewest entries meet first. */
const conditionsOf = (filter: Filter): ReadonlyArray<Condition> => {
  const wanted = new Set(filter.outcomes)
  const outcomes = { column: "outcome", values: wanted.size === OUTCOMES.length ? [] : [...wanted] }
  const isRare = !wanted.has("success")
  const one = (column: string, value: string | undefined) => ({
    column,
    values: value === undefined ? [] : [storedText(value)]
  })
  return [
    one("first_id", filter.firstId),
    one("again_of", filter.againOf),
    one("correlation_id", filter.correlationId),
    one("session_id", filter.sessionId),
    { column: "user_id", values: filter.userId === undefined ? [] : storedUserIds(filter.userId) },
    ...(isRare ? [outcomes] : []),
    one("rule", filter.rule),
    one("target", filter.target),
    one("language", filter.language),
    ...(isRare ? [] : [outcomes])
  ].filter(({ values }) => values.length > 0)
}

/** A condition that leads SQLite to no index: it keeps no statistics of its own accord. Postgres knows which index is best. */
const beside = (sql: SqlClient.SqlClient, { column, values }: Condition) => {
  const sign = sql.onDialectOrElse({ pg: () => sql.literal(""), orElse: () => sql.literal("+") })
  return sql`${sign}${sql(column)} IN ${sql.in(values)}`
}

/** The one lower and the one upper bound of ids: SQLite looks at no more than these. */
const between = (
  sql: SqlClient.SqlClient,
  { from, to }: Filter,
  { after, before }: Pick<Page, "after" | "before"> = {}
): ReadonlyArray<Statement.Fragment> => {
  const [start, end] = [from === undefined ? "" : idsFrom(from), to === undefined ? undefined : idsFrom(to)]
  const isAfter = after !== undefined && after >= start
  const isBefore = before !== undefined && (end === undefined || before < end)
  return [
    ...(isAfter ? [sql`id > ${after}`] : start === "" ? [] : [sql`id >= ${start}`]),
    ...(isBefore ? [sql`id < ${before}`] : end === undefined ? [] : [sql`id < ${end}`])
  ]
}

/** The columns that many entries share values of. */
const SHARED = new Set(["outcome", "rule", "target", "language"])

/** As many entries are counted to find the condition that leads. */
const COUNTED = 5000

/** A selection whose first condition leads to the entries. */
export interface Plan {
  readonly filter: Filter
  readonly conditions: ReadonlyArray<Condition>
}

/**
 * The plan for a selection. SQLite keeps no statistics of values: where several conditions are on shared columns, it counts, up to a bound, for which one there are
 * the fewest entries. Postgres knows.
 */
export const planOf = (sql: SqlClient.SqlClient, filter: Filter): Effect.Effect<Plan, SqlError.SqlError> => {
  const conditions = conditionsOf(filter)
  const isPostgres = sql.onDialectOrElse({ pg: () => true, orElse: () => false })
  if (isPostgres || conditions.length < 2 || !conditions.every(({ column }) => SHARED.has(column))) {
    return Effect.succeed({ filter, conditions })
  }
  const counts = conditions.map(
    ({ column, values }) =>
      sql`(SELECT count(*) FROM (SELECT 1 FROM handovers WHERE ${sql.and([sql`${sql(column)} IN ${sql.in(values)}`, ...between(sql, filter)])} LIMIT ${COUNTED})) AS ${sql(column)}`
  )
  return Effect.map(sql<Record<string, number>>`SELECT ${sql.csv(counts)}`, ([row = {}]) => ({
    filter,
    conditions: conditions.toSorted((one, other) => Number(row[one.column]) - Number(row[other.column]))
  }))
}

/** A part of a selection in the order of the ids: newest first, with `after` oldest first. With `rest` the rows have the column `detail`. */
export const selectPage = (
  sql: SqlClient.SqlClient,
  { conditions: [lead, ...others], filter }: Plan,
  page: Page,
  rest = false
): Statement.Statement<Row> => {
  const columns = sql.literal(rest ? `${COLUMNS}, detail` : COLUMNS)
  const order = sql.literal(page.after === undefined ? "DESC" : "ASC")
  const conditions = [...others.map((condition) => beside(sql, condition)), ...between(sql, filter, page)]
  const part = (leading: ReadonlyArray<Statement.Fragment>) =>
    sql<Row>`SELECT ${columns} FROM handovers WHERE ${sql.and([...leading, ...conditions])} ORDER BY id ${order} LIMIT ${page.limit}`
  if (lead === undefined) return part([])
  const parts = lead.values.map((value) => part([sql`${sql(lead.column)} = ${value}`]))
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  // Each part comes in the order of its index, so that none is sorted whole.
  const all = parts.map((one, at) => sql`SELECT * FROM (${one}) AS ${sql(`part${at}`)}`)
  return sql<Row>`${sql.join(" UNION ALL ", false)(all)} ORDER BY id ${order} LIMIT ${page.limit}`
}

/** The entries of a selection that were written after another one, by their numbers `seq`, in the order in which they were written. */
export const selectWritten = (
  sql: SqlClient.SqlClient,
  filter: Filter,
  after: number
): Statement.Statement<Row & { readonly seq: unknown }> => {
  const conditions = [
    sql`seq > ${after}`,
    ...conditionsOf(filter).map((condition) => beside(sql, condition)),
    ...between(sql, filter)
  ]
  return sql`SELECT ${sql.literal(COLUMNS)}, seq FROM handovers WHERE ${sql.and(conditions)} ORDER BY seq`
}
