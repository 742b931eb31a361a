/** Two CXone tenants in one application: nothing of the one is the other's. */

import { createServer } from "node:http"
import { NodeFileSystem, NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, FileSystem, Layer, Logger, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpRouter, HttpServer } from "effect/http"
import * as Server from "../../src/cognigy/http/Server.ts"
import { DEFAULT_CIRCUIT } from "../../src/cxone/transport/Circuit.ts"
import { CXoneSettings } from "../../src/cxone/webchat/CXoneSettings.ts"
import { webchatIds } from "../../src/cxone/webchat/ids.ts"
import * as Webchat from "../../src/cxone/webchat/Webchat.ts"
import { Handover } from "../../src/handover/Handover.ts"
import { Readiness } from "../../src/handover/Readiness.ts"
import { loadRoutes } from "../../src/routing/file/LoadedRoutes.ts"
import * as TablePolicy from "../../src/routing/policy/TablePolicy.ts"
import type { RoutingPolicy } from "../../src/routing/RoutingPolicy.ts"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { layerSimulated } from "../../src/testing.ts"

/** A tenant's routes, put together as an application would. */
const tenant = (
  prefix: `/${string}`,
  settings: Layer.Layer<CXoneSettings>,
  policy: Layer.Layer<RoutingPolicy>,
  key: string
) =>
  Server.routes({ prefix, credentials: { mode: "api-key", keys: [Redacted.make(key)] } }).pipe(
    Layer.provide([Handover.layer({ deadline: Duration.seconds(2) }), Readiness.layer()]),
    Layer.provide([Webchat.layer(), policy]),
    Layer.provide([settings, NodeHttpClient.layerUndici])
  )

const table = (queue: string) => `rules:\n  - { name: everything, to: { queue: ${queue} } }\n`

/** A routing table in a file of its own, followed as `serve` follows one. */
const tableIn = (queue: string) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/routes.yaml`
      yield* fs.writeFileString(path, table(queue))
      return TablePolicy.layerFile(yield* loadRoutes(path, webchatIds))
    }).pipe(Effect.orDie)
  ).pipe(Layer.provide(NodeFileSystem.layer))

/** The settings of a tenant, whose circuit stays open once it is. */
const settingsIn = (built: Context.Context<CXoneSettings>) =>
  CXoneSettings.layer({
    ...Context.get(built, CXoneSettings),
    circuit: { ...DEFAULT_CIRCUIT, openFor: Duration.minutes(1), longest: Duration.minutes(1) }
  })

/** Two tenants of one application with the same layers for both, each with a simulator of its own. */
const started = Effect.gen(function* () {
  const [one, two] = yield* Effect.all([Layer.build(layerSimulated()), Layer.build(layerSimulated())])
  const { address } = yield* HttpRouter.serve(
    Layer.merge(
      tenant("/one", settingsIn(one), tableIn(salesQueueId), "key-1"),
      tenant("/two", settingsIn(two), tableIn(supportQueueId), "key-2")
    ),
    { disableListenLog: true, disableLogger: true }
  ).pipe(
    Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
    Layer.provide(Logger.layer([])),
    Layer.build,
    Effect.map(Context.get(HttpServer.HttpServer))
  )
  const send = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
    const { status, text } = yield* HttpClient.execute(
      HttpClientRequest.prependUrl(request, HttpServer.formatAddress(address))
    )
    return { status, text: yield* text }
  })
  const post = (where: "one" | "two", userId: string, more: Readonly<Record<string, string>> = {}) =>
    send(
      HttpClientRequest.post(`/${where}/webhook/cognigy`).pipe(
        HttpClientRequest.bodyJsonUnsafe({ intent: "help", userId }),
        HttpClientRequest.setHeaders({ "x-api-key": where === "one" ? "key-1" : "key-2", ...more })
      )
    )
  return {
    one: Context.get(one, CXoneSimulator),
    two: Context.get(two, CXoneSimulator),
    post,
    get: (path: string) => send(HttpClientRequest.get(path))
  }
})

const accepted = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ conversationId: Schema.String, target: Schema.Struct({ id: Schema.String }) }))
)

const provided = Effect.provide(NodeHttpClient.layerUndici)

describe.concurrent("two tenants in one application", () => {
  it.live("have tokens, conversations, tables, credentials and memories of their own", () =>
    Effect.gen(function* () {
      const { one, post, two } = yield* started
      const key = { "idempotency-key": "the same" }
      const [first, second] = yield* Effect.all([post("one", "anna", key), post("two", "anna", key)])
      assert.strictEqual(accepted(first.text).target.id, salesQueueId)
      assert.strictEqual(accepted(second.text).target.id, supportQueueId)
      assert.strictEqual((yield* post("one", "anna", key)).text, first.text)
      assert.strictEqual((yield* post("one", "anna", { "x-api-key": "key-2" })).status, 401)

      const states = yield* Effect.all([one.state, two.state])
      for (const [index, { conversations, counts, tokens }] of states.entries()) {
        assert.strictEqual(tokens.issued, 1)
        assert.strictEqual(counts.open, 1)
        assert.strictEqual(conversations[0]?.id, accepted([first, second][index]?.text).conversationId)
      }
    }).pipe(Effect.scoped, provided)
  )

  it.live("do not pay for each other's bad days", () =>
    Effect.gen(function* () {
      const { one, post } = yield* started
      const crowd = (where: "one" | "two") =>
        Effect.map(
          Effect.forEach([...Array(30).keys()], (user) => post(where, `user-${user}`), { concurrency: 30 }),
          (answers) => [...new Set(answers.map(({ status }) => status))]
        )
      yield* post("one", "anna")
      yield* one.order({ operation: "open", kind: "drop", share: 1 })
      assert.deepStrictEqual(yield* crowd("one"), [503])
      // Its circuit is open, and only its own.
      const { calls } = yield* one.state
      assert.strictEqual((yield* post("one", "ben")).status, 503)
      assert.strictEqual((yield* one.state).calls.length, calls.length)
      assert.deepStrictEqual(yield* crowd("two"), [200])
    }).pipe(Effect.scoped, provided)
  )

  it.live("are ready or not each by itself", () =>
    Effect.gen(function* () {
      const { get, one } = yield* started
      yield* one.order({ operation: "token", kind: "status", status: 401 })
      assert.strictEqual((yield* get("/one/readyz")).status, 503)
      assert.strictEqual((yield* get("/two/readyz")).status, 200)
    }).pipe(Effect.scoped, provided)
  )
})
