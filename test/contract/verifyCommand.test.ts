import { fileURLToPath } from "node:url"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, FileSystem, Stream } from "effect"
import { ChildProcess } from "effect/process"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { simulatorClientId, simulatorClientSecret } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { makeFront } from "./support/front.ts"
import { names, pactOf, platform, statesOf } from "./verify/fixtures.ts"

vi.setConfig({ testTimeout: 60_000, maxConcurrency: 3 })

const main = fileURLToPath(new URL("verify/main.ts", import.meta.url))

interface Surroundings {
  readonly env?: Record<string, string>
  /** The files of the working directory, which is otherwise empty. */
  readonly files?: Record<string, string>
}

/** The command in a process of its own, with nothing of our environment; `written` is what it left in its working directory. */
const run = Effect.fnUntraced(function* (args: ReadonlyArray<string>, { env = {}, files = {} }: Surroundings = {}) {
  const fs = yield* FileSystem.FileSystem
  const cwd = yield* fs.makeTempDirectoryScoped()
  yield* Effect.forEach(Object.entries(files), ([name, text]) => fs.writeFileString(`${cwd}/${name}`, text))
  const child = yield* ChildProcess.make(process.execPath, [main, ...args], { cwd, env, stdin: "ignore" })
  const [code, stdout, stderr] = yield* Effect.all(
    [
      child.exitCode,
      Stream.mkString(Stream.decodeText(child.stdout)),
      Stream.mkString(Stream.decodeText(child.stderr))
    ],
    { concurrency: "unbounded" }
  )
  assert.notMatch(stdout + stderr, /^\s+at |node_modules|\.ts:\d/m)
  return { code, stdout, stderr, written: (name: string) => fs.readFileString(`${cwd}/${name}`) }
}, Effect.scoped)

/** As `run`, with what it wrote to `report.xml` and `report.json`. */
const runWithReports = Effect.fnUntraced(function* (pact: object, env: Record<string, string>) {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped()
  const [xml, json] = [`${directory}/new/report.xml`, `${directory}/report.json`]
  const args = ["--pact", "pact.json", "--junit", xml, "--json", json]
  const result = yield* run(args, { env, files: { "pact.json": JSON.stringify(pact) } })
  return { ...result, xml: yield* fs.readFileString(xml), json: yield* fs.readFileString(json) }
}, Effect.scoped)

const environment = (baseUrl: string) => ({
  CXONE_BASE_URL: baseUrl,
  CXONE_CLIENT_ID: simulatorClientId,
  CXONE_CLIENT_SECRET: simulatorClientSecret
})

describe.concurrent("verify:cxone", () => {
  it.live("without settings says all that is missing, and ends with 1", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run([], { env: { CXONE_PROVIDER_STATES_URL: "nowhere" } })
      assert.strictEqual(code, 1)
      assert.strictEqual(stdout, "")
      for (const name of ["CXONE_BASE_URL", "CXONE_CLIENT_ID", "CXONE_CLIENT_SECRET"]) {
        assert.include(stderr, `${name} is missing`)
      }
      assert.include(stderr, "CXONE_PROVIDER_STATES_URL is wrong: not an http or https URL")
    }).pipe(Effect.provide(platform))
  )

  it.live("ends with 0 when nothing failed: a line for each interaction, the counts, and both reports", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* CXoneSimulator
      // An empty text is what CI passes where a variable is not set.
      const env = { ...environment(baseUrl), CXONE_PROVIDER_STATES_URL: "", CXONE_QUEUE_ID: " " }
      const { code, json, stderr, stdout, xml } = yield* runWithReports(yield* pactOf("open", "toQueue"), env)
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
    }).pipe(Effect.provide(platform))
  )

  it.live(
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
        const { code, json, stderr, stdout, xml } = yield* runWithReports(yield* pactOf("token", "whoami"), env)
        assert.strictEqual(code, 1)
        assert.strictEqual(stderr, "")
        assert.match(stdout, /^✗ a request for who the access token stands for {2}\(\d+ ms\)\n {4}\S/m)
        assert.match(stdout, /\n1 passed, 1 failed, 0 skipped\n$/)
        assert.match(xml, /<testcase name="a request for who [^>]*>\s*<failure message="/)
        assert.include(json, '"outcome": "failed"')
        assert.match(spoken.join(), /^Bearer simulator-token-/)
        for (const secret of [simulatorClientSecret, "simulator-token-"]) assert.notInclude(stdout + xml + json, secret)
      }).pipe(Effect.provide(platform))
  )

  it.live("does not end with 0 when every interaction was skipped", () =>
    Effect.gen(function* () {
      const files = { "pact.json": JSON.stringify(yield* pactOf("limited")) }
      const { code, stderr, stdout } = yield* run(["--pact", "pact.json"], {
        env: environment("http://127.0.0.1:1"),
        files
      })
      assert.strictEqual(code, 1)
      assert.include(stdout, "0 passed, 0 failed, 1 skipped")
      assert.include(stderr, "Nothing was verified")
      assert.include(stderr, "CXONE_PROVIDER_STATES_URL")
    }).pipe(Effect.provide(platform))
  )

  it.live("with --strict does not end with 0 when some were", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* CXoneSimulator
      const files = { "pact.json": JSON.stringify(yield* pactOf("wrongSecret", "limited")) }
      const env = environment(baseUrl)
      const loose = yield* run(["--pact", "pact.json"], { env, files })
      const strict = yield* run(["--pact", "pact.json", "--strict"], { env, files })
      assert.deepStrictEqual([loose.code, strict.code], [0, 1])
      assert.include(strict.stdout, "1 passed, 0 failed, 1 skipped")
    }).pipe(Effect.provide(platform))
  )

  it.live("says what is wrong with a pact or a report's path, and reads .env", () =>
    Effect.gen(function* () {
      const files = {
        ".env": Object.entries(environment("http://127.0.0.1:1"))
          .map(([name, value]) => `${name}=${value}\n`)
          .join(""),
        "empty.json": JSON.stringify({ ...(yield* pactOf()), interactions: [] }),
        "pact.json": JSON.stringify(yield* pactOf("token"))
      }
      const [missing, empty, unwritable] = yield* Effect.all(
        [
          run(["--pact", "missing.json"], { files }),
          run(["--pact", "empty.json"], { files }),
          run(["--pact", "pact.json", "--junit", "pact.json/report.xml"], { files })
        ],
        { concurrency: 2 }
      )
      for (const { code } of [missing, empty, unwritable]) assert.strictEqual(code, 1)
      assert.match(missing.stderr, /missing\.json cannot be verified: there is no such file\n {4}→ /)
      assert.include(empty.stderr, "no interaction in it")
      assert.match(unwritable.stderr, /report\.xml was not written: /)
    }).pipe(Effect.provide(platform))
  )

  it.live("explains itself, and refuses flags that it does not have", () =>
    Effect.gen(function* () {
      const [help, flag] = yield* Effect.all([run(["--help"]), run(["--frobnicate"])], { concurrency: 2 })
      assert.strictEqual(help.code, 0)
      for (const word of ["--pact", "--junit", "--json", "CXONE_BASE_URL", "CXONE_PROVIDER_STATES_URL"]) {
        assert.include(help.stdout, word)
      }
      assert.strictEqual(flag.code, 1)
      assert.include(flag.stderr, "--frobnicate")
    }).pipe(Effect.provide(platform))
  )
})
