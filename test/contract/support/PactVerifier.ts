/** Replays pacts against providers with Pact's own verifier, and reports how each interaction went. */
import { fileURLToPath } from "node:url"
import { Context, Effect, Fiber, Layer, Queue, Schema, type Scope, Semaphore, Stream } from "effect"
import { ChildProcess, type ChildProcessSpawner } from "effect/process"
import { compileCache } from "../../support/compileCache.ts"

/** A pact to replay against a provider. */
export interface Replay {
  /** The pact's file. */
  readonly pact: string
  readonly baseUrl: string
  /** Takes `POST {action: "setup" | "teardown", state, params}` before and after each interaction, for each of its states. */
  readonly statesUrl: string
}

/** How one interaction went: it passed where it has no problems. */
export interface Outcome {
  readonly description: string
  /** How the answer differs from the pact, or why there was none. */
  readonly problems: ReadonlyArray<string>
}

/** Pact's verifier gave no results: it did not run, or found no interaction to replay. */
export class VerifierFailed extends Schema.TaggedError<VerifierFailed>()("VerifierFailed", {
  reason: Schema.String
}) {
  override get message() {
    return `Pact's verifier gave no results: ${this.reason}`
  }
}

const Mismatch = Schema.Struct({
  type: Schema.String,
  mismatch: Schema.optionalKey(Schema.String),
  path: Schema.optionalKey(Schema.String),
  expected: Schema.optionalKey(Schema.Unknown),
  actual: Schema.optionalKey(Schema.Unknown)
})

const Results = Schema.fromJsonString(
  Schema.Struct({
    interactionResults: Schema.NonEmptyArray(
      Schema.Struct({
        description: Schema.String,
        result: Schema.String,
        mismatch: Schema.optionalKey(
          Schema.Struct({
            message: Schema.optionalKey(Schema.String),
            mismatches: Schema.optionalKey(Schema.Array(Mismatch))
          })
        )
      })
    )
  })
)

const Done = Schema.fromJsonString(
  Schema.Struct({
    id: Schema.Int,
    results: Schema.optionalKey(Schema.String),
    failure: Schema.optionalKey(Schema.String)
  })
)

const main = fileURLToPath(new URL("verifierProcess.ts", import.meta.url))

/** Starts the verifier's process; it ends with the scope. */
const start = Effect.gen(function* () {
  const jobs = yield* Queue.unbounded<string>()
  const child = yield* ChildProcess.make(process.execPath, [main], {
    // It talks to this machine only, also where the environment names a proxy. It reports its use unless told "true" to the letter.
    env: { ...compileCache, PACT_DO_NOT_TRACK: "true", NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" },
    extendEnv: true,
    stdin: Stream.encodeText(Stream.fromQueue(jobs)),
    stdout: "ignore",
    additionalFds: { fd3: { type: "output" } }
  })
  const done = yield* child
    .getOutputFd(3)
    .pipe(Stream.decodeText, Stream.splitLines, Stream.toQueue({ capacity: "unbounded" }))
  const errors = yield* Effect.forkScoped(Stream.mkString(Stream.decodeText(child.stderr)))

  const ended = Effect.flatMap(
    Effect.orElseSucceed(Fiber.join(errors), () => ""),
    (text) => new VerifierFailed({ reason: text.trim() || "its process ended" })
  )

  /** Hands over one job, and waits for its line. */
  const run = Effect.fnUntraced(function* (id: number, options: Readonly<Record<string, unknown>>) {
    yield* Queue.offer(jobs, `${JSON.stringify({ id, options })}\n`)
    while (true) {
      const line = yield* Effect.catch(Queue.take(done), () => ended)
      const { failure, id: of, results } = yield* Effect.orDie(Schema.decodeEffect(Done)(line))
      // The job before this one may have been given up.
      if (of !== id) continue
      return results ?? (yield* new VerifierFailed({ reason: failure ?? "it wrote nothing" }))
    }
  })
  return run
})

/** Pact's verifier, in one process for all that is replayed. The process starts with the first replay. */
export class PactVerifier extends Context.Service<
  PactVerifier,
  {
    /** Replays every interaction of the pact, one after the other; a replay waits until the one before it is done. */
    readonly verify: (replay: Replay) => Effect.Effect<ReadonlyArray<Outcome>, VerifierFailed>
  }
>()("test/contract/PactVerifier") {
  static readonly layer = Layer.effect(
    PactVerifier,
    Effect.gen(function* () {
      const context = yield* Effect.context<ChildProcessSpawner.ChildProcessSpawner | Scope.Scope>()
      const started = yield* Effect.cached(Effect.provideContext(start, context))
      const oneAtATime = yield* Semaphore.make(1)
      let jobs = 0

      const verify = Effect.fn("PactVerifier.verify")(function* ({ baseUrl, pact, statesUrl }: Replay) {
        const run = yield* Effect.mapError(started, ({ message }) => new VerifierFailed({ reason: message }))
        const text = yield* run(++jobs, {
          providerBaseUrl: baseUrl,
          providerStatesSetupUrl: statesUrl,
          pactUrls: [pact],
          logLevel: "error"
        })
        const { interactionResults } = yield* Effect.mapError(
          Schema.decodeEffect(Results)(text),
          () => new VerifierFailed({ reason: text })
        )
        return interactionResults.map(
          ({ description, mismatch, result }): Outcome => ({
            description,
            problems: result === "OK" ? [] : problemsOf(mismatch?.message, mismatch?.mismatches)
          })
        )
      }, oneAtATime.withPermits(1))

      return { verify }
    })
  )
}

const problemsOf = (message: string | undefined, mismatches: ReadonlyArray<typeof Mismatch.Type> = []) => {
  const problems = mismatches.map(
    ({ actual, expected, mismatch, path, type }) =>
      `${path === undefined ? "" : `${path}: `}${mismatch ?? `${type}: expected ${expected}, got ${actual}`}`
  )
  return message === undefined && problems.length > 0 ? problems : [message ?? "it failed", ...problems]
}

/** The problems of the interactions that failed, by their descriptions. */
export const failures = (outcomes: ReadonlyArray<Outcome>): Readonly<Record<string, ReadonlyArray<string>>> =>
  Object.fromEntries(
    outcomes.filter(({ problems }) => problems.length > 0).map(({ description, problems }) => [description, problems])
  )
