/** Fills a database with a history that is made up, for tests, screenshots and measurements. */
import { Array as Arr, Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { HandoverRequest } from "../../src/domain/HandoverRequest.ts"
import type { Detail, Entry } from "../../src/history/Entry.ts"
import { latencyBucket } from "../../src/history/latency.ts"
import { madeUpEntry, randomOf, routes, TABLE } from "./madeUpEntries.ts"

/** The entries of one statement: SQLite takes 32,766 parameters. */
const PART = 500

const HOUR = 3_600_000

/** A history that is made up. */
export interface MadeUp {
  /** The number of entries. */
  readonly count: number
  /** Another one gives other entries. Default 1. */
  readonly seed?: number
  /** The time of the first one, in milliseconds since 1970. Default 24 hours before `to`. */
  readonly from?: number
  /** The time after the last one. Default now. */
  readonly to?: number
}

const textOf = (target: Entry["target"]) => (target === null ? null : `${target.type}:${target.id}`)

const rowOf = ({
  answer,
  facts,
  orphan,
  priority,
  steps,
  table,
  target,
  targets,
  againOf,
  conversationId,
  correlationId,
  firstId,
  sessionId,
  userId,
  ...entry
}: Entry & Detail) => ({
  ...entry,
  table_version: table,
  target: textOf(target),
  conversation_id: conversationId,
  user_id: userId,
  session_id: sessionId,
  correlation_id: correlationId,
  first_id: firstId,
  again_of: againOf,
  detail: JSON.stringify({ answer, facts, orphan, priority, steps, targets })
})

/** Inserts rows, if there are any. */
const insert = (
  sql: SqlClient.SqlClient,
  table: string,
  rows: ReadonlyArray<Record<string, unknown>>,
  rest = ""
): Effect.Effect<void, SqlError.SqlError> =>
  Arr.isReadonlyArrayNonEmpty(rows)
    ? Effect.asVoid(sql`INSERT INTO ${sql(table)} ${sql.insert(rows)} ${sql.literal(rest)}`)
    : Effect.void

/** Adds entries as they are to the database, and to the counts of their minutes. */
export const insertEntries = Effect.fnUntraced(function* (
  entries: ReadonlyArray<Entry & Detail>
): Effect.fn.Return<void, SqlError.SqlError, SqlClient.SqlClient> {
  const sql = yield* SqlClient.SqlClient
  yield* insert(sql, "handovers", entries.map(rowOf))
  const minutes = new Map<string, { count: number; readonly [column: string]: string | number }>()
  for (const { at, outcome, rule, target, took } of entries) {
    const minute = Math.floor(at / 60_000) * 60_000
    const row = { minute, outcome, rule: rule ?? "", target: textOf(target) ?? "", bucket: latencyBucket(took) }
    const key = JSON.stringify(row)
    const counted = minutes.get(key)
    if (counted === undefined) minutes.set(key, { ...row, count: 1 })
    else counted.count++
  }
  yield* insert(
    sql,
    "minutes",
    [...minutes.values()],
    "ON CONFLICT (minute, outcome, rule, target, bucket) DO UPDATE SET count = minutes.count + excluded.count"
  )
})

/** The request of an entry, as it was before. */
const requestOf = ({ channel, intent, language, sessionId, userId }: Entry): HandoverRequest => ({
  intent: intent ?? "",
  userId: userId ?? "",
  entities: [],
  sessionId: sessionId ?? undefined,
  language: language ?? undefined,
  channel: channel ?? undefined
})

/** Adds a history that is made up: its entries, the newest last, the requests of the failed ones of the last 24 hours, and the table. Returns the newest entry. */
export const fillHistory = Effect.fnUntraced(function* ({
  count,
  seed = 1,
  to = Date.now(),
  from = to - 24 * HOUR
}: MadeUp): Effect.fn.Return<(Entry & Detail) | undefined, SqlError.SqlError, SqlClient.SqlClient> {
  const sql = yield* SqlClient.SqlClient
  const random = randomOf(seed)
  let newest: (Entry & Detail) | undefined
  const file = JSON.stringify(routes)
  yield* insert(sql, "routing_tables", [{ version: TABLE, first_seen: from, file }], "ON CONFLICT (version) DO NOTHING")
  for (let start = 0; start < count; start += PART) {
    const entries: Array<Entry & Detail> = []
    for (let at = start; at < Math.min(count, start + PART); at++) {
      newest = madeUpEntry(Math.floor(from + ((to - from) * at) / count), random, newest)
      entries.push(newest)
    }
    const kept = entries.filter(({ at, outcome }) => outcome === "failed" && at > to - 24 * HOUR)
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* insertEntries(entries)
        yield* insert(
          sql,
          "kept_requests",
          kept.map((entry) => ({
            handover_id: entry.id,
            kept_until: entry.at + 24 * HOUR,
            request: JSON.stringify({ request: requestOf(entry) })
          }))
        )
      })
    )
  }
  return newest
})
