import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, ConfigProvider, Duration, Effect, FileSystem, Option, Redacted, Result, Schema } from "effect"
import { routingSettings } from "../../src/app/RoutingSettings.ts"
import { settings, settingsAndTable, simulatedSettings } from "../../src/app/Settings.ts"
import { webchatIds } from "../../src/cxone/webchat/ids.ts"
import type { SettingsError } from "../../src/std/Setting.ts"

type Env = Readonly<Record<string, string>>

const given =
  (env: Env) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    effect.pipe(
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: { ...env } })),
      Effect.provide(NodeFileSystem.layer)
    )

const SALES = "5a1e5000-0000-4000-8000-000000000001"
const SUPPORT = "50bb0000-0000-4000-8000-000000000002"

const enough: Env = {
  CXONE_CLIENT_ID: "client",
  CXONE_CLIENT_SECRET: "s3cr3t",
  SALES_QUEUE_ID: SALES,
  SUPPORT_QUEUE_ID: SUPPORT,
  WEBHOOK_AUTH: "none"
}

/** The settings with these on top of what is needed. */
const read = (env: Env = {}) => settings.pipe(given({ ...enough, ...env }))

const refused = (env: Env) => Effect.flip(read(env))

const namesOf = ({ problems }: SettingsError) => problems.map(({ name }) => name)

const required = Object.keys(enough)

describe("with what is needed alone", () => {
  it.effect("everything else has a default", () =>
    Effect.gen(function* () {
      const read_ = yield* read()
      assert.strictEqual(Redacted.value(read_.cxone.clientSecret), "s3cr3t")
      assert.deepStrictEqual(
        { ...read_, cxone: { ...read_.cxone, clientSecret: "" } },
        {
          host: "127.0.0.1",
          port: 3000,
          keepAlive: Duration.seconds(75),
          cxone: {
            dialect: "webchat",
            baseUrl: "https://mypurecloud.com",
            clientId: "client",
            clientSecret: "",
            credentialsFrom: "CXONE_CLIENT_ID and CXONE_CLIENT_SECRET",
            baseUrlFrom: "CXONE_BASE_URL or CXONE_REGION",
            attemptTimeout: Duration.seconds(2),
            retryBudget: { share: 0.2, floor: 20 }
          },
          routing: { queues: { salesQueueId: SALES, supportQueueId: SUPPORT } },
          credentials: { mode: "none" },
          deadline: Duration.seconds(7),
          capacity: 1000,
          idempotencyWindow: Duration.minutes(10),
          connections: { limit: 1024, keepAlive: Duration.seconds(4) },
          log: { level: "Info", format: "auto" },
          metrics: "off",
          console: undefined,
          database: { kind: "memory" },
          history: {
            retention: Duration.days(30),
            userIds: "plain",
            requests: "rules",
            keepFailed: Duration.hours(24)
          },
          proxies: { http: undefined, https: undefined, noProxy: "" },
          tracing: undefined,
          warnings: []
        }
      )
    })
  )

  it.effect("an empty setting is as if it were not there", () =>
    Effect.gen(function* () {
      const empty = {
        HOST: "",
        PORT: "",
        CXONE_BASE_URL: "",
        CXONE_REGION: "",
        ROUTES_FILE: "",
        HANDOVER_DEADLINE: "",
        LOG_LEVEL: ""
      }
      assert.deepStrictEqual(JSON.stringify(yield* read(empty)), JSON.stringify(yield* read()))
    })
  )

  it.effect("settings of other programs with similar names do no harm", () =>
    Effect.gen(function* () {
      const others = {
        HOST_NAME: "x",
        PORT_0: "x",
        PORT_HTTP: "x",
        LOG_LEVEL_ROOT: "x",
        CXONE: "x",
        ROUTES: "x",
        ROUTES_FILE_0: "x",
        WEBHOOK: "x"
      }
      assert.deepStrictEqual(JSON.stringify(yield* read(others)), JSON.stringify(yield* read()))
    })
  )
})

describe("what is missing", () => {
  it.effect("is listed all at once, each by its name with what to write", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(settings.pipe(given({})))
      assert.sameMembers(namesOf(error), required)
      assert.match(error.message, /5 settings are missing or wrong/)
      for (const { instead, name, problem } of error.problems) {
        assert.strictEqual(problem, "is missing")
        assert.isAbove(instead.length, 0)
        assert.include(error.message, `${name} is missing`)
        assert.include(error.message, instead)
      }
    })
  )

  it.effect.each(required)("is told alone where it alone is missing, or empty: %s", (name) =>
    Effect.gen(function* () {
      const { [name]: _, ...others } = enough
      for (const env of [others, { ...others, [name]: "" }]) {
        const error = yield* Effect.flip(settings.pipe(given(env)))
        assert.deepStrictEqual(
          error.problems.map(({ name, problem }) => [name, problem]),
          [[name, "is missing"]]
        )
        assert.match(error.message, /1 setting is missing or wrong/)
      }
    })
  )

  for (const name of ["CXONE_CLIENT_ID", "CXONE_CLIENT_SECRET"]) {
    it.effect(`is a ${name} of nothing but space`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(namesOf(yield* refused({ [name]: "  " })), [name])
      })
    )
  }

  it.effect("is asked for by the kind of webhook credentials", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(namesOf(yield* refused({ WEBHOOK_AUTH: "api-key" })), ["WEBHOOK_API_KEYS"])
      assert.deepStrictEqual(namesOf(yield* refused({ WEBHOOK_AUTH: "basic" })), [
        "WEBHOOK_BASIC_USER",
        "WEBHOOK_BASIC_PASSWORD"
      ])
      assert.deepStrictEqual(namesOf(yield* refused({ WEBHOOK_AUTH: "signature" })), ["WEBHOOK_SIGNING_SECRETS"])
    })
  )
})

describe("OpenTelemetry's variables", () => {
  const tracing = (env: Env) => Effect.map(read(env), ({ tracing }) => tracing)
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" }

  it.effect.each([
    {},
    { OTEL_SERVICE_NAME: "router" },
    { OTEL_TRACES_EXPORTER: "none" },
    { ...endpoint, OTEL_TRACES_EXPORTER: "none" },
    { ...endpoint, OTEL_SDK_DISABLED: "TRUE" },
    { OTEL_TRACES_SAMPLER: "s3cr3t", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }
  ])("say that no traces are sent: %j", (env) =>
    Effect.gen(function* () {
      assert.isUndefined(yield* tracing(env))
    })
  )

  const usual = {
    protocol: "http/protobuf",
    timeout: Duration.seconds(10),
    sampler: { followsSender: true, ratio: 1 },
    collector: "http://127.0.0.1:4318/v1/traces",
    ignored: []
  }

  it.effect.each([
    { env: endpoint, expected: usual },
    {
      env: { ...endpoint, OTEL_RESOURCE_ATTRIBUTES: "a=, b=c%20d=e,", OTEL_EXPORTER_OTLP_HEADERS: "x-key=, a = b " },
      expected: usual
    },
    { env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces" }, expected: usual },
    {
      env: { OTEL_TRACES_EXPORTER: "console, OTLP", OTEL_SDK_DISABLED: "FALSE" },
      expected: { ...usual, collector: "http://localhost:4318/v1/traces" }
    },
    {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: "https://user:s3cr3t@collector.test/otlp/?key=s3cr3t" },
      expected: { ...usual, collector: "https://collector.test/otlp/v1/traces" }
    },
    {
      env: {
        ...endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_TIMEOUT: "2000",
        OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "0.25"
      },
      expected: {
        protocol: "http/json",
        timeout: Duration.seconds(2),
        sampler: { followsSender: true, ratio: 0.25 },
        collector: "http://127.0.0.1:4318/v1/traces",
        ignored: []
      }
    },
    // The argument is the ratio's alone.
    {
      env: { ...endpoint, OTEL_TRACES_SAMPLER: "always_off", OTEL_TRACES_SAMPLER_ARG: "0.25" },
      expected: { ...usual, sampler: { followsSender: false, ratio: 0 } }
    },
    {
      env: { ...endpoint, OTEL_TRACES_SAMPLER: "always_on" },
      expected: { ...usual, sampler: { followsSender: false, ratio: 1 } }
    }
  ])("say how traces are sent: $env", ({ env, expected }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual<unknown>(yield* tracing(env), expected)
    })
  )

  it.effect("that are wrong are warnings, and as if they were not set", () =>
    Effect.gen(function* () {
      const wrong = {
        OTEL_SDK_DISABLED: "1",
        OTEL_TRACES_EXPORTER: "otpl",
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "localhost:4318",
        OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc",
        OTEL_EXPORTER_OTLP_TIMEOUT: "10s",
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "-1",
        OTEL_TRACES_SAMPLER: "wr0ng",
        OTEL_TRACES_SAMPLER_ARG: "1.1",
        OTEL_EXPORTER_OTLP_COMPRESSION: "wr0ng",
        OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "wr0ng",
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=s3cr3t%0Ax",
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: "s3cr3t name=1",
        OTEL_RESOURCE_ATTRIBUTES: " =s3cr3t",
        OTEL_BSP_SCHEDULE_DELAY: "-1",
        OTEL_BSP_EXPORT_TIMEOUT: "1.5",
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "wr0ng"
      }
      const { tracing, warnings } = yield* read({ ...endpoint, ...wrong })
      assert.sameMembers(
        warnings.map(({ name }) => name),
        Object.keys(wrong)
      )
      assert.deepStrictEqual<unknown>({ ...tracing, ignored: [] }, usual)
      assert.sameMembers([...(tracing?.ignored ?? [])], Object.keys(wrong))
      assert.notInclude(JSON.stringify(warnings), "s3cr3t")
    })
  )

  it.effect.each([
    { OTEL_TRACES_EXPORTER: "console" },
    { ...endpoint, OTEL_TRACES_EXPORTER: "zipkin,console" },
    { OTEL_EXPORTER_OTLP_ENDPOINT: "s3cr3t:4318" },
    { OTEL_TRACES_EXPORTER: "wr0ng" }
  ])("leave traces unsent, with a warning: %j", (env) =>
    Effect.gen(function* () {
      const { tracing, warnings } = yield* read(env)
      assert.isUndefined(tracing)
      assert.deepStrictEqual(warnings.length, 1)
    })
  )

  it.effect("may be written in capitals, be empty, and have no limit of time", () =>
    Effect.gen(function* () {
      const { tracing, warnings } = yield* read({
        ...endpoint,
        OTEL_SDK_DISABLED: "",
        OTEL_TRACES_EXPORTER: "",
        OTEL_EXPORTER_OTLP_PROTOCOL: "HTTP/JSON",
        OTEL_EXPORTER_OTLP_COMPRESSION: "GZIP",
        OTEL_EXPORTER_OTLP_TIMEOUT: "0",
        OTEL_TRACES_SAMPLER: "Always_Off",
        OTEL_TRACES_SAMPLER_ARG: " "
      })
      assert.deepStrictEqual(warnings, [])
      assert.strictEqual(tracing?.protocol, "http/json")
      assert.isFalse(Duration.isFinite(tracing?.timeout ?? Duration.zero))
      assert.strictEqual(tracing?.sampler.ratio, 0)
    })
  )

  it.effect("that name the collector's port for gRPC are a warning", () =>
    Effect.gen(function* () {
      const { warnings } = yield* read({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4317" })
      assert.match(JSON.stringify(warnings), /4317.*gRPC.*4318/)
    })
  )
})

describe("where metrics are shown", () => {
  const own = { host: "127.0.0.1", port: 9464 }
  it.effect.each([
    { env: {}, expected: "off" },
    { env: { METRICS: "off", METRICS_PORT: "9464" }, expected: "off" },
    { env: { METRICS: "on" }, expected: "on" },
    { env: { METRICS_PORT: "9464" }, expected: own },
    { env: { METRICS: "on", METRICS_PORT: "9464", METRICS_HOST: "::" }, expected: { ...own, host: "::" } }
  ])("%j", ({ env, expected }) =>
    Effect.gen(function* () {
      const { metrics } = yield* read(env as Env)
      assert.deepStrictEqual<unknown>(metrics, expected)
    })
  )
})

describe("the console", () => {
  const password = "correct horse battery staple"

  it.effect("is there with a password, on the webhook's port or its own", () =>
    Effect.gen(function* () {
      assert.isUndefined((yield* read({})).console)
      const { console } = yield* read({ CONSOLE_PASSWORD: password })
      assert.deepStrictEqual(console, {
        access: { user: "operator", password: Redacted.make(password) },
        listen: undefined
      })
      const own = yield* read({ CONSOLE_PASSWORD: password, CONSOLE_USER: "anna", CONSOLE_PORT: "3001" })
      assert.deepStrictEqual(own.console, {
        access: { user: "anna", password: Redacted.make(password) },
        listen: { host: "127.0.0.1", port: 3001 }
      })
    })
  )

  it.effect.each([
    [{ CONSOLE_PORT: "3001" }, /CONSOLE_PORT is wrong: it is set without CONSOLE_PASSWORD/],
    [{ CONSOLE_USER: "anna" }, /CONSOLE_USER is wrong: it is set without CONSOLE_PASSWORD/],
    [{ CONSOLE_PASSWORD: password, CONSOLE_HOST: "::" }, /CONSOLE_HOST is wrong: it is set without CONSOLE_PORT/],
    [{ CONSOLE_PASSWORD: password, CONSOLE_PORT: "3000" }, /CONSOLE_PORT is wrong: 3000 is the webhook's port/],
    [
      { CONSOLE_PASSWORD: password, CONSOLE_PORT: "9464", METRICS_PORT: "9464" },
      /CONSOLE_PORT is wrong: 9464 is the metrics' port/
    ]
  ] as const)("cannot work: %j", ([env, told]) =>
    Effect.gen(function* () {
      const { message } = yield* refused(env as unknown as Env)
      assert.match(message, told)
      assert.notInclude(message, password)
    })
  )

  it.effect("is warned of with a short password, and where others reach it without TLS", () =>
    Effect.gen(function* () {
      const { warnings } = yield* read({ CONSOLE_PASSWORD: "hunter2", CONSOLE_PORT: "3001", CONSOLE_HOST: "0.0.0.0" })
      const found = warnings.filter(({ name }) => name.startsWith("CONSOLE_"))
      assert.deepStrictEqual(
        found.map(({ name }) => name),
        ["CONSOLE_PASSWORD", "CONSOLE_HOST"]
      )
      assert.notInclude(JSON.stringify(warnings), "hunter2")
    })
  )
})

describe("what is wrong", () => {
  for (const [name, value, told] of [
    ["PORT", "wr0ng", /0 to 65535/],
    ["PORT", "-1", /0 to 65535/],
    ["PORT", "65536", /0 to 65535/],
    ["PORT", "80.5", /0 to 65535/],
    ["PORT", "0x50", /0 to 65535/],
    ["PORT", "1e3", /0 to 65535/],
    ["HOST", "127.0.0.1:3000", /not an address .*without a port/s],
    ["HOST", "http://localhost", /not an address/],
    ["HOST", "[::]", /not an address/],
    ["HOST", "*", /not an address/],
    ["SALES_QUEUE_ID", "wr0ng", /not a UUID.*sales queue/s],
    ["SUPPORT_QUEUE_ID", "wr0ng", /not a UUID.*support queue/s],
    ["WEBHOOK_AUTH", "wr0ng", /api-key.*basic.*signature.*none/s],
    ["WEBHOOK_AUTH", "apikey", /did you mean api-key\?/],
    ["HANDOVER_DEADLINE", "wr0ng", /such as 7s/],
    ["HANDOVER_DEADLINE", "7000", /it has no unit.*such as 7s/s],
    ["HANDOVER_DEADLINE", "0s", /such as 7s/],
    ["CXONE_ATTEMPT_TIMEOUT", "wr0ng", /such as 2s/],
    ["CXONE_ATTEMPT_TIMEOUT", "-2s", /such as 2s/],
    ["CXONE_RATE_LIMIT", "wr0ng", /not a rate.*such as 300\/minute/s],
    ["CXONE_RATE_LIMIT", "300", /such as 300\/minute; or leave it out/],
    ["CXONE_RATE_LIMIT", "0/minute", /not a rate.*such as 300\/minute/s],
    ["CXONE_RETRY_SHARE", "wr0ng", /0 to 1, such as 0\.2/],
    ["CXONE_RETRY_SHARE", "1.01", /not a number from 0 to 1/],
    ["CXONE_RETRY_SHARE", "-0.1", /not a number from 0 to 1/],
    ["CXONE_RETRY_SHARE", "20%", /0 to 1, such as 0\.2/],
    ["CXONE_RETRY_SHARE", "NaN", /0 to 1, such as 0\.2/],
    ["CXONE_RETRY_FLOOR", "wr0ng", /whole number of retries, such as 20/],
    ["CXONE_RETRY_FLOOR", "1.5", /not a whole number/],
    ["CXONE_RETRY_FLOOR", "-1", /not a whole number/],
    ["CXONE_RETRY_FLOOR", "99999999999999999999", /not a whole number/],
    ["MAX_HANDOVERS", "wr0ng", /under way at once, such as 1000/],
    ["MAX_HANDOVERS", "0", /not a whole number above 0/],
    ["MAX_HANDOVERS", "-1", /not a whole number above 0/],
    ["MAX_HANDOVERS", "1.5", /not a whole number above 0/],
    ["IDEMPOTENCY_WINDOW", "wr0ng", /such as 10m/],
    ["IDEMPOTENCY_WINDOW", "10", /such as 10m/],
    ["IDEMPOTENCY_WINDOW", "0m", /such as 10m/],
    ["CXONE_CONNECTIONS", "wr0ng", /connections to CXone there may be, such as 1024/],
    ["CXONE_CONNECTIONS", "0", /not a whole number above 0/],
    ["CXONE_CONNECTIONS", "1.5", /not a whole number above 0/],
    ["HTTP_KEEP_ALIVE", "wr0ng", /longer than that of the load balancer before the router, such as 75s/],
    ["HTTP_KEEP_ALIVE", "75", /such as 75s/],
    ["HTTP_KEEP_ALIVE", "0s", /such as 75s/],
    ["CXONE_KEEP_ALIVE", "wr0ng", /that nobody uses, such as 4s/],
    ["CXONE_KEEP_ALIVE", "4", /such as 4s/],
    ["CXONE_KEEP_ALIVE", "0s", /such as 4s/],
    ["LOG_LEVEL", "wr0ng", /Trace, Debug, Info, Warn, Error, Fatal or None/],
    ["LOG_FORMAT", "wr0ng", /auto.*pretty.*json/s],
    ["METRICS", "wr0ng", /on .* or off/s],
    ["METRICS_PORT", "wr0ng", /0 to 65535/],
    ["METRICS_PORT", "65536", /0 to 65535/]
  ] as const) {
    it.effect(`is told by its name with what to write instead: ${name}=${value}`, () =>
      Effect.gen(function* () {
        const error = yield* refused({ [name]: value })
        assert.deepStrictEqual(namesOf(error), [name])
        assert.match(error.message, new RegExp(`${name} is wrong: `))
        assert.match(error.message, told)
        assert.include(error.message, `is wrong: "${value}" is `)
        assert.notMatch(error.message, /Expected|got /)
      })
    )
  }

  it.effect("is listed together with what is missing", () =>
    Effect.gen(function* () {
      const { CXONE_CLIENT_ID: _, ...others } = enough
      const error = yield* Effect.flip(
        settings.pipe(given({ ...others, PORT: "x", SALES_QUEUE_ID: "x", LOG_FORMAT: "x" }))
      )
      assert.sameMembers(namesOf(error), ["PORT", "CXONE_CLIENT_ID", "SALES_QUEUE_ID", "LOG_FORMAT"])
      assert.match(error.message, /4 settings are missing or wrong/)
    })
  )

  it.effect("is shown on one line, and not when it is long", () =>
    Effect.gen(function* () {
      assert.include((yield* refused({ PORT: "a\nb\u001b[31m" })).message, '"a\\u000ab\\u001b[31m" is not a port')
      assert.match((yield* refused({ PORT: "x ".repeat(1000) })).message, /PORT is wrong: not a port/)
    })
  )

  it.effect("is not shown where it may be a secret", () =>
    Effect.gen(function* () {
      const key = "c2VjcmV0IHNlY3JldCAxMjM0NTY3ODkw"
      const env = {
        PORT: key,
        HOST: `https://user:${key}@cxone.test`,
        CXONE_BASE_URL: `https://cxone.test?key=${key}`,
        CXONE_REGION: `user:${key}@cxone.test`,
        SALES_QUEUE_ID: key,
        LOG_LEVEL: `whsec_${key}`,
        LOG_FORMAT: key
      }
      for (const credentials of [
        { WEBHOOK_AUTH: key },
        { WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: `${key}\u00fc` },
        { WEBHOOK_AUTH: "signature", WEBHOOK_SIGNING_SECRETS: `whsec_${key},${key}!` },
        { WEBHOOK_AUTH: "basic", WEBHOOK_BASIC_USER: `${key}:x`, WEBHOOK_BASIC_PASSWORD: "" }
      ]) {
        const error = yield* refused({ ...env, ...credentials })
        assert.isAtLeast(error.problems.length, 8)
        assert.notInclude(error.message, key)
        assert.notInclude(JSON.stringify(error), key)
        assert.notInclude(String(error.stack), key)
      }
    })
  )

  it("is all described in .env.example, as the message promises", () => {
    const example = readFileSync(new URL("../../.env.example", import.meta.url), "utf8")
    for (const name of [
      ...required,
      "ROUTES_FILE",
      "HOST",
      "PORT",
      "CXONE_BASE_URL",
      "CXONE_REGION",
      "CXONE_ATTEMPT_TIMEOUT",
      "CXONE_RATE_LIMIT",
      "CXONE_RETRY_SHARE",
      "CXONE_RETRY_FLOOR",
      "CXONE_CONNECTIONS",
      "CXONE_KEEP_ALIVE",
      "HTTP_KEEP_ALIVE",
      "MAX_HANDOVERS",
      "IDEMPOTENCY_WINDOW",
      "WEBHOOK_API_KEYS",
      "WEBHOOK_BASIC_USER",
      "WEBHOOK_BASIC_PASSWORD",
      "WEBHOOK_SIGNING_SECRETS",
      "HANDOVER_DEADLINE",
      "LOG_LEVEL",
      "LOG_FORMAT"
    ]) {
      assert.match(example, new RegExp(`^#? ?${name}=`, "m"))
    }
  })
})

describe("a queue's id", () => {
  const names = ["SALES_QUEUE_ID", "SUPPORT_QUEUE_ID"] as const

  for (const placeholder of [
    "PLACEHOLDER",
    "your-queue-id",
    "YOUR_SALES_QUEUE_ID",
    "<queue id>",
    "{{queueId}}",
    "[id]",
    "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
    "00000000-0000-0000-0000-000000000000",
    "changeme",
    "change-me",
    "TODO",
    "example"
  ]) {
    it.effect(`that is still ${placeholder} is told to be a placeholder`, () =>
      Effect.gen(function* () {
        for (const name of names) {
          const error = yield* refused({ [name]: placeholder })
          assert.deepStrictEqual(
            error.problems.map(({ name, problem }) => [name, problem]),
            [[name, `is wrong: "${placeholder}" is still a placeholder`]]
          )
        }
      })
    )
  }

  /** A long text could be a secret in the wrong place. */
  const shown = (id: string) =>
    /^\w{32}$/.test(id) || id.length > 60 ? "" : `${JSON.stringify(id).replace("\\n", "\\u000a")} is `

  for (const [what, id] of [
    ["a name", "queue-sales"],
    ["a number", "123"],
    ["too short", SALES.slice(0, -1)],
    ["too long", `${SALES}0`],
    ["without its dashes", SALES.replaceAll("-", "")],
    ["not hexadecimal", SALES.replace("5", "g")],
    ["in braces", `x{${SALES}}`],
    ["two of them", `${SALES},${SUPPORT}`],
    ["with a line break in it", `${SALES.slice(0, 8)}\n${SALES.slice(8)}`]
  ] as const) {
    it.effect(`that is ${what} is told to be no UUID`, () =>
      Effect.gen(function* () {
        for (const name of names) {
          const error = yield* refused({ [name]: id })
          assert.deepStrictEqual(
            error.problems.map(({ name, problem }) => [name, problem]),
            [[name, `is wrong: ${shown(id)}not a UUID`]]
          )
        }
      })
    )
  }

  const digit = Arbitrary.schema(Schema.Literals([..."123456789abcdefABCDEF"]))
  const uuid = Arbitrary.map(Arbitrary.array(digit, { minLength: 32, maxLength: 32 }), (digits) =>
    digits.join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
  )

  it.effect.prop("that is a UUID is taken as it is", { sales: uuid, support: uuid }, ({ sales, support }) =>
    Effect.gen(function* () {
      const { routing } = yield* read({ SALES_QUEUE_ID: sales, SUPPORT_QUEUE_ID: support })
      assert.deepStrictEqual(routing, { queues: { salesQueueId: sales, supportQueueId: support } })
    })
  )
})

describe("a routing table's file", () => {
  const table = `queues:
  sales: ${SALES}
rules:
  - name: buyers
    when: { intent: [buy, "order_*"] }
    to: { queue: sales }
`

  const read_ = {
    queues: { sales: SALES },
    rules: [{ name: "buyers", when: { intent: ["buy", "order_*"] }, to: { queue: "sales" } }]
  }

  /** A file that lasts as long as the test. */
  const holding = Effect.fnUntraced(function* (content: string | Uint8Array) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* fs.makeTempFileScoped({ suffix: ".yaml" })
    yield* fs.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content)
    return path
  }, Effect.provide(NodeFileSystem.layer))

  const { SALES_QUEUE_ID: _, SUPPORT_QUEUE_ID: __, ...withoutQueues } = enough

  const shown = ({ problems }: SettingsError) => problems.map(({ instead, name, problem }) => [name, problem, instead])

  it.effect("takes the place of the queue ids, and has the first digits of its SHA-256 as its version", () =>
    Effect.gen(function* () {
      const path = yield* holding(table)
      const { routing } = yield* settings.pipe(given({ ...withoutQueues, ROUTES_FILE: path }))
      const version = createHash("sha256").update(table).digest("hex").slice(0, 12)
      assert.deepStrictEqual(routing, { routes: { path, file: read_, version, ids: webchatIds } })
    })
  )

  it.effect("leaves the queue ids alone, whatever they are", () =>
    Effect.gen(function* () {
      const path = yield* holding(table)
      const { routing } = yield* read({ ROUTES_FILE: path, SALES_QUEUE_ID: "x", SUPPORT_QUEUE_ID: "your-queue-id" })
      assert.isTrue("routes" in routing)
    })
  )

  it.effect("may be JSON", () =>
    Effect.gen(function* () {
      const { routing } = yield* read({ ROUTES_FILE: yield* holding(JSON.stringify(read_)) })
      assert.deepInclude("routes" in routing ? routing.routes : {}, { file: read_ })
    })
  )

  it.effect("may begin with a byte order mark", () =>
    Effect.gen(function* () {
      const { routing } = yield* read({ ROUTES_FILE: yield* holding(`\ufeff${table}`) })
      assert.deepInclude("routes" in routing ? routing.routes : {}, { file: read_ })
    })
  )

  it.effect("is what the queue ids point to where it is not set either", () =>
    Effect.gen(function* () {
      for (const env of [withoutQueues, { ...withoutQueues, ROUTES_FILE: "" }]) {
        const error = yield* Effect.flip(settings.pipe(given(env)))
        assert.deepStrictEqual(namesOf(error), ["SALES_QUEUE_ID", "SUPPORT_QUEUE_ID"])
        for (const { instead } of error.problems) assert.match(instead, /or set ROUTES_FILE to a routing table$/)
      }
    })
  )

  const misspelled = `queues:
  sales: ${SALES}
rules:
  - name: buyers
    when: { langauge: de }
    to: { queue: sales }
`

  const broken = `queues:
  sales: ${SALES}
rules:
  - name: buyers
    when: { intent: buy }
    to: { queue: sale }
  - name: late
    when: { open: office }
    to: { agent: ann }
`

  it.effect("has its problems listed among those of the settings, each with its place in the file", () =>
    Effect.gen(function* () {
      const path = yield* holding(broken)
      const { CXONE_CLIENT_ID: _, ...others } = withoutQueues
      const error = yield* Effect.flip(settings.pipe(given({ ...others, ROUTES_FILE: path, PORT: "x" })))
      assert.deepStrictEqual(
        error.problems.map(({ name }) => name),
        ["PORT", "CXONE_CLIENT_ID", `${path}:6:18`, `${path}:8:19`, `${path}:9:18`]
      )
      assert.deepStrictEqual(
        error.problems.map((problem) => problem.in),
        [undefined, undefined, "routing table", "routing table", "routing table"]
      )
      const [summary, ...lines] = error.message.split("\n")
      assert.strictEqual(summary, "2 settings are missing or wrong, and the routing table has 3 problems.")
      const wrongQueue = lines.indexOf(`  ${path}:6:18 no queue is named "sale"`)
      assert.isAbove(wrongQueue, 0, error.message)
      assert.strictEqual(lines[wrongQueue + 1], "    → did you mean sales?")
      assert.match(error.message, /\.env\.example describes them all\.$/)
    })
  )

  it.effect("that alone is wrong leads nobody to the settings", () =>
    Effect.gen(function* () {
      const path = yield* holding(broken)
      const { message } = yield* Effect.flip(settings.pipe(given({ ...withoutQueues, ROUTES_FILE: path })))
      assert.match(message, /^The routing table has 3 problems\.\n\n {2}/)
      for (const word of [".env", "setting"]) assert.notInclude(message.replaceAll(path, "FILE"), word)
    })
  )

  it.effect("with one problem has one", () =>
    Effect.gen(function* () {
      const path = yield* holding(misspelled)
      const error = yield* refused({ ROUTES_FILE: path, LOG_FORMAT: "x" })
      assert.match(error.message, /^1 setting is missing or wrong, and the routing table has 1 problem\.\n/)
      assert.deepStrictEqual(shown(error)[0], [`${path}:5:13`, 'unknown member "langauge"', "did you mean language?"])
    })
  )

  it.effect("that is no YAML is told where it breaks off", () =>
    Effect.gen(function* () {
      const path = yield* holding("queues:\n\tsales: x\n")
      const [first] = shown(yield* refused({ ROUTES_FILE: path }))
      assert.strictEqual(first?.[0], `${path}:2:1`)
      assert.match(first?.[1] ?? "", /^cannot be read: Tabs are not allowed/)
      assert.strictEqual(first?.[2], "spaces instead of tabs")
    })
  )

  for (const [what, content, problem, instead] of [
    ["empty", "", "is empty", "a table: queues, rules, fallback"],
    ["of line breaks alone", "\n\n", "is empty", "a table: queues, rules, fallback"],
    ["in Latin-1", Buffer.from(`# für\n${table}`, "latin1"), "is not UTF-8", "a file in UTF-8"],
    ["in UTF-16", Buffer.from(`\ufeff${table}`, "utf16le"), "is not UTF-8", "a file in UTF-8"]
  ] as const) {
    it.effect(`that is ${what} is told to be no table`, () =>
      Effect.gen(function* () {
        const path = yield* holding(content)
        const error = yield* refused({ ROUTES_FILE: path })
        assert.deepStrictEqual(shown(error), [[`${path}:1:1`, problem, instead]])
        assert.match(error.message, /^The routing table has 1 problem\./)
      })
    )
  }

  const refusedFile = Effect.fnUntraced(function* (path: string, problem: string, instead: string) {
    const error = yield* refused({ ROUTES_FILE: path })
    assert.deepStrictEqual(shown(error), [[path, problem, `${instead} (ROUTES_FILE)`]])
    assert.strictEqual(error.problems[0]?.in, "routing table")
    assert.match(error.message, /^The routing table has 1 problem\.\n/)
    assert.notInclude(error.message, ".env")
  })

  it.effect("that is not there is told by its path, and by the setting that names it", () =>
    Effect.gen(function* () {
      const there = yield* holding(table)
      yield* refusedFile(`${there}.missing`, "is not there", "the path of a file")
    })
  )

  it.effect("that cannot be read is told by its path, and by the setting that names it", () =>
    Effect.gen(function* () {
      const there = yield* holding(table)
      yield* refusedFile(`${there}/within`, "cannot be read", "a file that the router may read")
      yield* refusedFile("nul\0byte", "cannot be read", "a file that the router may read")
    })
  )

  it.effect("that is a directory is no table", () =>
    Effect.gen(function* () {
      const directory = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
      yield* refusedFile(directory, "is a directory", "the path of a file")
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.effect("that is too large is no table, and is not read", () =>
    Effect.gen(function* () {
      const path = yield* holding(table)
      yield* (yield* FileSystem.FileSystem).truncate(path, 4 * 1024 * 1024 + 1)
      yield* refusedFile(path, "is larger than 4 MiB", "a smaller file")
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.effect("can be named by a link", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* holding(table)
      const link = `${yield* fs.makeTempDirectoryScoped()}/routes.yaml`
      yield* fs.symlink(path, link)
      const { routing } = yield* read({ ROUTES_FILE: link })
      assert.deepInclude("routes" in routing ? routing.routes : {}, { path: link, file: read_ })
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.effect("is taken by `serve --simulate` too, which needs no other setting", () =>
    Effect.gen(function* () {
      const path = yield* holding(table)
      const { port, routes } = yield* simulatedSettings.pipe(given({ ROUTES_FILE: path }))
      assert.strictEqual(port, 3000)
      assert.deepInclude(routes, { path, file: read_ })
      const wrong = yield* holding(broken)
      const error = yield* Effect.flip(simulatedSettings.pipe(given({ ROUTES_FILE: wrong, PORT: "x" })))
      assert.deepStrictEqual(namesOf(error), ["PORT", `${wrong}:6:18`, `${wrong}:8:19`, `${wrong}:9:18`])
    })
  )

  it.effect("may be wrong where the other settings are right, and the other way round", () =>
    Effect.gen(function* () {
      const [right, wrong] = [yield* holding(table), yield* holding(broken)]
      const names = <A>(result: Result.Result<A, SettingsError["problems"]>) =>
        Result.match(result, { onFailure: (problems) => problems.map(({ name }) => name), onSuccess: () => [] })
      const badTable = yield* settingsAndTable.pipe(given({ ...withoutQueues, ROUTES_FILE: wrong }))
      assert.isTrue(Result.isSuccess(badTable.settings))
      assert.deepStrictEqual(names(badTable.routing), [`${wrong}:6:18`, `${wrong}:8:19`, `${wrong}:9:18`])
      const badPort = yield* settingsAndTable.pipe(given({ ...withoutQueues, ROUTES_FILE: right, PORT: "x" }))
      assert.deepStrictEqual(names(badPort.settings), ["PORT"])
      assert.isTrue(Result.isSuccess(badPort.routing))
    })
  )

  it.effect("may be read without the other settings, and another one than is set", () =>
    Effect.gen(function* () {
      const [set, asked] = [yield* holding(broken), yield* holding(table)]
      const routing = yield* routingSettings(Option.some(asked)).pipe(given({ ROUTES_FILE: set }))
      assert.deepInclude("routes" in routing ? routing.routes : {}, { path: asked, file: read_ })
      const error = yield* Effect.flip(routingSettings().pipe(given({ ROUTES_FILE: set })))
      assert.lengthOf(error.problems, 3)
      assert.strictEqual(error._tag, "SettingsError")
      assert.deepStrictEqual(namesOf(yield* Effect.flip(routingSettings().pipe(given({})))), [
        "SALES_QUEUE_ID",
        "SUPPORT_QUEUE_ID"
      ])
      const queues = { salesQueueId: SALES, supportQueueId: SUPPORT }
      assert.deepStrictEqual(yield* routingSettings().pipe(given(enough)), { queues })
    })
  )
})

describe("where CXone is", () => {
  const baseUrl = (env: Env) => Effect.map(read(env), ({ cxone }) => cxone.baseUrl)

  for (const [env, url] of [
    [{ CXONE_REGION: "mypurecloud.de" }, "https://mypurecloud.de"],
    [{ CXONE_REGION: "usw2.pure.cloud" }, "https://usw2.pure.cloud"],
    [{ CXONE_BASE_URL: "https://api.cxone.test" }, "https://api.cxone.test"],
    [{ CXONE_BASE_URL: "https://api.cxone.test/" }, "https://api.cxone.test"],
    [{ CXONE_BASE_URL: "https://api.cxone.test//" }, "https://api.cxone.test"],
    [{ CXONE_BASE_URL: "https://proxy.test/cxone/eu" }, "https://proxy.test/cxone/eu"],
    [{ CXONE_BASE_URL: "https://proxy.test/cxone/eu/" }, "https://proxy.test/cxone/eu"],
    [{ CXONE_BASE_URL: "http://127.0.0.1:4010" }, "http://127.0.0.1:4010"],
    [{ CXONE_BASE_URL: "http://[::1]:4010/" }, "http://[::1]:4010"],
    [{ CXONE_BASE_URL: "https://api.cxone.test", CXONE_REGION: "mypurecloud.de" }, "https://api.cxone.test"]
  ] as const) {
    it.effect(`is ${url} with ${JSON.stringify(env)}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* baseUrl(env), url)
      })
    )
  }

  for (const [what, value] of [
    ["with credentials", "https://user:s3cr3t@cxone.test"],
    ["with a user", "https://user@cxone.test"],
    ["with a query", "https://cxone.test?key=s3cr3t"],
    ["with a fragment", "https://cxone.test#s3cr3t"],
    ["of another scheme", "ftp://cxone.test"],
    ["of a file", "file:///etc/passwd"],
    ["without a scheme", "cxone.test"],
    ["without a host", "https://"],
    ["that is no URL", "cxone"]
  ] as const) {
    it.effect(`is no base URL ${what}: told by its name, and as wrong`, () =>
      Effect.gen(function* () {
        const { message, problems } = yield* refused({ CXONE_BASE_URL: value })
        assert.lengthOf(problems, 1)
        assert.match(message, /CXONE_BASE_URL is wrong: (".*" is )?not an http or https URL/)
        assert.include(message, "https://mypurecloud.com")
        assert.notInclude(message, "s3cr3t")
      })
    )
  }

  for (const region of [
    "https://mypurecloud.de",
    "mypurecloud.de/",
    "mypurecloud.de:443",
    "user@mypurecloud.de",
    "mypurecloud.de?x",
    "a..b",
    ".mypurecloud.de",
    "mypurecloud",
    "my purecloud.de",
    `${"a".repeat(250)}.com`
  ]) {
    it.effect(`is no region ${region.slice(0, 24)}: told by its name, and as wrong`, () =>
      Effect.gen(function* () {
        const { message, problems } = yield* refused({ CXONE_REGION: region })
        assert.lengthOf(problems, 1)
        assert.match(message, /CXONE_REGION is wrong: (".*" is )?not a host name/)
      })
    )
  }

  for (const value of [
    " https://cxone.test",
    "https://cxone.test ",
    "https://cxone.test/?",
    "https://cxone.test/#",
    "https://@cxone.test"
  ]) {
    it.effect(`is never a text that paths cannot be put behind: ${JSON.stringify(value)}`, () =>
      Effect.gen(function* () {
        const url = yield* Effect.orElseSucceed(baseUrl({ CXONE_BASE_URL: value }), () => "https://cxone.test")
        assert.strictEqual(url, "https://cxone.test")
      })
    )
  }
})

describe("the webhook's credentials", () => {
  const keysOf = Effect.fnUntraced(function* (WEBHOOK_API_KEYS: string) {
    const { credentials } = yield* read({ WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS })
    return credentials.mode === "api-key" ? credentials.keys.map(Redacted.value) : []
  })

  for (const [text, keys] of [
    ["one", ["one"]],
    ["one,two", ["one", "two"]],
    [" one , two ", ["one", "two"]],
    [",one,,two,", ["one", "two"]],
    ["one\n,\ttwo", ["one", "two"]],
    ["a:b;c=d", ["a:b;c=d"]]
  ] as const) {
    it.effect(`are the keys of ${JSON.stringify(text)}, split at commas and trimmed`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* keysOf(text), [...keys])
      })
    )
  }

  it.effect.each([",", " ", " , ,"])("are none in %j, which lets nobody start by mistake", (text) =>
    Effect.gen(function* () {
      const error = yield* refused({ WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: text })
      assert.deepStrictEqual(namesOf(error), ["WEBHOOK_API_KEYS"])
      assert.match(error.message, /WEBHOOK_API_KEYS is (wrong|missing)/)
    })
  )

  it.effect("are a user and a password, taken whole", () =>
    Effect.gen(function* () {
      const { credentials } = yield* read({
        WEBHOOK_AUTH: "basic",
        WEBHOOK_BASIC_USER: "cognigy",
        WEBHOOK_BASIC_PASSWORD: " p:ä,ss "
      })
      assert.strictEqual(credentials.mode, "basic")
      if (credentials.mode !== "basic") return
      assert.strictEqual(credentials.user, "cognigy")
      assert.strictEqual(Redacted.value(credentials.password), " p:ä,ss ")
    })
  )

  it.effect("have no user with a colon in it, which Basic cannot carry", () =>
    Effect.gen(function* () {
      const error = yield* refused({
        WEBHOOK_AUTH: "basic",
        WEBHOOK_BASIC_USER: "s3:cr3t",
        WEBHOOK_BASIC_PASSWORD: "p"
      })
      assert.deepStrictEqual(namesOf(error), ["WEBHOOK_BASIC_USER"])
      assert.include(error.message, "colon")
      assert.notInclude(error.message, "s3:cr3t")
    })
  )

  const base64 = (bytes: number, fill = 1) => Buffer.alloc(bytes, fill).toString("base64")

  const secretsOf = Effect.fnUntraced(function* (WEBHOOK_SIGNING_SECRETS: string) {
    const { credentials } = yield* read({ WEBHOOK_AUTH: "signature", WEBHOOK_SIGNING_SECRETS })
    return credentials.mode === "signature" ? credentials.secrets.map(Redacted.value) : []
  })

  for (const secrets of [
    [`whsec_${base64(32)}`],
    [base64(32)],
    [`whsec_${base64(24)}`, `whsec_${base64(64, 2)}`, base64(25, 0xff)]
  ]) {
    it.effect(`are ${secrets.length} signing secrets, with and without whsec_: ${secrets}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* secretsOf(secrets.join(",")), secrets)
        assert.deepStrictEqual(yield* secretsOf(` ,${secrets.join(" ,\n")}, `), secrets)
      })
    )
  }

  for (const [text, told] of [
    [",", "no secret in it"],
    [base64(23), "secret 1 of 1 has fewer than 24 bytes"],
    ["whsec_", "secret 1 of 1 has fewer than 24 bytes"],
    [base64(65), "secret 1 of 1 has more than 64 bytes"],
    [`${base64(32)},whsec_${base64(16)}`, "secret 2 of 2 has fewer than 24 bytes"],
    [`whsec_${base64(32)}=`, "secret 1 of 1 is not base64"],
    [base64(32).slice(0, -1), "secret 1 of 1 is not base64"],
    [base64(33, 0xfb).replaceAll("+", "-"), "secret 1 of 1 is not base64"],
    [`WHSEC_${base64(32)}`, "secret 1 of 1 is not base64"],
    [`whsec_whsec_${base64(32)}`, "secret 1 of 1 is not base64"],
    [`whpk_${base64(32)}`, "secret 1 of 1 is not base64"],
    ["whsec_your-secret", "secret 1 of 1 is not base64"],
    [`x,${base64(32)},${base64(1)}`, "secret 1 of 3 is not base64, secret 3 of 3 has fewer than 24 bytes"]
  ] as const) {
    it.effect(`are no signing secrets in ${JSON.stringify(text.slice(0, 40))}: told by position, not by content`, () =>
      Effect.gen(function* () {
        const { message, problems } = yield* refused({ WEBHOOK_AUTH: "signature", WEBHOOK_SIGNING_SECRETS: text })
        assert.deepStrictEqual(
          problems.map(({ name, problem }) => [name, problem]),
          [["WEBHOOK_SIGNING_SECRETS", `is wrong: ${told}`]]
        )
        assert.include(message, "openssl rand -base64 32")
        for (const secret of text.split(",")) {
          if (secret.length > 6) assert.notInclude(message, secret)
        }
      })
    )
  }

  it.effect("that are not asked for are not looked at", () =>
    Effect.gen(function* () {
      const { credentials } = yield* read({ WEBHOOK_AUTH: "none", WEBHOOK_API_KEYS: ",", WEBHOOK_BASIC_USER: "a:b" })
      assert.deepStrictEqual(credentials, { mode: "none" })
    })
  )

  it.effect("and CXone's do not show when the settings are printed", () =>
    Effect.gen(function* () {
      for (const env of [
        { WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: "s3cr3t-1,s3cr3t-2" },
        { WEBHOOK_AUTH: "basic", WEBHOOK_BASIC_USER: "cognigy", WEBHOOK_BASIC_PASSWORD: "s3cr3t" },
        { WEBHOOK_AUTH: "signature", WEBHOOK_SIGNING_SECRETS: `${"s3cr3t".repeat(6)},whsec_${"s3cr3t".repeat(8)}` }
      ]) {
        const all = yield* read(env)
        assert.notInclude(JSON.stringify(all), "s3cr3t")
        assert.notInclude(
          JSON.stringify(all, (_, value) => (Redacted.isRedacted(value) ? String(value) : value)),
          "s3cr3t"
        )
      }
    })
  )
})

describe("the port", () => {
  it.effect.each([
    ["0", 0],
    ["1", 1],
    ["8080", 8080],
    ["65535", 65535]
  ] as const)("can be %s, for `serve` and for `serve --simulate`", ([text, port]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* read({ PORT: text })).port, port)
      assert.strictEqual((yield* simulatedSettings.pipe(given({ PORT: text }))).port, port)
    })
  )

  it.effect("is 3000 by default, and what is wrong with it is told by `serve --simulate` too", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* simulatedSettings.pipe(given({})), {
        dialect: "webchat",
        port: 3000,
        routes: undefined,
        level: "Info",
        warnings: []
      })
      const error = yield* Effect.flip(simulatedSettings.pipe(given({ PORT: "s3cr3t" })))
      assert.deepStrictEqual(namesOf(error), ["PORT"])
      assert.include(error.message, "s3cr3t")
    })
  )
})

describe("the other settings", () => {
  it.effect("are taken as they are written", () =>
    Effect.gen(function* () {
      const { cxone, deadline, host, log } = yield* read({
        HOST: "0.0.0.0",
        HANDOVER_DEADLINE: "1500ms",
        CXONE_ATTEMPT_TIMEOUT: "1.5s",
        LOG_LEVEL: "Debug",
        LOG_FORMAT: "json"
      })
      assert.strictEqual(host, "0.0.0.0")
      assert.strictEqual(Duration.toMillis(deadline), 1500)
      assert.strictEqual(Duration.toMillis(cxone.attemptTimeout), 1500)
      assert.deepStrictEqual(log, { level: "Debug", format: "json" })
    })
  )

  it.effect("of what CXone and the router can carry are taken as they are written", () =>
    Effect.gen(function* () {
      const { capacity, connections, cxone, idempotencyWindow, keepAlive } = yield* read({
        CXONE_RATE_LIMIT: "300/minute",
        CXONE_RETRY_SHARE: "0.5",
        CXONE_RETRY_FLOOR: "7",
        CXONE_CONNECTIONS: "32",
        CXONE_KEEP_ALIVE: "500ms",
        HTTP_KEEP_ALIVE: "620s",
        MAX_HANDOVERS: "64",
        IDEMPOTENCY_WINDOW: "1h"
      })
      assert.strictEqual(cxone.rateLimit?.limit, 300)
      assert.strictEqual(cxone.rateLimit && Duration.toMillis(cxone.rateLimit.window), 60_000)
      assert.deepStrictEqual(cxone.retryBudget, { share: 0.5, floor: 7 })
      assert.strictEqual(connections.limit, 32)
      assert.strictEqual(Duration.toMillis(connections.keepAlive), 500)
      assert.strictEqual(Duration.toMillis(keepAlive), 620_000)
      assert.strictEqual(capacity, 64)
      assert.strictEqual(Duration.toMillis(idempotencyWindow), 3_600_000)
    })
  )

  it.effect.each([
    { share: 0, floor: 0 },
    { share: 1, floor: 1 },
    { share: 1, floor: 0 }
  ])("allow the retry budget %j", (retryBudget) =>
    Effect.gen(function* () {
      const { cxone } = yield* read({
        CXONE_RETRY_SHARE: `${retryBudget.share}`,
        CXONE_RETRY_FLOOR: `${retryBudget.floor}`
      })
      assert.deepStrictEqual(cxone.retryBudget, retryBudget)
    })
  )

  it.effect.each([
    "CXONE_RATE_LIMIT",
    "CXONE_RETRY_SHARE",
    "CXONE_RETRY_FLOOR",
    "CXONE_CONNECTIONS",
    "CXONE_KEEP_ALIVE",
    "HTTP_KEEP_ALIVE",
    "MAX_HANDOVERS",
    "IDEMPOTENCY_WINDOW"
  ])("are not there where they are empty, or nothing but space: %s", (name) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(JSON.stringify(yield* read({ [name]: "" })), JSON.stringify(yield* read()))
      assert.deepStrictEqual(JSON.stringify(yield* read({ [name]: " \t" })), JSON.stringify(yield* read()))
    })
  )

  it.effect("may be written in capitals or not, and have space around them", () =>
    Effect.gen(function* () {
      const { cxone, credentials, deadline, host, log, metrics, port } = yield* read({
        HOST: " 127.0.0.1\n",
        PORT: " 3001 ",
        HANDOVER_DEADLINE: " 7 SEC ",
        CXONE_REGION: " mypurecloud.de ",
        CXONE_RATE_LIMIT: "300/min",
        WEBHOOK_AUTH: " None ",
        LOG_LEVEL: "INFO",
        LOG_FORMAT: "JSON",
        METRICS: "On"
      })
      assert.deepStrictEqual([host, port, Duration.toMillis(deadline)], ["127.0.0.1", 3001, 7000])
      assert.deepStrictEqual([cxone.baseUrl, cxone.rateLimit?.limit], ["https://mypurecloud.de", 300])
      assert.deepStrictEqual(log, { level: "Info", format: "json" })
      assert.deepStrictEqual([credentials.mode, metrics], ["none", "on"])
      for (const [METRICS, expected] of [
        ["true", "on"],
        ["1", "on"],
        ["FALSE", "off"]
      ] as const) {
        assert.strictEqual((yield* read({ METRICS })).metrics, expected)
      }
      assert.strictEqual((yield* read({ LOG_LEVEL: "warning" })).log.level, "Warn")
    })
  )

  it.effect.each(["Trace", "Debug", "Info", "Warn", "Error", "Fatal", "None"])("know the log level %s", (LOG_LEVEL) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* read({ LOG_LEVEL })).log.level, LOG_LEVEL)
    })
  )
})
