/** Timers on a clock: however many there are, one fiber sleeps for them. */
import { Clock, Context, Duration, Effect, Exit, type Fiber, Scheduler } from "effect"
import { LinkedSet } from "./LinkedSet.ts"

/** The timers of one clock. */
export interface Timers {
  /** Calls `ring` in so many milliseconds, at once where that is none at all. What it gives takes the timer back. `ring` must not throw. */
  readonly start: (millis: number, ring: () => void) => () => void
}

interface Timer {
  /** On the clock's monotonic time, in milliseconds. */
  readonly due: number
  readonly ring: () => void
  /** Whether it was still to ring. */
  readonly takeBack: () => boolean
}

/** What a clock's monotonic time is, in milliseconds. */
export const millisOn = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

const makeTimers = (clock: Clock.Clock, scheduler: Scheduler.Scheduler): Timers => {
  const run = Effect.runForkWith(Context.make(Scheduler.Scheduler, scheduler))
  const pending = new LinkedSet<Timer>()
  let sleeper: Fiber.Fiber<void> | undefined
  /** When the sleeper wakes; the timer that it sleeps for may be taken back meanwhile. */
  let wakesAt = Number.POSITIVE_INFINITY

  const rest = () => {
    sleeper?.interruptUnsafe()
    sleeper = undefined
    wakesAt = Number.POSITIVE_INFINITY
  }
  const sleepUntil = (due: number) => {
    rest()
    wakesAt = due
    const own = run(clock.sleep(Duration.millis(Math.max(0, due - millisOn(clock)))))
    sleeper = own
    own.addObserver((exit) => {
      if (own === sleeper && Exit.isSuccess(exit)) wake()
    })
  }
  const wake = () => {
    // What was slept for is due, whatever the clock says: numbers with a fraction are not exact.
    const now = Math.max(wakesAt, millisOn(clock))
    rest()
    const due = pending.all().filter((timer) => timer.due <= now)
    try {
      // Many may be due where the process was busy. One that rings may take others back, and start some.
      for (const timer of due.sort((a, b) => a.due - b.due)) if (timer.takeBack()) timer.ring()
    } finally {
      const next = pending.all().reduce((soonest, { due }) => Math.min(soonest, due), Number.POSITIVE_INFINITY)
      if (next < wakesAt) sleepUntil(next)
    }
  }

  return {
    start: (millis, ring) => {
      if (millis <= 0) {
        ring()
        return () => undefined
      }
      const due = millisOn(clock) + millis
      const takeBack = pending.add({ due, ring, takeBack: () => takeBack() })
      if (due < wakesAt) sleepUntil(due)
      return () => {
        // A sleeper for nobody would keep the process from ending.
        if (takeBack() && pending.size === 0) rest()
      }
    }
  }
}

const known = new WeakMap<Clock.Clock, Timers>()

/** The timers of a context's clock, with the scheduler of the context that first asks for them. */
export const timersOf = (context: Context.Context<never>): Timers => {
  const clock = Context.get(context, Clock.Clock)
  const timers = known.get(clock)
  if (timers !== undefined) return timers
  const made = makeTimers(clock, Context.get(context, Scheduler.Scheduler))
  known.set(clock, made)
  return made
}
