/** Our own limit on calls to CXone: it holds in every window, calls that are due first go first, and a 429 with `Retry-After` holds all of them. */
import { Deferred, Duration, Effect, Option, Order, type Scope, TxPriorityQueue } from "effect"
import { RateLimiter } from "effect/persistence"
import * as Trail from "../../domain/Trail.ts"
import { nowMillis } from "../../std/clock.ts"
import { count } from "../../std/metrics.ts"
import { RateLimited, type SendError } from "../CXoneError.ts"
import * as Deadline from "../Deadline.ts"
import type { Answer, Lane } from "./Call.ts"
import { rateLimitWaitSeconds, rateLimitWaitsTotal } from "./metrics.ts"

/** A number of calls in a length of time. */
export interface RateLimitOptions {
  /** The number of calls. */
  readonly limit: number
  /** The length of time: no span of this length has more calls. */
  readonly window: Duration.Duration
}

/** A limit on calls. */
export interface RateLimit {
  /** Makes an attempt when its turn has come. Fails with `RateLimited` and makes none when the turn comes too late for the deadline. */
  readonly apply: (
    lane: Lane,
    operation: string
  ) => (attempt: Effect.Effect<Answer, SendError>) => Effect.Effect<Answer, SendError>
}

/**
 * Calls bunch up on their way, and CXone counts them as they arrive. So the limit looks at a longer window: by a tenth, and by 100 ms at most. In a burst
 * of 32 handovers some calls arrived 40 ms later than others (`npm run test:faults`, rate-limit).
 */
export const LONGEST_SLACK = Duration.millis(100)

/** The longest that one 429 holds calls: past it, an attempt says more than an old answer. */
export const LONGEST_HOLD = Duration.seconds(60)

/** A timer's resolution: a shorter wait may end too early. */
const SHORTEST_WAIT = Duration.millis(1)

/**
 * The token bucket that keeps a limit in every window: a tenth of the limit may go at once, and the rest comes back evenly. A full bucket and all that
 * comes back within one window are together no more than the limit.
 */
export const bucketOf = ({ limit, window }: RateLimitOptions) => {
  const burst = Math.max(1, Math.floor(limit / 10))
  const slack = Duration.min(Duration.times(window, 0.1), LONGEST_SLACK)
  const interval = Duration.divideUnsafe(Duration.sum(window, slack), limit - burst + 1)
  return { burst, interval }
}

interface Waiting {
  /** When the call is due, in milliseconds on the monotonic clock: a token, which others wait for, at once; a background call never. */
  readonly due: number
  /** Succeeds when the call's turn has come. */
  readonly turn: Deferred.Deferred<void>
}

const KEY = "cxone"

/** Makes a limit of a dialect's calls. */
export const makeRateLimit = Effect.fnUntraced(function* (
  options: RateLimitOptions,
  dialect: string
): Effect.fn.Return<RateLimit, never, RateLimiter.RateLimiter | Scope.Scope> {
  const limiter = yield* RateLimiter.RateLimiter
  const { burst, interval } = bucketOf(options)
  const waiting = yield* TxPriorityQueue.empty<Waiting>(Order.mapInput(Order.Number, ({ due }: Waiting) => due))
  /** 1 while the next turn has its token from the bucket already. */
  let prepared = 0
  /** The end of the longest `Retry-After` of a 429, in milliseconds on the monotonic clock. */
  let heldUntil = Number.NEGATIVE_INFINITY

  /** Takes a token from the bucket, or looks at it with 0. */
  const bucket = (tokens: 0 | 1) =>
    Effect.orDie(
      limiter.consume({
        key: KEY,
        algorithm: "token-bucket",
        onExceeded: "delay",
        limit: burst,
        window: Duration.times(interval, burst),
        tokens
      })
    )

  /** How long a 429 still holds all calls. */
  const hold = Effect.map(nowMillis, (now) => Duration.millis(Math.max(0, heldUntil - now)))

  /** Waits while a 429 holds all calls. Another one may come meanwhile. */
  const held: Effect.Effect<void> = Effect.flatMap(hold, (left) =>
    Duration.isZero(left)
      ? Effect.void
      : Effect.andThen(
          Effect.sleep(Duration.max(left, SHORTEST_WAIT)),
          Effect.suspend(() => held)
        )
  )

  const giveTurn = Effect.gen(function* () {
    yield* TxPriorityQueue.peek(waiting)
    const { delay } = yield* bucket(1)
    prepared = 1
    yield* Effect.sleep(delay)
    yield* held
    const next = yield* TxPriorityQueue.takeOption(waiting)
    prepared = 0
    if (Option.isSome(next)) yield* Deferred.succeed(next.value.turn, undefined)
  })
  yield* Effect.forkScoped(Effect.forever(giveTurn))

  /** How long it takes until a call's turn comes, when so many others go before it. */
  const waitBehind = (others: number) =>
    Effect.zipWith(bucket(0), hold, ({ resetAfter }, held) => {
      const left = burst - (others + 1 - prepared)
      return Duration.max(held, Duration.subtract(Duration.max(resetAfter, held), Duration.times(interval, left)))
    })

  const dueOf = (lane: Lane): Effect.Effect<number> => {
    switch (lane) {
      case "token":
        return Effect.succeed(Number.NEGATIVE_INFINITY)
      case "caller":
        return Deadline.CurrentDeadline
      case "background":
        return Effect.succeed(Number.POSITIVE_INFINITY)
    }
  }

  const turn = Effect.fnUntraced(function* (lane: Lane, operation: string) {
    const startedAt = yield* nowMillis
    const due = yield* dueOf(lane)
    const own: Waiting = { due, turn: yield* Deferred.make<void>() }
    const left = Duration.subtract(yield* Deadline.remaining, Deadline.MIN_ATTEMPT)
    const wait = Effect.flatMap(TxPriorityQueue.toArray(waiting), (others) =>
      waitBehind(others.filter((other) => other !== own && other.due <= due).length)
    )
    const refused = (retryAfter: Duration.Duration) => Effect.fail(new RateLimited({ operation, retryAfter }))

    const expected = yield* wait
    if (Duration.isGreaterThan(expected, left)) return yield* refused(expected)
    return yield* Effect.andThen(TxPriorityQueue.offer(waiting, own), Deferred.await(own.turn)).pipe(
      // Calls that are due sooner may have overtaken it.
      Effect.timeoutOrElse({ duration: left, orElse: () => Effect.flatMap(wait, refused) }),
      Effect.onError(() => TxPriorityQueue.removeIf(waiting, (other) => other === own)),
      Effect.ensuring(waited({ dialect, operation }, startedAt))
    )
  })

  /** CXone answered 429: no call goes until it said. The token endpoint's limits are its own. */
  const learn =
    (lane: Lane) =>
    ({ retryAfter }: RateLimited) =>
      lane === "token" || retryAfter === undefined
        ? Effect.void
        : Effect.map(nowMillis, (now) => {
            heldUntil = Math.max(heldUntil, now + Duration.toMillis(Duration.min(retryAfter, LONGEST_HOLD)))
          })

  return {
    apply: (lane, operation) => (attempt) =>
      Effect.andThen(turn(lane, operation), Effect.tapErrorTag(attempt, "RateLimited", learn(lane)))
  }
})

/** Reports a wait that was long enough to notice. */
const waited = Effect.fnUntraced(function* (
  labels: { readonly dialect: string; readonly operation: string },
  startedAt: number
) {
  const took = (yield* nowMillis) - startedAt
  if (took < 1) return
  yield* count(rateLimitWaitsTotal, labels)
  yield* count(rateLimitWaitSeconds, { dialect: labels.dialect }, took / 1000)
  yield* Trail.add({ kind: "wait", name: "rate limit", startedAt, outcome: "over" })
})
