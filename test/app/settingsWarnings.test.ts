/** Settings that are wrong and taken, and where they come from. */
import { readFileSync } from "node:fs"
import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Logger, Result } from "effect"
import { logWarnings } from "../../src/app/logWarnings.ts"
import * as Router from "../../src/app/Router.ts"
import { settings, settingsAndTable, simulatedSettings } from "../../src/app/Settings.ts"
import { SECRETS, SETTINGS } from "../../src/app/settingNames.ts"
import { parseDotEnv } from "../../src/std/DotEnv.ts"
import { CurrentSources, providerOf } from "../../src/std/Sources.ts"

type Env = Readonly<Record<string, string>>

const enough: Env = {
  CXONE_CLIENT_ID: "client",
  CXONE_CLIENT_SECRET: "s3cr3t",
  SALES_QUEUE_ID: "5a1e5000-0000-4000-8000-000000000001",
  SUPPORT_QUEUE_ID: "50bb0000-0000-4000-8000-000000000002",
  WEBHOOK_AUTH: "none"
}

/** Both sources, as the command line has them. */
const given =
  (environment: Env, file?: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) => {
    const sources = { environment, file: file === undefined ? undefined : parseDotEnv(file) }
    return effect.pipe(
      Effect.provideService(ConfigProvider.ConfigProvider, providerOf(sources)),
      Effect.provideService(CurrentSources, sources),
      Effect.provide(NodeFileSystem.layer)
    )
  }

const warningsOf = (env: Env, file?: string) =>
  Effect.map(settings.pipe(given({ ...enough, ...env }, file)), ({ warnings }) => warnings)

const shown = (
  problems: ReadonlyArray<{ readonly name: string; readonly problem: string; readonly instead: string }>
) => problems.map(({ instead, name, problem }) => `${name} ${problem} → ${instead}`)

const KEY = "0f3c9a51d2e84b76a1c05e9f"
const WHSEC = `whsec_${Buffer.from("twenty-four-random-bytes").toString("base64")}`

describe("nothing is said of", () => {
  it.effect.each<Env>([
    {},
    { HOST: "0.0.0.0", METRICS: "on", WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: `${KEY},${KEY}1` },
    { HOST: "::1", METRICS_PORT: "9464", METRICS_HOST: "0.0.0.0" },
    { WEBHOOK_AUTH: "signature", WEBHOOK_SIGNING_SECRETS: WHSEC },
    { WEBHOOK_AUTH: "basic", WEBHOOK_BASIC_USER: "cognigy", WEBHOOK_BASIC_PASSWORD: "correct horse battery" },
    { CXONE_BASE_URL: "http://127.0.0.1:4010" },
    { CXONE_BASE_URL: "https://proxy.test/cxone/eu" },
    { HANDOVER_DEADLINE: "8s", CXONE_ATTEMPT_TIMEOUT: "2s" },
    { CXONE_RATE_LIMIT: "300/minute" },
    { NO_PROXY: "10.0.0.0/8" },
    { CXONE_BASE_URL: "http://localhost:4010", HTTP_PROXY: "proxy:3128", NO_PROXY: "localhost" },
    { CXONE_BASE_URL: "http://127.0.0.1:4010", HTTPS_PROXY: "proxy:3128" },
    { HTTPS_PROXY: "proxy:3128", NO_PROXY: ".svc, *.a.test a.test:443,::1,[::1]:4318,127.0.0.1 * *:80 fe80::1" },
    // Other programs' variables.
    { HOSTNAME: "x", PATH: "/bin", LOG_DIR: "x", LOG_FILE: "x", HTTP_PORT: "80", PORTS: "x", USER: "x", TZ: "UTC" },
    { HTTPS_PROXY: "http://proxy.test", no_proxy: "x", NODE_OPTIONS: "x", METRICS_PATH_PREFIX: "x", MAX_MEMORY: "x" },
    { OTEL_METRICS_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "x", OTEL_BLRP_SCHEDULE_DELAY: "1" },
    // A service of Kubernetes.
    { CXONE_ROUTER_SERVICE_HOST: "10.0.0.1", CXONE_ROUTER_PORT: "tcp://10.0.0.1:3000", CXONE_ROUTER_PORT_3000_TCP: "x" }
  ])("%j", (env) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(shown(yield* warningsOf(env)), [])
    })
  )

  it.effect("what .env.example holds", () =>
    Effect.gen(function* () {
      const text = readFileSync(new URL("../../.env.example", import.meta.url), "utf8").replace(/^#(?=[A-Z_]+=)/gm, "")
      const { warnings } = yield* settingsAndTable.pipe(given({}, text))
      assert.deepStrictEqual(shown(warnings), [])
    })
  )
})

describe("a warning is", () => {
  for (const [env, expected] of [
    [{ HOST: "0.0.0.0" }, /^WEBHOOK_AUTH is none, and HOST is 0\.0\.0\.0: everyone/],
    [{ HOST: "router.example" }, /^WEBHOOK_AUTH is none/],
    [
      { WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: "s3cr3t-15-chars" },
      /^WEBHOOK_API_KEYS .*has fewer than 16 characters/
    ],
    [
      { WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: `${KEY},short` },
      /^WEBHOOK_API_KEYS may be wrong: key 2 of 2 has fewer/
    ],
    [{ WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: "x".repeat(32) }, /^WEBHOOK_API_KEYS may be wrong: looks like a pl/],
    [{ WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: "0101".repeat(8) }, /^WEBHOOK_API_KEYS may be wrong: repeats/],
    [{ WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: `"${KEY}"` }, /^WEBHOOK_API_KEYS may be wrong: is in quotes/],
    [{ WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: "please-changeme-now" }, /^WEBHOOK_API_KEYS .*placeholder/],
    [
      { WEBHOOK_AUTH: "basic", WEBHOOK_BASIC_USER: "u", WEBHOOK_BASIC_PASSWORD: "long enough pass\n" },
      /^WEBHOOK_BASIC_PASSWORD may be wrong: begins or ends with a space or a line break/
    ],
    [{ CXONE_CLIENT_SECRET: "your-client-secret" }, /^CXONE_CLIENT_SECRET .*placeholder/],
    [{ CXONE_CLIENT_SECRET: "$" + "{SECRET}" }, /^CXONE_CLIENT_SECRET .*names a variable, which is not expanded/],
    [{ CXONE_CLIENT_SECRET: "client" }, /^CXONE_CLIENT_SECRET .*the same as CXONE_CLIENT_ID/],
    [{ CXONE_CLIENT_ID: "<client id>" }, /^CXONE_CLIENT_ID .*placeholder/],
    [
      { WEBHOOK_API_KEYS: KEY },
      /^WEBHOOK_API_KEYS is set and not used: WEBHOOK_AUTH is none → set WEBHOOK_AUTH=api-key/
    ],
    [{ HANDOVER_DEADLINE: "9s" }, /^HANDOVER_DEADLINE is 9s, longer than Cognigy's HTTP Request node waits/],
    [{ HANDOVER_DEADLINE: "2s" }, /^HANDOVER_DEADLINE is 2s, and one attempt may take 2s/],
    [{ CXONE_ATTEMPT_TIMEOUT: "2ms" }, /^CXONE_ATTEMPT_TIMEOUT is 2ms, which is too short/],
    [{ HTTP_KEEP_ALIVE: "5s" }, /^HTTP_KEEP_ALIVE is 5s: most load balancers/],
    [{ WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: `${KEY};${KEY}` }, /semicolon/],
    [{ IDEMPOTENCY_WINDOW: "5s" }, /^IDEMPOTENCY_WINDOW is 5s, shorter than HANDOVER_DEADLINE/],
    [{ CXONE_CONNECTIONS: "10" }, /^CXONE_CONNECTIONS is 10, for up to 1000 handovers/],
    [{ CXONE_RATE_LIMIT: "10/minute" }, /^CXONE_RATE_LIMIT lets no handover of a user who has a conversation/],
    [{ CXONE_REGION: "a.test", CXONE_BASE_URL: "https://b.test" }, /^CXONE_REGION is set and not used: CXONE_BASE_URL/],
    [{ CXONE_BASE_URL: "http://cxone.test" }, /^CXONE_BASE_URL begins with http: credentials/],
    [{ CXONE_BASE_URL: "https://cxone.test/api/v2/" }, /^CXONE_BASE_URL has the path \/api\/v2: .*\/api\/v2 itself/],
    [
      { CXONE_BASE_URL: "http://127.0.0.1:4010", http_proxy: "http://us3r:s3cr3t@proxy:3128" },
      /^CXONE_BASE_URL is on this machine, and calls would go through the proxy of http_proxy → add 127\.0\.0\.1 to NO_PROXY$/
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://[::1]:4318", ALL_PROXY: "proxy:3128" },
      /^OTEL_EXPORTER_OTLP_ENDPOINT is on this machine, .* ALL_PROXY → add \[::1\] to NO_PROXY$/
    ],
    [
      { HTTPS_PROXY: "proxy:3128", NO_PROXY: "10.0.0.0/8,a.test fd00::/8" },
      /^NO_PROXY has ranges, which match nothing: 10\.0\.0\.0\/8, fd00::\/8 → .*one by one/
    ],
    [
      { HTTPS_PROXY: "proxy:3128", no_proxy: "https://us3r:s3cr3t@a.test:8443/x" },
      /^no_proxy has URLs, which match nothing: https:\/\/a\.test:8443 → the host alone, .*: a\.test:8443$/
    ],
    [
      { HTTPS_PROXY: "proxy:3128", NO_PROXY: "192.168.1.*,*a.test" },
      /^NO_PROXY has entries with a \* in the wrong place, .*: 192\.168\.1\.\*, \*a\.test → .*\*\.example\.com/
    ],
    [
      { HTTPS_PROXY: "proxy:3128", NO_PROXY: "a.test;b.test" },
      /^NO_PROXY has entries that are no hosts, .*: a\.test;b\.test → .*commas or spaces/
    ],
    [
      { HTTPS_PROXY: "proxy:3128", NO_PROXY: "us3r:s3cr3t@a.test" },
      /^NO_PROXY has entries that are no hosts, which match nothing: \(not shown\) → /
    ],
    [{ METRICS: "off", METRICS_PORT: "9464" }, /^METRICS_PORT is set and not used/],
    [
      { HANDOVER_DEADLNE: "7s" },
      /^HANDOVER_DEADLNE is not a setting .*environment\) → did you mean HANDOVER_DEADLINE\?/
    ],
    [{ HANDOVER_TIMEOUT: "7s" }, /^HANDOVER_TIMEOUT is not a setting .* → there is HANDOVER_DEADLINE/],
    [{ WEBHOOK_API_KEY: "s3cr3t" }, /^WEBHOOK_API_KEY is not a setting .*did you mean WEBHOOK_API_KEYS\?/],
    [{ LOG_LEVL: "s3cr3t" }, /^LOG_LEVL is not a setting .*did you mean LOG_LEVEL\?/],
    [{ METRIC: "on" }, /^METRIC is not a setting .*did you mean METRICS\?/],
    [{ port: "1" }, /^port is not a setting .*did you mean PORT\?/],
    [{ OTEL_TRACES_SAMPLER_ARGS: "1" }, /^OTEL_TRACES_SAMPLER_ARGS is not a setting .*OTEL_TRACES_SAMPLER_ARG\?/],
    [{ WEBHOOK_API_KEY_FILE: "x" }, /^WEBHOOK_API_KEY_FILE is not a setting .*did you mean WEBHOOK_API_KEYS_FILE\?/]
  ] as ReadonlyArray<readonly [Env, RegExp]>) {
    it.effect(`made of ${JSON.stringify(env)}`, () =>
      Effect.gen(function* () {
        const warnings = shown(yield* warningsOf(env))
        assert.lengthOf(warnings, 1, warnings.join("\n"))
        assert.match(warnings[0] ?? "", expected)
        assert.notInclude(warnings[0], "s3cr3t")
      })
    )
  }

  it.effect("logged as one line at the level Warn", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make<unknown, void>(({ logLevel, message }) => void lines.push(`${logLevel} ${message}`))
      yield* logWarnings(yield* warningsOf({ HANDOVER_DEADLINE: "9s", LOG_LEVL: "x" })).pipe(
        Effect.provide(Logger.layer([logger]))
      )
      assert.lengthOf(lines, 2)
      for (const line of lines) assert.match(line, /^Warn [A-Z_]+ is [^\n]+ → [^\n]+$/)
    })
  )
})

describe("a router in another application", () => {
  it.live("logs them, but those of traces, which are the application's", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make<unknown, void>(({ logLevel, message }) => void lines.push(`${logLevel} ${message}`))
      const env = { ...enough, PORT: "0", HANDOVER_DEADLINE: "9s", OTEL_SDK_DISABLED: "yes" }
      yield* Layer.build(Router.layerConfig()).pipe(
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
        Effect.provide([NodeFileSystem.layer, Logger.layer([logger])]),
        Effect.scoped
      )
      const warnings = lines.filter((line) => line.startsWith("Warn"))
      assert.lengthOf(warnings, 1)
      assert.match(warnings[0] ?? "", /^Warn HANDOVER_DEADLINE is 9s/)
    })
  )
})

describe("a router does not start with", () => {
  for (const [env, expected] of [
    [{ HANDOVER_DEADLINE: "100ms" }, /^HANDOVER_DEADLINE is wrong: 100ms is too short for any call/],
    [{ CXONE_RATE_LIMIT: "1/minute" }, /^CXONE_RATE_LIMIT is wrong: a handover needs 2 calls/],
    [{ PORT: "9464", METRICS_PORT: "9464" }, /^METRICS_PORT is wrong: 9464 is the webhook's port/],
    [{ HOST: "0.0.0.0", PORT: "9464", METRICS_PORT: "9464" }, /^METRICS_PORT is wrong/],
    [{ HOST: "localhost", PORT: "9464", METRICS_PORT: "9464" }, /^METRICS_PORT is wrong/]
  ] as ReadonlyArray<readonly [Env, RegExp]>) {
    it.effect(JSON.stringify(env), () =>
      Effect.gen(function* () {
        const { problems } = yield* Effect.flip(settings.pipe(given({ ...enough, ...env })))
        assert.lengthOf(problems, 1)
        assert.match(shown(problems)[0] ?? "", expected)
      })
    )
  }

  it.effect("but with one port on two addresses, and with any free ports", () =>
    Effect.gen(function* () {
      yield* warningsOf({ HOST: "127.0.0.2", PORT: "9464", METRICS_PORT: "9464" })
      yield* warningsOf({ PORT: "0", METRICS_PORT: "0" })
    })
  )
})

describe(".env", () => {
  const lines = Object.entries(enough).map(([name, value]) => `${name}=${value}`)
  const fileWith = (...more: ReadonlyArray<string>) => [...lines, ...more].join("\n")
  const read = (...more: ReadonlyArray<string>) => settings.pipe(given({}, fileWith(...more)))

  it.effect("is told of by the line, and by what the environment has in its place", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(read("PORT=x"))
      assert.include(message, 'PORT is wrong: "x" is not a port number from 0 to 65535 (from .env, line 6)')
      const over = yield* Effect.flip(
        settings.pipe(given({ HANDOVER_DEADLINE: "7 secnds" }, fileWith("HANDOVER_DEADLINE=7s")))
      )
      assert.match(
        over.message,
        /HANDOVER_DEADLINE is wrong: "7 secnds" is not .* \(from the environment; \.env says "7s"\)/
      )
      const secret = yield* Effect.flip(
        settings.pipe(
          given({ WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: "s3cr3t 1" }, fileWith("WEBHOOK_API_KEYS=s3cr3t-2"))
        )
      )
      assert.include(secret.message, "(from the environment; .env has another value)")
      assert.notInclude(secret.message, "s3cr3t")
    })
  )

  it.effect("has each name that no setting has as a warning, with its line", () =>
    Effect.gen(function* () {
      const { warnings } = yield* read("REDIS_URL=s3cr3t", "CXONE_CLIENT_KEY=s3cr3t", "OTEL_PROPAGATORS=x", "FOO")
      assert.deepStrictEqual(shown(warnings), [
        "REDIS_URL is not a setting of the router (.env, line 6) → remove it, or look the name up in .env.example",
        "CXONE_CLIENT_KEY is not a setting of the router (.env, line 7) → did you mean CXONE_CLIENT_ID?",
        ".env has lines that are not understood: 9 → NAME=value on each line, and # before a comment"
      ])
    })
  )

  it.effect("may have a name twice, with a warning", () =>
    Effect.gen(function* () {
      const { port, warnings } = yield* read("PORT=1", "PORT=2")
      assert.strictEqual(port, 2)
      assert.deepStrictEqual(shown(warnings), [
        "PORT stands in .env more than once (lines 6, 7) → remove all but one: the last one counts"
      ])
    })
  )

  it.effect("has no value that is cut", () =>
    Effect.gen(function* () {
      const { credentials } = yield* read("WEBHOOK_AUTH=api-key", `WEBHOOK_API_KEYS=a#${KEY}`)
      assert.strictEqual(credentials.mode === "api-key" && credentials.keys.length, 1)
      for (const [line, problem] of [
        [`WEBHOOK_BASIC_PASSWORD=correct horse #battery`, /has a # after a space, .*line 8/],
        [`WEBHOOK_BASIC_PASSWORD="correct`, /begins with a quote that is not closed .*line 8/],
        [`WEBHOOK_BASIC_PASSWORD="corr"ect"`, /has more text after its closing quote .*line 8/]
      ] as const) {
        const { message, problems } = yield* Effect.flip(
          read("WEBHOOK_AUTH=basic", "WEBHOOK_BASIC_USER=u", line, "LOG_FORMAT=json")
        )
        assert.match(message, problem)
        assert.lengthOf(problems, 1)
        assert.notInclude(message, "corr")
      }
    })
  )

  it.effect("that is wrong does not matter where the environment has the setting", () =>
    Effect.gen(function* () {
      const { port } = yield* settings.pipe(given({ PORT: "1" }, fileWith('PORT="2')))
      assert.strictEqual(port, 1)
    })
  )
})

describe("settings that are missing", () => {
  it.effect("are told together with a name that may have been meant", () =>
    Effect.gen(function* () {
      const env = { ...enough, WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEY: "s3cr3t" }
      const error = yield* Effect.flip(settings.pipe(given(env)))
      assert.match(error.message, /^1 setting is missing or wrong\.\n\n {2}WEBHOOK_API_KEYS is missing\n/)
      assert.match(
        error.message,
        /Also:\n\n {2}WEBHOOK_API_KEY is not a setting .*\n {4}→ did you mean WEBHOOK_API_KEYS\?/
      )
      const { settings: result, warnings } = yield* settingsAndTable.pipe(given(env))
      assert.isTrue(Result.isFailure(result))
      assert.lengthOf(warnings, 1)
    })
  )

  it.effect("are none for `serve --simulate`, which has the same warnings", () =>
    Effect.gen(function* () {
      const { level, warnings } = yield* simulatedSettings.pipe(given({ LOG_LEVEL: "debug" }, "PROT=3001"))
      assert.strictEqual(level, "Debug")
      assert.deepStrictEqual(shown(warnings), [
        "PROT is not a setting of the router (.env, line 1) → did you mean PORT?"
      ])
    })
  )
})

describe("the list of names", () => {
  const known: ReadonlyArray<string> = [...SECRETS, ...SECRETS.map((name) => `${name}_FILE`), ...SETTINGS]

  it("has those of .env.example and of the README's table", () => {
    const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")
    const example = text(".env.example").split("# --- npm run verify:cxone")[0] ?? ""
    const table = text("README.md").split("| setting | default | meaning |")[1]?.split("\n\n")[0]?.split("\n") ?? []
    const names = [
      ...Array.from(example.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm), ([, name]) => name ?? ""),
      ...table.flatMap((row) => row.split("|")[1]?.match(/(?<=`)[A-Z][A-Z0-9_]+(?=`)/g) ?? [])
    ]
    assert.isAbove(names.length, 60)
    for (const name of names) if (!/_PROXY$/.test(name)) assert.include(known, name)
  })

  it.effect("has every setting that is read", () =>
    Effect.gen(function* () {
      const asked = new Set<string>()
      for (const WEBHOOK_AUTH of ["api-key", "basic", "signature"]) {
        for (const env of [
          {},
          { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" },
          { CXONE_DIALECT: "digital" }
        ]) {
          const real = ConfigProvider.fromEnv({ env: { ...enough, ...env, WEBHOOK_AUTH } })
          const spy = ConfigProvider.make((path) => {
            asked.add(path.join("_"))
            return real.load(path)
          })
          yield* Effect.result(settings).pipe(
            Effect.provideService(ConfigProvider.ConfigProvider, spy),
            Effect.provide(NodeFileSystem.layer)
          )
        }
      }
      for (const name of asked) if (!/_proxy$/i.test(name)) assert.include(known, name)
    })
  )
})
