import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import type { HttpServerError } from "effect/http"
import { type Controls, makeControls } from "./Controls.ts"
import { serveOnLoopback } from "./LoopbackServer.ts"
import { makeRoutes } from "./Routes.ts"
import { makeSimulation } from "./Simulation.ts"
import { type SimulatorOptions, withDefaults } from "./SimulatorOptions.ts"

/**
 * A stateful CXone over real HTTP: OAuth tokens, web chat conversations, routing and labels, held to the contract on
 * input as on output, with faults on demand.
 */
export class CXoneSimulator extends Context.Service<
  CXoneSimulator,
  Controls & {
    /** Where it listens, such as `http://127.0.0.1:54321`, without a trailing slash. */
    readonly baseUrl: string
  }
>()("cognigy-cxone-router/simulator/CXoneSimulator") {
  /**
   * Starts a simulator of its own, which closes with the layer's scope. Time is the Clock and shares of faults are the
   * Random of where the layer is built, so a `TestClock` there rules the lives of tokens and locks and the delays.
   * Fails with `ServeError` when it cannot listen on the port and host.
   */
  static readonly layer = (options: SimulatorOptions = {}): Layer.Layer<CXoneSimulator, HttpServerError.ServeError> =>
    Layer.effect(CXoneSimulator, make(options)).pipe(Layer.provide(SecureRandom.layerWebCrypto))
}

const make = Effect.fnUntraced(function* (options: SimulatorOptions) {
  const settings = withDefaults(options)
  const random = yield* SecureRandom.SecureRandom
  const simulation = yield* makeSimulation(settings)
  const controls = makeControls(simulation, random)
  const routes = yield* makeRoutes(simulation, controls, random)
  const baseUrl = yield* serveOnLoopback(routes, settings)
  return CXoneSimulator.of({ ...controls, baseUrl })
})
