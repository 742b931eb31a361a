/** The router as it runs in production: `serve` in a process of its own. */
import { fileURLToPath } from "node:url"
import {
  Deferred,
  Duration,
  Effect,
  Fiber,
  FileSystem,
  Option,
  type PlatformError,
  Schedule,
  Schema,
  Stream
} from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { digitalAccessKeySecret, digitalClientSecret } from "../../src/simulator/digital/DigitalOptions.ts"
import { simulatorClientSecret } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { nowMillis } from "../../src/std/clock.ts"
import { compileCache } from "../support/compileCache.ts"

/** The webhook's key. */
export const apiKey = "faults-0a1b2c3d4e5f"

/** How the words of all users begin. */
export const privateWords = "in confidence from"

/** A client secret that is not valid any more. */
export const oldSecret = "secret-of-yesterday"

/** What no log and no answer may hold. */
export const secrets = [
  apiKey,
  simulatorClientSecret,
  digitalClientSecret,
  digitalAccessKeySecret,
  oldSecret,
  "simulator-token-",
  privateWords
]

/** Settings of the router, by the names that the environment has. */
export type Settings = Readonly<Record<string, string>>

/** The router ended before it listened. */
export class StartError extends Schema.TaggedError<StartError>()("StartError", { output: Schema.String }) {
  override get message() {
    return `the router did not start:\n${this.output}`
  }
}

/** How a process ended. */
export interface Ended {
  /** Its exit code; null when a signal ended it. */
  readonly code: number | null
  /** How long it took from the signal on, or 0 when it ended by itself. */
  readonly millis: number
}

/** A running router. */
export interface RouterProcess {
  readonly port: number
  /** Sends a signal, without waiting. */
  readonly signal: (signal: "SIGTERM" | "SIGKILL") => Effect.Effect<void>
  /** Waits for its end. */
  readonly ended: Effect.Effect<Ended>
  /** Whether it has ended or been told to. */
  readonly isEnding: Effect.Effect<boolean>
  /** The most memory that it has had so far, in MiB. */
  readonly peakMemory: Effect.Effect<number>
  /** What its log should not hold: defects, secrets, anything on its standard error. */
  readonly alarms: ReadonlyArray<string>
}

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url))

const usual: Settings = {
  ...compileCache,
  PORT: "0",
  WEBHOOK_AUTH: "api-key",
  WEBHOOK_API_KEYS: apiKey,
  LOG_FORMAT: "json"
}

const MAX_ALARMS = 20

/** Starts a router that ends with the scope at the latest, and waits until it listens. */
export const startRouter = Effect.fnUntraced(function* (settings: Settings) {
  const services = yield* Effect.context<StartNeeds>()
  const fs = yield* FileSystem.FileSystem
  // An empty directory, so that no .env is read.
  const cwd = yield* fs.makeTempDirectoryScoped()
  const child = yield* ChildProcess.make(process.execPath, [main, "serve"], {
    cwd,
    env: { ...usual, ...settings },
    stdin: "ignore",
    detached: false,
    forceKillAfter: "2 seconds"
  })
  const listening = yield* Deferred.make<number>()
  const alarms: Array<string> = []
  const alarm = (line: string) => {
    if (alarms.length < MAX_ALARMS) alarms.push(line.slice(0, 2000))
  }

  const readLog = child.stdout.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runForEach((line) => {
      if (/a defect in the router|"level":"FATAL"/.test(line) || secrets.some((secret) => line.includes(secret))) {
        alarm(line)
      }
      const port = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
      return port === undefined ? Effect.void : Deferred.succeed(listening, Number(port))
    })
  )
  const readErrors = child.stderr.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runForEach((line) => Effect.sync(() => alarm(`stderr: ${line}`)))
  )
  const reading = yield* Effect.forkScoped(Effect.all([readLog, readErrors], { concurrency: 2, discard: true }))

  let signalledAt: number | undefined
  const ended = yield* child.exitCode.pipe(
    Effect.map(Number),
    // Fails where a signal ended it.
    Effect.orElseSucceed(() => null),
    Effect.zipWith(nowMillis, (code, now): Ended => ({ code, millis: now - (signalledAt ?? now) })),
    Effect.cached
  )
  // Asked for from the start on, so that the time is that of the end.
  yield* Effect.forkScoped(ended)

  let peak = 0
  const peakMemory = memoryOf(child.pid).pipe(
    Effect.provideContext(services),
    Effect.map((mebibytes) => {
      peak = Math.max(peak, mebibytes)
      return peak
    })
  )
  yield* Effect.forkScoped(Effect.repeat(peakMemory, Schedule.spaced("250 millis")))

  const port = yield* Effect.raceFirst(
    Deferred.await(listening),
    Effect.andThen(
      Fiber.await(reading),
      Effect.suspend(() => new StartError({ output: alarms.join("\n") }))
    )
  )

  return {
    port,
    signal: (signal) =>
      Effect.map(nowMillis, (now) => {
        signalledAt = now
        process.kill(child.pid, signal)
      }),
    ended,
    isEnding: Effect.map(child.isRunning, (isRunning) => !isRunning || signalledAt !== undefined).pipe(
      Effect.orElseSucceed(() => true)
    ),
    peakMemory,
    alarms
  } satisfies RouterProcess
})

/** What starting a router needs. */
export type StartNeeds = ChildProcessSpawner.ChildProcessSpawner | FileSystem.FileSystem

/** What starting a router can fail with. */
export type StartFailure = StartError | PlatformError.PlatformError

/** In MiB: the high-water mark where the system keeps one, else what there is now. 0 once the process has gone. */
const memoryOf = (pid: number) =>
  FileSystem.FileSystem.use((fs) => fs.readFileString(`/proc/${pid}/status`)).pipe(
    Effect.map((status) => Option.fromNullishOr(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1])),
    Effect.flatMap(Effect.fromOption),
    Effect.catch(() =>
      ChildProcessSpawner.ChildProcessSpawner.use((spawner) =>
        spawner.string(ChildProcess.make("ps", ["-o", "rss=", "-p", String(pid)]))
      )
    ),
    Effect.map((kibibytes) => Number(kibibytes) / 1024),
    Effect.timeout(Duration.seconds(5)),
    Effect.orElseSucceed(() => 0)
  )
