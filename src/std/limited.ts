/** Work with a time limit, in a fiber of its own: what deadlines and attempts are made of. */
import { Cause, type Context, Effect, Exit, Fiber } from "effect"
import { timersOf } from "./Timers.ts"

/** What is run, and for how long. */
export interface Limited<A, E, R, B> {
  /** Gives the effect, in the step in which it is begun. */
  readonly effect: () => Effect.Effect<A, E, R>
  /** What it is run with; its clock is the limit's too. */
  readonly context: Context.Context<R>
  /** For how long, in milliseconds. */
  readonly millis: number
  /** Told once, in the step in which it ends, how it did, also where it was interrupted, and whether that was because the time was up. */
  readonly end: (exit: Exit.Exit<A, E>, isLate: boolean) => B
}

/** Starts an effect in a fiber that is interrupted when the time is up. One that ends at once costs no timer. `end` must not throw. */
export const start = <A, E, R>({ context, effect, end, millis }: Limited<A, E, R, void>): Fiber.Fiber<A, E> => {
  // Within the fiber: what throws instead of giving an effect is a defect of it.
  const work = Effect.runForkWith(context)(Effect.suspend(effect))
  const ended = work.pollUnsafe()
  if (ended !== undefined) {
    end(ended, false)
    return work
  }
  let isLate = false
  const stopTimer = timersOf(context).start(millis, () => {
    isLate = true
    work.interruptUnsafe()
  })
  work.addObserver((exit) => {
    stopTimer()
    end(exit, isLate && Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
  })
  return work
}

/**
 * The same for a fiber that waits for it, with what `end` makes of it: as `Effect.timeoutOrElse`, without a race. Between the effect's beginning and its
 * end there is no step in which an interruption would pass it by.
 */
export const limited = <A, E, R, B, E2>({ end, ...limits }: Limited<A, E, R, Exit.Exit<B, E2>>): Effect.Effect<B, E2> =>
  Effect.callback((resume) => {
    let isCut = false
    const work = start({ ...limits, end: (exit, isLate) => resume(orDie(() => end(exit, isLate && !isCut))) })
    return Effect.suspend(() => {
      // What takes its time to end then is not late.
      isCut = true
      return Fiber.interrupt(work)
    })
  })

/** What is thrown where no fiber runs is a defect all the same. */
export const orDie = <A, E>(exit: () => Exit.Exit<A, E>): Exit.Exit<A, E> => {
  try {
    return exit()
  } catch (defect) {
    return Exit.die(defect)
  }
}
