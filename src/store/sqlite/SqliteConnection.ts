/** A connection to a file of SQLite in a thread of its own: a statement on a slow disk, or over a million rows, holds up nothing else. */
import { Worker } from "node:worker_threads"
import { Effect, Option, type Scope, Stream } from "effect"
import { SqlClient, type SqlConnection, SqlError } from "effect/sql"
import type { Health } from "../Health.ts"
import { flawInWords } from "./inWords.ts"
import type { Answer, Flaw, Kind, NotOpened, Opened, Opening, Request, ThreadInput } from "./protocol.ts"

/** The longest that a statement may take, in milliseconds. A disk that hangs must not hang its callers. */
export const STATEMENT_LIMIT = 30_000

/** The longest that opening a file may take, in milliseconds. */
const OPENING_LIMIT = 10_000

/** The longest that closing may take, in milliseconds: it moves the log into the file. */
const CLOSING_LIMIT = 2000

/** A connection. It is lost when its thread ends: all its statements fail from then on. */
export interface SqliteConnection extends SqlConnection.Connection, Opened {
  readonly inTransaction: () => boolean
  readonly isLost: () => boolean
}

type Resume = (effect: Effect.Effect<Answer, SqlError.SqlError>) => void

const fail = (reason: SqlError.SqlErrorReason) => Effect.fail(new SqlError.SqlError({ reason }))

/** The error of a statement. */
export const failed = ({ message, ...codes }: Flaw, operation: string) =>
  fail(SqlError.classifySqliteError(Object.assign(new Error(message), codes), { message, operation }))

const lost = (message: string, cause: unknown = new Error(message)) =>
  new SqlError.ConnectionError({ cause, message, operation: "execute" })

const tooLong = () => {
  const message = `SQLite did not answer within ${STATEMENT_LIMIT / 1000} seconds`
  return new SqlError.StatementTimeoutError({ cause: new Error(message), message, operation: "execute" })
}

type Row = { [column: string]: unknown }

const toObjects = ({ columns, rows }: Answer): ReadonlyArray<Row> =>
  rows.map((values) => {
    const row: Row = {}
    columns.forEach((column, at) => {
      row[column] = values[at]
    })
    return row
  })

/** The results of SQLite that are no fault of the statement: the file cannot be read or written, or the disk is full or fails. */
const OUTAGES = new Set([8, 10, 11, 13, 14])

const isOutage = ({ errno }: Flaw) => errno !== undefined && OUTAGES.has(errno & 0xff)

/** A thread that has opened its file. */
interface Started extends Opened {
  readonly worker: Worker
}

const connectionOf = (
  { usedBy, worker }: Started,
  health: Health
): SqliteConnection & { readonly close: Effect.Effect<void> } => {
  const waiting = new Map<number, Resume>()
  let last = 0
  let inTransaction = false
  let isLost = false

  const lose = (reason: SqlError.SqlErrorReason) => {
    if (isLost) return
    isLost = true
    inTransaction = false
    const resumes = [...waiting.values()]
    waiting.clear()
    for (const resume of resumes) resume(fail(reason))
    void worker.terminate()
  }

  const resultOf = (answer: Answer) => {
    if (answer.flaw !== undefined) {
      const failure = failed(answer.flaw, "execute")
      return isOutage(answer.flaw) ? Effect.andThen(health.down(flawInWords(answer.flaw)), failure) : failure
    }
    const success = Effect.succeed(answer)
    // A full disk still lets a transaction begin, and be read: what counts is a change that is there.
    const hasWritten = answer.changes > 0 && !answer.inTransaction
    return hasWritten && !health.isUp() ? Effect.andThen(health.up, success) : success
  }

  worker.on("message", (answer: Answer) => {
    inTransaction = answer.inTransaction
    const resume = waiting.get(answer.id)
    waiting.delete(answer.id)
    resume?.(resultOf(answer))
  })
  worker.on("error", (error) => lose(lost(`the SQLite thread ended: ${error.message}`, error)))
  worker.on("exit", () => lose(lost("the SQLite thread ended")))

  /** An interruption does not stop a statement: the thread ends it before it begins the next one. */
  const ask = (
    kind: Kind,
    statement: string | number,
    parameters: ReadonlyArray<unknown>,
    limit = STATEMENT_LIMIT
  ): Effect.Effect<Answer, SqlError.SqlError> =>
    Effect.withFiber((fiber) => {
      const safeIntegers = fiber.getRef(SqlClient.SafeIntegers)
      return Effect.callback<Answer, SqlError.SqlError>((resume) => {
        if (isLost) return resume(fail(lost("the SQLite thread ended")))
        const id = ++last
        const timer = setTimeout(() => lose(tooLong()), limit)
        waiting.set(id, (answer) => {
          clearTimeout(timer)
          resume(answer)
        })
        try {
          worker.postMessage([id, kind, statement, parameters, safeIntegers] satisfies Request)
        } catch (error) {
          // A parameter that does not pass between threads, such as a function.
          waiting.delete(id)
          clearTimeout(timer)
          resume(failed({ message: String(error) }, "execute"))
        }
      })
    })

  const execute: SqliteConnection["execute"] = (sql, parameters, transform) => {
    const rows = Effect.map(ask("rows", sql, parameters), toObjects)
    return transform === undefined ? rows : Effect.map(rows, transform)
  }

  const executeValues: SqliteConnection["executeValues"] = (sql, parameters) =>
    Effect.map(ask("rows", sql, parameters), ({ rows }) => rows)

  const cursor = (sql: string, parameters: ReadonlyArray<unknown>) =>
    Effect.acquireRelease(ask("open", sql, parameters), ({ id }) => Effect.ignore(ask("done", id, [])))

  return {
    usedBy,
    inTransaction: () => inTransaction,
    isLost: () => isLost,
    execute,
    executeUnprepared: execute,
    executeValues,
    executeValuesUnprepared: executeValues,
    executeRaw: (sql, parameters) =>
      Effect.map(ask("rows", sql, parameters), (answer) =>
        answer.columns.length === 0 ? { changes: answer.changes } : toObjects(answer)
      ),
    executeStream: (sql, parameters, transform) =>
      Stream.unwrap(
        Effect.map(cursor(sql, parameters), ({ id }) =>
          Stream.paginate(id, (id) =>
            Effect.map(ask("next", id, []), (answer) => {
              const rows = toObjects(answer)
              const next = rows.length === 0 ? Option.none() : Option.some(id)
              return [transform === undefined ? rows : transform(rows), next] as const
            })
          )
        )
      ),
    close: Effect.andThen(
      Effect.ignore(ask("close", "", [], CLOSING_LIMIT)),
      Effect.sync(() => {
        lose(lost("the database is closed"))
      })
    )
  }
}

/** The module of the thread, beside this one. */
const module = new URL(`./sqliteWorker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url)

const start = (input: ThreadInput): Effect.Effect<Started, NotOpened> =>
  Effect.callback((resume) => {
    // node:sqlite is still called experimental by Node 22.
    const worker = new Worker(module, { workerData: input, execArgv: ["--disable-warning=ExperimentalWarning"] })
    const give = (result: Effect.Effect<Started, NotOpened>) => {
      clearTimeout(timer)
      worker.off("message", onMessage).off("error", onError)
      resume(result)
    }
    const end = (flaw: Flaw) => {
      void worker.terminate()
      give(Effect.fail({ flaw }))
    }
    const onMessage = (opening: Opening) =>
      give("usedBy" in opening ? Effect.succeed({ ...opening, worker }) : Effect.fail(opening))
    const onError = (error: Error) => end({ message: error.message })
    const timer = setTimeout(() => end({ message: "it could not be opened within 10 seconds" }), OPENING_LIMIT)
    worker.on("message", onMessage)
    worker.on("error", onError)
    return Effect.sync(() => end({ message: "interrupted" }))
  })

/** Opens a file of SQLite, or with the path `:memory:` one in memory. The scope closes it. */
export const open = (input: ThreadInput, health: Health): Effect.Effect<SqliteConnection, NotOpened, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.map(start(input), (started) => connectionOf(started, health)),
    ({ close }) => close,
    { interruptible: true }
  )
