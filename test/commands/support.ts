/** The commands, run in this process. */
import { fileURLToPath } from "node:url"
import { NodeServices } from "@effect/platform-node"
import { ConfigProvider, Console, Effect, FileSystem, Result } from "effect"
import { Command } from "effect/cli"
import { CommandFailed } from "../../src/commands/CommandFailed.ts"
import { explainCommand } from "../../src/commands/explain.ts"
import { historyCommand } from "../../src/commands/history.ts"
import { replayCommand } from "../../src/commands/replay.ts"
import { schemaCommand } from "../../src/commands/schema.ts"
import { testRoutesCommand } from "../../src/commands/testRoutes.ts"
import { SettingsError } from "../../src/std/Setting.ts"

const routes = new URL("../../src/routing/", import.meta.url)

/** The path of a file beside the code of routing tables. */
export const routesPath = (name: string): string => fileURLToPath(new URL(name, routes))

/** What is around a command. */
interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  /** Files of a directory of its own; where an argument says `@/`, it is in there. */
  readonly files?: Readonly<Record<string, string>>
}

const command = Command.make("test").pipe(
  Command.withSubcommands([explainCommand, testRoutesCommand, historyCommand, replayCommand, schemaCommand])
)

/** Runs a command, and gives back what it printed, and the words that it failed with; in both, that directory is `@/`. */
export const run = Effect.fnUntraced(function* (
  args: ReadonlyArray<string>,
  { env = {}, files = {} }: Surroundings = {}
) {
  const fs = yield* FileSystem.FileSystem
  const directory = `${yield* fs.makeTempDirectoryScoped()}/`
  yield* Effect.forEach(Object.entries(files), ([name, text]) => fs.writeFileString(directory + name, text))
  const inDirectory = (text: string) => text.replaceAll("@/", directory)
  const printed: Array<unknown> = []
  const log = (...texts: ReadonlyArray<unknown>) => {
    printed.push(...texts)
  }
  const result = yield* Command.runWith(command, { version: "0" })(args.map(inDirectory)).pipe(
    Effect.provideService(Console.Console, { ...globalThis.console, log }),
    Effect.provideService(
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromEnv({
        env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, inDirectory(value)]))
      })
    ),
    Effect.result
  )
  const outDirectory = (text: string) => text.replaceAll(directory, "@/")
  return {
    printed: outDirectory(printed.join("\n")),
    failure: Result.match(result, {
      onSuccess: () => undefined,
      onFailure: (error) =>
        error instanceof CommandFailed || error instanceof SettingsError
          ? outDirectory(error.message)
          : `not in words: ${error}`
    })
  }
}, Effect.scoped)

/** All that commands use. */
export const platform = NodeServices.layer
