/** Replays a pact against a provider with Pact's own verifier, and says what came of each interaction. */
import { fileURLToPath } from "node:url"
import { Effect, Schema, Stream } from "effect"
import { ChildProcess } from "effect/process"

/** What is replayed, and against whom. */
export interface Replay {
  /** The pact's file. */
  readonly pact: string
  readonly baseUrl: string
  /** Takes `POST {action: "setup" | "teardown", state, params}` before and after each interaction, for each of its states. */
  readonly statesUrl: string
}

/** What came of one interaction: without problems, it has passed. */
export interface Outcome {
  readonly description: string
  /** What in the answer is not as the pact says, or why there was none. */
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

const verifier = fileURLToPath(new URL("pactVerifier.ts", import.meta.url))

/** Replays every interaction of the pact, one after the other. */
export const verify = Effect.fnUntraced(function* ({ baseUrl, pact, statesUrl }: Replay) {
  const options = { providerBaseUrl: baseUrl, providerStatesSetupUrl: statesUrl, pactUrls: [pact], logLevel: "error" }
  const child = yield* ChildProcess.make(process.execPath, [verifier, JSON.stringify(options)], {
    // It talks to this machine only, also where the environment names a proxy. It reports its use unless told "true" to the letter.
    env: { PACT_DO_NOT_TRACK: "true", NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" },
    extendEnv: true,
    stdin: "ignore",
    stdout: "ignore",
    additionalFds: { fd3: { type: "output" } }
  })
  const [results, errors] = yield* Effect.all(
    [Stream.mkString(Stream.decodeText(child.getOutputFd(3))), Stream.mkString(Stream.decodeText(child.stderr))],
    { concurrency: "unbounded" }
  )
  const { interactionResults } = yield* Effect.mapError(
    Schema.decodeUnknownEffect(Results)(results),
    () => new VerifierFailed({ reason: errors.trim() || results || "it wrote nothing" })
  )
  return interactionResults.map(
    ({ description, mismatch, result }): Outcome => ({
      description,
      problems: result === "OK" ? [] : problemsOf(mismatch?.message, mismatch?.mismatches)
    })
  )
}, Effect.scoped)

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
