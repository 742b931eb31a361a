/** Settings by value and under other names: what they leave out, and what they cannot be. Those of the program are in `Settings.test.ts`. */
import { assert, describe, it } from "@effect/vitest"
import { Cause, Config, ConfigProvider, Duration, Effect, Exit, Redacted } from "effect"
import { CXoneSettings } from "../../../src/cxone/webchat/CXoneSettings.ts"

const built = (baseUrl: string, attemptTimeout?: Duration.Input) =>
  CXoneSettings.pipe(
    Effect.provide(
      CXoneSettings.layer({
        baseUrl,
        clientId: "client",
        clientSecret: Redacted.make("s3cr3t"),
        ...(attemptTimeout === undefined ? {} : { attemptTimeout })
      })
    )
  )

describe("settings by value", () => {
  it.effect("have a default for an attempt's time, and take it as text", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* built("https://cxone.test")).attemptTimeout, Duration.seconds(2))
      assert.deepStrictEqual((yield* built("https://cxone.test", "3 seconds")).attemptTimeout, Duration.seconds(3))
    })
  )

  it.effect("take settings of other names, beside values", () =>
    Effect.gen(function* () {
      const layer = CXoneSettings.layerConfig({
        baseUrl: Config.String("ACME_URL"),
        clientId: Config.succeed("client"),
        clientSecret: Config.Redacted("ACME_SECRET")
      })
      const env = { ACME_URL: "https://acme.test/", ACME_SECRET: "s3cr3t" }
      const from = (env: Record<string, string>) =>
        Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
      const settings = yield* CXoneSettings.pipe(Effect.provide(layer), from(env))
      assert.strictEqual(settings.baseUrl, "https://acme.test")
      assert.strictEqual(Redacted.value(settings.clientSecret), "s3cr3t")
      const error = yield* Effect.flip(
        CXoneSettings.pipe(Effect.provide(layer), from({ ACME_URL: "https://acme.test" }))
      )
      assert.include(error.message, "ACME_SECRET")
    })
  )

  it.effect.each([
    ["https://cxone.test/", "https://cxone.test"],
    ["https://proxy.test/cxone//", "https://proxy.test/cxone"]
  ])("take a base URL with slashes at its end: %s", ([given = "", expected]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* built(given)).baseUrl, expected)
    })
  )

  it.effect.each([
    "mypurecloud.com",
    "",
    "ftp://cxone.test",
    "https://u:s3cr3t@cxone.test",
    "https://cxone.test?a=s3cr3t"
  ])("are not built with another base URL, which is not repeated: %s", (baseUrl) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(built(baseUrl))
      const told = Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "nothing"
      assert.include(told, "baseUrl is not an http or https URL")
      assert.notInclude(told, "s3cr3t")
    })
  )
})
