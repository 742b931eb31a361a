/** How settings are read: where they come from, and all problems in one message. */
import { Config, ConfigProvider, Effect, FileSystem, type PlatformError, Result, Runtime, Schema } from "effect"
import { describeIssue } from "./describeIssue.ts"

/** One thing that is missing or wrong, and what to write instead. */
const SettingsProblem = Schema.Struct({
  /** The setting's name; of the routing table's problems, where they stand: `routes.yaml:12:7`. */
  name: Schema.String,
  problem: Schema.String,
  instead: Schema.String,
  in: Schema.optionalKey(Schema.Literal("routing table"))
})

/** The most problems in the message. */
const MAX_TOLD = 100

/** The settings are not such that the service can start. */
export class SettingsError extends Schema.TaggedError<SettingsError>()("SettingsError", {
  /** All of them, in the order in which settings are read. */
  problems: Schema.Array(SettingsProblem)
}) {
  override readonly [Runtime.errorReported] = false
  override get message() {
    const inTable = this.problems.filter((problem) => problem.in !== undefined).length
    const inSettings = this.problems.length - inTable
    const wrong = [
      ...(inSettings === 0
        ? []
        : [`${inSettings} ${inSettings === 1 ? "setting is" : "settings are"} missing or wrong`]),
      ...(inTable === 0 ? [] : [`the routing table has ${inTable} ${inTable === 1 ? "problem" : "problems"}`])
    ]
    const sentence = wrong.join(", and ")
    return [
      `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`,
      "",
      ...this.problems.slice(0, MAX_TOLD).map(({ instead, name, problem }) => `  ${name} ${problem}\n    → ${instead}`),
      ...(this.problems.length > MAX_TOLD ? [`  and ${this.problems.length - MAX_TOLD} more`] : []),
      ...(inSettings === 0
        ? []
        : [
            "",
            "The service reads settings from the environment and from the file .env in the working directory; .env.example describes them all."
          ])
    ].join("\n")
  }
}

/** Problems of settings, one entry each. */
export type Problems = ReadonlyArray<typeof SettingsProblem.Type>

/** Reads one setting. Its failure names the problem, never the value. */
export const setting = <A>(name: string, config: Config.Config<A>, instead: string): Effect.Effect<A, Problems> =>
  Effect.catch(config, (error) =>
    Effect.gen(function* () {
      const value = yield* Effect.orElseSucceed(Config.String(name).pipe(Config.withDefault("")), () => "unreadable")
      const { cause } = error
      const wrong = cause._tag === "SchemaError" ? describeIssue(cause.issue) : "cannot be read"
      const problem = value.trim() === "" ? "is missing" : `is wrong: ${wrong.replace(`${name}: `, "")}`
      return yield* Effect.fail([{ name, problem, instead }])
    })
  )

/** Settings by their names in the program. */
type Readers = { readonly [name: string]: Effect.Effect<unknown, Problems, unknown> }

/** Reads all, and fails with the problems of all. */
export const together = Effect.fnUntraced(function* <S extends Readers>(
  settings: S
): Effect.fn.Return<{ readonly [K in keyof S]: Effect.Success<S[K]> }, Problems, Effect.Services<S[keyof S]>> {
  const values: Partial<{ [K in keyof S]: Effect.Success<S[K]> }> = {}
  const problems: Array<Problems[number]> = []
  for (const name in settings) {
    const result = yield* Effect.result(
      settings[name] as Effect.Effect<Effect.Success<S[keyof S]>, Problems, Effect.Services<S[keyof S]>>
    )
    if (Result.isSuccess(result)) values[name] = result.success
    else problems.push(...result.failure)
  }
  return problems.length > 0
    ? yield* Effect.fail<Problems>(problems)
    : (values as { readonly [K in keyof S]: Effect.Success<S[K]> })
})

/** The environment first, then the file `.env` in the working directory where there is one. */
export const configProvider: Effect.Effect<
  ConfigProvider.ConfigProvider,
  PlatformError.PlatformError | SettingsError,
  FileSystem.FileSystem
> = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const environment = ConfigProvider.fromEnv()
  if (!(yield* fs.exists(".env"))) return environment
  const file = yield* Effect.mapError(ConfigProvider.fromDotEnv(), (error) => {
    const problem = {
      name: ".env",
      problem: `cannot be read: ${error.message}`,
      instead: "a file that the router may read"
    }
    return new SettingsError({ problems: [problem] })
  })
  return ConfigProvider.orElse(environment, file)
})
