/** Reads entries. A row that cannot be read, because another version has written it, hides no other. */
import { Duration, Effect, Option, Schedule, Stream } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { makeTellOnce } from "../../std/tellOnce.ts"
import type { Detail, Entry } from "../Entry.ts"
import { type Filter, HistoryUnavailable, type Page } from "../History.ts"
import { bounded } from "./bounded.ts"
import { COLUMNS, type Row, toEntry, toWhole } from "./rows.ts"
import { type Plan, planOf, selectPage, selectWritten } from "./selection.ts"

/** How often the database is asked for new entries. */
const INTERVAL = Duration.millis(500)

/** How long a stream of new entries waits for a database that is away. */
export const outages = Schedule.spaced("1 second").pipe(Schedule.upTo({ duration: "1 minute" }))

/** The entries of one statement of a stream. */
const PART = 200

/** On Postgres several routers write, and numbers that were taken earlier may come later: how far to look back for these. */
const LOOK_BACK = 500

/** The reads of entries. */
export const makeEntries = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tellOnce = yield* makeTellOnce(1)
  const lookBack = sql.onDialectOrElse({ pg: () => LOOK_BACK, orElse: () => 0 })

  const readable = Effect.fnUntraced(function* <A>(rows: ReadonlyArray<Row>, read: (row: Row) => Option.Option<A>) {
    const entries: Array<A> = []
    for (const row of rows) {
      const entry = read(row)
      if (Option.isSome(entry)) entries.push(entry.value)
      else yield* tellOnce("", `the history leaves out entries that another version has written, such as ${row.id}`)
    }
    return entries
  })

  const find = Effect.fnUntraced(function* (
    filter: Filter,
    page: Page
  ): Effect.fn.Return<ReadonlyArray<Entry>, SqlError.SqlError> {
    const found: Array<Entry> = []
    const plan = yield* planOf(sql, filter)
    let next = page
    // Fills the page although some rows cannot be read.
    while (next.limit > 0) {
      const rows = yield* selectPage(sql, plan, next)
      found.push(...(yield* readable(rows, toEntry)))
      const last = rows.at(-1)
      if (last === undefined || rows.length < next.limit) break
      const limit = page.limit - found.length
      next = page.after === undefined ? { limit, before: last.id } : { limit, after: last.id }
    }
    return page.after === undefined ? found : found.toReversed()
  })

  const get = Effect.fnUntraced(function* (id: string) {
    const [row] = yield* bounded(sql<Row>`SELECT ${sql.literal(`${COLUMNS}, detail`)} FROM handovers WHERE id = ${id}`)
    if (row === undefined) return Option.none<Entry & Detail>()
    const entry = toWhole(row)
    if (Option.isSome(entry)) return entry
    return yield* new HistoryUnavailable({
      message: `The entry ${id} is there, but another version has written it, and this one cannot read it`
    })
  })

  const stream = (filter: Filter): Stream.Stream<Entry & Detail, HistoryUnavailable> =>
    Stream.unwrap(Effect.map(bounded(planOf(sql, filter)), streamOf))

  const streamOf = (plan: Plan): Stream.Stream<Entry & Detail, HistoryUnavailable> =>
    Stream.paginate(
      { limit: PART } as Page,
      Effect.fnUntraced(function* (page) {
        const rows = yield* bounded(selectPage(sql, plan, page, true))
        const last = rows.at(-1)
        const next: Option.Option<Page> =
          last === undefined || rows.length < PART ? Option.none() : Option.some({ limit: PART, before: last.id })
        return [yield* readable(rows, toWhole), next] as const
      })
    )

  /** The number of the entry that was written last. */
  const newest = Effect.map(bounded(sql<{ seq: unknown }>`SELECT max(seq) AS seq FROM handovers`), ([row]) =>
    Number(row?.seq ?? 0)
  )

  const changes: Stream.Stream<void> = Stream.fromEffectSchedule(Effect.option(newest), Schedule.spaced(INTERVAL)).pipe(
    Stream.flatMap(Option.match({ onNone: () => Stream.empty, onSome: (seq: number) => Stream.succeed(seq) })),
    Stream.changes,
    Stream.drop(1),
    Stream.map(() => undefined)
  )

  const follow = (filter: Filter, last: number): Stream.Stream<Entry, HistoryUnavailable> =>
    Stream.suspend(() => {
      let number: number | undefined
      let shown: ReadonlySet<string> = new Set()
      const written = Effect.fnUntraced(function* (since: number) {
        const rows = yield* bounded(selectWritten(sql, filter, since - lookBack))
        const added = rows.filter(({ id }) => !shown.has(id))
        number = Math.max(since, ...rows.map(({ seq }) => Number(seq)))
        shown = new Set(rows.map(({ id }) => id))
        return added
      })
      const begin = Effect.gen(function* () {
        const since = yield* newest
        const before = yield* bounded(
          Effect.flatMap(planOf(sql, filter), (plan) => selectPage(sql, plan, { limit: last }))
        )
        // An entry that is written in between is one of the last, or new.
        const added = yield* written(since)
        const ids = new Set(before.map(({ id }) => id))
        return [...before.toReversed(), ...added.filter(({ id, seq }) => Number(seq) > since && !ids.has(id))]
      })
      const next = Effect.suspend(() => (number === undefined ? begin : written(number)))
      const entries = Effect.flatMap(Effect.retry(next, outages), (rows) => readable(rows, toEntry))
      return Stream.fromEffectSchedule(entries, Schedule.spaced(INTERVAL)).pipe(Stream.flattenIterable)
    })

  return { find: (filter: Filter, page: Page) => bounded(find(filter, page)), get, stream, changes, follow }
})
