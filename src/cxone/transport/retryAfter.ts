import { Clock, DateTime, Duration, Effect, Option } from "effect"
import type { Headers } from "effect/http"

/** `Retry-After` in seconds or as an HTTP date. A date in the past means now; anything else counts as absent. */
export const retryAfterOf = (headers: Headers.Headers): Effect.Effect<Duration.Duration | undefined> => {
  const value = headers["retry-after"]?.trim()
  if (value === undefined) return Effect.succeed(undefined)
  if (/^\d{1,9}$/.test(value)) return Effect.succeed(Duration.seconds(Number(value)))
  const date = /GMT$/.test(value) ? DateTime.make(value) : Option.none()
  if (Option.isNone(date)) return Effect.succeed(undefined)
  const at = DateTime.toEpochMillis(date.value)
  return Effect.map(Clock.currentTimeMillis, (now) => Duration.millis(Math.max(0, at - now)))
}
