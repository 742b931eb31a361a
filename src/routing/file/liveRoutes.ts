/** A routing table that follows its file: each change is checked, and used as a whole or not at all. */
import { Clock, Effect, Metric, Result, Schedule, Stream } from "effect"
import { count, declare, observe } from "../../std/metrics.ts"
import { type FileProblem, MAX_LISTED } from "../FileProblem.ts"
import type { TableStatus } from "../TableStatus.ts"
import { makeRoutingTable } from "../table/RoutingTable.ts"
import { fileState, settledState } from "./fileState.ts"
import { type LoadedRoutes, NO_VERSION, type RoutesError, readTable, readText } from "./LoadedRoutes.ts"
import { reloadsTotal, tableRejected, tableRules, tableVersion } from "./metrics.ts"

/** The pauses between two looks at the file. */
export const reloadSchedule = Schedule.spaced("250 millis")

/** The pauses between two times that the file is read although it looks as before: its size, inode and time may stay when its content does not. */
export const rereadSchedule = Schedule.spaced("50 seconds")

/** A version as a number. Its 12 digits fit into one. */
const numberOf = (version: string) => Number.parseInt(version.slice(0, 12), 16)

const nowIso = Effect.map(Clock.currentTimeMillis, (now) => new Date(now).toISOString())

/** The live table and the rejected state of its file, with the ways in which they change. */
const makeLive = Effect.fnUntraced(function* ({ file, ids, version }: LoadedRoutes) {
  let live = { file, table: makeRoutingTable(file), version, since: yield* nowIso, ids }
  let rejected: TableStatus["rejected"]
  let rejectedBefore: string | undefined
  let problemsNow: ReadonlyArray<FileProblem> | undefined

  yield* declare(["live", "rejected"].map((outcome) => Metric.withAttributes(reloadsTotal, { outcome })))
  yield* observe(tableRules, () => live.table.size)
  yield* observe(tableVersion, () => numberOf(live.version))
  yield* observe(tableRejected, () => (rejected === undefined ? 0 : 1))

  return {
    current: Effect.sync(() => live),
    problems: Effect.sync(() => problemsNow),
    status: Effect.sync((): TableStatus => {
      const { since, table, version } = live
      return { version, since, rules: table.size, ...(rejected === undefined ? {} : { rejected }) }
    }),
    use: Effect.fnUntraced(function* ({ file, version }: LoadedRoutes) {
      const wasRejected = rejected !== undefined
      rejected = undefined
      problemsNow = undefined
      if (version === live.version) {
        if (wasRejected) yield* Effect.logInfo(`the routing table's file is as it was: ${version} is live`)
        return
      }
      const before = live.version
      // One assignment: a decision reads the one table or the other.
      live = { file, table: makeRoutingTable(file), version, since: yield* nowIso, ids }
      yield* count(reloadsTotal, { outcome: "live" })
      yield* Effect.logInfo(`routing table ${version} is live (${live.table.size} rules), in place of ${before}`)
    }),
    reject: Effect.fnUntraced(function* ({ isTable, message, problems, version }: RoutesError) {
      const which = isTable ? version : message
      if (rejected !== undefined && rejectedBefore === which) return
      rejectedBefore = which
      rejected = { ...(isTable ? { version } : {}), at: yield* nowIso, problems: problems.length }
      problemsNow = problems.slice(0, MAX_LISTED)
      yield* count(reloadsTotal, { outcome: "rejected" })
      const howMany = problems.length === 1 ? "1 problem" : `${problems.length} problems`
      yield* Effect.logError(
        `the routing table's file has changed and is not used, ${live.version} stays: ${howMany}\n${message}`
      )
    })
  }
})

/**
 * Follows a table's file in the background, until the scope closes. It looks at the file and does not listen for changes: this works for editors that
 * replace files, for mounted volumes, and for links that move, as those of Kubernetes.
 */
export const liveRoutes = Effect.fnUntraced(function* (
  loaded: LoadedRoutes,
  rereads: Stream.Stream<void> = Stream.empty
) {
  const { ids, path } = loaded
  const { current, problems, reject, status, use } = yield* makeLive(loaded)
  // The state of the file when it was read last; `undefined` to read it again. It may have changed since it was loaded.
  let known: string | undefined
  // The version that was used or rejected last.
  let judged: string | undefined

  const look = Effect.gen(function* () {
    if ((yield* fileState(path)) === known) return
    known = yield* settledState(path)
    const text = yield* Effect.result(readText(path))
    // It changed while it was read: the text may be half of it.
    if ((yield* fileState(path)) !== known) return
    const version = Result.isSuccess(text) ? text.success.version : text.failure.version
    if (version === judged && version !== NO_VERSION) return
    const read = yield* Effect.result(Effect.flatMap(Effect.fromResult(text), (text) => readTable(text, ids)))
    yield* Result.match(read, { onFailure: reject, onSuccess: use })
    judged = version
    // An unreadable file may become readable without a change.
    if (Result.isFailure(read) && !read.failure.isTable) known = undefined
  })

  yield* look.pipe(
    Effect.catchDefect((defect) => {
      known = undefined
      return Effect.logError("the routing table's file could not be followed", defect)
    }),
    Effect.repeat(reloadSchedule),
    Effect.forkScoped
  )
  // The next look reads it.
  const forget = Effect.sync(() => {
    known = undefined
  })
  yield* Effect.forkScoped(
    Stream.runForEach(rereads, () => forget),
    { startImmediately: true }
  )
  yield* Effect.forkScoped(Effect.schedule(forget, rereadSchedule))

  return { current, problems, status }
})
