/** Where the process reads its settings: the environment, then `.env`, and the files of secrets. */
import { ConfigProvider, Effect, type FileSystem, Layer } from "effect"
import { fileOf, withSecretFiles } from "../std/SecretFiles.ts"
import { given, type SettingsError } from "../std/Setting.ts"
import * as Sources from "../std/Sources.ts"
import { PROXIES, SECRETS, SETTINGS } from "./settingNames.ts"

/** Secrets that may change while the router runs, with what goes with them. */
const LIVE_SECRETS = SECRETS.filter((name) => /^(CXONE|WEBHOOK)_/.test(name))

/** Runs an effect with these sources, and the files of secrets that they name. */
export const reading =
  (sources: Sources.Sources) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | FileSystem.FileSystem> =>
    effect.pipe(
      Effect.provideServiceEffect(ConfigProvider.ConfigProvider, withSecretFiles(SECRETS)(Sources.providerOf(sources))),
      Effect.provideService(Sources.CurrentSources, sources)
    )

/**
 * For applications: the `ConfigProvider` that is given, where the router's secrets may be given by files too, as `CXONE_CLIENT_SECRET_FILE` for `CXONE_CLIENT_SECRET`. A file is read
 * when the setting is. It is a failure when a setting and its file are both set, and when the file cannot be read.
 */
export const secretFiles: Layer.Layer<never, never, FileSystem.FileSystem> = Layer.effect(
  ConfigProvider.ConfigProvider,
  Effect.flatMap(ConfigProvider.ConfigProvider, withSecretFiles(SECRETS))
)

/** The sources as they are now, for the whole process. Fails with `SettingsError` when `.env` cannot be read. */
export const layerSources: Layer.Layer<never, SettingsError, FileSystem.FileSystem> = Layer.provideMerge(
  secretFiles,
  Sources.layerSources
)

/** The settings that are read once, at the start. */
const RESTART = [...new Set<string>([...SETTINGS, ...SECRETS, ...PROXIES])].filter(
  (name) => name !== "LOG_LEVEL" && !LIVE_SECRETS.some((live) => live === name)
)

/** The texts of settings that are read once. */
export const readOnce: Effect.Effect<ReadonlyMap<string, string | undefined>> = Effect.map(
  Effect.forEach(RESTART, (name) => Effect.map(given(name), (text) => [name, text] as const)),
  (texts) => new Map(texts)
)

/** True when one of the secrets that may change is given by a file. */
export const hasLiveFile: Effect.Effect<boolean> = Effect.map(
  Effect.forEach(LIVE_SECRETS, (name) => given(fileOf(name))),
  (files) => files.some((file) => file !== undefined)
)
