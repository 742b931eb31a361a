/** The end of the process, before servers wait for answers: a stream would hold them up. */
import { Context, Deferred, Effect, Layer } from "effect"

/** The end of the process. */
export class Closing extends Context.Service<
  Closing,
  {
    /** Returns when the process begins to end. */
    readonly begun: Effect.Effect<void>
    readonly begin: Effect.Effect<void>
  }
>()("cognigy-cxone-router/console/Closing") {
  static readonly layer: Layer.Layer<Closing> = Layer.effect(
    Closing,
    Effect.map(Deferred.make<void>(), (deferred) => ({
      begun: Deferred.await(deferred),
      begin: Effect.asVoid(Deferred.succeed(deferred, undefined))
    }))
  )
}
