/** Removes old rows, in short steps that lock little. Several processes on one Postgres may all do it. */
import { Clock, Duration, Effect, Schedule } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { DatabaseSettings } from "../../store/DatabaseSettings.ts"
import type { HistorySettings } from "../HistorySettings.ts"
import { idsFrom } from "../idTimes.ts"

/** The entries that are kept in memory, and the counts of minutes: a few tens of MiB. */
export const MEMORY_ENTRIES = 10_000
const MEMORY_MINUTES = 50_000

/** The whole requests that are kept in memory: each may be 256 KiB. */
const MEMORY_REQUESTS = 100

/** The most entries that one step removes. */
const STEP = 1000

/** An hour, the minutes that one step removes. */
const MINUTES_STEP = Duration.toMillis(Duration.hours(1))

/** The pause between two steps: handovers are written meanwhile. */
const stepSchedule = Schedule.spaced("50 millis")

/** How often old rows are removed: more often in memory, which fills faster. */
const retentionSchedule = (kind: DatabaseSettings["kind"]) =>
  Schedule.spaced(kind === "memory" ? "2 seconds" : "1 minute")

/** A step: the most rows that it may remove, and the number that it removed. */
interface Step {
  readonly most: number
  readonly remove: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>
}

/** Repeats a step until it removes less than it may. */
const all = ({ most, remove }: Step) =>
  Effect.asVoid(
    Effect.repeat(
      remove,
      Schedule.while(stepSchedule, ({ input }: { readonly input: ReadonlyArray<unknown> }) => input.length >= most)
    )
  )

/** Removes what is too old, once. */
export const removeOld = Effect.fnUntraced(function* (settings: HistorySettings, kind: DatabaseSettings["kind"]) {
  const sql = yield* SqlClient.SqlClient
  const now = yield* Clock.currentTimeMillis
  const before = now - Duration.toMillis(settings.retention)
  yield* all({
    most: STEP,
    remove: sql`DELETE FROM handovers WHERE id IN (
      SELECT id FROM handovers WHERE id < ${idsFrom(before)} ORDER BY id LIMIT ${STEP}) RETURNING 1 AS one`
  })
  yield* all({
    most: 1,
    remove: sql`DELETE FROM minutes WHERE minute < ${Math.floor(before / 60_000) * 60_000}
      AND minute < (SELECT min(minute) FROM minutes) + ${MINUTES_STEP} RETURNING 1 AS one`
  })
  yield* all({
    most: STEP,
    remove: sql`DELETE FROM kept_requests WHERE handover_id IN (
      SELECT handover_id FROM kept_requests WHERE kept_until <= ${now} ORDER BY kept_until LIMIT ${STEP}) RETURNING 1 AS one`
  })
  if (kind !== "memory") return
  yield* sql`DELETE FROM handovers WHERE id <= (SELECT id FROM handovers ORDER BY id DESC LIMIT 1 OFFSET ${MEMORY_ENTRIES})`
  yield* sql`DELETE FROM kept_requests
    WHERE handover_id <= (SELECT handover_id FROM kept_requests ORDER BY handover_id DESC LIMIT 1 OFFSET ${MEMORY_REQUESTS})`
  yield* sql`DELETE FROM minutes WHERE minute < (SELECT minute FROM minutes ORDER BY minute DESC LIMIT 1 OFFSET ${MEMORY_MINUTES})`
})

/** Removes old rows at the start and from time to time. A database that is away is tried again the next time. */
export const retain = (
  settings: HistorySettings,
  kind: DatabaseSettings["kind"]
): Effect.Effect<void, never, SqlClient.SqlClient> =>
  Effect.asVoid(Effect.repeat(Effect.ignore(removeOld(settings, kind)), retentionSchedule(kind)))
