/** Work in the background that the end of its scope does not wait for. */
import { Effect, type Scope } from "effect"

/** Runs an effect until the scope closes, which interrupts it without waiting: it may be in the middle of something that hangs. */
export const inBackground = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<void, never, R | Scope.Scope> =>
  Effect.flatMap(Effect.forkDetach(effect), (fiber) =>
    Effect.addFinalizer(() => Effect.sync(() => fiber.interruptUnsafe()))
  )
