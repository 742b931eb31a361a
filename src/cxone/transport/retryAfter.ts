/** How long a server asks its callers to wait. */
import { Clock, Duration, Effect } from "effect"
import type { Headers } from "effect/http"
import { parseHttpDate } from "../../std/httpDate.ts"

/** The longest wait that is told, in seconds: some 32 years. */
const MAX_SECONDS = 999_999_999

/** Between the values of several header lines. The comma after a day's name is part of a date. */
const SEPARATOR = /(?<!day|mon|tue|wed|thu|fri|sat|sun),/i

/**
 * `Retry-After`: whole seconds, or a date in any form of HTTP's. A date counts from the answer's own `Date`, since the server's clock may not be ours; one in the past means now. Of
 * several values the longest wait counts, and at most `MAX_SECONDS`. Anything else counts as absent, such as negative numbers and fractions.
 */
export const retryAfterOf = (headers: Headers.Headers): Effect.Effect<Duration.Duration | undefined> => {
  const { date = "", "retry-after": value } = headers
  if (value === undefined) return Effect.succeed(undefined)
  return Effect.map(Clock.currentTimeMillis, (now) => {
    const answeredAt = parseHttpDate(date.trim(), now) ?? now
    const waits = value
      .split(SEPARATOR)
      .map((one) => one.trim())
      .flatMap((one) => {
        if (/^\d+$/.test(one)) return [Number(one) * 1000]
        const at = parseHttpDate(one, now)
        return at === undefined ? [] : [at - answeredAt]
      })
    if (waits.length === 0) return undefined
    return Duration.millis(Math.min(Math.max(0, ...waits), MAX_SECONDS * 1000))
  })
}
