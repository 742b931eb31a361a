/** The owner of a file of SQLite. It runs in the SQLite thread, and the operating system ends it with the process. */
import { existsSync } from "node:fs"
import { hostname } from "node:os"
import { DatabaseSync } from "node:sqlite"
import type { Owner } from "./protocol.ts"

/** SQLite's result code for a lock that another one holds. */
const BUSY = 5

/** For processes that look at the lock at the same time, in milliseconds. */
const PATIENCE = 500

const isBusy = (error: unknown) =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" && (error.errcode & 0xff) === BUSY

const ownerIn = (lock: DatabaseSync): Owner | null => {
  try {
    const row = lock.prepare("SELECT pid, host, since FROM owner").get()
    return row === undefined ? null : { pid: Number(row.pid), host: String(row.host), since: Number(row.since) }
  } catch {
    // Another process is just making it.
    return null
  }
}

const lockOf = (path: string) => `${path}.lock`

/** The process that owns the file now; null where there is one that is unknown. It makes no file. */
export const ownerOf = (path: string): Owner | null | undefined => {
  if (!existsSync(lockOf(path))) return undefined
  const lock = new DatabaseSync(lockOf(path))
  try {
    lock.exec("BEGIN IMMEDIATE; ROLLBACK")
    return undefined
  } catch (error) {
    if (isBusy(error)) return ownerIn(lock)
    throw error
  } finally {
    lock.close()
  }
}

/**
 * Takes the file for this process, by a transaction that stays open on a second file beside it: others can read there who has it, and nobody else can
 * begin one. Returns what to close, or the owner that is there.
 */
export const ownFile = (path: string): { readonly lock: DatabaseSync } | { readonly owner: Owner | null } => {
  const lock = new DatabaseSync(lockOf(path), { timeout: PATIENCE })
  try {
    lock.exec("BEGIN IMMEDIATE")
    lock.exec("CREATE TABLE IF NOT EXISTS owner (pid INTEGER, host TEXT, since INTEGER)")
    lock.exec("DELETE FROM owner")
    lock.prepare("INSERT INTO owner VALUES (?, ?, ?)").run(process.pid, hostname(), Date.now())
    lock.exec("COMMIT; BEGIN IMMEDIATE")
    return { lock }
  } catch (error) {
    const owner = isBusy(error) ? ownerIn(lock) : undefined
    lock.close()
    if (owner === undefined) throw error
    return { owner }
  }
}
