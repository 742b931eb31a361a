/** The packed file in an empty project: what is in it, and that everything works from there. */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import effect from "effect/package.json" with { type: "json" }
import packageJson from "../../package.json" with { type: "json" }
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import {
  salesQueueId,
  simulatorClientId,
  simulatorClientSecret,
  supportQueueId
} from "../../src/simulator/webchat/SimulatorOptions.ts"
import { SimulatorState } from "../../src/simulator/webchat/SimulatorState.ts"
import { startAcme } from "./support/acme.ts"
import { Project } from "./support/Project.ts"
import { startProxy } from "./support/proxy.ts"

const { name, version } = packageJson

/** Where something says that it listens. */
const LISTENING = /[Ll]isten\S* (?:at |on )?(http:\/\/\S+:\d+)$/m

const send = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
  const { status, text } = yield* HttpClient.execute(request)
  return { status, text: yield* text }
}, Effect.orDie)

const get = (url: string) => send(HttpClientRequest.get(url))

const post = (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  send(HttpClientRequest.post(url).pipe(HttpClientRequest.bodyJsonUnsafe(body), HttpClientRequest.setHeaders(headers)))

const decodeState = Schema.decodeUnknownEffect(Schema.fromJsonString(SimulatorState))

const settingsFor = (baseUrl: string) => ({
  CXONE_BASE_URL: baseUrl,
  CXONE_CLIENT_ID: simulatorClientId,
  CXONE_CLIENT_SECRET: simulatorClientSecret
})

/** A simulator from the package in a process of its own: its settings, and its state. */
const packedSimulator = Effect.gen(function* () {
  const { start } = yield* Project
  const { found } = yield* start(["node", "simulator.ts"], LISTENING)
  const state = Effect.flatMap(get(`${found}/__simulator/state`), ({ text }) => decodeState(text)).pipe(Effect.orDie)
  return { state, settings: settingsFor(found) }
})

/** A simulator in this process: its settings, and its state. */
const simulator = Layer.build(Layer.fresh(CXoneSimulator.layer({ anyConversation: true }))).pipe(
  Effect.map(Context.get(CXoneSimulator)),
  Effect.map(({ baseUrl, state }) => ({ state, settings: settingsFor(baseUrl) }))
)

const queues = { SALES_QUEUE_ID: salesQueueId, SUPPORT_QUEUE_ID: supportQueueId }

/** What the router makes of a webhook. */
const Accepted = Schema.fromJsonString(
  Schema.Struct({
    status: Schema.Literal("success"),
    conversationId: Schema.String,
    target: Schema.Struct({ type: Schema.String, id: Schema.String })
  })
)
const accepted = Schema.decodeUnknownEffect(Accepted)

const sales = (userId: string) => ({ intent: "transfer_to_sales", userId })

/** A routing table of more than 64 KiB, so that it is read in a thread of its own. */
const largeTable = [
  "queues:",
  `  sales: ${salesQueueId}`,
  "rules:",
  ...Array.from(
    { length: 1500 },
    (_, rule) => `  - { name: rule ${rule}, when: { intent: intent_${rule} }, to: { queue: sales } }`
  )
].join("\n")

layer(Layer.merge(Project.layer, NodeHttpClient.layerUndici), { timeout: "5 minutes", excludeTestServices: true })(
  "the packed file",
  (it) => {
    it.effect("holds what is compiled, its sources and what explains it, and nothing else", () =>
      Effect.gen(function* () {
        const { packed } = yield* Project
        const paths = packed.files.map(({ path }) => path)
        const known =
          /^(?:dist\/.+\.(?:js|d\.ts)(?:\.map)?|(?:dist|src)\/.+\/assets\/[^/]+\.(?:js|css|svg)|src\/.+\.(?:ts|js|md|json|yaml)|package\.json|\.env\.example|README\.md|CHANGELOG\.md|LICENSE)$/
        assert.deepStrictEqual(
          paths.filter(
            (path) => !known.test(path) || /(?:^|\/)(?:tests?|docs|node_modules|tsconfig\.json)(?:\/|$)/.test(path)
          ),
          []
        )
        for (const path of paths.filter((path) => path.startsWith("src/") && path.endsWith(".ts"))) {
          const compiled = path.replace(/^src\/(.*)\.ts$/, "dist/$1")
          for (const ending of [".js", ".js.map", ".d.ts"]) assert.include(paths, compiled + ending)
        }
        // Room to grow, and none for a stray folder.
        assert.isBelow(packed.size, 1.5 * 1024 * 1024)
        assert.isBelow(packed.unpackedSize, 6 * 1024 * 1024)
      })
    )

    it.effect("has maps that lead to sources that are there", () =>
      Effect.gen(function* () {
        const { packed, read } = yield* Project
        const paths = new Set(packed.files.map(({ path }) => path))
        for (const path of paths) {
          if (!path.endsWith(".map")) continue
          const { sources } = JSON.parse(yield* read(`node_modules/${name}/${path}`))
          for (const source of sources) {
            assert.isTrue(paths.has(new URL(source, `file:///${path}`).pathname.slice(1)), `${path}: ${source}`)
          }
        }
      })
    )

    it.effect("uses the application's Effect, and brings none of its own", () =>
      Effect.gen(function* () {
        const { exists, run } = yield* Project
        assert.isFalse(yield* exists(`node_modules/${name}/node_modules`))
        const { stdout } = yield* run(["npm", "ls", "effect", "@effect/platform-node", "--json"])
        assert.deepStrictEqual([...new Set(stdout.match(/"version": "[^"]+"/g))].sort(), [
          `"version": "${version}"`,
          // The driver of Postgres, which is listed for its peer.
          `"version": "${packageJson.dependencies["@effect/sql-pg"]}"`,
          `"version": "${effect.version}"`
        ])
      })
    )

    it.effect("type-checks in a strict project, with everything that is embedded", () =>
      Effect.gen(function* () {
        const { run } = yield* Project
        const { code, stdout } = yield* run(["npx", "tsc"])
        assert.strictEqual(stdout, "")
        assert.strictEqual(code, 0)
      })
    )

    it.effect("does nothing when it is imported", () =>
      Effect.gen(function* () {
        const { run } = yield* Project
        const { stderr, stdout } = yield* run(["node", "quiet.ts"])
        assert.strictEqual(stderr, "")
        assert.deepStrictEqual(JSON.parse(stdout), { happened: [], imported: [true, true, true] })
      })
    )

    it.effect("routes one conversation with the CXone layers alone (examples/route.ts)", () =>
      Effect.gen(function* () {
        const { run } = yield* Project
        const { settings, state } = yield* packedSimulator
        const { code, stderr, stdout } = yield* run(["node", "route.ts"], { ...settings, QUEUE_ID: supportQueueId })
        assert.strictEqual(stderr, "")
        assert.strictEqual(code, 0)
        const { conversations } = yield* state
        assert.strictEqual(stdout, `conversation ${conversations[0]?.id} (new) is at the queue\n`)
        assert.deepStrictEqual(conversations[0]?.target, { type: "queue", id: supportQueueId })
        assert.strictEqual(conversations[0]?.labels.topic, "billing")
      })
    )

    it.effect("serves the webhook in an application, beside its own routes (examples/mount.ts)", () =>
      Effect.gen(function* () {
        const { start } = yield* Project
        const { settings, state } = yield* simulator
        const { found: url, terminate } = yield* start(["node", "mount.ts"], LISTENING, {
          ...settings,
          ...queues,
          PORT: "0",
          WEBHOOK_AUTH: "api-key",
          WEBHOOK_API_KEYS: "the-key"
        })
        assert.strictEqual((yield* get(url)).text, "the shop")
        assert.strictEqual((yield* get(`${url}/orders/7`)).text, '{"id":"7","status":"shipped"}')
        assert.strictEqual((yield* get(`${url}/webhook/cognigy`)).status, 404)
        assert.strictEqual((yield* get(`${url}/bots/readyz`)).text, '{"status":"ready"}')
        assert.include((yield* get(`${url}/bots/docs`)).text, "/webhook/cognigy")
        const webhook = `${url}/bots/webhook/cognigy`
        assert.strictEqual((yield* post(webhook, sales("anna"))).status, 401)
        const answer = yield* accepted((yield* post(webhook, sales("anna"), { "x-api-key": "the-key" })).text)
        assert.deepStrictEqual(answer.target, { type: "queue", id: salesQueueId })
        const { code } = yield* terminate
        assert.strictEqual(code, 130)
        // The label, too, was sent before the end.
        const { conversations, tokens } = yield* state
        assert.strictEqual(conversations[0]?.id, answer.conversationId)
        assert.strictEqual(conversations[0]?.labels.cognigy_intent, "transfer_to_sales")
        assert.strictEqual(tokens.issued, 1)
      })
    )

    it.effect("decides by a policy that needs the application, through its HTTP client (examples/policy.ts)", () =>
      Effect.gen(function* () {
        const { run } = yield* Project
        const { settings, state } = yield* simulator
        const proxy = yield* startProxy
        const { code, stderr, stdout } = yield* run(["node", "policy.ts"], {
          ...settings,
          ...queues,
          PROXY_URL: proxy.url,
          GOLD_QUEUE_ID: supportQueueId
        })
        assert.strictEqual(stderr, "")
        assert.strictEqual(code, 0)
        const [rules, ...calls] = stdout.trim().split("\n")
        assert.strictEqual(rules, "anna: rule gold, ben: rule transfer_to_sales")
        assert.include(calls, "POST /oauth/token 200")
        assert.strictEqual(calls.filter((call) => call === "POST /api/v2/conversations/webchat 201").length, 2)
        const { conversations } = yield* state
        assert.deepStrictEqual(
          conversations.map(({ target }) => target?.id),
          [supportQueueId, salesQueueId]
        )
        assert.strictEqual(conversations[0]?.labels.tier, "gold")
        // A token, and for each of the two an open, an action and a label: again, where the end came while it was sent.
        assert.isAtLeast(proxy.passed.length, 7)
        for (const { headers } of proxy.passed) assert.strictEqual(headers["x-shop"], "acme")
        for (const call of calls)
          assert.include(
            proxy.passed.map(({ call }) => call),
            call.slice(0, call.lastIndexOf(" "))
          )
      })
    )

    it.effect("serves two tenants in one process (examples/tenants.ts)", () =>
      Effect.gen(function* () {
        const { start } = yield* Project
        const [emea, apac] = yield* Effect.all([simulator, simulator])
        const named = (name: string, settings: Readonly<Record<string, string>>) =>
          Object.fromEntries(
            Object.entries({ ...settings, WEBHOOK_AUTH: "none" }).map(([key, value]) => [`${name}_${key}`, value])
          )
        const { found: url } = yield* start(["node", "tenants.ts"], LISTENING, {
          PORT: "0",
          ...named("EMEA", { ...emea.settings, ...queues }),
          ...named("APAC", { ...apac.settings, SALES_QUEUE_ID: supportQueueId, SUPPORT_QUEUE_ID: salesQueueId })
        })
        for (const [prefix, { state }, queue] of [
          ["emea", emea, salesQueueId],
          ["apac", apac, supportQueueId]
        ] as const) {
          const answer = yield* accepted((yield* post(`${url}/${prefix}/webhook/cognigy`, sales("anna"))).text)
          assert.strictEqual(answer.target.id, queue)
          const { conversations, tokens } = yield* state
          assert.deepStrictEqual(
            conversations.map(({ id }) => id),
            [answer.conversationId]
          )
          assert.strictEqual(tokens.issued, 1)
        }
        const metrics = (yield* get(`${url}/metrics`)).text.split("\n")
        for (const tenant of ["EMEA", "APAC"]) {
          const labels = ['rule="transfer_to_sales"', 'target="queue"', 'outcome="success"', `tenant="${tenant}"`]
          const isOurs = (line: string) =>
            line.startsWith("router_handovers_total{") && labels.every((label) => line.includes(label))
          assert.match(metrics.find(isOurs) ?? "", / 1$/)
        }
      })
    )

    it.effect("takes another contact centre behind its port (examples/dialect.ts)", () =>
      Effect.gen(function* () {
        const { start } = yield* Project
        const { contacts, tokens, url: acme } = yield* startAcme
        const settings = { ACME_URL: acme, ACME_KEY: "acme-key", WEBHOOK_AUTH: "none", PORT: "0" }
        const { found: url, terminate } = yield* start(["node", "dialect.ts"], LISTENING, settings)
        for (const userId of ["anna", "ben"]) {
          const answer = yield* accepted((yield* post(`${url}/webhook/cognigy`, sales(userId))).text)
          assert.deepStrictEqual(answer.target, { type: "queue", id: "help" })
        }
        // Labels that still wait are sent before it ends.
        yield* terminate
        assert.deepStrictEqual(
          contacts,
          ["anna", "ben"].map((user) => ({ user, target: "help", tags: { intent: "transfer_to_sales" } }))
        )
        // The first token was refused, and a fresh one took its place.
        assert.strictEqual(tokens(), 2)
      })
    )

    it.effect("brings a CXone to test against (examples/simulated.ts)", () =>
      Effect.gen(function* () {
        const { run } = yield* Project
        const { code, stderr, stdout } = yield* run(["node", "simulated.ts"])
        assert.strictEqual(stderr, "")
        assert.strictEqual(code, 0)
        assert.match(stdout, /^3 calls routed 1 conversation: \S+\n$/)
      })
    )

    it.effect("brings a CXone to test against without waiting (examples/testClock.ts)", () =>
      Effect.gen(function* () {
        const { run } = yield* Project
        const { code, stderr, stdout } = yield* run(["node", "testClock.ts"])
        assert.strictEqual(stderr, "")
        assert.strictEqual(code, 0)
        assert.strictEqual(stdout, "transfer_to_sales: 2 opens in 3000 ms of the test's time\n")
      })
    )

    it.effect.each([
      { by: "npx", command: ["npx", name] },
      { by: "itself", command: [`node_modules/.bin/${name}`] }
    ])("serves as a command, started by $by", ({ by, command }) =>
      Effect.gen(function* () {
        const { run, start } = yield* Project
        if (by === "itself") assert.include((yield* run([...command, "--version"])).stdout, version)
        const { found: url, terminate } = yield* start([...command, "serve", "--simulate"], LISTENING, { PORT: "0" })
        const answer = yield* accepted((yield* post(`${url}/webhook/cognigy`, sales("anna"))).text)
        assert.strictEqual(answer.target.id, salesQueueId)
        const { code, stderr, stdout } = yield* terminate
        assert.strictEqual(stderr, "")
        assert.include(stdout, "handed over: transfer_to_sales")
        // npx does not wait for what it has started, and ends by the signal.
        if (by === "itself") assert.strictEqual(code, 0)
      })
    )

    it.effect(
      "explains with a table that is read in a thread of its own, and without one where that is not there",
      () =>
        Effect.gen(function* () {
          const { remove, run, write } = yield* Project
          assert.isAbove(largeTable.length, 64 * 1024)
          yield* write("routes.yaml", largeTable)
          yield* write("payload.json", JSON.stringify({ intent: "intent_1400", userId: "anna" }))
          const explain = run([`node_modules/.bin/${name}`, "explain", "--routes", "routes.yaml", "payload.json"])
          const { code, stderr, stdout } = yield* explain
          assert.strictEqual(stderr, "")
          assert.include(stdout, "rule 1400")
          assert.strictEqual(code, 0)
          // As in an application that is bundled into one file.
          yield* remove(`node_modules/${name}/dist/routing/file/readRoutesWorker.js`)
          assert.include((yield* explain).stdout, "rule 1400")
        })
    )
  }
)
