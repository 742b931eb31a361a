/** The circuit breaker: while most attempts fail, no attempt is made but a probe now and then. */
import { Cause, Duration, Effect, Exit, Metric, Option, Schedule, type Scope } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { inWords } from "../../std/clock.ts"
import { observe } from "../../std/metrics.ts"
import type { SendError, Unavailable } from "../CXoneError.ts"
import type { Answer, Lane } from "./Call.ts"
import { circuitState } from "./metrics.ts"
import { notTried } from "./notTried.ts"

/** When a circuit opens, and for how long. */
export interface CircuitOptions {
  /** The share of failed attempts that opens it, 0 to 1. */
  readonly threshold: number
  /** The number of last attempts that count. */
  readonly size: number
  /** The least number of attempts before it can open. */
  readonly minimumCalls: number
  /** How long it stays open the first time; twice as long after each probe that fails, up to `longest`. */
  readonly openFor: Duration.Duration
  /** The longest that it stays open. */
  readonly longest: Duration.Duration
}

/**
 * Opens when 60 % of the last 100 attempts failed (of at least 20), for 1 s at first and for 15 s at most. A fifth that fails at random does not open
 * it, nor do 50 that break at once among others that work: retries help these.
 */
export const DEFAULT_CIRCUIT: CircuitOptions = {
  threshold: 0.6,
  size: 100,
  minimumCalls: 20,
  openFor: Duration.seconds(1),
  longest: Duration.seconds(15)
}

/** A circuit for each lane. */
export interface Circuit {
  /** Fails when `guard` would, for a call that has to wait before its attempt. */
  readonly peek: (lane: Lane, operation: string) => Effect.Effect<void, Unavailable>
  /** Makes an attempt, or fails at once with `Unavailable` (`NotTried`) and the time to come back. */
  readonly guard: (
    lane: Lane,
    operation: string
  ) => (attempt: Effect.Effect<Answer, SendError>) => Effect.Effect<Answer, SendError>
}

/** The name of each lane's circuit in metrics. */
export const CIRCUITS = { caller: "handover", background: "label", token: "token" } as const satisfies Record<
  Lane,
  string
>

const STATES = { Closed: 0, HalfOpen: 1, Open: 2 }

/** CXone's decisions show that it works, also those against us. Its limits, and calls that were not made, say nothing. */
const classify = (exit: Exit.Exit<unknown, SendError>): CircuitBreaker.Outcome => {
  if (Exit.isSuccess(exit)) return CircuitBreaker.success
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  if (error?._tag === "Unavailable" && error.reason !== "NotTried") {
    return CircuitBreaker.failure({ retryAfter: error.retryAfter })
  }
  return error?._tag === "UnexpectedResponse" ? CircuitBreaker.success : CircuitBreaker.ignored
}

/**
 * `openFor`, doubled by each opening in a row, up to `longest`. Effect asks for it after every success too, so it is one plain step instead of a
 * combination of schedules.
 */
const openings = (openFor: Duration.Duration, longest: Duration.Duration): Schedule.Schedule<number, number> =>
  Schedule.fromStep(
    Effect.succeed((_now: number, opening: number) =>
      Effect.succeed([opening, Duration.min(Duration.times(openFor, 2 ** (opening - 1)), longest)])
    )
  )

/** Makes closed circuits of a dialect. */
export const makeCircuit = Effect.fnUntraced(function* (
  { longest, minimumCalls, openFor, size, threshold }: CircuitOptions,
  dialect: string
): Effect.fn.Return<Circuit, never, CircuitBreaker.CircuitBreakerStore | Scope.Scope> {
  const breaker = yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.rate({ threshold, size, minimumCalls }),
    openDuration: openings(openFor, longest),
    maxOpenDuration: longest
  })
  // The store is in this process, and cannot fail.
  const state = (lane: Lane) => Effect.orDie(breaker.state(lane))

  const refused = (operation: string, retryAfter: Duration.Duration) =>
    notTried(dialect, operation, `most calls fail: no call is made for ${inWords(retryAfter)}`, retryAfter)

  const context = yield* Effect.context<never>()
  for (const lane of ["caller", "background", "token"] as const) {
    yield* observe(Metric.withAttributes(circuitState, { dialect, circuit: CIRCUITS[lane] }), () =>
      Effect.runSyncWith(context)(Effect.map(state(lane), ({ _tag }) => STATES[_tag]))
    )
  }

  return {
    peek: (lane, operation) =>
      Effect.flatMap(state(lane), (state) => {
        if (state._tag === "HalfOpen" && state.probing) return refused(operation, openFor)
        const isOpen = state._tag === "Open" && Duration.isPositive(state.retryAfter)
        return isOpen ? refused(operation, state.retryAfter) : Effect.void
      }),
    guard: (lane, operation) => (attempt) =>
      Effect.catch(breaker.execute(attempt, { key: lane, classify }), (error) => {
        if (!(error instanceof CircuitBreaker.CircuitBreakerError)) return Effect.fail(error)
        return refused(operation, error.reason._tag === "CircuitOpen" ? error.reason.retryAfter : openFor)
      })
  }
}, Effect.provide(CircuitBreaker.layerStoreMemory()))
