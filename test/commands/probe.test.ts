/** `probe`, with settings as people give them. */
import { fileURLToPath } from "node:url"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Fiber, FileSystem, Layer, Result } from "effect"
import { Command } from "effect/cli"
import { ChildProcess } from "effect/process"
import { CommandFailed } from "../../src/commands/CommandFailed.ts"
import { probeCommand } from "../../src/commands/probe.ts"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import {
  digitalAccessKeyId,
  digitalAccessKeySecret,
  digitalChannelId,
  digitalClientId,
  digitalClientSecret
} from "../../src/simulator/digital/DigitalOptions.ts"
import { console } from "../probe/support.ts"
import { compileCache } from "../support/compileCache.ts"

const tenant = () => Layer.merge(DigitalSimulator.layer(), NodeServices.layer)

const settings = (issuer: string) => ({
  CXONE_DIALECT: "digital",
  CXONE_ISSUER: issuer,
  CXONE_CLIENT_ID: digitalClientId,
  CXONE_CLIENT_SECRET: digitalClientSecret,
  CXONE_ACCESS_KEY_ID: digitalAccessKeyId,
  CXONE_ACCESS_KEY_SECRET: digitalAccessKeySecret,
  CXONE_CHANNEL_ID: digitalChannelId
})

const run = Effect.fnUntraced(function* (args: ReadonlyArray<string>, env: Readonly<Record<string, string>>) {
  const { layer, text } = console()
  const result = yield* Command.runWith(probeCommand, { version: "0" })(args).pipe(
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
    Effect.provide(layer),
    Effect.result
  )
  const failure = Result.isFailure(result) ? result.failure : undefined
  return {
    isWell: Result.isSuccess(result),
    text: text(),
    message: failure instanceof CommandFailed ? failure.message : failure === undefined ? "" : String(failure)
  }
})

describe("probe", () => {
  it.live("asks with the settings of serve, and needs none of its other settings", () =>
    Effect.gen(function* () {
      const { baseUrl, state } = yield* DigitalSimulator
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* fs.makeTempDirectoryScoped()}/probe.json`
      const { isWell, text } = yield* run(["--yes", "--json", file], settings(baseUrl))
      assert.isTrue(isWell, text)
      assert.include(yield* fs.readFileString(file), digitalChannelId)
      const { contacts } = yield* state
      assert.isAbove(contacts.length, 0)
      for (const { status } of contacts) assert.strictEqual(status, "closed")
    }).pipe(Effect.provide(tenant()))
  )

  it.live("refuses to write without a terminal and without --yes", () =>
    Effect.gen(function* () {
      const { baseUrl, state } = yield* DigitalSimulator
      const { isWell, text } = yield* run([], settings(baseUrl))
      assert.isFalse(isWell)
      assert.include(text, "give --yes to go on")
      assert.strictEqual((yield* state).counts.post, 0)
    }).pipe(Effect.provide(tenant()))
  )

  for (const [what, args, env, message] of [
    [
      "the dialect is webchat",
      ["--yes"],
      { CXONE_BASE_URL: "http://cxone.test", CXONE_CLIENT_ID: "a", CXONE_CLIENT_SECRET: "b" },
      /^There is nothing to probe: CXONE_DIALECT is webchat/
    ],
    [
      "there is no channel",
      ["--yes"],
      { ...settings("http://issuer.test"), CXONE_CHANNEL_ID: "", CXONE_CONTACT: "find" },
      /^There is no channel to probe\.\n.*CXONE_CHANNEL_ID/
    ],
    ["settings are missing", ["--yes"], { CXONE_DIALECT: "digital" }, /CXONE_ACCESS_KEY_SECRET is missing/]
  ] as const) {
    it.live(`fails when ${what}`, () =>
      Effect.gen(function* () {
        const { isWell, message: said } = yield* run(args, env)
        assert.isFalse(isWell)
        assert.match(said, message)
      }).pipe(Effect.provide(NodeServices.layer))
    )
  }

  it.live("closes its contacts at a signal, and ends with 1", () =>
    Effect.gen(function* () {
      const { awaitState, baseUrl, order, state } = yield* DigitalSimulator
      yield* order({ operation: "post", kind: "hang", phase: "after", skip: 2 })
      const child = yield* ChildProcess.make(
        "node",
        [fileURLToPath(new URL("../../src/main.ts", import.meta.url)), "probe", "--yes"],
        {
          env: { ...compileCache, ...settings(baseUrl) },
          extendEnv: true,
          stdin: "ignore"
        }
      )
      const exit = yield* Effect.forkChild(child.exitCode)
      yield* awaitState(({ counts }) => counts.post === 3)
      yield* child.kill({ killSignal: "SIGINT" })
      assert.strictEqual(yield* Fiber.join(exit), 1)
      const { contacts } = yield* state
      // The second message, with an unknown custom field, is refused.
      assert.lengthOf(contacts, 2)
      for (const { status } of contacts) assert.strictEqual(status, "closed")
    }).pipe(Effect.scoped, Effect.provide(tenant()))
  )
})
