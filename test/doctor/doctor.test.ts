/** All of `doctor`, in front of a simulator and a router over real HTTP. */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { DEFAULT_ATTEMPT_TIMEOUT } from "../../src/cxone/transport/Transport.ts"
import { CXoneSettings } from "../../src/cxone/webchat/CXoneSettings.ts"
import { failed, ok, ready } from "../../src/doctor/Check.ts"
import { type DoctorInput, run } from "../../src/doctor/doctor.ts"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import {
  agentId,
  allScopes,
  salesQueueId,
  simulatorClientId,
  simulatorClientSecret
} from "../../src/simulator/webchat/SimulatorOptions.ts"
import { Router, withRouter } from "../e2e/support/router.ts"
import { services } from "../support/cxone.ts"
import { output } from "./support.ts"

const keys = ["k3y-0ne", "k3y-tw0"].map((key) => Redacted.make(key))

const settings = { settings: { credentials: { mode: "api-key", keys } } } as const

const sales = { kind: "queue", id: salesQueueId, name: "sales", where: "routes.yaml:3:7" } as const
const alex = { kind: "agent", id: agentId, name: undefined, where: "routes.yaml:5:7" } as const
const gone = {
  kind: "queue",
  id: "00000000-0000-4000-8000-00000000dead",
  name: "gone",
  where: "routes.yaml:7:7"
} as const

/** Runs it against the simulator at hand, or against another CXone; `lines` are as they were printed, with every time as `0 ms`. */
const doctor = Effect.fnUntraced(function* (
  input: Partial<DoctorInput> & Pick<DoctorInput, "port">,
  { clientSecret = simulatorClientSecret, baseUrl }: { readonly clientSecret?: string; readonly baseUrl?: string } = {}
) {
  const simulator = yield* CXoneSimulator
  const at = baseUrl ?? simulator.baseUrl
  const { layer, text } = output()
  const http = Layer.merge(
    Layer.fresh(NodeHttpClient.layerUndici),
    CXoneSettings.layer({
      baseUrl: at,
      clientId: simulatorClientId,
      clientSecret: Redacted.make(clientSecret),
      attemptTimeout: DEFAULT_ATTEMPT_TIMEOUT
    })
  )
  const isWell = yield* run({
    host: "127.0.0.1",
    baseUrl: at,
    credentials: { mode: "api-key", keys },
    targets: [sales, alex],
    secrets: [Redacted.make(clientSecret)],
    ...input
  }).pipe(Effect.provide(Layer.provideMerge(services(http), Layer.merge(http, layer))))
  return {
    isWell,
    lines: text()
      .replaceAll(at, "CXONE")
      .replace(/\d+ ms/g, "0 ms")
      .split("\n"),
    text: text()
  }
})

/** A port on which nothing listens, and which no other process is given meanwhile. */
const noPort = 1

describe("doctor", () => {
  it.live("finds all well, changes nothing, and shows no secret", () =>
    Effect.gen(function* () {
      const { port } = yield* Router
      const { isWell, lines, text } = yield* doctor({
        port,
        leading: [ready("settings", ok("14 read")), ready("routing table", ok("3 rules"))]
      })
      assert.deepStrictEqual(
        lines.map((line) => line.replace(/(?<=^✓ clock {10}).*/, "…")),
        [
          "✓ settings       14 read",
          "✓ routing table  3 rules",
          "✓ clock          …",
          "✓ reachability   CXONE answered 401 in 0 ms, directly",
          "✓ token          CXone issued one in 0 ms",
          "✓ scopes         users:read, conversations:webchat:read; create and write are not checked: only a handover shows them",
          "✓ queue sales (5a1e5000…)  Sales",
          "✓ agent a6e27000…          Alex Agent",
          `✓ webhook        http://127.0.0.1:${port}/webhook/cognigy accepts each of the 2 API keys, and refuses requests without credentials`,
          "",
          "9 of 9 checks passed.",
          ""
        ]
      )
      assert.isTrue(isWell)
      for (const secret of [simulatorClientSecret, "k3y", "simulator-token-"]) assert.notInclude(text, secret)
      const { calls, conversations } = yield* CXoneSimulator.use(({ state }) => state)
      assert.deepStrictEqual(conversations, [])
      assert.deepStrictEqual(calls.map(({ operation, status }) => `${operation} ${status}`).sort(), [
        "agent 200",
        "findActive 200",
        "queue 200",
        "token 200",
        "whoami 200",
        "whoami 401"
      ])
    }).pipe(withRouter(settings))
  )

  it.live("before the router runs is well too, and says the next step", () =>
    Effect.gen(function* () {
      const port = noPort
      const { isWell, lines } = yield* doctor({ port })
      const detail = `not running: nothing listens at http://127.0.0.1:${port}/webhook/cognigy`
      assert.deepStrictEqual(lines.slice(6), [
        `- webhook        skipped: ${detail}`,
        "",
        "6 of 7 checks passed.",
        "1 was skipped:",
        "",
        `  webhook  ${detail}`,
        "    → npm start, then run doctor again",
        ""
      ])
      assert.isTrue(isWell)
    }).pipe(Effect.provide(CXoneSimulator.layer()))
  )

  it.live("says what to do about all that is wrong, each thing once, in order", () =>
    Effect.gen(function* () {
      const { port } = yield* Router
      const { isWell, lines } = yield* doctor({
        port,
        leading: [ready("settings", failed("LOG_LEVEL is wrong", "Info"))],
        credentials: { mode: "none" },
        targets: [sales, gone, alex]
      })
      assert.isFalse(isWell)
      const end = lines.slice(lines.indexOf(""))
      assert.deepStrictEqual(end.slice(0, 7), [
        "",
        "5 of 9 checks failed:",
        "",
        "  settings  LOG_LEVEL is wrong",
        "    → Info",
        "",
        "  scopes  CXone denied access: it needs the scope users:read"
      ])
      assert.deepStrictEqual(
        end.filter((line) => /^ {2}\S/.test(line)).map((line) => line.trim().split("  ")[0]),
        ["settings", "scopes", "queue gone (00000000…)", "agent a6e27000…", "webhook"]
      )
      assert.lengthOf(
        end.filter((line) => line.startsWith("    → ")),
        5
      )
    }).pipe(withRouter({ ...settings, simulator: { scopes: allScopes.filter((scope) => scope !== "users:read") } }))
  )

  it.live("with a wrong client secret looks nothing up, and shows no secret", () =>
    Effect.gen(function* () {
      const { isWell, lines, text } = yield* doctor({ port: noPort }, { clientSecret: "wr0ng-secret" })
      assert.isFalse(isWell)
      assert.deepStrictEqual(lines.slice(2, 6), [
        "✗ token          CXone refused the client id and secret",
        "- scopes         skipped: needs an access token",
        "- queue sales (5a1e5000…)  skipped: needs an access token",
        "- agent a6e27000…          skipped: needs an access token"
      ])
      assert.notInclude(text, "wr0ng-secret")
      assert.include(lines, "1 of 7 checks failed:")
      const { counts } = yield* CXoneSimulator.use(({ state }) => state)
      assert.deepInclude(counts, { token: 1, whoami: 1, queue: 0, agent: 0 })
    }).pipe(Effect.provide(CXoneSimulator.layer()))
  )

  it.live("without a CXone still looks at the webhook", () =>
    Effect.gen(function* () {
      const { port } = yield* Router
      const baseUrl = `http://127.0.0.1:${noPort}`
      const { isWell, lines } = yield* doctor({ port }, { baseUrl })
      assert.isFalse(isWell)
      assert.deepStrictEqual(
        lines.slice(0, 7).map((line) => line.slice(0, 15).trim()),
        ["- clock", "✗ reachability", "- token", "- scopes", "- queue sales (", "- agent a6e2700", "✓ webhook"]
      )
    }).pipe(withRouter(settings))
  )

  it.live("shows no secret, whatever CXone calls its queues", () =>
    Effect.gen(function* () {
      const { isWell, lines } = yield* doctor({ port: noPort, targets: [sales] })
      assert.isTrue(isWell)
      assert.strictEqual(lines[4], "✓ queue sales (5a1e5000…)  *** *** ***")
    }).pipe(
      Effect.provide(
        CXoneSimulator.layer({ queues: [{ id: salesQueueId, name: `k3y-0ne k3y-tw0 ${simulatorClientSecret}` }] })
      )
    )
  )
})
