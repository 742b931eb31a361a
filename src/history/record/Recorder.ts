/** Writes the history: listens to the journal, and writes in batches off the path of handovers. */
import { randomBytes } from "node:crypto"
import {
  type Cause,
  Clock,
  Context,
  Duration,
  Effect,
  Fiber,
  Latch,
  Layer,
  Metric,
  Predicate,
  Schedule,
  Semaphore
} from "effect"
import { SecureRandom } from "effect/crypto"
import { type SqlClient, SqlError } from "effect/sql"
import { Journal } from "../../handover/Journal.ts"
import type { JournalEvent } from "../../handover/JournalEvent.ts"
import { type LiveRoutes, RoutingPolicy } from "../../routing/RoutingPolicy.ts"
import { inBackground } from "../../std/background.ts"
import { inWords } from "../../std/clock.ts"
import { count, declare, observe } from "../../std/metrics.ts"
import { Database } from "../../store/Database.ts"
import type { HistorySettings } from "../HistorySettings.ts"
import { historyDroppedTotal, historyQueue, historyWrittenTotal } from "../metrics.ts"
import { type RecordedTable, recordedTable } from "./facts.ts"
import { isContentRefused } from "./refusal.ts"
import { retain } from "./retention.ts"
import { type Row, toRow } from "./toRow.ts"
import { makeWaiting } from "./Waiting.ts"
import { makeWriteRows } from "./writeRows.ts"

/** How long rows are collected for one batch: what was answered is in the database well within a second. */
const BATCH_INTERVAL = Duration.millis(100)

/** The longest that one batch may take. One that hangs is written again: it counts once. */
const WRITE_TIMEOUT = Duration.seconds(10)

/** The longest that a flush waits, and with it the shutdown. */
const FLUSH_TIMEOUT = Duration.seconds(2)

/** The pauses between the attempts to write while the database is away: 200 ms, doubled up to 5 s, for as long as it takes. */
export const outageSchedule = Schedule.min([Schedule.exponential("200 millis"), Schedule.spaced("5 seconds")]).pipe(
  Schedule.jittered
)

/** The reasons of `router_history_dropped_total`. */
const DROPS = ["full", "refused", "shutdown", "unreadable"] as const

type Drop = (typeof DROPS)[number]

/** The beginning of the log line about each. */
const LOST: Readonly<Record<Drop, string>> = {
  full: "the history waits for the database, and takes no more entries until it answers",
  refused: "the database refuses an entry of the history",
  shutdown: "the router ends before the database has taken all entries of the history",
  unreadable: "a handover cannot be recorded: its request or its answer is no JSON"
}

const dropsOf = (reason: Drop) => Metric.withAttributes(historyDroppedTotal, { reason })

/** Why the database did not take a batch. Its own messages may quote what customers said. */
const causeOf = (error: SqlError.SqlError | Cause.TimeoutError): string => {
  if (error._tag === "TimeoutError") return `no answer within ${inWords(WRITE_TIMEOUT)}`
  const { cause, _tag } = error.reason
  const code = Predicate.hasProperty(cause, "code") ? ` ${cause.code}` : ""
  return `${_tag}${code}`
}

const unknownError = (cause: unknown) =>
  new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause, operation: "execute" }) })

/** Writes the history. */
export class Recorder extends Context.Service<
  Recorder,
  {
    /** Writes the rows that wait, within 2 s. An erasure does it first, so that no entry of the user is written after it. */
    readonly flush: Effect.Effect<void>
  }
>()("cognigy-cxone-router/history/Recorder") {
  /** Records the events of the journal until the scope closes, and removes old rows. */
  static readonly layer = (
    settings: HistorySettings
  ): Layer.Layer<Recorder, never, Database | Journal | RoutingPolicy | SqlClient.SqlClient> =>
    Layer.effect(Recorder, make(settings))
}

/** The live table: each version is examined once. */
const makeTables = () => {
  let known: { readonly routes: LiveRoutes; readonly table: RecordedTable } | undefined
  return (routes: LiveRoutes | undefined): RecordedTable | undefined => {
    if (routes === undefined) return undefined
    if (known?.routes.file !== routes.file) known = { routes, table: recordedTable(routes) }
    return known.table
  }
}

const make = Effect.fnUntraced(function* (settings: HistorySettings) {
  const { listen } = yield* Journal
  const { routes } = yield* RoutingPolicy
  const { kind, ready } = yield* Database
  const write = yield* makeWriteRows
  const { uuidV7 } = SecureRandom.make(randomBytes)
  const waiting = makeWaiting()
  const isThere = yield* Latch.make(false)
  const turn = yield* Semaphore.make(1)
  const tableOf = makeTables()
  let table: RecordedTable | undefined
  let stored: RecordedTable | undefined
  /** The reasons of losses that are in the log, until the database answers again. */
  const told = new Set<Drop>()
  yield* declare([historyWrittenTotal, ...DROPS.map(dropsOf)])
  yield* observe(historyQueue, waiting.size)

  const drop = Effect.fnUntraced(function* (reason: Drop, rows: number) {
    yield* count(historyDroppedTotal, { reason }, rows)
    if (told.has(reason)) return
    told.add(reason)
    yield* Effect.logError(`${LOST[reason]}; the metric router_history_dropped_total counts what is lost`)
  })

  const record = Effect.fnUntraced(function* (event: JournalEvent) {
    const id = event._tag === "Refusal" ? yield* uuidV7() : event.handoverId
    table = tableOf(yield* routes)
    const row = toRow(event, { settings, table }, id)
    if (row === undefined) return
    if (!waiting.offer(row)) return yield* drop("full", 1)
    isThere.openUnsafe()
  })

  /** Writes rows, in halves where the database refuses one of them. */
  const writeAll = (rows: ReadonlyArray<Row>): Effect.Effect<void, SqlError.SqlError> =>
    Effect.gen(function* () {
      const current = table
      yield* write(rows, current === stored ? undefined : current, yield* Clock.currentTimeMillis)
      stored = current
      yield* count(historyWrittenTotal, {}, rows.length)
    }).pipe(
      Effect.catchIf(isContentRefused, () => {
        if (rows.length <= 1) return drop("refused", rows.length)
        const half = rows.length >> 1
        return Effect.andThen(writeAll(rows.slice(0, half)), writeAll(rows.slice(half)))
      })
    )

  const writeBatch = Effect.gen(function* () {
    const rows = waiting.batch()
    let isAway = false
    yield* writeAll(rows).pipe(
      // A driver that dies is away, too: the batches after this one must be written.
      Effect.catchDefect((defect) => Effect.fail(unknownError(defect))),
      Effect.timeout(WRITE_TIMEOUT),
      Effect.tapError((error) => {
        // It may come back as another one, without the table.
        stored = undefined
        if (isAway) return Effect.void
        isAway = true
        return Effect.logWarning(`the history waits, in bounded memory: it could not be written (${causeOf(error)})`)
      }),
      Effect.retry(outageSchedule),
      // It has no end.
      Effect.orDie
    )
    waiting.done()
    if (!isAway) return rows.length
    told.clear()
    yield* Effect.logInfo("the history is written again")
    return rows.length
  })

  /** Writes the rows that wait. One at a time: a batch may be waiting for the database. */
  const drain = turn.withPermit(
    Effect.gen(function* () {
      let left = waiting.size()
      while (left > 0) left -= yield* writeBatch
    })
  )

  // In a fiber of its own: a transaction that hangs cannot be interrupted in all of its parts.
  const flush = Effect.flatMap(Effect.forkDetach(drain), (draining) =>
    Effect.asVoid(Effect.timeoutOption(Effect.interruptible(Fiber.await(draining)), FLUSH_TIMEOUT))
  )

  yield* isThere.await.pipe(
    Effect.andThen(Effect.sleep(BATCH_INTERVAL)),
    Effect.andThen(Effect.sync(() => isThere.closeUnsafe())),
    Effect.andThen(drain),
    Effect.forever,
    (writing) => Effect.andThen(ready, writing),
    inBackground
  )
  yield* inBackground(Effect.andThen(ready, retain(settings, kind)))
  yield* Effect.addFinalizer(() =>
    Effect.andThen(
      flush,
      Effect.suspend(() => (waiting.size() === 0 ? Effect.void : drop("shutdown", waiting.size())))
    )
  )
  yield* listen((event) => Effect.catchDefect(record(event), () => drop("unreadable", 1)))
  return Recorder.of({ flush })
})
