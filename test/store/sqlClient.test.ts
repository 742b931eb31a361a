import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { Database } from "../../src/store/Database.ts"
import { memoryDatabase, sqliteDatabase } from "../support/database.ts"
import { postgresDatabase } from "../support/postgres.ts"

const insert = Effect.fnUntraced(function* (version: string, firstSeen: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO routing_tables ${sql.insert({ version, first_seen: firstSeen, file: "{}" })}`
})

const versions = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ version: string }>`SELECT version FROM routing_tables ORDER BY version`
  return rows.map(({ version }) => version)
})

for (const { database, name } of [
  { name: "memory", database: memoryDatabase },
  { name: "SQLite", database: sqliteDatabase },
  { name: "Postgres", database: postgresDatabase }
]) {
  const run = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient | Database>) =>
    effect.pipe(Effect.provide(database))

  describe(`a database: ${name}`, () => {
    it.effect("has the tables", () =>
      run(
        Effect.gen(function* () {
          const { ready, state } = yield* Database
          yield* ready
          assert.deepStrictEqual(yield* state, { isUp: true })
          assert.deepStrictEqual(yield* versions, [])
        })
      )
    )

    it.effect("gives integers as numbers, and those that numbers cannot hold as bigints", () =>
      run(
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const now = 1_796_000_000_000
          yield* insert("a", now)
          const rows = yield* sql`SELECT version, first_seen, NULL AS none, 9007199254740993 AS large
            FROM routing_tables WHERE first_seen = ${now}`
          assert.deepStrictEqual(rows, [{ version: "a", first_seen: now, none: null, large: 9007199254740993n }])
          const [counted] = yield* sql`SELECT count(*) AS n FROM routing_tables`
          assert.deepStrictEqual(counted, { n: 1 })
          const [safe] = yield* sql`SELECT first_seen FROM routing_tables`.pipe(
            Effect.provideService(SqlClient.SafeIntegers, true)
          )
          assert.ok(safe)
          assert.equal(BigInt(safe.first_seen as bigint), BigInt(now))
        })
      )
    )

    it.effect("keeps a transaction that succeeds", () =>
      run(
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql.withTransaction(Effect.andThen(insert("a", 1), sql.withTransaction(insert("b", 2))))
          assert.deepStrictEqual(yield* versions, ["a", "b"])
        })
      )
    )

    it.effect("rolls back a transaction that fails, and a savepoint alone", () =>
      run(
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql.withTransaction(Effect.andThen(insert("a", 1), Effect.fail("no"))).pipe(Effect.ignore)
          assert.deepStrictEqual(yield* versions, [])
          const inner = sql.withTransaction(Effect.andThen(insert("c", 3), Effect.fail("no")))
          yield* sql.withTransaction(Effect.andThen(insert("b", 2), Effect.ignore(inner)))
          assert.deepStrictEqual(yield* versions, ["b"])
        })
      )
    )

    it.effect("rolls back a transaction that is interrupted", () =>
      run(
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const begun = yield* Deferred.make<void>()
          const fiber = yield* Effect.forkChild(
            sql.withTransaction(
              insert("a", 1).pipe(Effect.andThen(Deferred.succeed(begun, undefined)), Effect.andThen(Effect.never))
            )
          )
          yield* Deferred.await(begun)
          yield* Fiber.interrupt(fiber)
          assert.deepStrictEqual(yield* versions, [])
        })
      )
    )

    it.effect("keeps other statements out of a transaction", () =>
      run(
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const begun = yield* Deferred.make<void>()
          const goOn = yield* Deferred.make<void>()
          const fiber = yield* Effect.forkChild(
            sql.withTransaction(
              insert("a", 1).pipe(
                Effect.andThen(Deferred.succeed(begun, undefined)),
                Effect.andThen(Deferred.await(goOn)),
                Effect.andThen(Effect.fail("no"))
              )
            )
          )
          yield* Deferred.await(begun)
          const other = yield* Effect.forkChild(insert("b", 2), { startImmediately: true })
          yield* Deferred.succeed(goOn, undefined)
          yield* Fiber.await(fiber)
          yield* Fiber.join(other)
          assert.deepStrictEqual(yield* versions, ["b"])
        })
      )
    )

    it.effect("classifies errors", () =>
      run(
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* insert("a", 1)
          const reasonOf = <A, R>(effect: Effect.Effect<A, { readonly reason: { readonly _tag: string } }, R>) =>
            Effect.map(Effect.flip(effect), ({ reason }) => reason._tag)
          assert.equal(yield* reasonOf(insert("a", 1)), "UniqueViolation")
          const noFile = sql`INSERT INTO routing_tables (version, first_seen) VALUES (${"b"}, ${1})`
          assert.equal(yield* reasonOf(noFile), "ConstraintError")
          assert.isTrue(Exit.isFailure(yield* Effect.exit(sql`SELECT nothing FROM nowhere`)))
          assert.deepStrictEqual(yield* versions, ["a"])
        })
      )
    )

    it.effect("streams rows", () =>
      run(
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql.withTransaction(
            Effect.forEach(
              Array.from({ length: 1201 }, (_, at) => at),
              (at) => insert(String(at).padStart(5, "0"), at),
              {
                discard: true
              }
            )
          )
          const seen = yield* sql<{
            first_seen: number
          }>`SELECT first_seen FROM routing_tables ORDER BY version`.stream.pipe(
            Stream.map(({ first_seen }) => first_seen),
            Stream.runCollect
          )
          assert.deepStrictEqual(
            seen,
            Array.from({ length: 1201 }, (_, at) => at)
          )
          const some = yield* sql`SELECT first_seen FROM routing_tables`.stream.pipe(Stream.take(3), Stream.runCollect)
          assert.equal(some.length, 3)
          assert.equal((yield* versions).length, 1201)
        })
      )
    )
  })
}
