/** A router of its own in front of a CXone simulator of its own, both over real HTTP. */

import { NodeFileSystem, NodeHttpClient } from "@effect/platform-node"
import { Context, Duration, Effect, Exit, FileSystem, Inspectable, Layer, Logger, Scope } from "effect"
import { HttpBody, HttpClient, type HttpClientError, HttpClientRequest, HttpServer } from "effect/http"
import * as demo from "../../../src/app/demo.ts"
import { webchatAt } from "../../../src/app/demoSimulator.ts"
import * as RealRouter from "../../../src/app/Router.ts"
import type { Settings } from "../../../src/app/Settings.ts"
import { DECIDE_PATH, EXPLAIN_PATH, WEBHOOK_PATH } from "../../../src/cognigy/Api.ts"
import type { CXoneSettings } from "../../../src/cxone/webchat/CXoneSettings.ts"
import { webchatIds } from "../../../src/cxone/webchat/ids.ts"
import { loadRoutes } from "../../../src/routing/file/LoadedRoutes.ts"
import { CXoneSimulator } from "../../../src/simulator/CXoneSimulator.ts"
import type { Fault } from "../../../src/simulator/webchat/Operation.ts"
import type { SimulatorOptions } from "../../../src/simulator/webchat/SimulatorOptions.ts"

/** What differs from the settings of `serve --simulate`, and from a simulator's defaults. */
export interface RouterOptions {
  readonly settings?: Partial<Omit<Settings, "cxone" | "deadline">>
  readonly cxone?: Partial<Omit<CXoneSettings["Service"], "attemptTimeout">>
  readonly attemptTimeout?: Duration.Input
  readonly deadline?: Duration.Input
  /** A routing table instead of the built-in one: the text of a file of its own, or the path of a file that is there. */
  readonly routes?: string | { readonly path: string }
  readonly simulator?: SimulatorOptions
  /** What the router runs in: loggers, a tracer, a log level. Where it is left out, `log` fills with what is logged. */
  readonly surroundings?: Layer.Layer<never>
}

/** One whole answer of the router. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

/** The time for an attempt where a test says nothing of it: on a busy machine, an answer that is on its way must not count as late. */
const UNHURRIED = Duration.seconds(5)

/** A running router, and a client of it with its own connections. */
export class Router extends Context.Service<
  Router,
  {
    readonly port: number
    /** Posts to the webhook: an `HttpBody` as it is, anything else as JSON. */
    readonly post: (
      body: unknown,
      headers?: Readonly<Record<string, string>>
    ) => Effect.Effect<Reply, HttpClientError.HttpClientError>
    /** Posts to where routing is decided, as `post` does. */
    readonly decide: (
      body: unknown,
      headers?: Readonly<Record<string, string>>
    ) => Effect.Effect<Reply, HttpClientError.HttpClientError>
    /** Posts to where routing is explained, with a query (`?at=…`), as `post` does. */
    readonly explain: (
      body: unknown,
      query?: string,
      headers?: Readonly<Record<string, string>>
    ) => Effect.Effect<Reply, HttpClientError.HttpClientError>
    /** Asks for any path. */
    readonly get: (path: string) => Effect.Effect<Reply, HttpClientError.HttpClientError>
    /** Shuts the router down as a signal would, and waits for it. The simulator goes on. */
    readonly close: Effect.Effect<void>
    /** All that the router has logged. */
    readonly log: ReadonlyArray<string>
    /** The path of the routing table's file, where there is one. */
    readonly routesPath: string
  }
>()("test/e2e/Router") {
  static readonly layer = (options: RouterOptions = {}) =>
    Layer.effect(Router, make(options)).pipe(
      Layer.provideMerge(CXoneSimulator.layer(options.simulator)),
      Layer.provide([NodeHttpClient.layerUndici, NodeFileSystem.layer])
    )
}

/** Gives a test its own router and simulator. */
export const withRouter = (options?: RouterOptions) => Effect.provide(Router.layer(options))

/** The router and the simulator of a test, with faults ordered. */
export const started = Effect.fnUntraced(function* (...faults: ReadonlyArray<Fault>) {
  const simulator = yield* CXoneSimulator
  yield* Effect.forEach(faults, simulator.order)
  return { simulator, ...(yield* Router) }
})

/** What the simulator saw and holds once the router has done all that it ever will. */
export const settled = Effect.gen(function* () {
  const { close } = yield* Router
  const simulator = yield* CXoneSimulator
  yield* close
  return yield* simulator.state
})

/** Writes a routing table into a file of its own. */
const writeRoutes = Effect.fnUntraced(function* (text: string) {
  const fs = yield* FileSystem.FileSystem
  const path = `${yield* fs.makeTempDirectoryScoped()}/routes.yaml`
  yield* fs.writeFileString(path, text)
  return { path }
}, Effect.orDie)

const make = Effect.fnUntraced(function* (options: RouterOptions) {
  const simulator = yield* CXoneSimulator
  const http = yield* HttpClient.HttpClient
  const usual = demo.settings(0, webchatAt(simulator.baseUrl), "Info")
  const { cxone } = webchatAt(simulator.baseUrl)
  const { routes } = options
  const file = typeof routes === "string" ? yield* writeRoutes(routes) : routes
  const settings: Settings = {
    ...usual,
    ...(file === undefined ? {} : { routing: { routes: yield* loadRoutes(file.path, webchatIds) } }),
    ...options.settings,
    cxone: {
      ...cxone,
      ...options.cxone,
      attemptTimeout: Duration.fromInputUnsafe(options.attemptTimeout ?? UNHURRIED)
    },
    deadline: Duration.fromInputUnsafe(options.deadline ?? usual.deadline)
  }

  const log: Array<string> = []
  const logger = Logger.make<unknown, void>(({ message }) => {
    log.push(Inspectable.toStringUnknown(message))
  })

  const scope = yield* Scope.fork(yield* Effect.scope)
  const { address } = yield* RealRouter.layer(settings).pipe(
    Layer.provide(options.surroundings ?? Logger.layer([logger])),
    Layer.buildWithScope(scope),
    Effect.map(Context.get(HttpServer.HttpServer))
  )
  const url = HttpServer.formatAddress(address)

  const send = (request: HttpClientRequest.HttpClientRequest) =>
    Effect.flatMap(http.execute(request), ({ headers, status, text }) =>
      Effect.map(text, (text) => ({ status, headers, text }))
    )

  const postTo = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    HttpClientRequest.post(`${url}${path}`).pipe(
      HttpClientRequest.setBody(HttpBody.isHttpBody(body) ? body : HttpBody.jsonUnsafe(body)),
      HttpClientRequest.setHeaders(headers),
      send
    )

  return Router.of({
    port: Number(new URL(url).port),
    post: (body, headers) => postTo(WEBHOOK_PATH, body, headers),
    decide: (body, headers) => postTo(DECIDE_PATH, body, headers),
    explain: (body, query = "", headers) => postTo(EXPLAIN_PATH + query, body, headers),
    get: (path) => send(HttpClientRequest.get(`${url}${path}`)),
    close: Scope.close(scope, Exit.void),
    log,
    routesPath: file?.path ?? ""
  })
})
