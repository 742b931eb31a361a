/** A circuit breaker for calls to CXone: while most attempts fail, none is made but a probe now and then. */
import { Cause, Duration, Effect, Exit, type Fiber, Option, type Scope } from "effect"
import { callsTotal, circuitState } from "../../metrics.ts"
import { add, counters, gauges, observe } from "../../std/measure.ts"
import { type Operation, type SendError, Unavailable } from "../CXoneError.ts"
import * as Deadline from "./Deadline.ts"

/** When a circuit opens, and for how long. */
export interface CircuitOptions {
  /** The share of failed attempts that opens it, 0 to 1. */
  readonly threshold: number
  /** How many of the last attempts are looked at. */
  readonly size: number
  /** How many attempts there must have been. */
  readonly minimumCalls: number
  /** For how long it stays open the first time; each time that the probe fails twice as long, up to `longest`. */
  readonly openFor: Duration.Duration
  /** For how long it stays open at the most. */
  readonly longest: Duration.Duration
}

/**
 * Opens when 60 % of the last 100 attempts have failed (of the first 20 at the least), for 1 s at first and for 15 s at the most. A fifth of them
 * failing at random does not open it, nor do 50 that break at once among others that work: retries help these.
 */
export const DEFAULT_CIRCUIT: CircuitOptions = {
  threshold: 0.6,
  size: 100,
  minimumCalls: 20,
  openFor: Duration.seconds(1),
  longest: Duration.seconds(15)
}

/** A circuit for attempts, by the monotonic clock in milliseconds; one each for the token, for labels, and for all that is on the caller's path. */
export interface Circuit {
  /** Why no attempt may be made now, with when to come back (`Unavailable`, `NotTried`), which is counted; `undefined` where one may. */
  readonly refusal: (fiber: Fiber.Fiber<unknown, unknown>, operation: Operation, now: number) => Unavailable | undefined
  /** An attempt begins: what is to be told how it ends, in whatever way. One that is not told keeps a circuit half open for ever. */
  readonly begin: (operation: Operation, now: number) => (exit: Exit.Exit<unknown, SendError>, now: number) => void
}

/** What an attempt says of CXone's health. */
type Outcome =
  | { readonly _tag: "Works" }
  | { readonly _tag: "Fails"; readonly retryAfter: number }
  | { readonly _tag: "SaysNothing" }

const WORKS: Outcome = { _tag: "Works" }
const SAYS_NOTHING: Outcome = { _tag: "SaysNothing" }

/** CXone's decisions show that it works, also those against us. Its limits, and what it was not asked, say nothing. */
const outcomeOf = (exit: Exit.Exit<unknown, SendError>): Outcome => {
  if (Exit.isSuccess(exit)) return WORKS
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  if (error?._tag === "Unavailable" && error.reason !== "NotTried") {
    return { _tag: "Fails", retryAfter: error.retryAfter === undefined ? 0 : Duration.toMillis(error.retryAfter) }
  }
  return error?._tag === "UnexpectedResponse" ? WORKS : SAYS_NOTHING
}

/** After an hour without an attempt a circuit begins anew. */
const IDLE_MILLIS = 3_600_000

/** Times are in milliseconds, on the monotonic clock. */
const makeBreaker = (options: CircuitOptions) => {
  const { minimumCalls, size, threshold } = options
  const [openFor, longest] = [Duration.toMillis(options.openFor), Duration.toMillis(options.longest)]
  /** Whether the last attempts failed, the oldest first, and how many of them did. */
  const last: Array<boolean> = []
  let failed = 0
  /** Until when nothing is tried: set from the opening until a probe succeeds. */
  let openUntil: number | undefined
  let openedFor = 0
  /** How often it opened without having been closed in between for as long as it was open. */
  let openings = 0
  let steadyFrom = Number.NEGATIVE_INFINITY
  /** The attempt that tries whether CXone is back. */
  let probe: object | undefined
  /** Whether there was one since it last opened. */
  let isTried = false
  let activeAt = 0
  /** Attempts that began before the last opening or closing say nothing of the time since. */
  let era = {}

  const open = (now: number, retryAfter: number) => {
    openedFor = Math.min(longest, Math.max(retryAfter, openFor * 2 ** openings))
    openings += 1
    openUntil = now + openedFor
    isTried = false
    forget()
  }
  const forget = () => {
    last.length = 0
    failed = 0
    probe = undefined
    era = {}
  }

  /** So long after the last attempt nothing is known any more. */
  const isIdle = (now: number) => probe === undefined && now >= Math.max(activeAt, openUntil ?? 0) + IDLE_MILLIS

  return {
    state: (now: number): "Closed" | "HalfOpen" | "Open" =>
      openUntil === undefined || isIdle(now) ? "Closed" : isTried ? "HalfOpen" : "Open",
    /** How long there is to wait; 0 where an attempt may be made now. */
    waitFrom: (now: number): number =>
      openUntil === undefined || isIdle(now)
        ? 0
        : now < openUntil
          ? openUntil - now
          : probe === undefined
            ? 0
            : openFor,
    /** An attempt begins: what is to be said when it ends. */
    begin: (now: number): object => {
      if (isIdle(now)) {
        openUntil = undefined
        openings = 0
        forget()
      }
      activeAt = now
      if (openUntil === undefined) {
        if (openings > 0 && now >= steadyFrom) openings = 0
        return era
      }
      probe = {}
      isTried = true
      return probe
    },
    end: (begun: object, outcome: Outcome, now: number): void => {
      activeAt = now
      if (begun === probe) {
        if (outcome._tag === "SaysNothing") probe = undefined
        else if (outcome._tag === "Fails") open(now, outcome.retryAfter)
        else {
          openUntil = undefined
          steadyFrom = now + openedFor
          forget()
        }
        return
      }
      if (begun !== era || openUntil !== undefined || outcome._tag === "SaysNothing") return
      last.push(outcome._tag === "Fails")
      if (outcome._tag === "Fails") failed += 1
      if (last.length > size && last.shift()) failed -= 1
      if (failed > 0 && last.length >= minimumCalls && failed / last.length >= threshold) {
        open(now, outcome._tag === "Fails" ? outcome.retryAfter : 0)
      }
    }
  }
}

/** A token endpoint may fail while tokens at hand still work, and labels that fail must not stop a handover. */
const keyOf = (operation: Operation) => (operation === "token" || operation === "label" ? operation : "handover")

const CIRCUITS = ["handover", "label", "token"] as const

const STATES = { Closed: 0, HalfOpen: 1, Open: 2 }

const callSeries = counters(callsTotal)
const stateSeries = gauges(circuitState)

/** Makes a closed circuit. */
export const makeCircuit = Effect.fnUntraced(function* (
  options: CircuitOptions
): Effect.fn.Return<Circuit, never, Scope.Scope> {
  const breakers = { handover: makeBreaker(options), label: makeBreaker(options), token: makeBreaker(options) }
  const context = yield* Effect.context<never>()
  for (const circuit of CIRCUITS) {
    const read = Effect.map(Deadline.nowMillis, (now) => STATES[breakers[circuit].state(now)])
    yield* observe(stateSeries({ circuit }), () => Effect.runSyncWith(context)(read))
  }

  return {
    refusal: (fiber, operation, now) => {
      const wait = breakers[keyOf(operation)].waitFrom(now)
      if (wait === 0) return undefined
      add(fiber, callSeries({ operation, status: "not_tried" }))
      const retryAfter = Duration.millis(wait)
      const detail = `most calls fail: none is made for ${Duration.format(retryAfter)}`
      return new Unavailable({ operation, reason: "NotTried", detail, retryAfter })
    },
    begin: (operation, now) => {
      const breaker = breakers[keyOf(operation)]
      const begun = breaker.begin(now)
      return (exit, now) => breaker.end(begun, outcomeOf(exit), now)
    }
  }
})
