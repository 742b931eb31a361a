/** Timers on a fiber's clock: however many there are, one fiber sleeps for them. */
import { Clock, Context, Duration, Effect, Exit, type Fiber, Scheduler } from "effect"
import { LinkedSet } from "../LinkedSet.ts"

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

/** What is less than this, a microsecond, from now in milliseconds is now: numbers with a fraction are not exact. */
const PRECISION = 0.001

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
  const sleepUntil = (due: number, now: number) => {
    rest()
    wakesAt = due
    const own = run(clock.sleep(Duration.millis(Math.max(due - now, PRECISION))))
    sleeper = own
    own.addObserver((exit) => {
      if (own === sleeper && Exit.isSuccess(exit)) wake()
    })
  }
  const wake = () => {
    rest()
    const now = millisOn(clock)
    for (const timer of pending.all()) {
      // One that rings may take others back, and start some.
      if (timer.due - now < PRECISION && timer.takeBack()) timer.ring()
    }
    const next = pending.all().reduce((soonest, { due }) => Math.min(soonest, due), Number.POSITIVE_INFINITY)
    if (next < wakesAt) sleepUntil(next, now)
  }

  return {
    start: (millis, ring) => {
      if (millis <= 0) {
        ring()
        return () => undefined
      }
      const now = millisOn(clock)
      const due = now + millis
      const takeBack = pending.add({ due, ring, takeBack: () => takeBack() })
      if (due < wakesAt) sleepUntil(due, now)
      return () => {
        // A sleeper for nobody would keep the process from ending.
        if (takeBack() && pending.size === 0) rest()
      }
    }
  }
}

const known = new WeakMap<Clock.Clock, Timers>()

/** The timers of a fiber's clock. */
export const timersOf = (fiber: Fiber.Fiber<unknown, unknown>): Timers => {
  const clock = fiber.getRef(Clock.Clock)
  const timers = known.get(clock) ?? makeTimers(clock, fiber.getRef(Scheduler.Scheduler))
  known.set(clock, timers)
  return timers
}
