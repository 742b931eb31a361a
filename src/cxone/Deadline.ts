/** One deadline for a whole piece of work, carried in the context: every call, wait and retry below it respects it. */
import { Duration, Effect } from "effect"
import { CurrentDeadline } from "../domain/CurrentDeadline.ts"
import { nowMillis } from "../std/clock.ts"
import { DeadlineExceeded } from "./CXoneError.ts"

export { CurrentDeadline }

/** The least time that an attempt needs before the deadline to be worth making, 100 ms. */
export const MIN_ATTEMPT = Duration.millis(100)

/** Calls end this long before the deadline, 10 ms, so that their end is seen. */
export const END_MARGIN = Duration.millis(10)

/** The time that is left: infinite without a deadline, never negative. */
export const remaining: Effect.Effect<Duration.Duration> = Effect.flatMap(CurrentDeadline, (at) =>
  at === Number.POSITIVE_INFINITY
    ? Effect.succeed(Duration.infinity)
    : Effect.map(nowMillis, (now) => Duration.millis(Math.max(0, at - now)))
)

/** Limits an effect to this time, or to the rest of the surrounding deadline when that is less. Fails with `DeadlineExceeded` when the time is up. */
export const within =
  (duration: Duration.Input) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | DeadlineExceeded, R> =>
    Effect.flatMap(Effect.all([CurrentDeadline, nowMillis]), ([outer, now]) => {
      const at = Math.min(now + Duration.toMillis(duration), Math.max(now, outer))
      return effect.pipe(
        Effect.provideService(CurrentDeadline, at),
        Effect.timeoutOrElse({
          duration: Duration.millis(at - now),
          orElse: () => Effect.fail(new DeadlineExceeded({ operation: undefined }))
        })
      )
    })

/** Takes the deadline away, for work that outlives its caller. */
export const unlimited: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = Effect.provideService(
  CurrentDeadline,
  Number.POSITIVE_INFINITY
)
