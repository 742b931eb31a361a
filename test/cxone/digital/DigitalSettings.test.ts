/** Settings by value and under other names: what they leave out, and what they cannot be. Those of the program are in `DialectSettings.test.ts`. */
import { assert, describe, it } from "@effect/vitest"
import { Cause, Config, ConfigProvider, Duration, Effect, Exit, Redacted } from "effect"
import { type DigitalOptions, DigitalSettings } from "../../../src/cxone/digital/DigitalSettings.ts"

const credentials = {
  clientId: "client",
  clientSecret: Redacted.make("client-s3cr3t"),
  accessKeyId: "key",
  accessKeySecret: Redacted.make("key-s3cr3t")
}

const built = (options: Partial<DigitalOptions> = {}) =>
  Effect.provide(DigitalSettings, DigitalSettings.layer({ ...credentials, channelId: "byoc_1", ...options }))

describe("settings by value", () => {
  it.effect("have defaults, and take an attempt's time as text", () =>
    Effect.gen(function* () {
      const settings = yield* built({ attemptTimeout: "3 seconds" })
      assert.deepStrictEqual(settings, {
        ...credentials,
        channelId: "byoc_1",
        issuer: "https://cxone.niceincontact.com",
        contact: "open",
        intentField: "cognigy_intent",
        acdVersion: "v30.0",
        attemptTimeout: Duration.seconds(3)
      })
    })
  )

  it.effect.each([
    ["https://api.test/", "https://api.test"],
    ["https://api.test/dfo/3.0", "https://api.test"],
    ["https://proxy.test/nice/DFO/3.0//", "https://proxy.test/nice"],
    ["https://proxy.test/dfo/3.0/nice", "https://proxy.test/dfo/3.0/nice"]
  ])("take the API's start with and without /dfo/3.0: %s", ([baseUrl = "", expected]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* built({ baseUrl })).baseUrl, expected)
    })
  )

  it.effect("need no channel where contacts are found", () =>
    Effect.gen(function* () {
      const { channelId, contact } = yield* Effect.provide(
        DigitalSettings,
        DigitalSettings.layer({ ...credentials, contact: "find" })
      )
      assert.deepStrictEqual([channelId, contact], [undefined, "find"])
    })
  )

  it.effect.each<Partial<DigitalOptions>>([
    { issuer: "cxone.test" },
    { issuer: "https://u:s3cr3t@cxone.test" },
    { baseUrl: "ftp://cxone.test" },
    { baseUrl: "https://cxone.test?a=s3cr3t" }
  ])("are not built with another URL, which is not repeated: %j", (options) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(built(options))
      const told = Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "nothing"
      assert.include(told, `${Object.keys(options)[0]} is not an http or https URL`)
      assert.notInclude(told, "s3cr3t")
    })
  )

  it.effect("are not built without a channel where contacts are opened", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Effect.provide(DigitalSettings, DigitalSettings.layer(credentials)))
      assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "nothing", "channelId is missing")
    })
  )
})

describe("settings from Config", () => {
  const from = (env: Record<string, string>) => Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))

  const enough = {
    CXONE_CLIENT_ID: "client",
    CXONE_CLIENT_SECRET: "client-s3cr3t",
    CXONE_ACCESS_KEY_ID: "key",
    CXONE_ACCESS_KEY_SECRET: "key-s3cr3t",
    CXONE_CHANNEL_ID: "byoc_1"
  }

  const read = (env: Record<string, string>) =>
    Effect.provide(DigitalSettings, DigitalSettings.layerConfig()).pipe(from(env))

  it.effect("are those of the service", () =>
    Effect.gen(function* () {
      const settings = yield* read({
        ...enough,
        CXONE_ISSUER: "https://cxone-gov.niceincontact.com/",
        CXONE_TENANT_ID: "11eb-1",
        CXONE_BASE_URL: "https://api-na1.niceincontact.com/dfo/3.0",
        CXONE_INTENT_FIELD: "intent",
        CXONE_ACD_VERSION: "v34.0",
        CXONE_RATE_LIMIT: "300/minute"
      })
      assert.strictEqual(Redacted.value(settings.accessKeySecret), "key-s3cr3t")
      assert.deepInclude(settings, {
        issuer: "https://cxone-gov.niceincontact.com",
        tenantId: "11eb-1",
        baseUrl: "https://api-na1.niceincontact.com",
        intentField: "intent",
        acdVersion: "v34.0",
        retryBudget: { share: 0.2, floor: 20 }
      })
      assert.strictEqual(settings.rateLimit?.limit, 300)
    })
  )

  it.effect("fail without a channel, unless contacts are found", () =>
    Effect.gen(function* () {
      const { CXONE_CHANNEL_ID: _, ...others } = enough
      assert.include((yield* Effect.flip(read(others))).message, "CXONE_CHANNEL_ID")
      assert.isUndefined((yield* read({ ...others, CXONE_CONTACT: "find" })).channelId)
      assert.strictEqual((yield* read({ ...enough, CXONE_CONTACT: "find" })).channelId, "byoc_1")
    })
  )

  it.effect("may have other names, beside values", () =>
    Effect.gen(function* () {
      const layer = DigitalSettings.layerConfig({
        clientId: Config.succeed("client"),
        clientSecret: Config.Redacted("ACME_SECRET"),
        accessKeyId: Config.succeed("key"),
        accessKeySecret: Config.Redacted("ACME_KEY"),
        channelId: Config.String("ACME_CHANNEL")
      })
      const settings = yield* Effect.provide(DigitalSettings, layer).pipe(
        from({ ACME_SECRET: "a", ACME_KEY: "b", ACME_CHANNEL: "c" })
      )
      assert.deepStrictEqual([settings.channelId, Redacted.value(settings.accessKeySecret)], ["c", "b"])
    })
  )
})
