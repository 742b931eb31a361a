/** The settings of the second dialect, as the program reads them. Those of webchat are in `Settings.test.ts`. */
import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Duration, Effect, FileSystem, Option, Redacted, Result } from "effect"
import { routingSettings } from "../../src/app/RoutingSettings.ts"
import { settings, settingsAndTable, simulatedSettings } from "../../src/app/Settings.ts"
import { parseDotEnv } from "../../src/std/DotEnv.ts"
import type { SettingsError } from "../../src/std/Setting.ts"
import { CurrentSources, providerOf } from "../../src/std/Sources.ts"

type Env = Readonly<Record<string, string>>

const given =
  (env: Env) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    effect.pipe(
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: { ...env } })),
      Effect.provide(NodeFileSystem.layer)
    )

const GUID = "5a1e5000-0000-4000-8000-000000000001"

const enough: Env = {
  CXONE_DIALECT: "digital",
  CXONE_CLIENT_ID: "client",
  CXONE_CLIENT_SECRET: "s3cr3t-1",
  CXONE_ACCESS_KEY_ID: "AK17",
  CXONE_ACCESS_KEY_SECRET: "s3cr3t-2",
  CXONE_CHANNEL_ID: "byoc_1",
  SALES_QUEUE_ID: "4711",
  SUPPORT_QUEUE_ID: GUID,
  WEBHOOK_AUTH: "none"
}

const webchat: Env = {
  CXONE_CLIENT_ID: "client",
  CXONE_CLIENT_SECRET: "s3cr3t-1",
  SALES_QUEUE_ID: GUID,
  SUPPORT_QUEUE_ID: GUID,
  WEBHOOK_AUTH: "none"
}

const read = (env: Env = {}) => settings.pipe(given({ ...enough, ...env }))

const refused = (env: Env) => Effect.flip(read(env))

const told = ({ problems }: SettingsError) => problems.map(({ name, problem }) => `${name} ${problem}`)

const without = (...names: ReadonlyArray<string>) =>
  settings.pipe(given(Object.fromEntries(Object.entries(enough).filter(([name]) => !names.includes(name)))))

describe("CXONE_DIALECT", () => {
  it.effect.each(["digital", " Digital "])("is the second one: %j", (CXONE_DIALECT) =>
    Effect.gen(function* () {
      const { cxone, routing, warnings } = yield* read({ CXONE_DIALECT })
      if (cxone.dialect !== "digital") return assert.fail(cxone.dialect)
      const { accessKeySecret, clientSecret, ...rest } = cxone
      assert.deepStrictEqual([clientSecret, accessKeySecret].map(Redacted.value), ["s3cr3t-1", "s3cr3t-2"])
      assert.deepStrictEqual(rest, {
        dialect: "digital",
        clientId: "client",
        accessKeyId: "AK17",
        channelId: "byoc_1",
        issuer: "https://cxone.niceincontact.com",
        contact: "open",
        intentField: "cognigy_intent",
        acdVersion: "v30.0",
        attemptTimeout: Duration.seconds(2),
        retryBudget: { share: 0.2, floor: 20 },
        baseUrlFrom: "CXONE_ISSUER or CXONE_BASE_URL",
        credentialsFrom: {
          client: "CXONE_CLIENT_ID and CXONE_CLIENT_SECRET",
          accessKey: "CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET"
        }
      })
      assert.deepStrictEqual(routing, { queues: { salesQueueId: "4711", supportQueueId: GUID } })
      assert.deepStrictEqual(warnings, [])
    })
  )

  it.effect.each(["", "webchat", "WEBCHAT"])("is webchat by default and by name: %j", (CXONE_DIALECT) =>
    Effect.gen(function* () {
      const { cxone } = yield* settings.pipe(given({ ...webchat, CXONE_DIALECT }))
      assert.strictEqual(cxone.dialect, "webchat")
    })
  )

  it.effect("that is wrong is one problem, for ids too", () =>
    Effect.gen(function* () {
      const wrong = { CXONE_DIALECT: "digitale" }
      assert.deepStrictEqual(told(yield* refused(wrong)), [
        'CXONE_DIALECT is wrong: "digitale" is not one of webchat, digital: did you mean digital?'
      ])
      const { routing } = yield* settingsAndTable.pipe(given({ ...enough, ...wrong }))
      assert.isTrue(Result.isSuccess(routing))
      for (const alone of [Effect.asVoid(routingSettings()), Effect.asVoid(simulatedSettings)]) {
        const error = yield* Effect.flip(alone.pipe(given({ ...enough, ...wrong })))
        assert.deepStrictEqual(
          error.problems.map(({ name }) => name),
          ["CXONE_DIALECT"]
        )
      }
    })
  )
})

describe("what is missing or wrong", () => {
  it.effect("is listed all at once, and says where each thing is found", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(settings.pipe(given({ CXONE_DIALECT: "digital", WEBHOOK_AUTH: "none" })))
      assert.deepStrictEqual(
        told(error),
        Object.keys(enough)
          .slice(1, -1)
          .map((name) => `${name} is missing`)
      )
      assert.match(error.message, /CXONE_CLIENT_ID is missing\n.*back-end application/)
      assert.match(error.message, /CXONE_ACCESS_KEY_SECRET is missing\n.*access keys of the employee/)
      assert.match(error.message, /CXONE_CHANNEL_ID is missing\n.*or CXONE_CONTACT=find/)
      assert.match(error.message, /SALES_QUEUE_ID is missing\n.*number of a skill or the UUID of a routing queue/)
      assert.notInclude(error.message, "client credentials grant")
    })
  )

  it.effect("is no channel where contacts are found", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(told(yield* Effect.flip(without("CXONE_CHANNEL_ID"))), ["CXONE_CHANNEL_ID is missing"])
      const { CXONE_CHANNEL_ID: _, ...others } = enough
      const { cxone } = yield* settings.pipe(given({ ...others, CXONE_CONTACT: "find" }))
      assert.deepInclude(cxone, { contact: "find" })
      assert.notProperty(cxone, "channelId")
      assert.deepStrictEqual(told(yield* Effect.flip(settings.pipe(given({ ...others, CXONE_CONTACT: "look" })))), [
        'CXONE_CONTACT is wrong: "look" is not one of open, find'
      ])
    })
  )

  it.effect.each([
    ["CXONE_ISSUER", "cxone.test", /not an http or https URL.*without \/auth\/token/s],
    ["CXONE_ISSUER", "https://cxone.test?key=s3cr3t", /not an http or https URL/],
    ["CXONE_BASE_URL", "api.test", /not an http or https URL.*without \/dfo\/3\.0/s],
    ["CXONE_CHANNEL_ID", "two words", /one to 256 characters without spaces/],
    ["CXONE_CHANNEL_ID", "x".repeat(257), /one to 256 characters without spaces/],
    ["CXONE_TENANT_ID", "two words", /one to 256 characters without spaces/],
    ["CXONE_INTENT_FIELD", "two words", /one to 256 characters without spaces.*custom field/s],
    ["CXONE_ACD_VERSION", "30", /not a version such as v30\.0/],
    ["CXONE_ACD_VERSION", "v30.0/skills", /not a version such as v30\.0/],
    ["CXONE_RATE_LIMIT", "300", /such as 300\/minute/],
    ["SALES_QUEUE_ID", "sales", /neither a skill's number nor a routing queue's UUID/],
    ["SALES_QUEUE_ID", "0", /still a placeholder/],
    ["SUPPORT_QUEUE_ID", "1.5", /neither a skill's number nor a routing queue's UUID/]
  ] as const)("is told by its name: %s=%s", ([name, value, message]) =>
    Effect.gen(function* () {
      const error = yield* refused({ [name]: value })
      assert.deepStrictEqual(
        error.problems.map(({ name }) => name),
        [name]
      )
      assert.match(error.message, message)
      assert.notInclude(error.message, "s3cr3t")
    })
  )

  it.effect("is a region no more: webchat's settings are not read", () =>
    Effect.gen(function* () {
      const { cxone } = yield* read({ CXONE_REGION: "not a host" })
      assert.strictEqual(cxone.dialect, "digital")
    })
  )
})

describe("the API's start", () => {
  it.effect.each([
    ["https://api-na1.niceincontact.com", "https://api-na1.niceincontact.com"],
    ["https://api-na1.niceincontact.com/dfo/3.0", "https://api-na1.niceincontact.com"],
    [" https://api-na1.niceincontact.com/dfo/3.0/ ", "https://api-na1.niceincontact.com"]
  ] as const)("has no /dfo/3.0 at its end, which is no mistake: %j", ([CXONE_BASE_URL, expected]) =>
    Effect.gen(function* () {
      const { cxone, warnings } = yield* read({ CXONE_BASE_URL })
      assert.strictEqual(cxone.baseUrl, expected)
      assert.deepStrictEqual(warnings, [])
    })
  )
})

describe("a warning is", () => {
  const warned = (env: Env, all = enough) =>
    Effect.map(settings.pipe(given({ ...all, ...env })), ({ warnings }) =>
      warnings.map(({ instead, name, problem }) => `${name} ${problem} → ${instead}`)
    )

  it.effect.each<[Env, RegExp]>([
    [
      { CXONE_REGION: "mypurecloud.com" },
      /^CXONE_REGION is set and not used: CXONE_DIALECT is digital → set CXONE_DIALECT=webchat, or remove CXONE_REGION$/
    ],
    [
      { CXONE_TENANT_ID: "11eb", CXONE_BASE_URL: "https://api.test" },
      /^CXONE_TENANT_ID is set and not used: CXONE_BASE_URL is set, too/
    ],
    [{ CXONE_ISSUER: "http://cxone.test" }, /^CXONE_ISSUER begins with http: credentials/],
    [{ CXONE_ISSUER: "https://cxone.test/auth/token" }, /^CXONE_ISSUER has the path \/auth\/token: .*the part before/],
    [{ CXONE_BASE_URL: "http://cxone.test" }, /^CXONE_BASE_URL begins with http: credentials/],
    [{ CXONE_BASE_URL: "https://cxone.test/dfo/4.0" }, /^CXONE_BASE_URL has the path \/dfo\/4\.0: .*\/dfo\/3\.0/],
    [{ CXONE_ACCESS_KEY_SECRET: "your-access-key" }, /^CXONE_ACCESS_KEY_SECRET .*placeholder → .*access keys/],
    [{ CXONE_ACCESS_KEY_SECRET: "AK17" }, /^CXONE_ACCESS_KEY_SECRET .*the same as CXONE_ACCESS_KEY_ID/],
    [{ CXONE_CLIENT_SECRET: "client" }, /^CXONE_CLIENT_SECRET .*the same as CXONE_CLIENT_ID → .*back-end application/],
    [{ CXONE_RATE_LIMIT: "10/minute" }, /^CXONE_RATE_LIMIT lets no handover end in time: it needs 3 calls/],
    [
      { CXONE_ISSUER: "http://127.0.0.1:4010", HTTP_PROXY: "http://proxy.test:3128" },
      /^CXONE_ISSUER is on this machine, and calls would go through the proxy of HTTP_PROXY/
    ]
  ])("%j", ([env, expected]) =>
    Effect.gen(function* () {
      const [first = "", ...rest] = yield* warned(env)
      assert.match(first, expected)
      assert.deepStrictEqual(rest, [])
    })
  )

  it.effect("each setting of the digital dialect that webchat does not use, as a value or a file", () =>
    Effect.gen(function* () {
      const names = [
        "CXONE_ISSUER",
        "CXONE_ACCESS_KEY_ID",
        "CXONE_ACCESS_KEY_SECRET_FILE",
        "CXONE_CHANNEL_ID",
        "CXONE_CONTACT",
        "CXONE_TENANT_ID",
        "CXONE_INTENT_FIELD",
        "CXONE_ACD_VERSION"
      ]
      const lines = yield* warned(Object.fromEntries(names.map((name) => [name, "x"])), webchat)
      assert.deepStrictEqual(
        lines,
        names.map(
          (name) =>
            `${name} is set and not used: CXONE_DIALECT is webchat → set CXONE_DIALECT=digital, or remove ${name}`
        )
      )
    })
  )
})

describe("settings that cannot be used", () => {
  it.effect("say beside their problems that the dialect may have been forgotten", () =>
    Effect.gen(function* () {
      const { CXONE_DIALECT: _, ...forgotten } = enough
      const error = yield* Effect.flip(settings.pipe(given(forgotten)))
      assert.include(error.message, "SALES_QUEUE_ID")
      assert.include(error.message, "CXONE_ACCESS_KEY_ID is set and not used: CXONE_DIALECT is webchat")
    })
  )
})

describe("a routing table", () => {
  const table = (queue: string) => `queues: { sales: "${queue}" }\nrules:\n  - { name: all, to: { queue: sales } }\n`

  it.effect("has skill numbers or UUIDs in every program that reads one", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* fs.makeTempFileScoped({ suffix: ".yaml" })
      const env: Env = { CXONE_DIALECT: "digital", ROUTES_FILE: path }
      for (const id of ["4711", GUID]) {
        yield* fs.writeFileString(path, table(id))
        const { routing } = yield* read(env)
        assert.isTrue("routes" in routing)
        yield* routingSettings(Option.some(path)).pipe(given(env))
        assert.strictEqual((yield* simulatedSettings.pipe(given(env))).dialect, "digital")
      }
      yield* fs.writeFileString(path, table("queue-sales"))
      for (const alone of [settings, routingSettings(), simulatedSettings].map((one) =>
        Effect.asVoid<unknown, SettingsError, FileSystem.FileSystem>(one)
      )) {
        const error = yield* Effect.flip(alone.pipe(given({ ...enough, ...env })))
        assert.match(error.message, /is neither a skill's number nor a routing queue's UUID\n.*the number of a skill/)
      }
      yield* fs.writeFileString(path, table("4711"))
      const error = yield* Effect.flip(routingSettings().pipe(given({ ROUTES_FILE: path })))
      assert.match(error.message, /is not a UUID/)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})

describe("the names of settings", () => {
  it.effect("in .env are all known, and so are those that look alike", () =>
    Effect.gen(function* () {
      const { CXONE_CHANNEL_ID: _, ...others } = enough
      const text = `${Object.entries({ ...others, CXONE_CONTACT: "find", CXONE_ACD_VERSION: "v30.0" })
        .map(([name, value]) => `${name}=${value}`)
        .join("\n")}\nCXONE_CHANEL_ID=x\n`
      const sources = { environment: {}, file: parseDotEnv(text) }
      const { warnings } = yield* settings.pipe(
        Effect.provideService(ConfigProvider.ConfigProvider, providerOf(sources)),
        Effect.provideService(CurrentSources, sources),
        Effect.provide(NodeFileSystem.layer)
      )
      assert.deepStrictEqual(
        warnings.map(({ instead, name }) => `${name}: ${instead}`),
        ["CXONE_CHANEL_ID: did you mean CXONE_CHANNEL_ID?"]
      )
    })
  )
})
