import { Context, Deferred, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpClient, type HttpServerError } from "effect/http"
import { inProcessUrl, makeInProcessClient } from "./core/InProcess.ts"
import { serveOnLoopback } from "./core/LoopbackServer.ts"
import { makeRoutes } from "./core/Routes.ts"
import { makeSimulation } from "./core/Simulation.ts"
import { makeDigitalControlRoutes } from "./digital/controlRoutes.ts"
import { makeDigital } from "./digital/Digital.ts"
import { type DigitalControls, makeDigitalControls } from "./digital/DigitalControls.ts"
import { makeDigitalDialect } from "./digital/DigitalDialect.ts"
import {
  type DigitalSimulatorInProcessOptions,
  type DigitalSimulatorOptions,
  withDigitalDefaults
} from "./digital/DigitalOptions.ts"
import { operations } from "./digital/Operation.ts"

/**
 * A stateful CXone with the Digital Engagement API: issuer, discovery, channels, messages, contacts, routing and custom
 * fields, all at one base URL. It checks calls, and plays faults on demand. Where nobody knows what CXone does, an
 * option says it.
 */
export class DigitalSimulator extends Context.Service<
  DigitalSimulator,
  DigitalControls & {
    /** The start of the URLs of both issuer and API, such as `http://127.0.0.1:54321`, without a trailing slash. */
    readonly baseUrl: string
  }
>()("cognigy-cxone-router/simulator/DigitalSimulator") {
  /**
   * Starts a simulator of its own that listens over HTTP and closes with the layer's scope. It takes the Clock and the
   * Random from where the layer is built: a `TestClock` there moves delays, lags and the expiry of tokens. Fails with
   * `ServeError` when it cannot listen on the port and host.
   */
  static readonly layer = (
    options: DigitalSimulatorOptions = {}
  ): Layer.Layer<DigitalSimulator, HttpServerError.ServeError> =>
    Layer.effect(
      DigitalSimulator,
      Effect.gen(function* () {
        const settings = withDigitalDefaults(options)
        const { controls, routes, startsAt } = yield* simulate(settings)
        const baseUrl = yield* serveOnLoopback(routes, settings)
        yield* startsAt(baseUrl)
        return { ...controls, baseUrl }
      })
    ).pipe(Layer.provide(SecureRandom.layerWebCrypto))

  /**
   * A simulator of its own without a server, and an `HttpClient` whose requests go straight to it. Nothing waits for
   * the network, so a `TestClock` moves every wait. Faults work as over HTTP: a drop is a `TransportError`.
   */
  static readonly layerInProcess = (
    options: DigitalSimulatorInProcessOptions = {}
  ): Layer.Layer<DigitalSimulator | HttpClient.HttpClient> =>
    Layer.effectContext(
      Effect.gen(function* () {
        const { controls, routes, startsAt } = yield* simulate(withDigitalDefaults(options))
        yield* startsAt(inProcessUrl)
        return Context.make(DigitalSimulator, { ...controls, baseUrl: inProcessUrl }).pipe(
          Context.add(HttpClient.HttpClient, makeInProcessClient(routes))
        )
      })
    ).pipe(Layer.provide(SecureRandom.layerWebCrypto))
}

const simulate = Effect.fnUntraced(function* (options: Required<DigitalSimulatorOptions>) {
  const simulation = yield* makeSimulation(operations, options.tokenLifetime)
  const digital = yield* makeDigital(simulation, options)
  const controls = makeDigitalControls(digital)
  const routes = yield* makeRoutes(simulation, makeDigitalDialect(digital), makeDigitalControlRoutes(digital, controls))
  return { controls, routes, startsAt: (baseUrl: string) => Deferred.succeed(digital.baseUrl, baseUrl) }
})
