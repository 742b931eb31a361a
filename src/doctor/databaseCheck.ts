/** The check of the database: it makes and changes nothing. */
import { dirname, resolve } from "node:path"
import { Effect, FileSystem, Option, Result } from "effect"
import type { DatabaseSettings } from "../store/DatabaseSettings.ts"
import { inspect } from "../store/inspect.ts"
import { latest } from "../store/migrations.ts"
import { placeOf } from "../store/place.ts"
import { type Check, type Finding, failed, ok, warned } from "./Check.ts"

type File = DatabaseSettings & { readonly kind: "sqlite" }

/** The permissions of others than the file's owner. */
const OTHERS = 0o077

/** Windows has other ones. */
const hasModes = process.platform !== "win32"

const tables = (version: number) => {
  if (version === 0) return "no tables yet, the router's start makes them"
  return version < latest
    ? `version ${version} of the tables, the router's start makes version ${latest} of them`
    : `version ${version} of the tables`
}

/** The nearest folder above a path that exists. */
const folderOf = (fs: FileSystem.FileSystem, path: string): Effect.Effect<string> => {
  const folder = dirname(path)
  return Effect.flatMap(
    Effect.orElseSucceed(fs.exists(folder), () => false),
    (exists) => (exists || folder === path ? Effect.succeed(folder) : folderOf(fs, folder))
  )
}

/** SQLite writes files of its own beside the database. */
const folderTrouble = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, { path }: File) {
  const folder = yield* folderOf(fs, resolve(path))
  const access = yield* Effect.result(fs.access(folder, { writable: true }))
  return Result.isSuccess(access)
    ? undefined
    : failed(
        `SQLite, ${path}: this user may not write the folder ${folder}`,
        "give the router's user the folder, or set DATABASE_URL to another one"
      )
})

const inspected = (settings: Exclude<DatabaseSettings, { readonly kind: "memory" }>) =>
  Effect.match(inspect(settings), {
    onFailure: ({ instead, problem }) => failed(problem, instead),
    onSuccess: (found) => {
      if ("away" in found) {
        return warned(
          `${found.away}; handovers go on without it, and their history waits`,
          "look whether it runs, and at the host and the port of DATABASE_URL"
        )
      }
      const { usedBy, version } = found
      return ok(`${placeOf(settings)}: ${tables(version)}${usedBy === undefined ? "" : `; in use by ${usedBy}`}`)
    }
  })

const fileFinding = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, settings: File): Effect.fn.Return<Finding> {
  const { path } = settings
  const trouble = yield* folderTrouble(fs, settings)
  if (trouble !== undefined) return trouble
  const file = yield* Effect.option(fs.stat(path))
  if (Option.isNone(file)) return ok(`SQLite, ${path}: no such file yet, the router's start makes it`)
  const finding = yield* inspected(settings)
  const { mode } = file.value
  return finding.status === "ok" && hasModes && (mode & OTHERS) !== 0
    ? warned(
        `${finding.detail}; other users of this machine may read or write the file (mode ${(mode & 0o777).toString(8)}), and it holds what customers said in failed handovers`,
        `chmod 600 ${path}`
      )
    : finding
})

/** The check of the database of these settings. */
export const databaseCheck = (settings: DatabaseSettings): Effect.Effect<Check, never, FileSystem.FileSystem> =>
  Effect.map(FileSystem.FileSystem, (fs) => {
    const finding = () => {
      switch (settings.kind) {
        case "memory":
          return Effect.succeed(ok("memory: the history ends with the router's process"))
        case "sqlite":
          return fileFinding(fs, settings)
        case "postgres":
          return inspected(settings)
      }
    }
    return { name: "database", run: Effect.suspend(finding) }
  })
