/** `doctor`, with settings as people give them, in front of a simulator and a router. */
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, FileSystem, Result } from "effect"
import { Command } from "effect/cli"
import { CommandFailed } from "../../src/commands/CommandFailed.ts"
import { doctorCommand } from "../../src/commands/doctor.ts"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import {
  digitalAccessKeyId,
  digitalAccessKeySecret,
  digitalChannelId,
  digitalClientId,
  digitalClientSecret
} from "../../src/simulator/digital/DigitalOptions.ts"
import {
  agentId,
  salesQueueId,
  simulatorClientId,
  simulatorClientSecret
} from "../../src/simulator/webchat/SimulatorOptions.ts"
import { output } from "../doctor/support.ts"
import { Router, withRouter } from "../e2e/support/router.ts"
import { startProxy } from "../support/proxy.ts"
import { platform } from "./support.ts"

const unknown = "9f9f9f9f-0000-4000-8000-00000000000f"

const table = `queues:
  sales: ${salesQueueId}
agents:
  alex: ${agentId}
rules:
  - name: a
    when: { intent: a }
    to: { queue: sales, fallback: { agent: alex } }
`

/** What it printed, without columns and times, and whether it ended well; the table's directory is `@/`. */
const doctor = Effect.fnUntraced(function* (options: {
  readonly env?: Record<string, string>
  readonly routes?: string
}) {
  const { env = {}, routes = table } = options
  const fs = yield* FileSystem.FileSystem
  const path = `${yield* fs.makeTempDirectoryScoped()}/routes.yaml`
  yield* fs.writeFileString(path, routes)
  const simulator = yield* CXoneSimulator
  const { port } = yield* Router
  const { layer, text } = output()
  const result = yield* Command.runWith(doctorCommand, { version: "0" })([]).pipe(
    Effect.provideService(
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromEnv({
        env: {
          PORT: String(port),
          CXONE_BASE_URL: simulator.baseUrl,
          CXONE_CLIENT_ID: simulatorClientId,
          CXONE_CLIENT_SECRET: simulatorClientSecret,
          WEBHOOK_AUTH: "none",
          ROUTES_FILE: path,
          ...env
        }
      })
    ),
    Effect.provide(layer),
    Effect.result
  )
  return {
    isWell: Result.isSuccess(result),
    failure: Result.isFailure(result) ? result.failure : undefined,
    lines: text()
      .replaceAll(path, "@/routes.yaml")
      .replace(/\d+ ms/g, "0 ms")
      .split("\n")
      .map((line) => line.replace(/ {2,}/g, "  "))
  }
}, Effect.scoped)

const sameEnds = (lines: ReadonlyArray<string>, beginnings: ReadonlyArray<string>) =>
  assert.deepStrictEqual(
    lines.slice(0, beginnings.length).map((line, index) => line.slice(0, beginnings[index]?.length)),
    beginnings
  )

describe("doctor", () => {
  it.live("looks at the settings, the table and its targets, CXone and the webhook", () =>
    Effect.gen(function* () {
      const { isWell, lines } = yield* doctor({})
      sameEnds(lines, [
        "✓ settings  complete, CXone: http://127.0.0.1:",
        "✓ routing table  @/routes.yaml: 1 rule, version ",
        "✓ database  memory: ",
        "✓ clock  ",
        "✓ reachability  ",
        "✓ token  ",
        "✓ scopes  ",
        "✓ queue sales (5a1e5000…)  Sales",
        "✓ agent alex (a6e27000…)  Alex Agent",
        "✓ webhook  ",
        "",
        "10 of 10 checks passed."
      ])
      assert.isTrue(isWell)
    }).pipe(withRouter(), Effect.provide(platform))
  )

  it.live("shows settings that look wrong, which is no failure", () =>
    Effect.gen(function* () {
      const { isWell, lines } = yield* doctor({ env: { HANDOVER_DEADLINE: "9s" } })
      sameEnds(lines, [
        "✓ settings  complete, ",
        "⚠ HANDOVER_DEADLINE  is 9s, longer than Cognigy's",
        "✓ routing table  "
      ])
      assert.include(lines, "10 of 11 checks passed.")
      assert.include(lines, "1 was taken, and may be wrong:")
      assert.isTrue(isWell)
    }).pipe(withRouter(), Effect.provide(platform))
  )

  it.live("reaches for CXone and the collector of traces through a proxy, and for the router directly", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const { port, seen } = yield* startProxy({ target: Number(new URL(simulator.baseUrl).port) })
      const { isWell, lines } = yield* doctor({
        env: {
          CXONE_BASE_URL: "http://cxone.test",
          HTTP_PROXY: `127.0.0.1:${port}`,
          OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.test:4318"
        }
      })
      const way = `through http://127.0.0.1:${port} (HTTP_PROXY)`
      assert.include(lines, `✓ reachability  http://cxone.test answered 401 in 0 ms, ${way}`)
      assert.include(lines, `✓ traces  http://collector.test:4318/v1/traces answered 404, ${way}`)
      assert.isTrue(isWell)
      for (const call of seen) assert.match(call, /http:\/\/(cxone|collector)\.test/)
    }).pipe(withRouter(), Effect.provide(platform))
  )

  it.live("does not take an answer of a proxy for one of CXone or of the collector", () =>
    Effect.gen(function* () {
      const { port } = yield* startProxy({ target: 1, fault: () => ({ status: 502 }) })
      const { isWell, lines } = yield* doctor({
        env: {
          CXONE_BASE_URL: "http://cxone.test",
          HTTP_PROXY: `127.0.0.1:${port}`,
          OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.test:4318"
        }
      })
      const answered = `the proxy, or the host behind it, answered 502, through http://127.0.0.1:${port} (HTTP_PROXY)`
      assert.include(lines, "- clock  skipped: needs an answer from CXone")
      assert.include(lines, `✗ reachability  http://cxone.test: ${answered}`)
      assert.include(lines, `⚠ traces  http://collector.test:4318/v1/traces: ${answered}`)
      assert.include(
        lines.join("\n"),
        "check the network of the proxy (HTTP_PROXY), then the host and port of CXONE_BASE_URL"
      )
      assert.isFalse(isWell ?? false)
    }).pipe(withRouter(), Effect.provide(platform))
  )

  it.live("says that there is no collector of traces, which hinders no handover", () =>
    Effect.gen(function* () {
      const { isWell, lines } = yield* doctor({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" } })
      assert.include(
        lines,
        "⚠ traces  no collector at http://127.0.0.1:1/v1/traces: nothing listens there (ECONNREFUSED), directly"
      )
      assert.isTrue(isWell)
    }).pipe(withRouter(), Effect.provide(platform))
  )

  it.live("names the table's line of a queue that does not exist in CXone", () =>
    Effect.gen(function* () {
      const { failure, lines } = yield* doctor({ routes: `${table}fallback: { to: { queue: ${unknown} } }\n` })
      assert.include(lines, "✗ queue 9f9f9f9f…  the queue does not exist in CXone (@/routes.yaml:9:26)")
      assert.deepStrictEqual(failure, new CommandFailed({ message: "" }))
    }).pipe(withRouter(), Effect.provide(platform))
  )

  it.live("names the setting of a queue of the built-in rules", () =>
    Effect.gen(function* () {
      const { lines } = yield* doctor({
        env: { ROUTES_FILE: "", SALES_QUEUE_ID: salesQueueId, SUPPORT_QUEUE_ID: unknown }
      })
      assert.include(lines, "✓ routing table  built in, 3 rules")
      assert.include(lines, "✗ queue support (9f9f9f9f…)  the queue does not exist in CXone (SUPPORT_QUEUE_ID)")
    }).pipe(withRouter(), Effect.provide(platform))
  )

  it.live("looks at CXone although the table is broken", () =>
    Effect.gen(function* () {
      const { isWell, lines } = yield* doctor({ routes: table.replace("queue: sales", "queue: slaes") })
      assert.include(lines, '✗ @/routes.yaml:8:18  no queue is named "slaes"')
      assert.include(lines, "  → did you mean sales?")
      assert.isTrue(lines.some((line) => line.startsWith("✓ token")))
      assert.isFalse(isWell)
    }).pipe(withRouter(), Effect.provide(platform))
  )

  it.live("lists all settings that are missing or wrong, and the table's problems, at once", () =>
    Effect.gen(function* () {
      const { isWell, lines } = yield* doctor({
        env: { CXONE_CLIENT_ID: "", WEBHOOK_AUTH: "all" },
        routes: table.replace("queue: sales", "queue: slaes")
      })
      sameEnds(lines, [
        "✗ CXONE_CLIENT_ID  is missing",
        "✗ WEBHOOK_AUTH  is wrong: ",
        '✗ @/routes.yaml:8:18  no queue is named "slaes"',
        "- CXone and webhook  skipped: needs valid settings"
      ])
      assert.isFalse(isWell)
    }).pipe(withRouter(), Effect.provide(platform))
  )
})

describe("doctor with the Digital Engagement API", () => {
  const digital = Effect.fnUntraced(function* (accessKeySecret: string) {
    const { baseUrl } = yield* DigitalSimulator
    return yield* doctor({
      routes: 'queues: { sales: "4001" }\nrules:\n  - { name: a, to: { queue: sales } }\n',
      env: {
        CXONE_DIALECT: "digital",
        CXONE_BASE_URL: "",
        CXONE_ISSUER: baseUrl,
        CXONE_CLIENT_ID: digitalClientId,
        CXONE_CLIENT_SECRET: digitalClientSecret,
        CXONE_ACCESS_KEY_ID: digitalAccessKeyId,
        CXONE_ACCESS_KEY_SECRET: accessKeySecret,
        CXONE_CHANNEL_ID: digitalChannelId
      }
    })
  }, Effect.provide(DigitalSimulator.layer()))

  it.live("finds a token, the API and the webhook", () =>
    Effect.gen(function* () {
      const { isWell, lines } = yield* digital(digitalAccessKeySecret)
      assert.match(lines.join("\n"), /✓ token .*CXone issued one/)
      assert.match(lines.join("\n"), /✓ discovery {2}http:\/\/127/)
      assert.match(lines.join("\n"), /✓ queue sales \(4001\) {2}Sales/)
      assert.match(lines.join("\n"), /✓ webhook /)
      assert.isTrue(isWell)
    }).pipe(withRouter(), Effect.provide(platform))
  )

  it.live("names the credentials that are refused, and shows none", () =>
    Effect.gen(function* () {
      const { isWell, lines } = yield* digital("wr0ng-s3cr3t")
      assert.match(lines.join("\n"), /→ check CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET/)
      assert.notMatch(lines.join("\n"), /wr0ng|check CXONE_CLIENT_ID/)
      assert.isFalse(isWell)
    }).pipe(withRouter(), Effect.provide(platform))
  )
})
