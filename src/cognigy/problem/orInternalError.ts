import { Effect } from "effect"
import { type InternalError, internalError } from "./Problem.ts"

/** Logs a defect, and fails with the problem that answers it. */
export const orInternalError = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | InternalError, R> =>
  Effect.catchDefect(effect, (defect) =>
    Effect.andThen(Effect.logError("a defect in the router", defect), Effect.fail(internalError))
  )
