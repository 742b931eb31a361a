/** A circuit breaker for calls to CXone: while most attempts fail, none is made but a probe now and then. */
import { Cause, Duration, Effect, Exit, Option, Schedule, type Scope } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { count, observe, series } from "../measure.ts"
import { callsTotal, circuitState } from "../metrics.ts"
import type { Answer } from "./Attempt.ts"
import { type Operation, type SendError, Unavailable } from "./CXoneError.ts"

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

/** A circuit for attempts; one each for the token, for labels, and for all that is on the caller's path. */
export interface Circuit {
  /** Fails at once where `guard` would, for who has to wait before an attempt. */
  readonly peek: (operation: Operation) => Effect.Effect<void, SendError>
  /** Runs an attempt, or fails at once with `Unavailable` (`NotTried`) and says when to come back. */
  readonly guard: (
    operation: Operation
  ) => (attempt: Effect.Effect<Answer, SendError>) => Effect.Effect<Answer, SendError>
}

/** CXone's decisions show that it works, also those against us. Its limits, and what it was not asked, say nothing. */
const classify = (exit: Exit.Exit<unknown, SendError>): CircuitBreaker.Outcome => {
  if (Exit.isSuccess(exit)) return CircuitBreaker.success
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  if (error?._tag === "Unavailable" && error.reason !== "NotTried") {
    return CircuitBreaker.failure({ retryAfter: error.retryAfter })
  }
  return error?._tag === "UnexpectedResponse" ? CircuitBreaker.success : CircuitBreaker.ignored
}

/** A token endpoint may fail while tokens at hand still work, and labels that fail must not stop a handover. */
const keyOf = (operation: Operation) => (operation === "token" || operation === "label" ? operation : "handover")

const CIRCUITS = ["handover", "label", "token"] as const

const STATES = { Closed: 0, HalfOpen: 1, Open: 2 }

const callSeries = series(callsTotal)
const stateSeries = series(circuitState)

/** Makes a closed circuit. */
export const makeCircuit = ({
  longest,
  minimumCalls,
  openFor,
  size,
  threshold
}: CircuitOptions): Effect.Effect<Circuit, never, Scope.Scope> =>
  Effect.gen(function* () {
    const breaker = yield* CircuitBreaker.make({
      tripPolicy: CircuitBreaker.rate({ threshold, size, minimumCalls }),
      openDuration: Schedule.min([Schedule.exponential(openFor), Schedule.spaced(longest)]),
      maxOpenDuration: longest
    })
    const notTried = (operation: Operation, retryAfter: Duration.Duration) => {
      const detail = `most calls fail: none is made for ${Duration.format(retryAfter)}`
      return Effect.andThen(
        count(callSeries({ operation, status: "not_tried" })),
        Effect.fail(new Unavailable({ operation, reason: "NotTried", detail, retryAfter }))
      )
    }
    const context = yield* Effect.context<never>()
    for (const circuit of CIRCUITS) {
      const read = Effect.map(Effect.orDie(breaker.state(circuit)), ({ _tag }) => STATES[_tag])
      yield* observe(stateSeries({ circuit }), () => Effect.runSyncWith(context)(read))
    }
    return {
      peek: (operation) =>
        Effect.flatMap(Effect.orDie(breaker.state(keyOf(operation))), (state) => {
          if (state._tag === "HalfOpen" && state.probing) return notTried(operation, openFor)
          const isOpen = state._tag === "Open" && Duration.isPositive(state.retryAfter)
          return isOpen ? notTried(operation, state.retryAfter) : Effect.void
        }),
      guard: (operation) => (attempt) =>
        Effect.catch(breaker.execute(attempt, { key: keyOf(operation), classify }), (error) => {
          if (!(error instanceof CircuitBreaker.CircuitBreakerError)) return Effect.fail(error)
          return notTried(operation, error.reason._tag === "CircuitOpen" ? error.reason.retryAfter : openFor)
        })
    } satisfies Circuit
  }).pipe(Effect.provide(CircuitBreaker.layerStoreMemory()))
