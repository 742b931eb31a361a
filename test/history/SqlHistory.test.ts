import { assert, describe, it, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Option, Schedule, Stream } from "effect"
import { layer as reactivity } from "effect/reactivity/Reactivity"
import { SqlClient, Statement } from "effect/sql"
import { TestClock } from "effect/testing"
import { targetKey } from "../../src/domain/Target.ts"
import type { Detail, Entry } from "../../src/history/Entry.ts"
import { type Filter, History } from "../../src/history/History.ts"
import { hashedUserId } from "../../src/history/hashedUserId.ts"
import * as SqlHistory from "../../src/history/read/SqlHistory.ts"
import { memoryDatabase } from "../support/database.ts"
import { fillHistory, insertEntries } from "../support/history.ts"
import { madeUpEntry, randomOf, routes, TABLE } from "../support/madeUpEntries.ts"
import { postgresDatabase } from "../support/postgres.ts"

/** The pools of Postgres follow the clock: no test moves it. */
const NOW = Math.floor(Date.now() / 60_000) * 60_000

const MINUTE = 60_000

/** A database whose history has these entries, and some that are made up. */
const historyIn =
  (database: typeof memoryDatabase) =>
  (count: number, ...entries: ReadonlyArray<Entry & Detail>) =>
    SqlHistory.layer.pipe(
      Layer.provideMerge(Layer.effectDiscard(Effect.andThen(fillHistory({ count, to: NOW }), insertEntries(entries)))),
      Layer.provideMerge(database)
    )

const random = randomOf(7)

const entry = (at: number, members: Partial<Entry & Detail> = {}): Entry & Detail => ({
  ...madeUpEntry(at, random),
  ...members
})

const targetOf = ({ target }: Entry) => (target === null ? null : targetKey(target))

const holds = (filter: Filter) => (entry: Entry) =>
  (filter.outcomes === undefined || filter.outcomes.includes(entry.outcome)) &&
  (filter.rule === undefined || entry.rule === filter.rule) &&
  (filter.target === undefined || targetOf(entry) === filter.target) &&
  (filter.language === undefined || entry.language === filter.language) &&
  (filter.userId === undefined || entry.userId === filter.userId) &&
  (filter.sessionId === undefined || entry.sessionId === filter.sessionId) &&
  (filter.correlationId === undefined || entry.correlationId === filter.correlationId) &&
  (filter.firstId === undefined || entry.firstId === filter.firstId) &&
  (filter.from === undefined || entry.at >= filter.from) &&
  (filter.to === undefined || entry.at < filter.to)

const ids = (entries: ReadonlyArray<Entry>) => entries.map(({ id }) => id)

/** Every page of a selection. */
const pages = Effect.fnUntraced(function* (filter: Filter, limit: number) {
  const { find } = yield* History
  const all: Array<Entry> = []
  while (true) {
    const before = all.at(-1)?.id
    const page = yield* find(filter, before === undefined ? { limit } : { limit, before })
    all.push(...page)
    if (page.length < limit) return all
  }
})

for (const { name, database } of [
  { name: "SQLite", database: memoryDatabase },
  { name: "Postgres", database: postgresDatabase }
])
  describe(`the history in ${name}`, () => {
    const history = historyIn(database)
    layer(history(2000, entry(NOW - 8 * 24 * 60 * MINUTE, { rule: "old" })), { excludeTestServices: true })((it) => {
      it.effect(
        "finds what a selection asks for, newest first, page by page: each filter alone and with each other one",
        () =>
          Effect.gen(function* () {
            const { stream } = yield* History
            const all = yield* Stream.runCollect(stream({}))
            assert.strictEqual(all.length, 2001)
            assert.deepStrictEqual(ids(all), ids(all).toSorted().toReversed())
            const copy = all.find(({ firstId }) => firstId !== null)
            const some = all[1000]
            assert.isDefined(copy)
            assert.isDefined(some)
            const filters: ReadonlyArray<Filter> = [
              {},
              { outcomes: ["failed"] },
              { outcomes: ["refused", "failed", "rejected"] },
              { outcomes: ["success"] },
              { rule: "support" },
              { rule: "nobody's" },
              { target: targetOf(some) ?? "" },
              { language: "fr-FR" },
              { userId: some.userId ?? "" },
              { sessionId: some.sessionId ?? "" },
              { correlationId: some.correlationId ?? "" },
              { firstId: copy.firstId ?? "" },
              { from: NOW - 200 * MINUTE },
              { from: NOW - 500 * MINUTE, to: NOW - 300 * MINUTE }
            ]
            for (const one of filters) {
              for (const other of filters) {
                const filter = { ...one, ...other }
                const expected = ids(all.filter(holds(filter)))
                assert.deepStrictEqual(ids(yield* pages(filter, 700)), expected, JSON.stringify(filter))
              }
            }
          })
      )

      it.effect("finds the page before one", () =>
        Effect.gen(function* () {
          const { find } = yield* History
          const filter = { outcomes: ["failed", "refused"] } as const
          const all = ids(yield* find(filter, { limit: 60 }))
          const before = ids(yield* find(filter, { limit: 20, after: all[40] ?? "" }))
          assert.deepStrictEqual(before, all.slice(20, 40))
        })
      )

      it.effect("has the rest of an entry, the table that decided, and the request that is kept", () =>
        Effect.gen(function* () {
          const { find, get, kept, routes: routesOf } = yield* History
          const [failed] = yield* find({ outcomes: ["failed"] }, { limit: 1 })
          const whole = Option.getOrThrow(yield* get(failed?.id ?? ""))
          assert.strictEqual(whole.id, failed?.id)
          assert.isAbove(whole.steps.length, 0)
          assert.propertyVal(whole.answer, "status", failed?.status)
          assert.deepStrictEqual(yield* get("nobody's"), Option.none())

          const request = Option.getOrThrow(yield* kept(failed?.id ?? ""))
          assert.strictEqual(request.request.userId, failed?.userId)
          const sql = yield* SqlClient.SqlClient
          yield* sql`UPDATE kept_requests SET kept_until = ${NOW - MINUTE} WHERE handover_id = ${failed?.id ?? ""}`
          assert.deepStrictEqual(yield* kept(failed?.id ?? ""), Option.none())

          assert.deepStrictEqual(yield* routesOf(TABLE), Option.some(routes))
          assert.deepStrictEqual(yield* routesOf("another"), Option.none())
        })
      )

      it.effect("counts minutes, and knows the values of the last week", () =>
        Effect.gen(function* () {
          const { choices, decisions, minutes, stream } = yield* History
          const counts = yield* minutes(NOW - 600 * MINUTE, NOW)
          const entries = yield* Stream.runCollect(stream({ from: NOW - 600 * MINUTE, to: NOW }))
          assert.strictEqual(
            counts.reduce((sum, { count }) => sum + count, 0),
            entries.length
          )
          const counted = yield* decisions(NOW - 600 * MINUTE, NOW)
          for (const { count, minute, outcome, rule } of counted) {
            const same = counts.filter((one) => one.rule === rule && one.outcome === outcome)
            assert.strictEqual(
              count,
              same.reduce((sum, { count }) => sum + count, 0)
            )
            assert.strictEqual(minute, Math.max(...same.map(({ minute }) => minute)))
          }
          assert.strictEqual(
            counted.reduce((sum, { count }) => sum + count, 0),
            entries.length
          )
          const rejected = counts.find(({ outcome }) => outcome === "rejected")
          assert.isNull(rejected?.target)
          const { languages, rules, targets } = yield* choices
          assert.includeMembers([...rules], ["abuse", "billing", "support"])
          assert.includeMembers([...languages], ["de-DE", "en-US"])
          assert.isAtLeast(targets.length, 5)
          assert.notInclude(rules, "old")
        })
      )
    })

    it.effect("leaves out what another version has written, and fills the page", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { find, get, stream } = yield* History
        const all = ids(yield* find({}, { limit: 100 }))
        yield* sql`UPDATE handovers SET outcome = 'teleported' WHERE id = ${all[3] ?? ""}`
        yield* sql`UPDATE handovers SET detail = '{"steps": 1' WHERE id = ${all[5] ?? ""}`
        const found = ids(yield* find({}, { limit: 10 }))
        assert.deepStrictEqual(found, [...all.slice(0, 3), ...all.slice(4, 11)])
        const streamed = ids(yield* Stream.runCollect(stream({})))
        assert.deepStrictEqual(streamed, [...all.slice(0, 3), all[4], ...all.slice(6)])
        const error = yield* Effect.flip(get(all[3] ?? ""))
        assert.match(error.message, /is there, but another version has written it/)
      }).pipe(Effect.provide(history(100)))
    )

    it.effect("finds and erases all of a user, as the id is or as a digest", () => {
      const mine = [
        entry(NOW, { userId: "me" }),
        entry(NOW, { userId: hashedUserId("me") }),
        entry(NOW, { userId: "you" }),
        entry(NOW, { userId: null })
      ]
      return Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { erase, find, get } = yield* History
        // With HISTORY_USER_IDS=off only the kept request says whose it is.
        yield* sql`INSERT INTO kept_requests ${sql.insert({
          handover_id: mine[3]?.id,
          kept_until: NOW,
          request: JSON.stringify({ request: { intent: "i", userId: "me", entities: [], text: "\0 \ud800" } })
        })}`
        // Another user's flow mentions this one, in what Postgres does not take for JSON.
        yield* sql`INSERT INTO kept_requests ${sql.insert({
          handover_id: mine[2]?.id,
          kept_until: NOW,
          request: JSON.stringify({ request: { userId: "you", data: { userId: "me", text: "\0 \ud800" } } })
        })}`
        assert.sameMembers(ids(yield* find({ userId: "me" }, { limit: 9 })), ids(mine.slice(0, 2)))
        assert.strictEqual(yield* erase("me"), 3)
        assert.strictEqual(yield* erase("me"), 0)
        assert.deepStrictEqual(yield* Effect.forEach(mine, ({ id }) => Effect.map(get(id), Option.isSome)), [
          false,
          false,
          true,
          false
        ])
        assert.deepStrictEqual(yield* sql`SELECT * FROM kept_requests WHERE handover_id = ${mine[3]?.id}`, [])
      }).pipe(Effect.provide(history(10, ...mine)))
    })

    it.live("follows entries as they are written, those of slow handovers too, each once", () =>
      Effect.gen(function* () {
        const { changes, follow } = yield* History
        const fast = entry(NOW, { rule: "followed" })
        const slow = entry(NOW - 10 * MINUTE, { rule: "followed" })
        const begun = yield* Deferred.make<void>()
        const seen = yield* follow({ rule: "followed" }, 0).pipe(
          Stream.tap(() => Deferred.succeed(begun, undefined)),
          Stream.filter(({ id }) => id === fast.id || id === slow.id),
          Stream.take(2),
          Stream.runCollect,
          Effect.forkChild
        )
        const changed = yield* Effect.forkChild(Stream.runHead(changes))
        // Nobody can tell when it has begun but by what it shows.
        yield* Effect.suspend(() => insertEntries([entry(NOW - MINUTE, { rule: "followed" })])).pipe(
          Effect.repeat(Schedule.spaced("100 millis")),
          Effect.raceFirst(Deferred.await(begun))
        )
        yield* insertEntries([fast, entry(NOW, { rule: "another" })])
        yield* insertEntries([slow])
        assert.deepStrictEqual(ids(yield* Fiber.join(seen)), [fast.id, slow.id])
        assert.isTrue(Option.isSome(yield* Fiber.join(changed)))
      }).pipe(Effect.provide(history(10)))
    )

    it.effect("says what is wrong when the database fails", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { find } = yield* History
        yield* sql`DROP TABLE handovers`
        const error = yield* Effect.flip(find({}, { limit: 1 }))
        assert.strictEqual(error._tag, "HistoryUnavailable")
        assert.match(error.message, /^The database refused .*(no such table|does not exist)/)
      }).pipe(Effect.provide(history(10)))
    )

    it.effect("does not wait for a database that hangs", () => {
      const hanging = Layer.effect(
        SqlClient.SqlClient,
        SqlClient.make({
          acquirer: Effect.never,
          compiler: Statement.makeCompilerSqlite(),
          driver: "hanging",
          spanAttributes: []
        }).pipe(Effect.provide(reactivity))
      )
      return Effect.gen(function* () {
        const { find } = yield* History
        const found = yield* Effect.forkChild(Effect.flip(find({}, { limit: 1 })), { startImmediately: true })
        yield* TestClock.adjust("10 seconds")
        assert.match((yield* Fiber.join(found)).message, /^The database did not answer within 10s/)
      }).pipe(Effect.provide(Layer.provide(SqlHistory.layer, hanging)))
    })
  })
