/** One deadline for a whole piece of work: carried in the context, so that every call, wait and retry below it knows it. */
import { Cause, Clock, Context, Duration, Effect, Exit, type Fiber } from "effect"
import { limited } from "../../std/limited.ts"
import { millisOn } from "../../std/Timers.ts"
import { type CXoneError, DeadlineExceeded, isTransient, type RateLimited, type Unavailable } from "../CXoneError.ts"

/** A deadline, and what is known of why it may be missed. */
export interface Deadline {
  /** On the monotonic clock, in milliseconds. */
  readonly at: number
  /** What CXone last answered to the call under way, where it was a failure worth waiting out: better than to say that time is up. */
  lastFailure: () => RateLimited | Unavailable | undefined
}

const unknown = () => undefined

const none: Deadline = { at: Number.POSITIVE_INFINITY, lastFailure: unknown }

/** The deadline of the work under way. None by default. */
export const CurrentDeadline = Context.Reference<Deadline>("cognigy-cxone-router/cxone/Deadline", {
  defaultValue: () => none
})

/** The monotonic clock, in milliseconds: for measuring, with no meaning as a date. */
export const nowMillis: Effect.Effect<number> = Effect.withFiberSucceed((fiber) => millisOf(fiber))

/** What a fiber's monotonic clock says, in milliseconds. */
export const millisOf = (fiber: Fiber.Fiber<unknown, unknown>): number => millisOn(fiber.getRef(Clock.Clock))

/** The time that is left, in milliseconds: infinite where no deadline is set, never negative. */
export const remaining: Effect.Effect<number> = Effect.withFiberSucceed((fiber) => {
  const { at } = fiber.getRef(CurrentDeadline)
  return at === Number.POSITIVE_INFINITY ? at : Math.max(0, at - millisOf(fiber))
})

/** A deadline this far from now, or the surrounding one where that is sooner. */
export const after = (duration: Duration.Input): Effect.Effect<Deadline> =>
  Effect.withFiberSucceed((fiber) => afterMillis(fiber, Duration.toMillis(Duration.fromInputUnsafe(duration))))

/** A fiber's deadline, as `after`. */
export const afterMillis = (fiber: Fiber.Fiber<unknown, unknown>, millis: number): Deadline => ({
  at: Math.min(fiber.getRef(CurrentDeadline).at, millisOf(fiber) + millis),
  lastFailure: unknown
})

/**
 * Holds an effect to a deadline. When the time is up the effect is interrupted, and the answer is the failure that was being waited out, or
 * `DeadlineExceeded` where CXone was just slow.
 */
export const keep =
  (deadline: Deadline) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | DeadlineExceeded | RateLimited | Unavailable, R> =>
    Effect.withFiber((fiber) =>
      limited({
        effect: () => effect,
        context: Context.add(fiber.context as Context.Context<R>, CurrentDeadline, deadline),
        millis: Math.max(0, deadline.at - millisOf(fiber)),
        end: (exit, isLate): Exit.Exit<A, E | DeadlineExceeded | RateLimited | Unavailable> =>
          isLate ? Exit.fail(missed(deadline)) : exit
      })
    )

/** Why a deadline was missed: the failure that was being waited out, or that CXone was just slow. */
export const missed = (deadline: Deadline): DeadlineExceeded | RateLimited | Unavailable =>
  deadline.lastFailure() ?? new DeadlineExceeded({ operation: undefined })

/** Gives an effect at most this long, or what is left of the surrounding deadline where that is less, and fails as `keep` does: `after` and `keep` in one. */
export const within =
  (duration: Duration.Input) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | DeadlineExceeded | RateLimited | Unavailable, R> =>
    Effect.flatMap(after(duration), (deadline) => keep(deadline)(effect))

/** No deadline, for work that outlives its caller: only what is known of its failures. */
export const unlimited = (): Deadline => ({ ...none })

/** Tells the surrounding deadline what an effect waits out, until the effect succeeds or fails. */
export const explained =
  (lastFailure: Deadline["lastFailure"]) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.withFiber((fiber) => {
      const deadline = fiber.getRef(CurrentDeadline)
      if (deadline === none) return effect
      const before = deadline.lastFailure
      deadline.lastFailure = lastFailure
      return Effect.onExit(effect, (exit) =>
        Effect.sync(() => {
          // An interruption is the deadline itself asking.
          if (Exit.isSuccess(exit) || !Cause.hasInterrupts(exit.cause)) deadline.lastFailure = before
        })
      )
    })

/** What is known of a failure once it is more than slowness: the answer to give should the deadline come. */
export const known = (error: CXoneError): RateLimited | Unavailable | undefined =>
  isTransient(error) && !(error._tag === "Unavailable" && error.reason === "Timeout") ? error : undefined
