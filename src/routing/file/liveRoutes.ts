/** A routing table that follows its file: what has changed is checked, and taken over whole or not at all. */
import { createHash } from "node:crypto"
import { Worker } from "node:worker_threads"
import { Clock, Effect, FileSystem, Option, type PlatformError, Result, Schedule, Schema } from "effect"
import { count, counters, declare, observe } from "../../std/measure.ts"
import type { RoutesFile } from "../format/RoutesFile.ts"
import { makeRoutingTable } from "../table/RoutingTable.ts"
import { reloadsTotal, tableRejected, tableRules, tableVersion } from "./metrics.ts"
import { describeProblems, readRoutes } from "./readRoutes.ts"
import type { WorkerAnswer } from "./readRoutesWorker.ts"
import { type FileProblem, MAX_FILE } from "./Yaml.ts"

/** A table as it was read from a file. */
export interface LoadedRoutes {
  /** The path of the file. */
  readonly path: string
  /** What is in it. */
  readonly file: RoutesFile
  /** The first 12 digits of the SHA-256 of the file's bytes. */
  readonly version: string
}

/** Which table is live, for people and probes. Times are ISO 8601. */
export const TableStatus = Schema.Struct({
  /** The first 12 digits of the SHA-256 of its file's bytes. */
  version: Schema.String,
  /** Since when it is live. */
  since: Schema.String,
  /** How many rules it has. */
  rules: Schema.Int,
  /** The file has changed since, and is not used: what is wrong with it stands in the log. */
  rejected: Schema.optionalKey(
    Schema.Struct({
      /** There is none where the file cannot be read. */
      version: Schema.optionalKey(Schema.String),
      /** When that was found. */
      at: Schema.String,
      /** How many problems it has. */
      problems: Schema.Int
    })
  )
})

/** Which table is live. */
export type TableStatus = typeof TableStatus.Type

/** In the place of a version, where there are no bytes to have one. */
const NONE = "none"

/** A file holds no table that can be used. */
export class RoutesError extends Schema.TaggedError<RoutesError>()("RoutesError", {
  /** The path of the file. */
  path: Schema.String,
  /** The first 12 digits of the SHA-256 of its bytes, or `none` where it could not be read. */
  version: Schema.String,
  /** All that is wrong, in the order of the file. */
  problems: Schema.Array(
    Schema.Struct({
      line: Schema.Int,
      column: Schema.Int,
      path: Schema.String,
      problem: Schema.String,
      instead: Schema.String
    })
  )
}) {
  /** It is the table that is wrong; otherwise the file could not be read. */
  get isTable() {
    return this.version !== NONE
  }
  override get message() {
    return describeProblems(this.path, this.problems)
  }
}

const versionOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 12)

/** Texts of more characters are read in a thread of their own: to read 64 Ki takes some 70 ms, in which nobody would be answered. */
const LARGE = 64 * 1024

const readHere = (text: string): Effect.Effect<RoutesFile, ReadonlyArray<FileProblem>> =>
  Effect.suspend(() => Effect.fromResult(readRoutes(text)))

/** In an application that is bundled into one file, the thread's module is not where this one is. */
const isMissing = ({ code }: NodeJS.ErrnoException) => code?.endsWith("MODULE_NOT_FOUND") === true

/** Reads a table, and holds nobody up for long. */
const readWithoutHolding = (text: string): Effect.Effect<RoutesFile, ReadonlyArray<FileProblem>> =>
  text.length <= LARGE
    ? readHere(text)
    : Effect.callback((resume) => {
        // This module's neighbour: compiled where this one is.
        const module = new URL(`./readRoutesWorker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url)
        const thread = new Worker(module, { workerData: text })
        thread.once("message", (answer: WorkerAnswer) =>
          resume("file" in answer ? Effect.succeed(answer.file) : Effect.fail(answer.problems))
        )
        thread.once("error", (error: NodeJS.ErrnoException) =>
          resume(isMissing(error) ? readHere(text) : Effect.die(error))
        )
        return Effect.promise(() => thread.terminate())
      })

/** The bytes of a file, as text. */
const readText = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const refuse = (problem: string, instead: string, version = NONE) =>
    Effect.fail(new RoutesError({ path, version, problems: [{ line: 1, column: 1, path: "", problem, instead }] }))
  const unreadable = ({ reason }: PlatformError.PlatformError) =>
    reason._tag === "NotFound"
      ? refuse("is not there", "the path of a routing table")
      : refuse("cannot be read", "a file that the router may read")
  const { size, type } = yield* Effect.catch(fs.stat(path), unreadable)
  if (type === "Directory") return yield* refuse("is a directory", "the path of a file")
  // To read a pipe would take until somebody writes into it.
  if (type !== "File") return yield* refuse("is no regular file", "the path of a file")
  if (size > MAX_FILE) return yield* refuse(`is larger than ${MAX_FILE / 1024 / 1024} MiB`, "a smaller table")
  const bytes = yield* Effect.catch(fs.readFile(path), unreadable)
  const version = versionOf(bytes)
  const text = yield* Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => "not UTF-8"
  }).pipe(Effect.catch(() => refuse("is not UTF-8", "a file in UTF-8", version)))
  return { path, version, text }
})

/** A table, or all that is wrong with it. */
const readTable = ({ path, text, version }: Effect.Success<ReturnType<typeof readText>>) =>
  readWithoutHolding(text).pipe(
    Effect.map((file): LoadedRoutes => ({ path, file, version })),
    Effect.mapError((problems) => new RoutesError({ path, version, problems }))
  )

/** Reads a table, and fails with all that is wrong with it. */
export const loadRoutes = (path: string): Effect.Effect<LoadedRoutes, RoutesError, FileSystem.FileSystem> =>
  Effect.flatMap(readText(path), readTable)

/** How often the file is looked at. */
export const reloadSchedule = Schedule.spaced("250 millis")

/** How long a file must stay as it is before it is read: who writes it may not be done. */
const SETTLED = "100 millis"

/** How often that is waited for: a file that is written all the time is read nevertheless. */
const MAX_WAITS = 10

/** As many digits of a version as a number holds. */
const numberOf = (version: string) => Number.parseInt(version.slice(0, 12), 16)

const reloadSeries = counters(reloadsTotal)

/**
 * Follows a table's file in the background, until the scope closes. Looks at the file instead of listening for changes: this holds for editors that
 * replace files, for mounted volumes and for links that are moved, as those of Kubernetes.
 */
export const liveRoutes = Effect.fnUntraced(function* ({ file, path, version }: LoadedRoutes) {
  const fs = yield* FileSystem.FileSystem
  const nowIso = Effect.map(Clock.currentTimeMillis, (now) => new Date(now).toISOString())
  let live = { table: makeRoutingTable(file), version, since: yield* nowIso }
  let rejected: TableStatus["rejected"]

  /** What tells one state of the file from another; nothing where there is no file. */
  const state = fs.stat(path).pipe(
    Effect.map(({ dev, ino, mtime, size }) =>
      [dev, Option.getOrUndefined(ino), Option.getOrUndefined(mtime)?.getTime(), size].join()
    ),
    Effect.orElseSucceed(() => NONE)
  )

  const settled = Effect.fnUntraced(function* () {
    let before = yield* state
    for (let waits = 0; waits < MAX_WAITS; waits++) {
      yield* Effect.sleep(SETTLED)
      const now = yield* state
      if (now === before) return now
      before = now
    }
    return before
  })

  yield* declare(["live", "rejected"].map((outcome) => reloadSeries({ outcome })))
  yield* observe(tableRules, () => live.table.size)
  yield* observe(tableVersion, () => numberOf(live.version))
  yield* observe(tableRejected, () => (rejected === undefined ? 0 : 1))

  const takeOver = Effect.fnUntraced(function* ({ file, version }: LoadedRoutes) {
    const wasRejected = rejected !== undefined
    rejected = undefined
    if (version === live.version) {
      if (wasRejected) yield* Effect.logInfo(`the routing table's file is as it was: ${version} is live`)
      return
    }
    const before = live.version
    // One assignment: whoever decides has read the one table or the other.
    live = { table: makeRoutingTable(file), version, since: yield* nowIso }
    yield* count(reloadSeries({ outcome: "live" }))
    yield* Effect.logInfo(`routing table ${version} is live (${live.table.size} rules), in place of ${before}`)
  })

  let rejectedBefore: string | undefined
  const reject = Effect.fnUntraced(function* ({ isTable, message, problems, version }: RoutesError) {
    const which = isTable ? version : message
    if (rejected !== undefined && rejectedBefore === which) return
    rejectedBefore = which
    rejected = { ...(isTable ? { version } : {}), at: yield* nowIso, problems: problems.length }
    yield* count(reloadSeries({ outcome: "rejected" }))
    const howMany = problems.length === 1 ? "1 problem" : `${problems.length} problems`
    yield* Effect.logError(
      `the routing table's file has changed and is not used, ${live.version} stays: ${howMany}\n${message}`
    )
  })

  let known: string | undefined = yield* state
  // It may have changed between being read and being followed.
  let isFirst = true
  yield* Effect.gen(function* () {
    if (!isFirst && (yield* state) === known) return
    isFirst = false
    known = yield* settled()
    const text = yield* Effect.result(Effect.provideService(readText(path), FileSystem.FileSystem, fs))
    // Written meanwhile, and perhaps read in half: it is looked at again.
    if ((yield* state) !== known) return
    const read = yield* Effect.result(Effect.flatMap(Effect.fromResult(text), readTable))
    yield* Result.match(read, { onFailure: reject, onSuccess: takeOver })
    // It may be readable later without having changed.
    if (Result.isFailure(read) && !read.failure.isTable) known = undefined
  }).pipe(
    Effect.catchDefect((defect) => {
      known = undefined
      return Effect.logError("the routing table's file could not be followed", defect)
    }),
    Effect.repeat(reloadSchedule),
    Effect.forkScoped
  )

  return {
    current: Effect.sync(() => live),
    status: Effect.sync((): TableStatus => {
      const { since, table, version } = live
      return { version, since, rules: table.size, ...(rejected === undefined ? {} : { rejected }) }
    })
  }
})
