/** The thread in which SQLite runs. It loads nothing but Node's own modules. */
import { accessSync, closeSync, constants, mkdirSync, openSync, realpathSync, statSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite"
import { parentPort, workerData } from "node:worker_threads"
import { ownerOf, ownFile } from "./ownFile.ts"
import type { Answer, Flaw, Opened, Opening, Request, ThreadInput } from "./protocol.ts"

/** How long a statement waits for another process that writes, in milliseconds: the command line, while the router runs. */
const BUSY_TIMEOUT = 5000

/** The most statements that are kept prepared. */
const PREPARED = 200

/** The rows of one part of a stream. */
const PART = 500

/** SQLite's extended result codes for a key that is there already: a primary key, and another one. Postgres and Effect do not tell them apart. */
const PRIMARY_KEY = 1555
const UNIQUE = 2067

const flawOf = (error: unknown): Flaw => {
  const { code, errcode, message } = error as { message: string; code?: string; errcode?: number }
  return {
    message,
    ...(code === undefined ? {} : { code }),
    ...(errcode === undefined ? {} : { errno: errcode === PRIMARY_KEY ? UNIQUE : errcode })
  }
}

/** Makes the file and its folder, for this user alone: the database holds what customers said, for a while. */
const makeFile = (path: string) => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    closeSync(openSync(path, "wx", 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  }
}

/** Fails as the file system does, whose errors say more than SQLite's. */
const checkFile = (path: string) => {
  if (statSync(path).isDirectory()) throw Object.assign(new Error("is a folder"), { code: "EISDIR" })
  accessSync(path, constants.R_OK | constants.W_OK)
}

const { isOwner, path } = workerData as ThreadInput

const open = (): { readonly opening: Opening; readonly close: () => void; readonly db?: DatabaseSync } => {
  const opened: Array<DatabaseSync> = []
  const close = () => {
    for (const database of opened.toReversed()) database.close()
  }
  let usedBy: Opened["usedBy"]
  try {
    if (path !== ":memory:") {
      if (isOwner) {
        makeFile(path)
        makeFile(`${realpathSync(path)}.lock`)
      }
      checkFile(path)
      const place = realpathSync(path)
      if (isOwner) {
        const owned = ownFile(place)
        if ("owner" in owned) return { opening: { owner: owned.owner }, close }
        opened.push(owned.lock)
      } else usedBy = ownerOf(place)
    }
    const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT })
    opened.push(db)
    // The first statement that reads the file. What is removed, such as a request that was kept for a day, is overwritten.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON")
    return { opening: { usedBy }, close, db }
  } catch (error) {
    close()
    return { opening: { flaw: flawOf(error) }, close: () => {} }
  }
}

const port = parentPort
const { close, db, opening } = open()
port?.postMessage(opening)

const bound = (value: unknown): SQLInputValue => {
  if (value === undefined) return null
  return typeof value === "boolean" ? Number(value) : (value as SQLInputValue)
}

/** An integer as a number, where it has it exactly. */
const plain = (value: unknown) =>
  typeof value === "bigint" && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    ? Number(value)
    : value

const prepared = new Map<string, { readonly statement: StatementSync; readonly columns: ReadonlyArray<string> }>()

const prepare = (db: DatabaseSync, sql: string) => {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  statement.setReadBigInts(true)
  return { statement, columns: statement.columns().map(({ name }) => name) }
}

const preparedOf = (db: DatabaseSync, sql: string) => {
  const before = prepared.get(sql)
  if (before !== undefined) return before
  // Columns may change with the tables.
  if (/^\s*(?:CREATE|ALTER|DROP)\b/i.test(sql)) prepared.clear()
  const made = prepare(db, sql)
  if (prepared.size >= PREPARED) prepared.delete(prepared.keys().next().value ?? "")
  prepared.set(sql, made)
  return made
}

type Row = ReadonlyArray<unknown>

const cursors = new Map<
  number,
  { readonly rows: Iterator<Row>; readonly columns: ReadonlyArray<string>; readonly safeIntegers: boolean }
>()

type Result = Pick<Answer, "rows"> & Partial<Answer>

const convert = (rows: ReadonlyArray<Row>, safeIntegers: boolean) =>
  safeIntegers ? rows : rows.map((row) => row.map(plain))

const run = (db: DatabaseSync, sql: string, parameters: ReadonlyArray<unknown>, safeIntegers: boolean): Result => {
  // SQLite may have ended the transaction itself, as with a full disk.
  if (sql === "ROLLBACK" && !db.isTransaction) return { rows: [] }
  const { columns, statement } = preparedOf(db, sql)
  const values = parameters.map(bound)
  if (columns.length === 0) {
    const { changes } = statement.run(...values)
    return { rows: [], changes: sql === "ROLLBACK" ? 0 : Number(changes) }
  }
  return { columns, rows: convert(statement.all(...values) as unknown as ReadonlyArray<Row>, safeIntegers) }
}

const next = (id: number): Result => {
  const cursor = cursors.get(id)
  if (cursor === undefined) return { rows: [] }
  const rows: Array<Row> = []
  while (rows.length < PART) {
    const { done, value } = cursor.rows.next()
    if (done === true) break
    rows.push(value)
  }
  return { columns: cursor.columns, rows: convert(rows, cursor.safeIntegers) }
}

const answer = (db: DatabaseSync, [id, kind, statement, parameters, safeIntegers]: Request): Result => {
  switch (kind) {
    case "rows":
      return run(db, String(statement), parameters, safeIntegers)
    case "open": {
      const { columns, statement: made } = prepare(db, String(statement))
      const rows = made.iterate(...parameters.map(bound)) as unknown as Iterator<Row>
      cursors.set(id, { rows, columns, safeIntegers })
      return { rows: [] }
    }
    case "next":
      return next(Number(statement))
    case "done":
      cursors.get(Number(statement))?.rows.return?.()
      cursors.delete(Number(statement))
      return { rows: [] }
    case "close":
      close()
      return { rows: [] }
  }
}

if (db === undefined) port?.close()
else
  port?.on("message", (request: Request) => {
    let result: Result
    try {
      result = answer(db, request)
    } catch (error) {
      result = { rows: [], flaw: flawOf(error) }
    }
    const inTransaction = db.isOpen && db.isTransaction
    port.postMessage({ columns: [], changes: 0, ...result, id: request[0], inTransaction } satisfies Answer)
    if (request[1] === "close") port.close()
  })
