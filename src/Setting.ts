/** How settings are read: where they come from, and all problems in one message. */
import { Config, ConfigProvider, Effect, FileSystem, type PlatformError, Result, Runtime, Schema } from "effect"
import { describeIssue } from "./cxone/describeIssue.ts"

/** One setting that is missing or wrong, and what to write instead. */
const SettingsProblem = Schema.Struct({ name: Schema.String, problem: Schema.String, instead: Schema.String })

/** The settings are not such that the service can start. */
export class SettingsError extends Schema.TaggedError<SettingsError>()("SettingsError", {
  problems: Schema.Array(SettingsProblem)
}) {
  override readonly [Runtime.errorReported] = false
  override get message() {
    const count = this.problems.length === 1 ? "1 setting is" : `${this.problems.length} settings are`
    return [
      `Not started: ${count} missing or wrong.`,
      "",
      ...this.problems.map(({ instead, name, problem }) => `  ${name} ${problem}\n    → ${instead}`),
      "",
      "Settings come from the environment or from the file .env in the working directory; .env.example describes them all."
    ].join("\n")
  }
}

/** What is wrong with settings, one entry each. */
export type Problems = ReadonlyArray<typeof SettingsProblem.Type>

/** Reads one setting; its failure says what is wrong with it, never what it holds. */
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

/** Reads all, and fails with the problems of all. */
export const together = Effect.fnUntraced(function* <A extends object>(
  settings: {
    readonly [K in keyof A]: Effect.Effect<A[K], Problems>
  }
) {
  const values: Partial<A> = {}
  const problems: Array<Problems[number]> = []
  for (const name in settings) {
    const result = yield* Effect.result(settings[name])
    if (Result.isSuccess(result)) values[name] = result.success
    else problems.push(...result.failure)
  }
  return problems.length > 0 ? yield* Effect.fail<Problems>(problems) : (values as A)
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
