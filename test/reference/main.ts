/** `npm run docs`: the reference of all that the package exports, from the doc comments; with `--check`, only whether something has none. */
import { fileURLToPath } from "node:url"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, FileSystem } from "effect"
import { Command, Flag } from "effect/cli"
import packageJson from "../../package.json" with { type: "json" }
import { missingIn } from "./missing.ts"
import { readEntryPoints, thisPackage } from "./PublicApi.ts"
import { render } from "./render.ts"

const { name } = packageJson

/** The entry points in the order in which they are described: what one exports, the next ones only list. */
const names: Readonly<Record<string, string>> = {
  "cxone.ts": `${name}/cxone`,
  "index.ts": name,
  "testing.ts": `${name}/testing`
}

const folder = fileURLToPath(new URL("../../dist/docs", import.meta.url))

const write = Effect.fnUntraced(function* (entryPoints: Effect.Success<ReturnType<typeof readEntryPoints>>) {
  const fs = yield* FileSystem.FileSystem
  const named = Object.entries(names).flatMap(([file, name]) =>
    entryPoints.filter((entryPoint) => entryPoint.file === file).map((entryPoint) => [name, entryPoint] as const)
  )
  yield* fs.makeDirectory(folder, { recursive: true })
  yield* Effect.forEach(render(named), ({ name, text }) => fs.writeFileString(`${folder}/${name}`, text))
  yield* Console.log("The reference is in dist/docs: start at README.md.")
})

const command = Command.make(
  "docs",
  { check: Flag.Boolean("check").pipe(Flag.withDefault(false)) },
  Effect.fnUntraced(function* ({ check }) {
    const entryPoints = yield* readEntryPoints(thisPackage)
    const missing = missingIn(entryPoints)
    if (missing.length > 0) {
      yield* Console.error(missing.join("\n"))
      return yield* Effect.fail(`${missing.length} missing in the reference`)
    }
    if (!check) yield* write(entryPoints)
  })
)

Command.run(command, { version: packageJson.version }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
