import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpClient, type HttpServerError } from "effect/http"
import { inProcessUrl, makeInProcessClient } from "./core/InProcess.ts"
import { serveOnLoopback } from "./core/LoopbackServer.ts"
import { makeRoutes } from "./core/Routes.ts"
import { makeSimulation } from "./core/Simulation.ts"
import { makeWebchatControlRoutes } from "./webchat/controlRoutes.ts"
import { operations } from "./webchat/Operation.ts"
import { makeWebchatDialect } from "./webchat/Operations.ts"
import { type InProcessOptions, type SimulatorOptions, withDefaults } from "./webchat/SimulatorOptions.ts"
import { makeWebchat } from "./webchat/Webchat.ts"
import { makeWebchatControls, type WebchatControls } from "./webchat/WebchatControls.ts"

/**
 * A stateful CXone: OAuth tokens, web chat conversations, routing and labels. It checks calls and answers against the
 * contract, and plays faults on demand.
 */
export class CXoneSimulator extends Context.Service<
  CXoneSimulator,
  WebchatControls & {
    /** The base URL, such as `http://127.0.0.1:54321`, without a trailing slash. */
    readonly baseUrl: string
  }
>()("cognigy-cxone-router/simulator/CXoneSimulator") {
  /**
   * Starts a simulator of its own that listens over HTTP and closes with the layer's scope. It takes the Clock and the
   * Random from where the layer is built: a `TestClock` there moves delays and the expiry of tokens and locks. Fails
   * with `ServeError` when it cannot listen on the port and host.
   */
  static readonly layer = (options: SimulatorOptions = {}): Layer.Layer<CXoneSimulator, HttpServerError.ServeError> =>
    Layer.effect(
      CXoneSimulator,
      Effect.gen(function* () {
        const settings = withDefaults(options)
        const { controls, routes } = yield* simulate(settings)
        return { ...controls, baseUrl: yield* serveOnLoopback(routes, settings) }
      })
    ).pipe(Layer.provide(SecureRandom.layerWebCrypto))

  /**
   * A simulator of its own without a server, and an `HttpClient` whose requests go straight to it. Nothing waits for
   * the network, so a `TestClock` moves every wait. Faults work as over HTTP: a drop is a `TransportError`.
   */
  static readonly layerInProcess = (
    options: InProcessOptions = {}
  ): Layer.Layer<CXoneSimulator | HttpClient.HttpClient> =>
    Layer.effectContext(
      Effect.map(simulate(withDefaults(options)), ({ controls, routes }) =>
        Context.make(CXoneSimulator, { ...controls, baseUrl: inProcessUrl }).pipe(
          Context.add(HttpClient.HttpClient, makeInProcessClient(routes))
        )
      )
    ).pipe(Layer.provide(SecureRandom.layerWebCrypto))
}

const simulate = Effect.fnUntraced(function* (options: Required<SimulatorOptions>) {
  const simulation = yield* makeSimulation(operations, options.tokenLifetime)
  const webchat = makeWebchat(simulation, options)
  const controls = makeWebchatControls(webchat)
  const routes = yield* makeRoutes(simulation, makeWebchatDialect(webchat), makeWebchatControlRoutes(webchat, controls))
  return { controls, routes }
})
