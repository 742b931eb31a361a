/** One deadline for a whole piece of work: carried in the context, so that every call, wait and retry below it knows it. */
import { Clock, Context, Duration, Effect } from "effect"
import { DeadlineExceeded } from "./CXoneError.ts"

/** The moment by which the work under way must be done, on the monotonic clock, in milliseconds. None by default. */
export const Deadline = Context.Reference<number>("cognigy-cxone-router/cxone/Deadline", {
  defaultValue: () => Number.POSITIVE_INFINITY
})

/** The monotonic clock, in milliseconds: for measuring, with no meaning as a date. */
export const nowMillis: Effect.Effect<number> = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e6)

/** The time that is left, in milliseconds: infinite where no deadline is set, never negative. */
export const remaining: Effect.Effect<number> = Effect.flatMap(Deadline, (deadline) =>
  deadline === Number.POSITIVE_INFINITY
    ? Effect.succeed(deadline)
    : Effect.map(nowMillis, (now) => Math.max(0, deadline - now))
)

/**
 * Gives an effect at most this long, or what is left of the surrounding deadline where that is less.
 * When the time is up the effect is interrupted and `DeadlineExceeded` is the answer.
 */
export const within =
  (duration: Duration.Input) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | DeadlineExceeded, R> =>
    Effect.flatMap(Effect.all([Deadline, nowMillis]), ([outer, now]) => {
      const deadline = Math.min(outer, now + Duration.toMillis(Duration.fromInputUnsafe(duration)))
      return effect.pipe(
        Effect.provideService(Deadline, deadline),
        Effect.timeoutOrElse({
          duration: Duration.millis(deadline - now),
          orElse: () => Effect.fail(new DeadlineExceeded({ operation: undefined }))
        })
      )
    })

/** Takes the surrounding deadline away, for work that outlives its caller. */
export const without: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = Effect.provideService(
  Deadline,
  Number.POSITIVE_INFINITY
)
