/** `schema`, and the files that were made with it. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { platform, routesPath, run } from "./support.ts"

describe("schema", () => {
  it.effect.each([
    ["example/routes.schema.json", []],
    ["example/routes.tests.schema.json", ["--tests"]]
  ] as const)("prints %s as it is committed: make it anew where the format changes", ([file, args]) =>
    Effect.gen(function* () {
      const { printed } = yield* run(["schema", ...args])
      assert.strictEqual(`${printed}\n`, readFileSync(routesPath(file), "utf8"))
    }).pipe(Effect.provide(platform))
  )

  it.effect.each(["routes", "routes.tests"])("is what the example's first line names: %s", (name) =>
    Effect.sync(() => {
      const [first] = readFileSync(routesPath(`example/${name}.yaml`), "utf8").split("\n")
      assert.strictEqual(first, `# yaml-language-server: $schema=./${name}.schema.json`)
    })
  )
})
