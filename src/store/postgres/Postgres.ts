/** Postgres behind Effect's `SqlClient`, so that nothing waits for long for one that is away. */
import { PgClient, PgTypes } from "@effect/sql-pg"
import { Deferred, Duration, Effect, Fiber, Latch, type Redacted, Schedule, Scope } from "effect"
import { layer as reactivity } from "effect/reactivity/Reactivity"
import { SqlClient, type SqlConnection, SqlError } from "effect/sql"
import { inBackground } from "../../std/background.ts"
import type { Health } from "../Health.ts"
import { StoreError } from "../StoreError.ts"
import { int8 } from "./int8.ts"
import { isAway, isRefused, reasonOf } from "./outage.ts"

/** The most connections: batches of the history, and people who look at it. */
export const MAX_CONNECTIONS = 5

/** The longest that opening a connection may take. */
export const CONNECT_LIMIT = Duration.seconds(5)

/** The longest that a statement may take, and the wait for a connection. */
export const STATEMENT_LIMIT = Duration.seconds(10)

/** The longest that the end waits for connections to close. */
export const CLOSE_LIMIT = Duration.seconds(1)

/** The pauses between looks at a Postgres that is away: from half a second to 5 s. */
export const lookAgain = Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("5 seconds")])

/** A Postgres. */
export interface PostgresOptions {
  /** Its name for people, without the password. */
  readonly name: string
  readonly url: Redacted.Redacted
  /** Runs once, at the first contact, before all others use it. */
  readonly prepare: Effect.Effect<void, StoreError | SqlError.SqlError, SqlClient.SqlClient>
  readonly health: Health
}

const tooLong = (what: string) => {
  const message = `Postgres ${what} within ${Duration.format(STATEMENT_LIMIT)}`
  return new SqlError.SqlError({
    reason: new SqlError.StatementTimeoutError({ cause: new Error(message), message, operation: "execute" })
  })
}

const within = <A, R>(effect: Effect.Effect<A, SqlError.SqlError, R>, what: string) =>
  Effect.timeoutOrElse(effect, { duration: STATEMENT_LIMIT, orElse: () => Effect.fail(tooLong(what)) })

/** Postgres answers `COMMIT` with `ROLLBACK` when a statement of the transaction has failed. */
const commit = (connection: SqlConnection.Connection) =>
  Effect.flatMap(connection.executeRaw("COMMIT", []), (result) => {
    const isRolledBack =
      typeof result === "object" && result !== null && "command" in result && result.command === "ROLLBACK"
    const message = "the transaction was rolled back"
    return isRolledBack
      ? Effect.fail(
          new SqlError.SqlError({
            reason: new SqlError.UnknownError({ cause: new Error(message), message, operation: "commit" })
          })
        )
      : Effect.void
  })

/** The same client, whose connections and statements pass through these. */
const clientOf = (
  acquirer: SqlConnection.Acquirer,
  each: <A>(statement: Effect.Effect<A, SqlError.SqlError>) => Effect.Effect<A, SqlError.SqlError>
) => {
  /** Connections that were cut: Postgres has rolled their transactions back, and a `ROLLBACK` that fails would be a defect. */
  const cut = new WeakSet<SqlConnection.Connection>()
  const through = (connection: SqlConnection.Connection): SqlConnection.Connection => {
    const watched = <A>(statement: Effect.Effect<A, SqlError.SqlError>) =>
      Effect.tapError(each(statement), (error) =>
        Effect.sync(() => {
          if (isAway(error)) cut.add(own)
        })
      )
    const own: SqlConnection.Connection = {
      execute: (...input) => watched(connection.execute(...input)),
      executeRaw: (...input) => watched(connection.executeRaw(...input)),
      executeStream: (...input) => connection.executeStream(...input),
      executeValues: (...input) => watched(connection.executeValues(...input)),
      executeValuesUnprepared: (...input) => watched(connection.executeValuesUnprepared(...input)),
      executeUnprepared: (...input) => watched(connection.executeUnprepared(...input))
    }
    return own
  }
  return SqlClient.make({
    acquirer: Effect.map(acquirer, through),
    compiler: PgClient.makeCompiler(),
    driver: "pg",
    spanAttributes: [["db.system.name", "postgresql"]],
    prepareTransactionControls: true,
    commit,
    isTransaction: (connection) => !cut.has(connection),
    releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`
  }).pipe(Effect.provide(reactivity))
}

const away = (message: string) =>
  new SqlError.SqlError({
    reason: new SqlError.ConnectionError({ cause: new Error(message), message, operation: "connect" })
  })

/**
 * A client, and what waits for the first contact. While Postgres is away, statements fail at once; it is looked for in the background. Fails when it is there and refuses
 * the user or the database, or cannot be prepared.
 */
export const make = Effect.fnUntraced(function* ({
  health,
  name,
  prepare,
  url
}: PostgresOptions): Effect.fn.Return<
  { readonly sql: SqlClient.SqlClient; readonly ready: Effect.Effect<void> },
  StoreError,
  Scope.Scope
> {
  const types = PgTypes.makeRegistry()
  types.register(int8.oid, int8.codec, { arrayOid: int8.arrayOid })
  const connections = yield* Scope.make()
  // A Postgres that is paused closes none.
  yield* Effect.addFinalizer((exit) =>
    Effect.flatMap(Effect.forkDetach(Scope.close(connections, exit)), (closing) =>
      Effect.timeoutOption(Effect.interruptible(Fiber.await(closing)), CLOSE_LIMIT)
    )
  )
  const pg = yield* PgClient.make({
    url,
    types,
    maxConnections: MAX_CONNECTIONS,
    connectTimeout: CONNECT_LIMIT,
    keepAlive: "30 seconds",
    applicationName: "cognigy-cxone-router"
  }).pipe(
    Effect.provide(reactivity),
    Scope.provide(connections),
    Effect.mapError(
      (error) => new StoreError({ problem: `${name}: ${reasonOf(error)}`, instead: "look at DATABASE_URL" })
    )
  )

  const isReady = yield* Deferred.make<void>()
  const isAwayNow = yield* Latch.make(false)

  const lose = (error: SqlError.SqlError) =>
    isAway(error) ? Effect.andThen(health.down(`${name}: ${reasonOf(error)}`), isAwayNow.open) : Effect.void

  const connection = within(pg.reserve, "gave no connection")

  /** Without the gate: for the first contact, and for looks at one that is away. */
  const direct = yield* clientOf(connection, (statement) => within(statement, "did not answer"))

  const contact = Effect.gen(function* () {
    if (!(yield* Deferred.isDone(isReady))) {
      yield* Effect.provideService(prepare, SqlClient.SqlClient, direct)
    } else yield* direct`SELECT 1`
    // Before those who wait for the tables go on: their statements pass.
    yield* health.up
    yield* Deferred.succeed(isReady, undefined)
  })

  yield* contact.pipe(
    Effect.catch((error) => {
      if (error._tag === "StoreError") {
        return Effect.fail(new StoreError({ problem: `${name}: ${error.problem}`, instead: error.instead }))
      }
      return isRefused(error) || !isAway(error)
        ? Effect.fail(
            new StoreError({
              problem: `${name}: ${reasonOf(error)}`,
              instead: "look at the user, the password and the database of DATABASE_URL, and at the user's rights"
            })
          )
        : lose(error)
    })
  )

  const look = Effect.tapError(contact, (error) =>
    health.down(`${name}: ${error._tag === "StoreError" ? error.problem : reasonOf(error)}`)
  )
  yield* isAwayNow.await.pipe(
    // Closed before it looks, so that an outage right after it is seen, too.
    Effect.andThen(isAwayNow.close),
    Effect.andThen(Effect.retry(look, lookAgain)),
    Effect.ignore,
    Effect.forever,
    inBackground
  )

  const gate = Effect.flatMap(health.state, (state) => (state.isUp ? connection : Effect.fail(away(state.reason))))

  const sql = yield* clientOf(Effect.tapError(gate, lose), (statement) =>
    Effect.tapError(within(statement, "did not answer"), lose)
  )
  return { sql, ready: Deferred.await(isReady) }
})
