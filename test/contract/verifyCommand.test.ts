import { request as send } from "node:http"
import { fileURLToPath } from "node:url"
import { createGzip } from "node:zlib"
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Console, Effect, Exit, FileSystem, Stream } from "effect"
import { ChildProcess } from "effect/process"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { simulatorClientId, simulatorClientSecret } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { server } from "../doctor/support.ts"
import { compileCache } from "../support/compileCache.ts"
import { startProxy } from "../support/proxy.ts"
import { makeFront } from "./support/front.ts"
import { report, run as runCommand } from "./verify/command.ts"
import { answering, names, pactOf, platform, statesOf } from "./verify/fixtures.ts"

const main = fileURLToPath(new URL("verify/main.ts", import.meta.url))

interface Surroundings {
  readonly env?: Record<string, string>
  /** Files of a directory of its own, which is otherwise empty; in arguments it is `@/`. */
  readonly files?: Record<string, string>
}

const directoryWith = Effect.fnUntraced(function* (files: Readonly<Record<string, string>>) {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped()
  yield* Effect.forEach(Object.entries(files), ([name, text]) => fs.writeFileString(`${directory}/${name}`, text))
  return directory
})

const assertNoStack = (text: string) => assert.notMatch(text, /^\s+at |node_modules|\.ts:\d/m)

/** Runs the command in this process, with these settings alone. */
const run = Effect.fnUntraced(function* (args: ReadonlyArray<string>, { env = {}, files = {} }: Surroundings = {}) {
  const directory = yield* directoryWith(files)
  const printed = { log: "", error: "" }
  const into =
    (name: keyof typeof printed) =>
    (...texts: ReadonlyArray<unknown>) => {
      printed[name] += `${texts.join(" ")}\n`
    }
  const exit = yield* runCommand(args.map((arg) => arg.replace(/^@/, directory))).pipe(
    Effect.tapCause(report),
    Effect.provideService(Console.Console, { ...globalThis.console, log: into("log"), error: into("error") }),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
    Effect.exit
  )
  assertNoStack(printed.log + printed.error)
  return { code: Number(Exit.isFailure(exit)), stdout: printed.log, stderr: printed.error }
}, Effect.scoped)

/** Runs the command in a process and a working directory of its own, with nothing of our environment. */
const runProcess = Effect.fnUntraced(function* (
  args: ReadonlyArray<string>,
  { env = {}, files = {} }: Surroundings = {}
) {
  const cwd = yield* directoryWith(files)
  const child = yield* ChildProcess.make(process.execPath, [main, ...args.map((arg) => arg.replace(/^@/, cwd))], {
    cwd,
    env: { ...compileCache, ...env },
    stdin: "ignore"
  })
  const [code, stdout, stderr] = yield* Effect.all(
    [
      child.exitCode,
      Stream.mkString(Stream.decodeText(child.stdout)),
      Stream.mkString(Stream.decodeText(child.stderr))
    ],
    { concurrency: "unbounded" }
  )
  assertNoStack(stdout + stderr)
  return { code: Number(code), stdout, stderr }
}, Effect.scoped)

/** The same with both reports, and what they hold. */
const runWithReports = Effect.fnUntraced(function* (how: typeof run, pact: object, env: Record<string, string>) {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped()
  const [xml, json] = [`${directory}/new/report.xml`, `${directory}/report.json`]
  const args = ["--pact", "@/pact.json", "--junit", xml, "--json", json]
  const result = yield* how(args, { env, files: { "pact.json": JSON.stringify(pact) } })
  return { ...result, xml: yield* fs.readFileString(xml), json: yield* fs.readFileString(json) }
}, Effect.scoped)

const environment = (baseUrl: string) => ({
  CXONE_BASE_URL: baseUrl,
  CXONE_CLIENT_ID: simulatorClientId,
  CXONE_CLIENT_SECRET: simulatorClientSecret
})

layer(platform, { excludeTestServices: true })("verify:cxone", (it) => {
  it.effect("without settings says all that is missing, and ends with 1", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run([], { env: { CXONE_PROVIDER_STATES_URL: "nowhere" } })
      assert.strictEqual(code, 1)
      assert.strictEqual(stdout, "")
      for (const name of ["CXONE_BASE_URL", "CXONE_CLIENT_ID", "CXONE_CLIENT_SECRET"]) {
        assert.include(stderr, `${name} is missing`)
      }
      assert.match(stderr, /CXONE_PROVIDER_STATES_URL is wrong: .*not an http or https URL/)
    }).pipe(Effect.provide(CXoneSimulator.layer()))
  )

  for (const [how, args, env] of [
    ["--dialect digital", ["--dialect", "digital"], {}],
    ["CXONE_DIALECT=digital", [], { CXONE_DIALECT: "digital" }]
  ] as const) {
    it.effect(`with ${how} has the settings and the pact of that dialect`, () =>
      Effect.gen(function* () {
        const without = yield* run(args, { env })
        assert.deepStrictEqual([without.code, without.stdout], [1, ""])
        assert.include(without.stderr, "CXONE_ACCESS_KEY_SECRET is missing")
        const credentials = { CXONE_CLIENT_ID: "id", CXONE_CLIENT_SECRET: "p1anted" }
        const key = { CXONE_ACCESS_KEY_ID: "key", CXONE_ACCESS_KEY_SECRET: "p1anted-too" }
        const channel = { CXONE_CHANNEL_ID: "channel", CXONE_ISSUER: yield* answering(401) }
        const refused = yield* run(args, { env: { ...env, ...credentials, ...key, ...channel } })
        assert.strictEqual(refused.code, 1)
        assert.match(refused.stdout, /^Verifying http:\S+ against .*cognigy-cxone-router-cxone-digital\.json;/)
        assert.notInclude(refused.stdout + refused.stderr, "p1anted")
      })
    )
  }

  it.effect("ends with 0 when nothing failed: a line for each interaction, the counts, and both reports", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* CXoneSimulator
      // An empty text is what CI passes where a variable is not set.
      const env = { ...environment(baseUrl), CXONE_PROVIDER_STATES_URL: "", CXONE_QUEUE_ID: " " }
      const { code, json, stderr, stdout, xml } = yield* runWithReports(
        runProcess,
        yield* pactOf("open", "toQueue"),
        env
      )
      assert.strictEqual(stderr, "")
      assert.strictEqual(code, 0)
      const [, passed, skipped, summary] = stdout.split("\n")
      assert.match(passed ?? "", /^✓ a request to open a conversation {2}\(\d+ ms\)$/)
      assert.strictEqual(
        skipped,
        `- a request ${names.toQueue}  skipped: it needs CXONE_QUEUE_ID or CXONE_PROVIDER_STATES_URL`
      )
      assert.strictEqual(summary, "1 passed, 0 failed, 1 skipped")
      assert.include(xml, 'tests="2" failures="0" errors="0" skipped="1"')
      assert.deepInclude(JSON.parse(json), { baseUrl, passed: 1, failed: 0, skipped: 1 })
    }).pipe(Effect.provide(CXoneSimulator.layer()))
  )

  it.effect(
    "ends with 1 when an interaction failed: named with its problems in the lines and reports, without a secret",
    () =>
      Effect.gen(function* () {
        const simulator = yield* CXoneSimulator
        const spoken: Array<string> = []
        const wrong = yield* makeFront({
          target: Effect.succeed(simulator.baseUrl),
          arrange: () => Effect.void,
          answer: (answer, { headers, path }) => {
            if (!path.endsWith("/me")) return answer
            spoken.push(headers.authorization ?? "")
            const body = JSON.stringify({ id: [headers.authorization, simulatorClientSecret] })
            return { ...answer, body: new TextEncoder().encode(body) }
          }
        })
        const env = { ...environment(wrong.baseUrl), CXONE_PROVIDER_STATES_URL: statesOf(simulator.baseUrl) }
        const { code, json, stderr, stdout, xml } = yield* runWithReports(run, yield* pactOf("token", "whoami"), env)
        assert.strictEqual(code, 1)
        assert.strictEqual(stderr, "")
        assert.match(stdout, /^✗ a request for who the access token stands for {2}\(\d+ ms\)\n {4}\S/m)
        assert.match(stdout, /\n1 passed, 1 failed, 0 skipped\n$/)
        assert.match(xml, /<testcase name="a request for who [^>]*>\s*<failure message="/)
        assert.include(json, '"outcome": "failed"')
        assert.match(spoken.join(), /^Bearer simulator-token-/)
        for (const secret of [simulatorClientSecret, "simulator-token-"]) assert.notInclude(stdout + xml + json, secret)
      }).pipe(Effect.provide(CXoneSimulator.layer()))
  )

  it.effect("tells what fails many interactions alike once, in the lines and in both reports", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* CXoneSimulator
      const env = { ...environment(baseUrl), CXONE_CLIENT_SECRET: "p1anted" }
      const result = yield* runWithReports(run, yield* pactOf("whoami", "open", "limited", "token"), env)
      const { code, json, stdout, xml } = result
      assert.strictEqual(code, 1)
      const see = `see "a request ${names.whoami}"`
      assert.match(
        stdout,
        /\n✗ a request for who .*\n {4}no access token: CXone refused our credentials \(token\): check CXONE_CLIENT_ID and CXONE_CLIENT_SECRET.*\n {4}→ check CXONE_CLIENT_ID and .*\n- /
      )
      assert.include(stdout, `- a request ${names.open}  not run: ${see}\n`)
      assert.match(stdout, /\n0 passed, 1 failed, 1 skipped, 2 not run\n$/)
      assert.include(xml, `<skipped message="not run: ${see.replaceAll('"', "&quot;")}"/>`)
      assert.deepInclude(JSON.parse(json), { passed: 0, failed: 1, skipped: 1, notRun: 2 })
      assert.include(json, `"cause": "a request ${names.whoami}"`)
      for (const text of [stdout, xml, json]) {
        assert.lengthOf(text.match(/→ check CXONE_CLIENT_ID/g) ?? [], 1)
        assert.notInclude(text, "p1anted")
      }
    }).pipe(Effect.provide(CXoneSimulator.layer()))
  )

  it.effect("goes through a proxy, tells so without its password, and replays the same", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* CXoneSimulator
      const proxy = yield* startProxy({ target: Number(new URL(baseUrl).port), credentials: "us3r:s3cr3t" })
      const env = {
        ...environment("http://cxone.test"),
        http_proxy: `http://us3r:s3cr3t@127.0.0.1:${proxy.port}`
      }
      const files = { "pact.json": JSON.stringify(yield* pactOf("token", "open")) }
      const { code, stderr, stdout } = yield* runProcess(["--pact", "@/pact.json"], { env, files })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.include(stdout, `http://cxone.test, through http://127.0.0.1:${proxy.port} (http_proxy),`)
      assert.include(stdout, "2 passed, 0 failed, 0 skipped")
      assert.notMatch(stdout, /us3r|s3cr3t/)
      assert.include(proxy.seen, "POST http://cxone.test/oauth/token")
    }).pipe(Effect.provide(CXoneSimulator.layer()))
  )

  it.effect("reads answers that are compressed, its own and those of the replay", () =>
    Effect.gen(function* () {
      const { hostname, port: target } = new URL((yield* CXoneSimulator).baseUrl)
      const port = yield* server((request, response) => {
        const { headers, method, url: path } = request
        const onward = send({ host: hostname, port: target, method, path, headers }, (answer) => {
          const { "content-length": _, ...others } = answer.headers
          response.writeHead(answer.statusCode ?? 0, { ...others, "content-encoding": "gzip" })
          answer.pipe(createGzip()).pipe(response)
        })
        request.pipe(onward)
      })
      const files = { "pact.json": JSON.stringify(yield* pactOf("token", "open", "conflict", "whoami")) }
      const env = environment(`http://127.0.0.1:${port}`)
      const { stderr, stdout } = yield* runProcess(["--pact", "@/pact.json"], { env, files })
      assert.include(stdout, "4 passed, 0 failed, 0 skipped")
      assert.strictEqual(stderr, "")
    }).pipe(Effect.scoped, Effect.provide(CXoneSimulator.layer()))
  )

  it.effect("does not end with 0 when every interaction was skipped", () =>
    Effect.gen(function* () {
      const files = { "pact.json": JSON.stringify(yield* pactOf("limited")) }
      const { code, stderr, stdout } = yield* run(["--pact", "@/pact.json"], {
        env: environment("http://127.0.0.1:1"),
        files
      })
      assert.strictEqual(code, 1)
      assert.include(stdout, "0 passed, 0 failed, 1 skipped")
      assert.include(stderr, "Nothing was verified")
      assert.include(stderr, "CXONE_PROVIDER_STATES_URL")
    }).pipe(Effect.provide(CXoneSimulator.layer()))
  )

  it.effect("with --strict does not end with 0 when some were", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* CXoneSimulator
      const files = { "pact.json": JSON.stringify(yield* pactOf("wrongSecret", "limited")) }
      const env = environment(baseUrl)
      const loose = yield* run(["--pact", "@/pact.json"], { env, files })
      const strict = yield* run(["--pact", "@/pact.json", "--strict"], { env, files })
      assert.deepStrictEqual([loose.code, strict.code], [0, 1])
      assert.include(strict.stdout, "1 passed, 0 failed, 1 skipped")
    }).pipe(Effect.provide(CXoneSimulator.layer()))
  )

  it.effect("says what is wrong with a pact or a report's path, and reads .env", () =>
    Effect.gen(function* () {
      const env = environment("http://127.0.0.1:1")
      const files = {
        "empty.json": JSON.stringify({ ...(yield* pactOf()), interactions: [] }),
        "pact.json": JSON.stringify(yield* pactOf("token"))
      }
      const missing = yield* run(["--pact", "@/missing.json"], { env, files })
      const empty = yield* run(["--pact", "@/empty.json"], { env, files })
      const lines = Object.entries(env).map(([name, value]) => `${name}=${value}\n`)
      const unwritable = yield* runProcess(["--pact", "pact.json", "--junit", "pact.json/report.xml"], {
        files: { ...files, ".env": lines.join("") }
      })
      for (const { code } of [missing, empty, unwritable]) assert.strictEqual(code, 1)
      assert.match(missing.stderr, /missing\.json cannot be verified: there is no such file\n {4}→ /)
      assert.include(empty.stderr, "no interaction in it")
      assert.match(unwritable.stderr, /report\.xml was not written: /)
    }).pipe(Effect.provide(CXoneSimulator.layer()))
  )

  it.effect("says in each request which program it is", () =>
    Effect.gen(function* () {
      const userAgents: Array<string> = []
      const port = yield* server((request, response) => {
        userAgents.push(request.headers["user-agent"] ?? "")
        response.writeHead(404).end()
      })
      const files = { "pact.json": JSON.stringify(yield* pactOf("wrongSecret", "limited")) }
      yield* runProcess(["--pact", "@/pact.json"], {
        env: { CXONE_BASE_URL: `http://127.0.0.1:${port}`, CXONE_CLIENT_ID: "id", CXONE_CLIENT_SECRET: "secret" },
        files
      })
      assert.isNotEmpty(userAgents)
      for (const one of userAgents) assert.match(one, /^cognigy-cxone-router\/\d/)
    }).pipe(Effect.scoped)
  )

  it.effect("explains itself, and refuses flags that it does not have", () =>
    Effect.gen(function* () {
      const help = yield* run(["--help"])
      const flag = yield* run(["--frobnicate"])
      assert.strictEqual(help.code, 0)
      for (const word of ["--pact", "--junit", "--json", "CXONE_BASE_URL", "CXONE_PROVIDER_STATES_URL"]) {
        assert.include(help.stdout, word)
      }
      assert.strictEqual(flag.code, 1)
      assert.include(flag.stderr, "--frobnicate")
    }).pipe(Effect.provide(CXoneSimulator.layer()))
  )
})
