/** Every wait that the program makes before it tries CXone again. */
import { Duration, Effect, Schedule } from "effect"
import { type CXoneError, DeadlineExceeded, isTransient, wasNotTried } from "../CXoneError.ts"
import * as Deadline from "./Deadline.ts"

/** The least time, in milliseconds, that an attempt must have before the deadline to be worth starting: 100. */
export const MIN_ATTEMPT_MILLIS = 100

/** Exponential backoff from `base`, doubling up to `cap`, with ±20 % jitter so that callers do not come back in step. */
const backoff = (base: Duration.Input, cap: Duration.Input) =>
  Schedule.min([Schedule.exponential(base), Schedule.spaced(cap)]).pipe(
    Schedule.jittered,
    Schedule.setInputType<CXoneError>()
  )

/** Nobody on a caller's path waits for an open circuit: it stays open for longer than that is worth. */
const whileTransient = Schedule.while<CXoneError, unknown>(({ input }) => isTransient(input) && !wasNotTried(input))

const retryAfterOf = (error: CXoneError): Duration.Duration =>
  isTransient(error) && error.retryAfter !== undefined ? error.retryAfter : Duration.zero

/** Waits as long as CXone asked for with `Retry-After`, up to a limit where there is one, and the backoff on top: all callers were told the same. */
const honourRetryAfter = (limit: Duration.Duration = Duration.infinity) =>
  Schedule.modifyDelay<unknown, CXoneError>(({ duration, input }) =>
    Effect.succeed(Duration.sum(duration, Duration.min(retryAfterOf(input), limit)))
  )

/**
 * Stops where the wait would leave no time for another attempt: better an honest answer now than a late one. Where CXone was just slow,
 * that answer is that the deadline is missed.
 */
const whileTimeIsLeft = Schedule.while<CXoneError, unknown, DeadlineExceeded>(({ duration, input }) =>
  Effect.flatMap(Deadline.remaining, (left) => {
    if (Duration.toMillis(duration) + MIN_ATTEMPT_MILLIS <= left) return Effect.succeed(true)
    return input._tag === "Unavailable" && input.reason === "Timeout"
      ? Effect.fail(new DeadlineExceeded({ operation: input.operation }))
      : Effect.succeed(false)
  })
)

/**
 * Between attempts of one call on the caller's path: 100 ms, doubling to 2 s, five times, on top of what `Retry-After` says;
 * only for 429, 5xx, broken connections and timed-out attempts, and only while the deadline leaves time.
 */
export const callSchedule = backoff("100 millis", "2 seconds").pipe(
  Schedule.upTo({ times: 5 }),
  whileTransient,
  honourRetryAfter(),
  whileTimeIsLeft
)

/** The longest `Retry-After` that a token request sits out itself, 5 s: less than a handover's deadline. Callers hear of a longer one at once. */
export const MAX_TOKEN_WAIT = Duration.seconds(5)

/** Between attempts to get an access token: 200 ms, doubling to 2 s, four times, on top of what `Retry-After` says, up to 5 s. */
export const tokenSchedule = backoff("200 millis", "2 seconds").pipe(
  Schedule.upTo({ times: 4 }),
  whileTransient,
  honourRetryAfter(),
  Schedule.while(({ input }) => Duration.isLessThanOrEqualTo(retryAfterOf(input), MAX_TOKEN_WAIT))
)

/** Before the next try to renew a token in the background, while the one at hand still serves: 1 s, doubling to 30 s. */
export const renewalSchedule = backoff("1 second", "30 seconds")

/**
 * Between tries to open a conversation while CXone holds a lock of a session that is gone: 250 ms, doubling to 2 s, four times,
 * while the deadline leaves time.
 */
export const lockSchedule = backoff("250 millis", "2 seconds").pipe(
  Schedule.upTo({ times: 4 }),
  Schedule.while(({ input }) => input._tag === "Conflict"),
  whileTimeIsLeft
)

/** The longest `Retry-After` that a label obeys, 5 minutes: nobody waits for it, but it is to be told again before it is forgotten. */
export const MAX_LABEL_WAIT = Duration.minutes(5)

/** For how long a label is tried at the most, from its first attempt on, 15 minutes: then it is given up. */
export const MAX_LABEL_AGE = Duration.minutes(15)

/**
 * Between tries to send a label, off the caller's path: 500 ms, doubling to 30 s, for `MAX_LABEL_AGE`, on top of what `Retry-After` or an
 * open circuit says, up to `MAX_LABEL_WAIT`. Credentials that are refused may be mended too. The deadline is none where labels are sent.
 */
export const labelSchedule = backoff("500 millis", "30 seconds").pipe(
  Schedule.upTo({ duration: MAX_LABEL_AGE }),
  Schedule.while(({ input }) => isTransient(input) || input._tag === "Unauthorized"),
  honourRetryAfter(MAX_LABEL_WAIT),
  whileTimeIsLeft
)

/** The longest that `doctor` obeys one `Retry-After`, 60 s: past it, asking is better than trusting an old answer. */
export const MAX_LOOK_UP_WAIT = Duration.seconds(60)

/** For how long a look-up of `doctor` waits for its turn at the most, 10 minutes. */
export const MAX_LOOK_UP_AGE = Duration.minutes(10)

/**
 * Between tries of one of `doctor`'s calls that a rate limit, CXone's or our own, holds back for longer than the call may take: a second on top
 * of what `Retry-After` says, up to `MAX_LOOK_UP_WAIT`, for `MAX_LOOK_UP_AGE`. A table may name more queues than a minute has calls.
 */
export const lookUpSchedule = Schedule.spaced("1 second").pipe(
  Schedule.jittered,
  Schedule.setInputType<CXoneError>(),
  Schedule.upTo({ duration: MAX_LOOK_UP_AGE }),
  Schedule.while(({ input }) => input._tag === "RateLimited"),
  honourRetryAfter(MAX_LOOK_UP_WAIT)
)

/** `Effect.retry` for what has failed once already: where nothing fails, no schedule is set up. The schedule sees the first failure too. */
export const retryAfter = <A, E extends CXoneError, E2>(
  failure: E,
  again: Effect.Effect<A, E>,
  schedule: Schedule.Schedule<unknown, CXoneError, E2>
): Effect.Effect<A, E | E2> => {
  let isTold = false
  const next = Effect.suspend(() => {
    if (isTold) return again
    isTold = true
    return Effect.fail(failure)
  })
  return Effect.retry(next, schedule)
}
