/** Settings by value: what they leave out, and what they cannot be. Those from `Config` are in `Settings.test.ts`. */
import { assert, describe, it } from "@effect/vitest"
import { Cause, Duration, Effect, Exit, Redacted } from "effect"
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
