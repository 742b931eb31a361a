import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { ChildProcess } from "effect/process"
import packageJson from "../package.json" with { type: "json" }
import { compileCache } from "./support/compileCache.ts"

const root = new URL("../", import.meta.url)

describe("the npm scripts", () => {
  it("are understood by a POSIX shell and by cmd.exe, which has exec.cmd", () => {
    for (const [name, script] of Object.entries(packageJson.scripts)) {
      const outside = script.replaceAll(/"[^"]*"/g, "")
      assert.notMatch(outside, /['`$%;|<>\\]|(?<!&)&(?!&)/, name)
      for (const command of script.split("&&")) {
        const [first, second] = command.trim().split(" ")
        assert.include(["exec", "node", "npm", "tsc", "biome", "vitest", "effect-tsgo"], first, name)
        if (first === "exec") assert.strictEqual(second, "node", name)
      }
    }
    const lines = readFileSync(new URL("exec.cmd", root), "utf8").split(/\r?\n/)
    assert.deepStrictEqual(
      lines.filter((line) => line !== "" && !line.startsWith("@rem")),
      ["@%*"]
    )
  })

  it.live("pass a signal to npm on: the demo ends, and its output with it", () =>
    Effect.gen(function* () {
      const npm = yield* ChildProcess.make("npm", ["run", "--silent", "demo"], {
        cwd: fileURLToPath(root),
        env: { ...compileCache, PORT: "0", ROUTES_FILE: "" },
        extendEnv: true,
        stdin: "ignore"
      })
      let printed = ""
      const reading = yield* Effect.forkScoped(
        Stream.runForEach(Stream.decodeText(npm.stdout), (text) =>
          Effect.sync(() => {
            const hasStarted = printed.includes("Stop with Ctrl+C")
            printed += text
            if (!hasStarted && printed.includes("Stop with Ctrl+C")) process.kill(npm.pid, "SIGTERM")
          })
        )
      )
      assert.strictEqual(yield* npm.exitCode, 0)
      // It would stay open with a router that npm has left behind.
      yield* Fiber.join(reading)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
