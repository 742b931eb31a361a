/** The recorder: from the journal to the database. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Exit, Layer, Logger, Metric, Scope } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { Journal } from "../../src/handover/Journal.ts"
import type { HandoverEvent, JournalEvent } from "../../src/handover/JournalEvent.ts"
import { DEFAULT_HISTORY, type HistorySettings } from "../../src/history/HistorySettings.ts"
import { recordedTable } from "../../src/history/record/facts.ts"
import { Recorder } from "../../src/history/record/Recorder.ts"
import { MEMORY_ENTRIES, removeOld } from "../../src/history/record/retention.ts"
import { toRow } from "../../src/history/record/toRow.ts"
import { MAX_WAITING, makeWaiting } from "../../src/history/record/Waiting.ts"
import { makeWriteRows } from "../../src/history/record/writeRows.ts"
import * as TablePolicy from "../../src/routing/policy/TablePolicy.ts"
import type { Database } from "../../src/store/Database.ts"
import { memoryDatabase, sqliteDatabase } from "../support/database.ts"
import { EVENT_TIME, failedEvent, handoverEvent, handoverId, refusalEvent } from "../support/events.ts"
import { postgresDatabase } from "../support/postgres.ts"
import { request } from "../support/request.ts"

const policy = TablePolicy.layerTable({ rules: [{ name: "r-1", to: { queue: "q-1" } }] })

const table = recordedTable({ version: "v1", file: { rules: [{ name: "r-1", to: { queue: "q-1" } }] } })

/** Nothing of the events is too old. */
const forever: HistorySettings = {
  ...DEFAULT_HISTORY,
  retention: Duration.days(36_500),
  keepFailed: Duration.days(36_500)
}

const recorder = (settings = forever) =>
  Recorder.layer(settings).pipe(Layer.provideMerge(Journal.layer()), Layer.provide(policy))

const record = (...events: ReadonlyArray<JournalEvent>) =>
  Effect.flatMap(Journal, (journal) => Effect.forEach(events, journal.record, { discard: true }))

const flush = Effect.flatMap(Recorder, ({ flush }) => flush)

const query = <A extends object>(text: string) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe<A>(text))

const numberOf = (from: string) =>
  Effect.map(query<{ n: number | string }>(`SELECT count(*) AS n FROM ${from}`), ([row]) => Number(row?.n))

const sumOfMinutes = Effect.map(query<{ n: number | string }>("SELECT sum(count) AS n FROM minutes"), ([row]) =>
  Number(row?.n ?? 0)
)

const events = (count: number, more: Partial<HandoverEvent> = {}) =>
  Array.from({ length: count }, (_, index) => handoverEvent({ handoverId: handoverId(index), ...more }))

const rows = (...of: ReadonlyArray<JournalEvent>) =>
  of.flatMap((event) => toRow(event, { settings: forever, table }, "refusal") ?? [])

for (const { database, name } of [
  { name: "memory", database: memoryDatabase },
  { name: "SQLite", database: sqliteDatabase },
  { name: "Postgres", database: postgresDatabase }
]) {
  const run = <A, E>(
    effect: Effect.Effect<A, E, Database | Journal | Recorder | SqlClient.SqlClient | Scope.Scope>,
    settings?: HistorySettings
  ) =>
    effect.pipe(
      Effect.provide(Layer.provideMerge(recorder(settings), database)),
      // Some events are impossible, and would make impossible series among those of other tests.
      Effect.provideService(Metric.MetricRegistry, new Map()),
      Effect.scoped
    )

  describe(`the recorder over ${name}`, () => {
    it.live("writes entries with their minutes, the table and a failed one's request", () =>
      run(
        Effect.gen(function* () {
          yield* record(
            ...events(3),
            handoverEvent({ handoverId: handoverId(9), at: EVENT_TIME + 60_000 }),
            failedEvent({ handoverId: handoverId(10) }),
            refusalEvent(),
            refusalEvent({ isStranger: true })
          )
          yield* flush
          const entries = yield* query("SELECT outcome, count(*) AS n FROM handovers GROUP BY outcome ORDER BY outcome")
          assert.deepStrictEqual(
            entries.map((entry) => Object.values(entry).map(String)),
            [
              ["failed", "1"],
              ["refused", "1"],
              ["success", "4"]
            ]
          )
          const minutes = yield* query(
            "SELECT minute, outcome, rule, target, count FROM minutes ORDER BY minute, outcome"
          )
          assert.deepStrictEqual(
            minutes.map((minute) => Object.values(minute).map(String).join(" ")),
            [
              `${EVENT_TIME - 30_000} failed r-1 queue:q-1 1`,
              `${EVENT_TIME - 30_000} refused   1`,
              `${EVENT_TIME - 30_000} success r-1 queue:q-1 3`,
              `${EVENT_TIME + 30_000} success r-1 queue:q-1 1`
            ]
          )
          const [recorded] = yield* query<{ version: string; file: string }>("SELECT version, file FROM routing_tables")
          assert.match(`${recorded?.version}`, /^built-in-/)
          assert.deepStrictEqual(JSON.parse(`${recorded?.file}`).rules, [{ name: "r-1", to: { queue: "q-1" } }])
          const kept = yield* query<{ handover_id: string }>("SELECT handover_id FROM kept_requests")
          assert.deepStrictEqual(
            kept.map(({ handover_id }) => handover_id),
            [handoverId(10)]
          )
        })
      )
    )

    it.live("writes by itself, soon", () =>
      run(
        Effect.gen(function* () {
          yield* record(handoverEvent())
          while ((yield* numberOf("handovers")) === 0) yield* Effect.sleep("20 millis")
        })
      )
    )

    it.live("removes the request of a failed handover that was done again", () =>
      run(
        Effect.gen(function* () {
          yield* record(failedEvent({ handoverId: handoverId(1) }), failedEvent({ handoverId: handoverId(2) }))
          yield* flush
          yield* record(handoverEvent({ handoverId: handoverId(3), againOf: handoverId(1) }))
          yield* flush
          const kept = yield* query<{ handover_id: string }>("SELECT handover_id FROM kept_requests")
          assert.deepStrictEqual(
            kept.map(({ handover_id }) => handover_id),
            [handoverId(2)]
          )
        })
      )
    )

    it.live("counts a batch once that is written twice, or in part", () =>
      run(
        Effect.gen(function* () {
          const write = yield* makeWriteRows
          const batch = rows(...events(90), failedEvent({ handoverId: handoverId(99) }))
          yield* write(batch.slice(40, 50), table, 0)
          yield* write(batch, table, 0)
          yield* write(batch, table, 0)
          assert.strictEqual(yield* numberOf("handovers"), 91)
          assert.strictEqual(yield* sumOfMinutes, 91)
          assert.strictEqual(yield* numberOf("kept_requests"), 1)
        })
      )
    )

    it.live("loses no entry for what its texts hold", () =>
      run(
        Effect.gen(function* () {
          const hostile = "a\u0000b\ud800'\"\\😀"
          yield* record(
            handoverEvent({
              request: { ...request(hostile), userId: hostile, sessionId: hostile, language: "x".repeat(100_000) },
              steps: [{ kind: "call", name: hostile, after: 0, took: 1, outcome: hostile }]
            }),
            failedEvent({
              handoverId: handoverId(2),
              request: { ...request(hostile), text: hostile, data: { hostile } }
            })
          )
          yield* flush
          assert.strictEqual(yield* numberOf("handovers"), 2)
          const [kept] = yield* query<{ request: string }>("SELECT request FROM kept_requests")
          assert.strictEqual(JSON.parse(`${kept?.request}`).request.text, hostile)
        })
      )
    )

    it.live("drops only what the database refuses", () =>
      run(
        Effect.gen(function* () {
          // No event has such a row: the column must not be null.
          const nobody = handoverEvent({
            handoverId: handoverId(50),
            tenant: undefined as never,
            outcome: null as never
          })
          yield* record(...events(20), nobody, ...events(40).slice(20))
          yield* flush
          assert.strictEqual(yield* numberOf("handovers"), 40)
          assert.strictEqual(yield* sumOfMinutes, 40)
        })
      )
    )

    it.live("goes on after an event that is no JSON", () =>
      run(
        Effect.gen(function* () {
          yield* record(
            failedEvent({ handoverId: handoverId(1), request: { ...request("help"), data: { big: 1n } } }),
            handoverEvent({ handoverId: handoverId(2) })
          )
          yield* flush
          assert.strictEqual(yield* numberOf("handovers"), 1)
        })
      )
    )

    it.live("removes what is too old, in steps, and nothing else", () =>
      run(
        Effect.gen(function* () {
          const write = yield* makeWriteRows
          const now = Date.now()
          const day = 24 * 3_600_000
          const idAt = (at: number, index: number) => {
            const time = at.toString(16).padStart(12, "0")
            return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${index.toString(16).padStart(12, "0")}`
          }
          const settings = { ...DEFAULT_HISTORY, keepFailed: Duration.hours(24) }
          const at = (time: number, index: number) =>
            toRow(failedEvent({ at: time, handoverId: idAt(time, index) }), { settings, table }, "") ?? assert.fail()
          const old = Array.from({ length: 2500 }, (_, index) => at(now - 31 * day - index * 10_000, index))
          yield* write(old, undefined, now)
          yield* write([at(now - 29 * day, 1), at(now - 25 * 3_600_000, 2), at(now - 3_600_000, 3)], undefined, now)
          yield* removeOld(settings, "sqlite")
          assert.strictEqual(yield* numberOf("handovers"), 3)
          assert.strictEqual(yield* numberOf("minutes"), 3)
          assert.strictEqual(yield* numberOf("kept_requests"), 1)
        }),
        { ...forever }
      )
    )
  })
}

describe("the recorder over memory", () => {
  it.live("keeps the last entries", () =>
    Effect.gen(function* () {
      const write = yield* makeWriteRows
      const batch = rows(...events(MEMORY_ENTRIES / 4 + 20).map((event) => event))
      for (let part = 0; part < 4; part++) {
        yield* write(
          batch.map((row) => {
            const id = `${part}${row.id}`
            return { ...row, id, values: [id, ...row.values.slice(1)] }
          }),
          undefined,
          0
        )
      }
      yield* removeOld(forever, "memory")
      assert.strictEqual(yield* numberOf("handovers"), MEMORY_ENTRIES)
      const [first] = yield* query<{ id: string }>("SELECT min(id) AS id FROM handovers")
      assert.strictEqual(first?.id, `0${handoverId(80)}`)
    }).pipe(Effect.provide(memoryDatabase))
  )
})

/** A database whose transactions wait for a gate, or fail first. */
const gated = (gate: Effect.Effect<void, SqlError.SqlError>) =>
  Layer.effect(
    SqlClient.SqlClient,
    Effect.map(SqlClient.SqlClient, (sql) => {
      const withTransaction: SqlClient.SqlClient["withTransaction"] = (effect) =>
        Effect.andThen(gate, sql.withTransaction(effect))
      return new Proxy(sql, {
        get: (target, key) => (key === "withTransaction" ? withTransaction : Reflect.get(target, key))
      })
    })
  ).pipe(Layer.provideMerge(memoryDatabase))

const away = new SqlError.SqlError({
  reason: new SqlError.ConnectionError({ cause: new Error("planted"), message: "planted", operation: "connect" })
})

describe("a database that is away", () => {
  it.live("is written to when it is back; the log says so, once", () => {
    const lines: Array<string> = []
    const log = Logger.make(({ message }) => void lines.push(String(message)))
    let attempts = 0
    const gate = Effect.suspend(() => (++attempts <= 2 ? Effect.fail(away) : Effect.void))
    return Effect.gen(function* () {
      yield* record(...events(30))
      while ((yield* numberOf("handovers")) < 30) yield* Effect.sleep("20 millis")
      yield* flush
      assert.strictEqual(yield* sumOfMinutes, 30)
      assert.deepStrictEqual(lines, [
        "the history waits, in bounded memory: it could not be written (ConnectionError)",
        "the history is written again"
      ])
    }).pipe(Effect.provide(Layer.provideMerge(Layer.provideMerge(recorder(), gated(gate)), Logger.layer([log]))))
  })

  it.live("takes no more than the bounded queue of what hangs, and holds up no event", () => {
    const gate = Deferred.makeUnsafe<void>()
    return Effect.gen(function* () {
      const many = MAX_WAITING + 500
      const one = handoverEvent()
      for (let index = 0; index < many; index++) {
        const id = `${handoverId(1)}${index.toString(16).padStart(6, "0")}`
        yield* record({ ...one, handoverId: id })
      }
      assert.strictEqual(yield* numberOf("handovers"), 0)
      yield* Deferred.succeed(gate, undefined)
      while ((yield* numberOf("handovers")) < MAX_WAITING) yield* Effect.sleep("50 millis")
      yield* flush
      assert.strictEqual(yield* numberOf("handovers"), MAX_WAITING)
      assert.strictEqual(yield* sumOfMinutes, MAX_WAITING)
    }).pipe(Effect.provide(Layer.provideMerge(recorder(), gated(Deferred.await(gate)))))
  })

  it.live("holds up a shutdown for two seconds at the most; what is lost is counted", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const log = Logger.make(({ message }) => void lines.push(String(message)))
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(
        Layer.provideMerge(recorder(), gated(Effect.never)).pipe(Layer.provideMerge(Logger.layer([log]))),
        scope
      )
      yield* Effect.provideContext(record(...events(3)), context)
      yield* Effect.provideContext(Scope.close(scope, Exit.void), context)
      assert.deepStrictEqual(lines, [
        "the router ends before the database has taken all entries of the history; the metric router_history_dropped_total counts what is lost"
      ])
    })
  )

  it.live("has what waited at a shutdown, when it answers", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const context = yield* Layer.build(memoryDatabase)
        const running = Effect.scoped(Effect.provide(record(...events(30)), recorder()))
        yield* Effect.provideContext(running, context)
        assert.strictEqual(yield* Effect.provideContext(numberOf("handovers"), context), 30)
      })
    )
  )
})

describe("the queue", () => {
  const row = (size: number) => ({ ...(rows(handoverEvent())[0] ?? assert.fail()), size })

  it("is bounded by bytes too", () => {
    const waiting = makeWaiting()
    let taken = 0
    while (waiting.offer(row(1024 * 1024))) taken++
    assert.strictEqual(taken, 64)
    assert.isAtMost(waiting.batch().length, 4)
    const before = waiting.batch().length
    waiting.done()
    assert.strictEqual(waiting.size(), 64 - before)
    assert.isTrue(waiting.offer(row(1024)))
  })

  it("gives each row once, in order, and a huge one alone", () => {
    const waiting = makeWaiting()
    const sizes = [1, 2, 100 * 1024, 8 * 1024 * 1024, 3, 4]
    for (const size of sizes) assert.isTrue(waiting.offer(row(size)))
    const seen: Array<number> = []
    while (waiting.size() > 0) {
      seen.push(...waiting.batch().map(({ size }) => size))
      waiting.done()
      if (seen.length === 3) assert.isTrue(waiting.offer(row(5)))
    }
    assert.deepStrictEqual(seen, [...sizes, 5])
  })
})
