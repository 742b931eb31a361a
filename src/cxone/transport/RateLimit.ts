/** Our own limit on calls to CXone: never more of them in any window, those that are due first go first, and a 429 slows all of them down. */
import { Deferred, Duration, Effect, Latch, Metric, type Scope } from "effect"
import { rateLimitWaitSeconds, rateLimitWaitsTotal } from "../../metrics.ts"
import { count, counters, declare } from "../../std/measure.ts"
import { Operation, RateLimited, type SendError } from "../CXoneError.ts"
import type { Answer } from "./Attempt.ts"
import * as Deadline from "./Deadline.ts"
import { MIN_ATTEMPT_MILLIS } from "./Schedules.ts"

/** So many calls in so much time. */
export interface RateLimitOptions {
  /** How many calls. */
  readonly limit: number
  /** How long the span is: there are no more calls in any one of this length. */
  readonly window: Duration.Duration
}

/** A limit on calls. */
export interface RateLimit {
  /**
   * Runs an attempt when its turn has come. Fails with `RateLimited` at once, without an attempt, where the turn comes too late for the deadline.
   * Who leaves while waiting uses nothing up.
   */
  readonly apply: (
    operation: Operation
  ) => (attempt: Effect.Effect<Answer, SendError>) => Effect.Effect<Answer, SendError>
}

/**
 * By how much longer than its window a limit looks, at the most: calls bunch up on their way, and CXone counts them as they arrive. A tenth of the
 * window where that is less. In a burst at 32 handovers at once, some calls arrived 40 ms later than others (`npm run test:faults`, rate-limit).
 */
export const LONGEST_SLACK = Duration.millis(100)

/** A limit that keeps to this one also as the calls arrive. */
export const withSlack = ({ limit, window }: RateLimitOptions): RateLimitOptions => ({
  limit,
  window: Duration.sum(window, Duration.min(Duration.times(window, 0.1), LONGEST_SLACK))
})

/** For how long a 429 holds calls at the most: past it, asking is better than trusting an old answer. */
export const LONGEST_HOLD = Duration.seconds(60)

/** By how much the limit that a 429 has lowered rises again, per window without another. */
const RECOVERY = 1.25

/** When calls may go: at most `limit` in any span of `windowMillis`, or fewer after a 429. Times are in milliseconds. */
export const makeWindow = (limit: number, windowMillis: number) => {
  /** When calls went out, the oldest first: those that may still count. */
  const gone: Array<number> = []
  let allowed = limit
  let loweredAt = Number.NEGATIVE_INFINITY
  /** When there last was a 429, or the limit rose again. */
  let steadySince = Number.NEGATIVE_INFINITY
  let heldUntil = Number.NEGATIVE_INFINITY

  const slot = (now: number, ahead: number): number => {
    // The call that is `allowed` places before this one must be a whole window old; where that one waits too, so must the one before it.
    const before = gone[gone.length + (ahead % allowed) - allowed] ?? Number.NEGATIVE_INFINITY
    return Math.max(now, heldUntil, before + windowMillis) + Math.floor(ahead / allowed) * windowMillis
  }

  const settle = (now: number) => {
    const recent = gone.findIndex((at) => at + windowMillis > now)
    gone.splice(0, recent === -1 ? gone.length : recent)
    if (allowed < limit && now >= steadySince + windowMillis) {
      allowed = Math.min(limit, Math.ceil(allowed * RECOVERY))
      steadySince = now
    }
  }

  return {
    /** When a call may go that has this many waiting before it. */
    slotFor: (now: number, ahead: number): number => {
      settle(now)
      return slot(now, ahead)
    },
    /** A call goes. */
    go: (now: number): void => {
      gone.push(now)
    },
    /** CXone answered 429: nothing goes until it said, and fewer than went before; at most halved, once per window. */
    limited: (now: number, holdMillis: number): void => {
      settle(now)
      heldUntil = Math.max(heldUntil, now + holdMillis)
      steadySince = now
      if (now < loweredAt + windowMillis) return
      allowed = Math.max(1, Math.ceil(allowed / 2), Math.min(allowed, gone.length - 1))
      loweredAt = now
    },
    /** When the limit that a 429 has lowered rises next, if ever. */
    risesAt: (): number => (allowed < limit ? steadySince + windowMillis : Number.POSITIVE_INFINITY)
  }
}

interface Waiting {
  /** When it is due, on the monotonic clock: what its place depends on. */
  readonly due: number
  readonly deadline: number
  readonly turn: Deferred.Deferred<void, RateLimited>
  readonly refusal: RateLimited
}

const waitSeries = counters(rateLimitWaitsTotal)

const waited = (operation: Operation, since: number) =>
  Effect.flatMap(Deadline.nowMillis, (now) =>
    Effect.andThen(count(waitSeries({ operation })), Metric.update(rateLimitWaitSeconds, (now - since) / 1000))
  )

/** Makes a limit. Calls without a deadline (labels) wait until no other does; a token, which others wait for, goes first. */
export const makeRateLimit = ({ limit, window }: RateLimitOptions): Effect.Effect<RateLimit, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { go, limited, risesAt, slotFor } = makeWindow(limit, Duration.toMillis(window))
    /** By when they are due; among equals, in the order in which they came. */
    const waiting: Array<Waiting> = []
    const someWait = yield* Latch.make()
    yield* declare([...Operation.literals.map((operation) => waitSeries({ operation })), rateLimitWaitSeconds])

    const leave = (one: Waiting) =>
      Effect.sync(() => {
        const index = waiting.indexOf(one)
        if (index !== -1) waiting.splice(index, 1)
      })

    const giveTurn = Effect.flatMap(Deadline.nowMillis, (now) => {
      const slot = slotFor(now, 0)
      if (slot > now) return Effect.sleep(Math.min(slot, risesAt()) - now)
      const next = waiting.shift()
      if (next === undefined) {
        someWait.closeUnsafe()
        return Effect.void
      }
      // Overtaken for too long: the turn is for the one after it.
      if (now + MIN_ATTEMPT_MILLIS > next.deadline) return Deferred.fail(next.turn, next.refusal)
      go(now)
      return Deferred.succeed(next.turn, undefined)
    })

    yield* Effect.forkScoped(Effect.forever(Effect.andThen(someWait.await, giveTurn)))

    const ownTurn = (operation: Operation): Effect.Effect<void, RateLimited> =>
      Effect.flatMap(Effect.all([Deadline.nowMillis, Deadline.CurrentDeadline]), ([now, { at }]) => {
        const due = operation === "token" ? Number.NEGATIVE_INFINITY : at
        const later = waiting.findIndex((one) => one.due > due)
        const ahead = later === -1 ? waiting.length : later
        const slot = slotFor(now, ahead)
        if (slot <= now && waiting.length === 0) {
          go(now)
          return Effect.void
        }
        const refusal = new RateLimited({ operation, retryAfter: Duration.millis(Math.max(0, slot - now)) })
        if (slot + MIN_ATTEMPT_MILLIS > at) return Effect.fail(refusal)
        const one: Waiting = { due, deadline: at, turn: Deferred.makeUnsafe(), refusal }
        waiting.splice(ahead, 0, one)
        return Effect.andThen(someWait.open, Deferred.await(one.turn)).pipe(
          Effect.onExit(() => waited(operation, now)),
          Effect.onInterrupt(() => leave(one)),
          Deadline.explained(() => refusal)
        )
      })

    const learn = ({ retryAfter = Duration.zero }: RateLimited) =>
      Effect.map(Deadline.nowMillis, (now) => limited(now, Duration.toMillis(Duration.min(retryAfter, LONGEST_HOLD))))

    return {
      apply: (operation) => (attempt) =>
        Effect.andThen(
          ownTurn(operation),
          // The token endpoint's limits are its own.
          operation === "token" ? attempt : Effect.tapErrorTag(attempt, "RateLimited", learn)
        )
    } satisfies RateLimit
  })
