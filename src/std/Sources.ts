/** Where settings stand: the environment, and the file `.env` in the working directory. The environment wins. */
import { ConfigProvider, Context, Effect, type FileSystem, Layer } from "effect"
import { type DotEnv, decodeDotEnv, type Entry, type Flaw, parseDotEnv } from "./DotEnv.ts"
import { readBytes } from "./readBytes.ts"
import { fileOf } from "./SecretFiles.ts"
import { type Problems, SettingsError } from "./SettingsError.ts"

/** The sources of settings, as they were read. */
export interface Sources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The file, where there is one. */
  readonly file: DotEnv | undefined
}

/** The sources behind the current `ConfigProvider`; `undefined` for a program with a provider of its own. */
export const CurrentSources: Context.Reference<Sources | undefined> = Context.Reference<Sources | undefined>(
  "cognigy-cxone-router/std/CurrentSources",
  { defaultValue: () => undefined }
)

const FILE = ".env"

const MAX_SIZE = 256 * 1024

const unreadable = (problem: string, instead: string) =>
  new SettingsError({ problems: [{ name: FILE, problem, instead }] })

const readFile = Effect.gen(function* () {
  const bytes = yield* Effect.catch(readBytes(FILE, MAX_SIZE), ({ instead, isMissing, problem }) =>
    isMissing ? Effect.undefined : Effect.fail(unreadable(problem, instead))
  )
  if (bytes === undefined) return undefined
  const text = decodeDotEnv(bytes)
  return text === undefined ? yield* unreadable("is not text in UTF-8", "save it as UTF-8") : parseDotEnv(text)
})

/** Reads both sources anew. Fails with `SettingsError` when `.env` cannot be read. */
export const readSources: Effect.Effect<Sources, SettingsError, FileSystem.FileSystem> = Effect.map(
  readFile,
  (file) => ({ environment: { ...process.env }, file })
)

/** The entry that counts. */
export const entryOf = ({ file }: Sources, name: string): Entry | undefined =>
  file?.entries.findLast((entry) => entry.name === name)

/** True where a value is something: nothing but space is as if it were not there. */
export const isGiven = (value: string | undefined): value is string => value !== undefined && value.trim() !== ""

/** The value in the environment. */
const inEnvironment = ({ environment }: Sources, name: string): string | undefined => {
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined
  return isGiven(value) ? value : undefined
}

/** The provider of these sources. An empty variable does not hide the file's value. */
export const providerOf = (sources: Sources): ConfigProvider.ConfigProvider => {
  const { environment, file } = sources
  const fromFile = Object.fromEntries(
    (file?.entries ?? []).map((entry) => [entry.name, flawIn(entry) === undefined ? entry.value : ""])
  )
  const given = Object.entries(environment).filter(([, value]) => isGiven(value))
  return ConfigProvider.fromEnvRecord({ ...fromFile, ...Object.fromEntries(given) })
}

/** The `ConfigProvider` of the environment and `.env`, and these sources. Fails with `SettingsError` when `.env` cannot be read. */
export const layerSources: Layer.Layer<never, SettingsError, FileSystem.FileSystem> = Layer.unwrap(
  Effect.map(readSources, (sources) =>
    Layer.merge(ConfigProvider.layer(providerOf(sources)), Layer.succeed(CurrentSources, sources))
  )
)

/** True where the value is that of a file. */
const isFile = (sources: Sources, name: string): boolean =>
  inEnvironment(sources, fileOf(name)) !== undefined || isGiven(entryOf(sources, fileOf(name))?.value)

/** The source of a setting's value, in words: ` (from .env, line 3)`. `show` gives the text of a value, or `undefined` for a secret one. */
export const originOf = (
  sources: Sources | undefined,
  name: string,
  show: (value: string) => string | undefined
): string => {
  if (sources === undefined) return ""
  const value = inEnvironment(sources, name)
  const entry = entryOf(sources, name)
  if (value === undefined) {
    if (entry === undefined) return isFile(sources, name) ? ` (in the file of ${fileOf(name)})` : ""
    return ` (from .env, line ${entry.line}${entry.value.includes("#") ? ", where the # is a part of the value" : ""})`
  }
  if (entry === undefined || !isGiven(entry.value) || entry.value.trim() === value.trim()) {
    return " (from the environment)"
  }
  const other = show(entry.value.trim())
  return ` (from the environment; .env ${other === undefined ? "has another value" : `says ${other}`})`
}

/** A password may hold spaces and a #. Whether a # after a space is a part of it cannot be told, and a part of a password must never let anybody in. */
const AMBIGUOUS: Flaw = {
  problem: "has a # after a space, which may begin a comment or belong to the value",
  instead: "put the value in quotes, or the comment on a line of its own"
}

const flawIn = ({ flaw, isCommented, name }: Entry): Flaw | undefined =>
  flaw ?? (isCommented && name.endsWith("PASSWORD") ? AMBIGUOUS : undefined)

/** The problem of a setting that stands in `.env` and cannot be understood there; none when the environment has it, too. */
export const flawOf = (sources: Sources | undefined, name: string): Problems => {
  if (sources === undefined || inEnvironment(sources, name) !== undefined) return []
  const entry = entryOf(sources, name)
  const flaw = entry === undefined ? undefined : flawIn(entry)
  if (entry === undefined || flaw === undefined) return []
  return [{ name, problem: `${flaw.problem} (.env, line ${entry.line})`, instead: flaw.instead }]
}
