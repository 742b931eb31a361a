/** A Postgres that refuses, and one that is away. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { Database } from "../../src/store/Database.ts"
import * as Store from "../../src/store/Store.ts"
import { PASSWORD, postgres, postgresFolder, startPostgres } from "../support/postgres.ts"

const store = (url: string) => Store.layer({ kind: "postgres", url: Redacted.make(url) })

const messageOf = (url: string) =>
  Effect.map(Effect.flip(Effect.scoped(Layer.build(store(url)))), ({ message }) => message)

const changed = (url: string, change: (url: URL) => void) => {
  const other = new URL(url)
  change(other)
  return other.href
}

describe("Postgres", () => {
  it.live("that refuses the password or has no such database stops the start, and the password is not shown", () =>
    Effect.gen(function* () {
      const { url } = yield* postgres
      const wrong = yield* messageOf(changed(url, (url) => (url.password = "wr0ngpassword")))
      assert.include(wrong, "password authentication failed")
      assert.notInclude(wrong, "wr0ngpassword")
      const unknown = yield* messageOf(changed(url, (url) => (url.pathname = "nowhere")))
      assert.include(unknown, 'database "nowhere" does not exist')
      assert.notInclude(unknown, PASSWORD)
    }).pipe(Effect.scoped)
  )

  it.live("that is away at the start is waited for, fails statements at once, and comes back by itself", () =>
    Effect.gen(function* () {
      const folder = yield* postgresFolder
      const { port, url } = yield* Effect.scoped(startPostgres(folder))
      yield* Effect.gen(function* () {
        const { ready, state } = yield* Database
        const sql = yield* SqlClient.SqlClient
        const down = yield* state
        assert.ok(!down.isUp)
        assert.include(down.reason, "ECONNREFUSED")
        assert.notInclude(down.reason, PASSWORD)
        const error = yield* Effect.flip(sql`SELECT 1`)
        assert.equal(error.reason._tag, "ConnectionError")
        const waiting = yield* Effect.forkChild(ready)
        yield* startPostgres(folder, port)
        yield* Fiber.join(waiting)
        assert.deepStrictEqual(yield* sql`SELECT count(*) AS n FROM handovers`, [{ n: 0 }])
      }).pipe(Effect.provide(store(url)))
    }).pipe(Effect.scoped)
  )

  it.live("that ends a connection within a transaction fails it, and takes the next one", () =>
    Effect.gen(function* () {
      const { url } = yield* postgres
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const cut = Effect.gen(function* () {
          const [row] = yield* sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`
          // Another connection ends this one.
          yield* Effect.provide(
            Effect.flatMap(SqlClient.SqlClient, (other) => other`SELECT pg_terminate_backend(${row?.pid})`),
            store(url)
          )
          return yield* sql`SELECT 1`
        })
        // An error, no defect: the rollback is Postgres' own.
        const error = yield* Effect.flip(sql.withTransaction(cut))
        assert.equal(error._tag, "SqlError")
        const again = sql.withTransaction(sql`SELECT 2 AS two`)
        assert.deepStrictEqual(yield* Effect.retry(again, Schedule.spaced("100 millis")), [{ two: 2 }])
      }).pipe(Effect.provide(store(url)))
    }).pipe(Effect.scoped)
  )
})
