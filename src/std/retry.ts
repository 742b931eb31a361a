import { Effect, type Schedule } from "effect"

/**
 * `Effect.retry`, but its schedule starts only once the effect has failed. Effect's own prepares every step of a schedule before the first attempt: a handover
 * has five retries, and seldom needs one. The first attempt keeps the `Schedule.CurrentMetadata` of a retry around it.
 */
export const retry =
  <E, Output, E2, R2>(schedule: Schedule.Schedule<Output, E, E2, R2>) =>
  <A, E1 extends E, R>(effect: Effect.Effect<A, E1, R>): Effect.Effect<A, E1 | E2, R | R2> =>
    Effect.catch(effect, (error) => {
      let next: Effect.Effect<A, E1, R> = Effect.fail(error)
      const attempt = Effect.suspend(() => {
        const current = next
        next = effect
        return current
      })
      return Effect.retry(attempt, schedule)
    })
