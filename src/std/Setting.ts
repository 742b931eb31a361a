/** How settings are read: one by one, with all problems in one message. */
import { Config, ConfigProvider, Effect, Result } from "effect"
import { describeIssue } from "./describeIssue.ts"
import { oneLine } from "./oneLine.ts"
import type { Problems } from "./SettingsError.ts"
import { CurrentSources, flawOf, isGiven, originOf } from "./Sources.ts"

export { type Problems, SettingsError } from "./SettingsError.ts"

/** Names of settings whose values may hold secrets. They are never shown. */
const SECRET = /KEY|SECRET|PASSWORD|TOKEN|USER|CREDENTIAL|HEADERS|ATTRIBUTES|DATABASE_URL/

/** Values that may be secrets in the wrong place, or hold one: a signing secret, a URL with more than a host and a path, a long random text. */
const SECRET_VALUE = /whsec_|[@?!$^]|:\/\/.*#|^(?=.*\d)(?=.*[a-z])(?!\w+-\w+-)[\w+/=-]{20,}$/i

/** A text of all kinds of characters, as passwords are. */
const MIXED = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])(?!.*:\/\/).{12,}$/

/** The most characters of a value that are shown. */
const MAX_SHOWN = 60

/** A value for people, in quotes; `undefined` when it may be a secret. */
const shown =
  (name: string) =>
  (value: string): string | undefined =>
    SECRET.test(name) || SECRET_VALUE.test(value) || MIXED.test(value) || value.length > MAX_SHOWN
      ? undefined
      : `"${oneLine(value)}"`

/** Space around a value is a slip, and nothing but space is no value. A password is taken as it is. */
const trimmed = (provider: ConfigProvider.ConfigProvider): ConfigProvider.ConfigProvider =>
  ConfigProvider.make((path) =>
    Effect.map(provider.load(path), (node) => {
      if (node?.value === undefined) return node
      const isPassword = String(path.at(-1)).endsWith("PASSWORD")
      if (isGiven(node.value)) return isPassword ? node : { ...node, value: node.value.trim() }
      return node._tag === "Value" ? undefined : { ...node, value: undefined }
    })
  )

/** Reads one setting. Its failure says what is wrong, and with what value from where; a value that may be a secret is not shown. */
export const setting = <A>(name: string, config: Config.Config<A>, instead: string): Effect.Effect<A, Problems> =>
  Effect.gen(function* () {
    const sources = yield* CurrentSources
    const flaws = flawOf(sources, name)
    if (flaws.length > 0) return yield* Effect.fail(flaws)
    const provider = trimmed(yield* ConfigProvider.ConfigProvider)
    return yield* Effect.catch(config.parse(provider), ({ cause }) =>
      Effect.gen(function* () {
        if (cause._tag === "SourceError") {
          const advice = typeof cause.cause === "string" ? cause.cause : instead
          return yield* Effect.fail([{ name, problem: `cannot be read: ${cause.message}`, instead: advice }])
        }
        const value = yield* given(name)
        if (value === undefined) return yield* Effect.fail([{ name, problem: "is missing", instead }])
        const wrong = describeIssue(cause.issue).replace(`${name}: `, "")
        const seen = shown(name)(value)
        const origin = originOf(sources, name, shown(name))
        const problem = `is wrong: ${seen === undefined ? wrong : `${seen} is ${wrong}`}${origin}`
        return yield* Effect.fail([{ name, problem, instead }])
      })
    )
  })

/** The text of a setting, without space around it; `undefined` where it is not set, or cannot be read. */
export const given = (name: string): Effect.Effect<string | undefined> =>
  Effect.flatMap(ConfigProvider.ConfigProvider, (provider) =>
    Effect.orElseSucceed(
      Config.String(name).pipe(Config.withDefault(undefined)).parse(trimmed(provider)),
      () => undefined
    )
  )

/** Settings by their names in the program. */
type Readers = { readonly [name: string]: Effect.Effect<unknown, Problems, unknown> }

type Values<S extends Readers> = { readonly [K in keyof S]: Effect.Success<S[K]> }

/** Reads all. `problems` are those of all that fail; they have no value. */
const readAll = Effect.fnUntraced(function* <S extends Readers>(
  settings: S
): Effect.fn.Return<
  { readonly values: Partial<Values<S>>; readonly problems: Problems },
  never,
  Effect.Services<S[keyof S]>
> {
  const values: Partial<{ [K in keyof S]: Effect.Success<S[K]> }> = {}
  const problems: Array<Problems[number]> = []
  for (const name in settings) {
    const result = yield* Effect.result(
      settings[name] as Effect.Effect<Effect.Success<S[keyof S]>, Problems, Effect.Services<S[keyof S]>>
    )
    if (Result.isSuccess(result)) values[name] = result.success
    else problems.push(...result.failure)
  }
  return { values, problems }
})

/** Reads all, and fails with the problems of all. */
export const together = <S extends Readers>(
  settings: S
): Effect.Effect<Values<S>, Problems, Effect.Services<S[keyof S]>> =>
  Effect.flatMap(readAll(settings), ({ problems, values }) =>
    problems.length > 0 ? Effect.fail(problems) : Effect.succeed(values as Values<S>)
  )

/** Reads all that can be read. A setting that is wrong is as if it were not set, and its problem is a warning. */
export const whereRight = <S extends Readers>(
  settings: S
): Effect.Effect<
  { readonly values: Partial<Values<S>>; readonly warnings: Problems },
  never,
  Effect.Services<S[keyof S]>
> => Effect.map(readAll(settings), ({ problems, values }) => ({ values, warnings: problems }))
