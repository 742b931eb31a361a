/** The routes in an application that has a router, an API, middlewares and answers of its own. */

import { createServer } from "node:http"
import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Config, ConfigProvider, Deferred, Duration, Effect, Layer, Logger, Redacted, Schema } from "effect"
import {
  HttpBody,
  HttpClient,
  HttpClientRequest,
  HttpRouter,
  HttpServer,
  HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import * as Server from "../../src/cognigy/http/Server.ts"
import type { HandedOver } from "../../src/handover/HandedOver.ts"
import { Handover } from "../../src/handover/Handover.ts"
import { Journal } from "../../src/handover/Journal.ts"
import { Readiness } from "../../src/handover/Readiness.ts"
import { type Decide, RoutingPolicy } from "../../src/routing/RoutingPolicy.ts"

const handedOver: HandedOver = {
  conversationId: "c-1",
  target: { type: "queue", id: "q-1" },
  rule: "r-1",
  reused: false
}

/** Handovers that end as their intents say. */
const handover = Layer.succeed(Handover, {
  handle: ({ intent }) => {
    switch (intent) {
      case "die":
        return Effect.die(new Error("planted"))
      case "never":
        return Effect.never
      default:
        return Effect.succeed(handedOver)
    }
  }
})

/** The application's own API: its group has a name that the router has one of, too. */
const HostApi = HttpApi.make("host").add(
  HttpApiGroup.make("operations")
    .add(HttpApiEndpoint.get("healthz", "/healthz", { success: Schema.Struct({ host: Schema.String }) }))
    .add(HttpApiEndpoint.get("broken", "/broken", { success: Schema.String }))
)

const hostApi = HttpApiBuilder.layer(HostApi, { openapiPath: "/openapi.json" }).pipe(
  Layer.provide(
    HttpApiBuilder.group(HostApi, "operations", (handlers) =>
      handlers.handle("healthz", () => Effect.succeed({ host: "ok" })).handle("broken", () => Effect.die("the host's"))
    )
  )
)

const hostRoutes = Layer.mergeAll(
  HttpRouter.add("GET", "/", HttpServerResponse.text("the host's page")),
  HttpRouter.add("POST", "/webhook/cognigy", HttpServerResponse.text("the host's webhook")),
  // A middleware of the host's for everything, its own 404 included.
  HttpRouter.middleware(
    (answer) =>
      Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers, text }) =>
        // It may look at a body before the routes do.
        headers["x-look"] === undefined ? answer : Effect.andThen(Effect.orDie(text), answer)
      ).pipe(
        Effect.catchIf(
          (error) => (error as { readonly reason?: { readonly _tag?: string } }).reason?._tag === "RouteNotFound",
          () => Effect.succeed(HttpServerResponse.text("the host has nothing here", { status: 404 }))
        ),
        Effect.map(HttpServerResponse.setHeader("x-host", "yes"))
      ),
    { global: true }
  )
)

const credentials = { mode: "api-key", keys: [Redacted.make("the-key")] } as const

const never = Deferred.makeUnsafe<never>()

/** The application, with the router's routes in it. */
const host = (
  routes: Layer.Layer<never, Config.ConfigError, Server.RoutesRequirements>,
  decide: Decide = () => Effect.succeed({ rule: "r-1", target: handedOver.target })
) =>
  HttpRouter.serve(Layer.mergeAll(hostApi, hostRoutes, routes), { disableListenLog: true }).pipe(
    Layer.provide([
      handover,
      Journal.layer(),
      Layer.succeed(Readiness, { check: Effect.void }),
      RoutingPolicy.layer(decide)
    ]),
    Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
    Layer.provide(Logger.layer([])),
    Layer.provideMerge(NodeHttpClient.layerUndici)
  )

const ask = Effect.fnUntraced(function* (
  method: "GET" | "POST",
  path: string,
  body?: unknown,
  more: Readonly<Record<string, string>> = {}
) {
  const { address } = yield* HttpServer.HttpServer
  const { headers, status, text } = yield* HttpClientRequest.make(method)(
    `${HttpServer.formatAddress(address)}${path}`
  ).pipe(
    body === undefined
      ? (request) => request
      : HttpClientRequest.setBody(HttpBody.isHttpBody(body) ? body : HttpBody.jsonUnsafe(body)),
    HttpClientRequest.setHeaders({ "x-api-key": "the-key", ...more }),
    HttpClient.execute
  )
  return { status, headers, text: yield* text }
})

const webhook = (intent: string) => ({ intent, userId: "anna" })

const statusAndType = ({ headers, status }: Effect.Success<ReturnType<typeof ask>>) =>
  `${status} ${headers["content-type"]}`

describe.concurrent("routes in another application, under a prefix", () => {
  const mounted = Effect.provide(
    host(Server.routes({ credentials, prefix: "/bots/", deadline: Duration.millis(300), capacity: 2 }))
  )

  it.live("do not wait for an empty body that the application has looked at before", () =>
    Effect.gen(function* () {
      const empty = HttpBody.uint8Array(new Uint8Array(), "application/json")
      const { status, text } = yield* ask("POST", "/bots/webhook/cognigy", empty, { "x-look": "yes" })
      assert.strictEqual(status, 400)
      assert.include(text, "the body is empty")
    }).pipe(mounted)
  )

  it.live("read a body that the application has read before", () =>
    Effect.gen(function* () {
      for (const path of ["/bots/webhook/cognigy", "/bots/routing/decide", "/bots/routing/explain"]) {
        const { status, text } = yield* ask("POST", path, webhook("help"), { "x-look": "yes" })
        assert.strictEqual(status, 200, text)
      }
    }).pipe(mounted)
  )

  it.live("answer beside its own, also where the names and paths are the same", () =>
    Effect.gen(function* () {
      const accepted = yield* ask("POST", "/bots/webhook/cognigy", webhook("help"))
      assert.strictEqual(accepted.status, 200)
      assert.deepInclude(JSON.parse(accepted.text), { status: "success", ...handedOver })
      assert.strictEqual((yield* ask("GET", "/bots/healthz")).text, '{"status":"ok"}')
      assert.strictEqual((yield* ask("GET", "/bots/readyz")).text, '{"status":"ready"}')
      const explained = yield* ask("POST", "/bots/routing/explain?at=2026-11-25T11:00:00Z", webhook("help"))
      assert.include(explained.text, "2026-11-25T11:00:00.000Z")

      assert.strictEqual((yield* ask("GET", "/healthz")).text, '{"host":"ok"}')
      assert.strictEqual((yield* ask("POST", "/webhook/cognigy", webhook("help"))).text, "the host's webhook")
      assert.strictEqual((yield* ask("GET", "/")).text, "the host's page")
    }).pipe(mounted)
  )

  it.live("keep their own failures: credentials, limits, deadline and defects", () =>
    Effect.gen(function* () {
      const post = (body: unknown, more?: Readonly<Record<string, string>>) =>
        Effect.map(ask("POST", "/bots/webhook/cognigy", body, more), statusAndType)
      const problem = (status: number) => `${status} application/problem+json`
      assert.strictEqual(yield* post(webhook("help"), { "x-api-key": "another" }), problem(401))
      assert.strictEqual(yield* post({ ...webhook("help"), text: "x".repeat(256 * 1024) }), problem(413))
      assert.strictEqual(yield* post({ intent: "help" }), problem(400))
      assert.strictEqual(yield* post(HttpBody.text("{", "application/json")), problem(400))
      assert.strictEqual(yield* post(webhook("die")), problem(500))
    }).pipe(mounted)
  )

  it.live("leave the application's failures, its 404 and its middlewares to it", () =>
    Effect.gen(function* () {
      const missing = yield* ask("GET", "/nowhere")
      assert.strictEqual(`${missing.status} ${missing.text}`, "404 the host has nothing here")
      const wrongMethod = yield* ask("GET", "/bots/webhook/cognigy")
      assert.strictEqual(`${wrongMethod.status} ${wrongMethod.text}`, "404 the host has nothing here")
      const broken = yield* ask("GET", "/broken")
      assert.strictEqual(`${broken.status} ${broken.text}`, "500 ")
      // A middleware for everything is one for these routes too.
      assert.strictEqual((yield* ask("GET", "/bots/healthz")).headers["x-host"], "yes")
      assert.strictEqual((yield* ask("GET", "/")).headers["x-host"], "yes")
    }).pipe(mounted)
  )

  it.live("describe themselves with the prefix, and the application's description is its own", () =>
    Effect.gen(function* () {
      const ours = JSON.parse((yield* ask("GET", "/bots/openapi.json")).text)
      assert.deepStrictEqual(ours.servers, [{ url: "/bots" }])
      assert.property(ours.paths, "/webhook/cognigy")
      assert.strictEqual(statusAndType(yield* ask("GET", "/bots/docs")), "200 text/html; charset=utf-8")
      const theirs = JSON.parse((yield* ask("GET", "/openapi.json")).text)
      assert.deepStrictEqual(Object.keys(theirs.paths), ["/healthz", "/broken"])
    }).pipe(mounted)
  )

  it.live.each(["decide", "explain"])(
    "hold their policy to the deadline, and answer defects in it with their own problem: %s",
    (path) =>
      Effect.gen(function* () {
        const late = yield* ask("POST", `/bots/routing/${path}`, webhook("never"))
        assert.strictEqual(statusAndType(late), "504 application/problem+json")
        const broken = yield* ask("POST", `/bots/routing/${path}`, webhook("die"))
        assert.strictEqual(statusAndType(broken), "500 application/problem+json")
        assert.notInclude(broken.text, "planted")
      }).pipe(
        Effect.provide(
          host(Server.routes({ credentials, prefix: "/bots", deadline: Duration.millis(100) }), ({ intent }) =>
            intent === "die" ? Effect.die(new Error("planted")) : Deferred.await(never)
          )
        )
      )
  )
})

describe.concurrent("routes in another application", () => {
  it.live("leave their description out where it is not wanted", () =>
    Effect.gen(function* () {
      for (const path of ["/bots/docs", "/bots/openapi.json"]) {
        assert.strictEqual((yield* ask("GET", path)).text, "the host has nothing here")
      }
    }).pipe(Effect.provide(host(Server.routes({ credentials, prefix: "/bots", docs: false, openapi: false }))))
  )

  it.live("show metrics in each place where they are to, and nowhere else", () =>
    Effect.gen(function* () {
      const statuses = yield* Effect.forEach(["/one/metrics", "/two/metrics", "/three/metrics"], (path) =>
        Effect.map(ask("GET", path), ({ status }) => status)
      )
      assert.deepStrictEqual(statuses, [200, 200, 404])
    }).pipe(
      Effect.provide(
        host(
          Layer.mergeAll(
            Server.routes({ credentials, prefix: "/one", metrics: true }),
            Server.routes({ credentials, prefix: "/two", metrics: true }),
            Server.routes({ credentials, prefix: "/three" })
          )
        )
      )
    )
  )

  it.live("take their settings from Config", () =>
    Effect.gen(function* () {
      const path = "/a/b/webhook/cognigy"
      assert.strictEqual((yield* ask("POST", path, webhook("help"), { "x-api-key": "key-2" })).status, 200)
      assert.strictEqual((yield* ask("POST", path, webhook("help"))).status, 401)
      assert.strictEqual((yield* ask("POST", path, webhook("help"), { "x-api-key": "key-3" })).status, 401)
    }).pipe(
      Effect.provide(
        host(Server.routesConfig({ prefix: "/a/b" })).pipe(
          Layer.provide(
            ConfigProvider.layer(
              ConfigProvider.fromEnv({ env: { WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: "key-1,key-2" } })
            )
          )
        )
      )
    )
  )

  it.live("are not built where Config is wrong", () =>
    Effect.gen(function* () {
      const built = Layer.build(host(Server.routesConfig())).pipe(
        Effect.scoped,
        Effect.provideService(
          ConfigProvider.ConfigProvider,
          ConfigProvider.fromEnv({ env: { WEBHOOK_AUTH: "signature", WEBHOOK_SIGNING_SECRETS: "planted" } })
        )
      )
      const error = yield* Effect.flip(built)
      assert.instanceOf(error, Config.ConfigError)
      assert.include(error.message, "WEBHOOK_SIGNING_SECRETS")
      assert.notInclude(error.message, "planted")
    })
  )
})
