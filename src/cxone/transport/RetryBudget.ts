import { Duration } from "effect"

/** How many retries a budget allows. */
export interface RetryBudgetOptions {
  /** The share of a retry that each call adds, 0 to 1. */
  readonly share: number
  /** The number of retries at the start, which is also the most; with 0 and a share, one is the most. */
  readonly floor: number
}

/** A fifth of a retry for each call (0.2), and a floor of 20: with every call failing, calls made stay under 1.25 × first attempts plus the floor. */
export const DEFAULT_RETRY_BUDGET: RetryBudgetOptions = { share: 0.2, floor: 20 }

/** For background calls, one retry comes back every 15 s: when only retries are left, one of them must find out that CXone is back. */
export const TRICKLE = Duration.seconds(15)

/**
 * Retries as a budget, so that they cannot pile onto a CXone that is down: each call adds a share of a retry, each call that CXone answers
 * adds a whole one, and each retry takes one. While every call fails, there are no more retries than the floor and that share of the calls.
 * Times are in milliseconds, on the monotonic clock.
 */
export interface RetryBudget {
  /** The first attempt of a call is made. */
  readonly called: () => void
  /** CXone accepted our token and took a decision: it works. */
  readonly answered: () => void
  /** Takes a retry; false where none is left. */
  readonly take: (now: number) => boolean
}

/** Makes a full budget, in which one retry comes back every `trickle`, by default never. */
export const makeRetryBudget = (
  { floor, share }: RetryBudgetOptions,
  trickle: Duration.Duration = Duration.infinity
): RetryBudget => {
  const most = share > 0 ? Math.max(floor, 1) : floor
  let left = floor
  let toppedUpAt = 0
  const add = (retries: number) => {
    left = Math.min(most, left + retries)
  }
  return {
    called: () => add(share),
    answered: () => add(1),
    take: (now) => {
      if (toppedUpAt > 0) add((now - toppedUpAt) / Duration.toMillis(trickle))
      toppedUpAt = now
      if (left < 1) return false
      left -= 1
      return true
    }
  }
}
