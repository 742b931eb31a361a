/**
 * SQLite behind Effect's `SqlClient`, by Node's own `node:sqlite`. @effect/sql-sqlite-node has no release for Effect 4.1; this folder goes when there is one.
 */
import { Effect, Exit, Scope, Semaphore } from "effect"
import { layer as reactivity } from "effect/reactivity/Reactivity"
import { SqlClient, SqlError, Statement } from "effect/sql"
import { nowMillis } from "../../std/clock.ts"
import type { Health } from "../Health.ts"
import type { StoreError } from "../StoreError.ts"
import { notOpened } from "./inWords.ts"
import { open, type SqliteConnection } from "./SqliteConnection.ts"

/** How long after a failure the file is not opened again, in milliseconds: each try starts a thread. */
const PAUSE = 1000

/** A file of SQLite. */
export interface SqliteOptions {
  /** Its name for people. */
  readonly name: string
  /** An absolute path, or `:memory:`. */
  readonly path: string
  /** True to make the file, and to keep other owners away. */
  readonly isOwner: boolean
  /** Runs on each connection before all others use it. */
  readonly prepare: Effect.Effect<void, StoreError | SqlError.SqlError, SqlClient.SqlClient>
  readonly health: Health
}

type Acquirers = Pick<SqlClient.SqlClient.MakeOptions, "acquirer" | "isTransaction"> &
  Partial<SqlClient.SqlClient.MakeOptions>

const clientOf = (acquirers: Acquirers) =>
  SqlClient.make({
    compiler: Statement.makeCompilerSqlite(),
    driver: "sqlite-node",
    spanAttributes: [["db.system.name", "sqlite"]],
    // A transaction that reads before it writes would fail when another process has written in between.
    beginTransaction: "BEGIN IMMEDIATE",
    releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
    ...acquirers
  }).pipe(Effect.provide(reactivity))

const connectionError = (message: string) =>
  new SqlError.SqlError({
    reason: new SqlError.ConnectionError({ cause: new Error(message), message, operation: "connect" })
  })

/** One connection, prepared. */
export const openPrepared = Effect.fnUntraced(function* ({
  health,
  isOwner,
  name,
  path,
  prepare
}: SqliteOptions): Effect.fn.Return<SqliteConnection, StoreError | SqlError.SqlError, Scope.Scope> {
  const connection = yield* Effect.mapError(open({ path, isOwner }, health), (why) => notOpened(name, why))
  const client = yield* clientOf({
    acquirer: Effect.succeed(connection),
    isTransaction: () => connection.inTransaction()
  })
  yield* Effect.provideService(prepare, SqlClient.SqlClient, client)
  return connection
})

/**
 * A client of a file. Statements run one after the other. When the thread ends, those that wait fail with `SqlError`, and the next one opens the file again; what was
 * in memory is then gone, but for what `prepare` makes. Fails when the file cannot be opened or prepared now.
 */
export const make = Effect.fnUntraced(function* (
  options: SqliteOptions
): Effect.fn.Return<SqlClient.SqlClient, StoreError | SqlError.SqlError, Scope.Scope> {
  const { health } = options
  const scope = yield* Effect.scope

  /** Each connection has a scope, which closes it when it is lost or cannot be prepared. */
  const connect = Effect.flatMap(Scope.fork(scope), (own) =>
    openPrepared(options).pipe(
      Scope.provide(own),
      Effect.map((connection) => ({ connection, own })),
      Effect.onError((cause) => Scope.close(own, Exit.failCause(cause)))
    )
  )

  let current = yield* connect
  let pausedUntil = Number.NEGATIVE_INFINITY
  let isClosed = false
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      isClosed = true
    })
  )

  const reconnect = Effect.gen(function* () {
    if (isClosed) return yield* connectionError("the database is closed")
    const state = yield* health.state
    if ((yield* nowMillis) < pausedUntil)
      return yield* connectionError(state.isUp ? "the database is away" : state.reason)
    yield* Scope.close(current.own, Exit.void)
    const next = yield* Effect.tapError(connect, ({ message }) =>
      Effect.andThen(
        Effect.map(nowMillis, (now) => {
          pausedUntil = now + PAUSE
        }),
        health.down(message)
      )
    )
    current = next
    yield* health.up
    return next.connection
  })

  const connection: Effect.Effect<SqliteConnection, SqlError.SqlError> = Effect.suspend(() =>
    current.connection.isLost()
      ? Effect.catchTag(reconnect, "StoreError", ({ message }) => Effect.fail(connectionError(message)))
      : Effect.succeed(current.connection)
  )

  return yield* clientOf(
    SqlClient.makeSqliteAcquirers({
      connection,
      semaphore: yield* Semaphore.make(1),
      isTransaction: (connection) => connection.inTransaction()
    })
  )
})
