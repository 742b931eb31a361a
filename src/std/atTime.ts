/** Runs an effect at another time. */
import { Clock, Effect } from "effect"

/** Runs an effect with a clock that stands still at `now`, in milliseconds since 1970. Sleeps take their real time. */
export const atTime = (now: number) =>
  Effect.updateService(Clock.Clock, (clock) => {
    const nanos = BigInt(Math.round(now)) * 1_000_000n
    return {
      currentTimeMillisUnsafe: () => now,
      currentTimeMillis: Effect.succeed(now),
      currentTimeNanosUnsafe: () => nanos,
      currentTimeNanos: Effect.succeed(nanos),
      monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
      monotonicTimeNanos: clock.monotonicTimeNanos,
      sleep: (duration) => clock.sleep(duration)
    }
  })
