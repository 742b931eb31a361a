/** Secrets in files: where `NAME_FILE` is set, the setting `NAME` is the text of that file. */
import { ConfigProvider, Effect, FileSystem } from "effect"
import { readBytes, type Unreadable } from "./readBytes.ts"

/** The most bytes of a secret's file: more than any list of keys. */
const MAX_SIZE = 64 * 1024

const utf8 = new TextDecoder("utf-8", { fatal: true })

const NOT_TEXT: Unreadable = { problem: "is not text in UTF-8", instead: "the secret alone, in UTF-8" }
const EMPTY: Unreadable = { problem: "is empty", instead: "a file with the secret in it" }

/** The text of a file, without space around it. */
const read = Effect.fnUntraced(function* (path: string) {
  const bytes = yield* readBytes(path, MAX_SIZE)
  const text = yield* Effect.try({ try: () => utf8.decode(bytes).trim(), catch: () => NOT_TEXT })
  if (text.includes("\0")) return yield* Effect.fail(NOT_TEXT)
  return text === "" ? yield* Effect.fail(EMPTY) : text
})

const textOf = (node: ConfigProvider.Node | undefined): string => node?.value?.trim() ?? ""

/** The name of the setting that names the file of a secret. */
export const fileOf = (name: string) => `${name}_FILE`

/**
 * The same source of settings, where each of these names may be given by a file. The file is read at each look at the setting. It is a failure when the setting
 * and its file are both set, and when the file cannot be read or holds no text. Failures name the file, and nothing of what is in it; their cause is what to write instead.
 */
export const withSecretFiles =
  (names: ReadonlyArray<string>) =>
  (
    provider: ConfigProvider.ConfigProvider
  ): Effect.Effect<ConfigProvider.ConfigProvider, never, FileSystem.FileSystem> =>
    Effect.map(FileSystem.FileSystem, (fs) =>
      ConfigProvider.make(
        Effect.fnUntraced(function* (path) {
          const own = yield* provider.load(path)
          const name = path.at(-1)
          if (typeof name !== "string" || !names.includes(name)) return own
          const file = textOf(yield* provider.load([...path.slice(0, -1), fileOf(name)]))
          if (file === "") return own
          const wrong = (message: string, instead: string) =>
            new ConfigProvider.SourceError({ message, cause: instead })
          if (textOf(own) !== "") return yield* wrong(`${name} and ${fileOf(name)} are both set`, "only one of the two")
          return yield* read(file).pipe(
            Effect.mapBoth({
              onFailure: ({ instead, problem }) => wrong(`${fileOf(name)} names ${file}, which ${problem}`, instead),
              onSuccess: ConfigProvider.makeValue
            }),
            Effect.provideService(FileSystem.FileSystem, fs)
          )
        })
      )
    )
