/** Reads settings again while the router runs: on SIGHUP, and secrets also when their files change. What cannot be read stays as it is. */
import {
  Effect,
  Equal,
  type FileSystem,
  PubSub,
  References,
  Result,
  Schedule,
  Semaphore,
  Stream,
  SubscriptionRef
} from "effect"
import { type Problems, SettingsError } from "../std/Setting.ts"
import { CurrentSources, readSources } from "../std/Sources.ts"
import type { Changing, ChangingDialectSettings } from "./Changing.ts"
import { credentials } from "./CredentialsSettings.ts"
import { weak } from "./credentialsWarnings.ts"
import { digitalClient, webchatClient } from "./DialectSettings.ts"
import { kindOf } from "./kindOf.ts"
import { logWarnings } from "./logWarnings.ts"
import { hasLiveFile, reading, readOnce } from "./processSources.ts"
import { level, settingsAndTable } from "./Settings.ts"

/**
 * Between two looks at the files of secrets. A change is used at the second look that finds it, so that no file is used that is half written: within 6 s and the time
 * to read.
 */
export const secretFilesSchedule = Schedule.spaced("3 seconds")

/** A setting that is read again. */
interface Part {
  /** Reads it, and uses it at once. The words say what it is now. */
  readonly reread: Effect.Effect<string, never, FileSystem.FileSystem>
  /** Reads it, and uses it when it is as it was at the last look. */
  readonly follow: Effect.Effect<void, never, FileSystem.FileSystem>
}

const makePart = <A>(
  name: string,
  ref: SubscriptionRef.SubscriptionRef<A>,
  read: Effect.Effect<A, Problems, FileSystem.FileSystem>,
  { check = () => [], show }: { readonly show: (value: A) => string; readonly check?: (value: A) => Problems }
): Part => {
  /** The result of the last look. */
  let before: Result.Result<A, Problems> | undefined
  /** The failure that the log has. */
  let told: Result.Result<A, Problems> | undefined

  const use = Effect.fnUntraced(function* (value: A) {
    if (Equal.equals(value, yield* SubscriptionRef.get(ref))) return false
    yield* SubscriptionRef.set(ref, value)
    return true
  })
  return {
    reread: Effect.gen(function* () {
      before = told = yield* Effect.result(read)
      if (Result.isFailure(before)) return `${name}: cannot be read, so as before`
      return (yield* use(before.success)) ? `${name}: changed (${show(before.success)})` : `${name}: as before`
    }),
    follow: Effect.gen(function* () {
      const now = yield* Effect.result(read)
      const isSettled = before !== undefined && Equal.equals(now, before)
      before = now
      if (!isSettled) return
      if (Result.isFailure(now)) {
        if (told !== undefined && Equal.equals(now, told)) return
        told = now
        return yield* Effect.logError(`${name}: as before. ${new SettingsError({ problems: now.failure }).message}`)
      }
      const wasTold = told !== undefined && Result.isFailure(told)
      told = undefined
      if (yield* use(now.success)) {
        yield* Effect.logInfo(`${name}: changed (${show(now.success)}), from a file`)
        yield* logWarnings(check(now.success))
      } else if (wasTold) yield* Effect.logInfo(`${name}: can be read again, and as before`)
    })
  }
}

/** Our client at CXone, with the access key that goes with it. Not its id: whoever mixes up two files would have the secret in the log. */
const clientPart = (cxone: ChangingDialectSettings) =>
  cxone.dialect === "digital"
    ? makePart("CXone's client and access key", cxone.client, digitalClient, { show: () => "an id or secret" })
    : makePart("CXone's client", cxone.client, webchatClient, { show: () => "id or secret" })

/** The settings of routing, with the dialect of their ids. */
const ROUTING = ["CXONE_DIALECT", "ROUTES_FILE", "SALES_QUEUE_ID", "SUPPORT_QUEUE_ID"]

/** Names of settings that are read once, and whose texts are other ones than at the start. */
const changedSince = (start: ReadonlyMap<string, string | undefined>) =>
  Effect.map(readOnce, (now) => [...now].flatMap(([name, text]) => (start.get(name) === text ? [] : [name])))

/** Follows SIGHUP and the files of secrets, until the scope closes. */
export const reloading = Effect.fnUntraced(function* (changing: Changing, hangUps: Stream.Stream<void>) {
  /** The sources that were read last. */
  let sources = yield* CurrentSources
  const atStart = yield* readOnce
  const { mode } = yield* SubscriptionRef.get(changing.credentials)
  const sameMode = Effect.flatMap(credentials, (next) =>
    // Another kind of credentials needs a restart.
    next.mode === mode ? Effect.succeed(next) : SubscriptionRef.get(changing.credentials)
  )
  const levelNow = Effect.provideService(level, References.MinimumLogLevel, changing.defaultLevel)
  const secrets = [
    makePart("the webhook's credentials", changing.credentials, sameMode, { show: kindOf, check: weak }),
    clientPart(changing.cxone)
  ]
  const all = [...secrets, makePart("the log's level", changing.level, levelNow, { show: String })]
  const oneAtATime = yield* Semaphore.make(1)

  const reread = Effect.gen(function* () {
    const now = yield* Effect.result(readSources)
    if (Result.isFailure(now)) return yield* Effect.logError(`SIGHUP: nothing is read again. ${now.failure.message}`)
    sources = now.success
    yield* Effect.gen(function* () {
      const { routing, settings, warnings } = yield* settingsAndTable
      const waiting = yield* changedSince(atStart)
      yield* logWarnings(warnings)
      const problems = [
        ...(Result.isFailure(settings) ? settings.failure : []),
        // Problems of the table in use are logged when it is read again.
        ...(Result.isFailure(routing) && waiting.some((name) => ROUTING.includes(name)) ? routing.failure : [])
      ]
      if (problems.length > 0) {
        yield* Effect.logError(
          `SIGHUP: with these settings the router would not start. ${new SettingsError({ problems }).message}`
        )
      }
      const outcomes = yield* Effect.forEach(all, ({ reread }) => reread)
      yield* Effect.logInfo(`SIGHUP: ${outcomes.join("; ")}`)
      if (waiting.length > 0)
        yield* Effect.logWarning(`SIGHUP: changed, but used only after a restart: ${waiting.join(", ")}`)
      yield* PubSub.publish(changing.rereads, undefined)
    }).pipe(reading(now.success))
  })

  const follow = Effect.gen(function* () {
    if (yield* hasLiveFile) yield* Effect.forEach(secrets, ({ follow }) => follow, { discard: true })
  })

  yield* Stream.runForEach(hangUps, () => oneAtATime.withPermit(surviving(reread))).pipe(
    Effect.forkScoped({ startImmediately: true })
  )
  yield* Effect.suspend(() => (sources === undefined ? follow : reading(sources)(follow))).pipe(
    surviving,
    oneAtATime.withPermit,
    Effect.repeat(secretFilesSchedule),
    Effect.forkScoped
  )
})

/** A defect ends one reading, not the next. */
const surviving = Effect.catchDefect((defect: unknown) => Effect.logError("settings could not be read again", defect))
