import { Clock, Duration, Effect } from "effect"

/** The monotonic clock, in milliseconds: for measuring, with no meaning as a date. */
export const nowMillis: Effect.Effect<number> = Effect.map(
  Clock.monotonicTimeNanos,
  (nanos) => Number(nanos) / 1_000_000
)

/** A duration as people write it, rounded up to the millisecond: `1s 200ms`. */
export const inWords = (duration: Duration.Duration): string =>
  Duration.format(Duration.millis(Math.ceil(Duration.toMillis(duration))))
