import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Config, ConfigProvider, Effect, FileSystem, Option, PlatformError } from "effect"
import { withSecretFiles } from "../../src/std/SecretFiles.ts"

const NAMES = ["KEY", "OTHER"]

/** The value of `KEY` where these are set, and `$DIR` stands for a directory of these files. */
const keyWhere = (
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  config: Config.Config<string> = Config.String("KEY")
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped()
    yield* Effect.forEach(Object.entries(files), ([name, content]) =>
      typeof content === "string"
        ? fs.writeFileString(`${directory}/${name}`, content)
        : fs.writeFile(`${directory}/${name}`, content)
    )
    const placed = Object.fromEntries(
      Object.entries(env).map(([name, text]) => [name, text.replace("$DIR", directory)])
    )
    const provider = yield* withSecretFiles(NAMES)(ConfigProvider.fromEnv({ env: placed }))
    return yield* Effect.provideService(config, ConfigProvider.ConfigProvider, provider).pipe(
      Effect.mapError(({ message }) => message.replaceAll(directory, "$DIR"))
    )
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

describe("a secret", () => {
  it.effect.each(["s3cr3t", "s3cr3t\n", "\ufeffs3cr3t\r\n", "  s3cr3t\n\n"])("is the text of its file: %j", (text) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* keyWhere({ KEY_FILE: "$DIR/key" }, { key: text }), "s3cr3t")
    })
  )

  it.effect("may have several lines", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* keyWhere({ KEY_FILE: "$DIR/key" }, { key: "one\ntwo\n" }), "one\ntwo")
    })
  )

  it.effect("is the setting's own value where no file is named", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* keyWhere({ KEY: "own" }), "own")
      assert.strictEqual(yield* keyWhere({ KEY: "own", KEY_FILE: " " }), "own")
      assert.strictEqual(yield* keyWhere({ KEY: "", KEY_FILE: "$DIR/key" }, { key: "file" }), "file")
    })
  )

  it.effect("is not set where neither is", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* keyWhere({}, {}, Config.option(Config.String("KEY")).pipe(Config.map(Option.getOrElse(() => "none")))),
        "none"
      )
    })
  )

  it.effect("may have a prefix", () =>
    Effect.gen(function* () {
      const nested = Config.nested(Config.String("KEY"), "TENANT")
      assert.strictEqual(yield* keyWhere({ TENANT_KEY_FILE: "$DIR/key" }, { key: "s3cr3t" }, nested), "s3cr3t")
    })
  )

  it.effect("is read anew each time", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* fs.makeTempFileScoped()
      const provider = yield* withSecretFiles(NAMES)(ConfigProvider.fromEnv({ env: { KEY_FILE: file } }))
      const read = Effect.provideService(Config.String("KEY"), ConfigProvider.ConfigProvider, provider)
      yield* fs.writeFileString(file, "one")
      assert.strictEqual(yield* read, "one")
      yield* fs.writeFileString(file, "two")
      assert.strictEqual(yield* read, "two")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("of another name has no file", () =>
    Effect.gen(function* () {
      const message = yield* Effect.flip(keyWhere({ ELSE_FILE: "$DIR/key" }, { key: "x" }, Config.String("ELSE")))
      assert.include(message, "ELSE")
    })
  )
})

describe("a failure", () => {
  const utf16 = new Uint8Array([0xff, 0xfe, 0x73, 0x00])
  const large = "s".repeat(64 * 1024 + 1)

  it.effect.each([
    ["both are set", { KEY: "s3cr3t", KEY_FILE: "$DIR/key" }, { key: "s3cr3t" }, "KEY and KEY_FILE are both set"],
    ["there is no file", { KEY_FILE: "$DIR/none" }, {}, "KEY_FILE names $DIR/none, which is not there"],
    ["it is a directory", { KEY_FILE: "$DIR" }, {}, "KEY_FILE names $DIR, which is a directory"],
    ["it is empty", { KEY_FILE: "$DIR/key" }, { key: " \n" }, "KEY_FILE names $DIR/key, which is empty"],
    ["it is UTF-16", { KEY_FILE: "$DIR/key" }, { key: utf16 }, "KEY_FILE names $DIR/key, which is not text in UTF-8"],
    ["it is binary", { KEY_FILE: "$DIR/key" }, { key: "s\0" }, "KEY_FILE names $DIR/key, which is not text in UTF-8"],
    [
      "it is too large",
      { KEY_FILE: "$DIR/key" },
      { key: large },
      "KEY_FILE names $DIR/key, which is larger than 64 KiB"
    ]
  ] as const)("says so when %s, and nothing of the secret", ([, env, files, expected]) =>
    Effect.gen(function* () {
      // Also where the setting has a default.
      const message = yield* Effect.flip(keyWhere(env, files, Config.String("KEY").pipe(Config.withDefault("default"))))
      assert.include(message, expected)
      assert.notInclude(message, "s3cr3t")
    })
  )

  it.effect("names no more of a file that may not be read", () =>
    Effect.gen(function* () {
      const denied = PlatformError.systemError({ module: "FileSystem", method: "stat", _tag: "PermissionDenied" })
      const provider = yield* withSecretFiles(NAMES)(ConfigProvider.fromEnv({ env: { KEY_FILE: "/key" } })).pipe(
        Effect.provide(FileSystem.layerNoop({ stat: () => Effect.fail(denied) }))
      )
      const read = Effect.provideService(Config.String("KEY"), ConfigProvider.ConfigProvider, provider)
      assert.include((yield* Effect.flip(read)).message, "KEY_FILE names /key, which cannot be read")
    })
  )
})
