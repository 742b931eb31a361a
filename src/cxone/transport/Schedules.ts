/** Every wait before CXone is tried again. */
import { Duration, Effect, Schedule } from "effect"
import { type CXoneError, DeadlineExceeded, isTransient, wasNotTried } from "../CXoneError.ts"
import * as Deadline from "../Deadline.ts"

/** Exponential backoff from `base`, doubling up to `cap`, with ±20 % jitter so that callers do not come back in step. */
const backoff = (base: Duration.Input, cap: Duration.Input) =>
  Schedule.min([Schedule.exponential(base), Schedule.spaced(cap)]).pipe(
    Schedule.jittered,
    Schedule.setInputType<CXoneError>()
  )

/** No caller waits for an open circuit: it stays open for longer than a caller can wait. */
const whileTransient = Schedule.while<CXoneError, unknown>(({ input }) => isTransient(input) && !wasNotTried(input))

const retryAfterOf = (error: CXoneError): Duration.Duration =>
  isTransient(error) && error.retryAfter !== undefined ? error.retryAfter : Duration.zero

/** Waits as long as `Retry-After` says, up to a limit, and for the backoff on top: all callers got the same time from CXone. */
const honourRetryAfter = (limit: Duration.Duration = Duration.infinity) =>
  Schedule.modifyDelay<unknown, CXoneError>(({ duration, input }) =>
    Effect.succeed(Duration.sum(duration, Duration.min(retryAfterOf(input), limit)))
  )

/**
 * Stops when the wait would leave no time for another attempt: an honest answer now is better than a late one. When CXone was just slow, that answer is
 * `DeadlineExceeded`.
 */
const whileTimeIsLeft = Schedule.while<CXoneError, unknown, DeadlineExceeded>(({ duration, input }) =>
  Effect.flatMap(Deadline.remaining, (left) => {
    if (Duration.isLessThanOrEqualTo(Duration.sum(duration, Deadline.MIN_ATTEMPT), left)) return Effect.succeed(true)
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

/** The longest `Retry-After` that a token request waits for, 5 s: less than a handover's deadline. A longer one fails at once. */
export const MAX_TOKEN_WAIT = Duration.seconds(5)

/** Between attempts to get an access token: 200 ms, doubling to 2 s, four times, on top of what `Retry-After` says, up to 5 s. */
export const tokenSchedule = backoff("200 millis", "2 seconds").pipe(
  Schedule.upTo({ times: 4 }),
  whileTransient,
  honourRetryAfter(),
  Schedule.while(({ input }) => Duration.isLessThanOrEqualTo(retryAfterOf(input), MAX_TOKEN_WAIT))
)

/** Between tries to renew a token in the background, while the current one is still valid: 1 s, doubling to 30 s. */
export const renewalSchedule = backoff("1 second", "30 seconds")

/**
 * Between tries to open a conversation while CXone holds the lock of a session that has ended: 250 ms, doubling to 2 s, four times, while the deadline
 * leaves time.
 */
export const lockSchedule = backoff("250 millis", "2 seconds").pipe(
  Schedule.upTo({ times: 4 }),
  Schedule.while(({ input }) => input._tag === "Conflict"),
  whileTimeIsLeft
)

/** The longest `Retry-After` that a label waits for, 5 minutes: it is tried again well before it is given up. */
export const MAX_LABEL_WAIT = Duration.minutes(5)

/** The longest that a label is tried, from its first attempt on, 15 minutes: then it is given up. */
export const MAX_LABEL_AGE = Duration.minutes(15)

/**
 * Between tries to send a label, off the caller's path: 500 ms, doubling to 30 s, for `MAX_LABEL_AGE`, on top of what `Retry-After` or an
 * open circuit says, up to `MAX_LABEL_WAIT`. Refused credentials may be fixed meanwhile, and are tried again too.
 */
export const labelSchedule = backoff("500 millis", "30 seconds").pipe(
  Schedule.upTo({ duration: MAX_LABEL_AGE }),
  Schedule.while(({ input }) => isTransient(input) || input._tag === "Unauthorized"),
  honourRetryAfter(MAX_LABEL_WAIT),
  whileTimeIsLeft
)

/** The longest `Retry-After` that `doctor` waits for, 60 s: past it, a call says more than an old answer. */
export const MAX_LOOK_UP_WAIT = Duration.seconds(60)

/** The longest that a look-up of `doctor` waits for its turn, 10 minutes. */
export const MAX_LOOK_UP_AGE = Duration.minutes(10)

/**
 * Between tries of a look-up of `doctor` under a rate limit: a second on top of what `Retry-After` says, up to `MAX_LOOK_UP_WAIT`, for `MAX_LOOK_UP_AGE`. A
 * table may name more queues than a minute allows calls.
 */
export const lookUpSchedule = Schedule.spaced("1 second").pipe(
  Schedule.jittered,
  Schedule.setInputType<CXoneError>(),
  Schedule.upTo({ duration: MAX_LOOK_UP_AGE }),
  Schedule.while(({ input }) => input._tag === "RateLimited"),
  honourRetryAfter(MAX_LOOK_UP_WAIT)
)
