/** How requests go out to CXone: within the attempt timeout, the rate limit, the circuit and the retry budget, once for all operations. */
import { Context, Duration, Effect, Layer, Schedule } from "effect"
import { HttpClient, type HttpClientRequest } from "effect/http"
import { count, declare, series } from "../measure.ts"
import { callsTotal, retriesTotal } from "../metrics.ts"
import { type Answer, attempt } from "./Attempt.ts"
import { DEFAULT_CIRCUIT, makeCircuit } from "./Circuit.ts"
import { type CXoneError, DeadlineExceeded, Operation, type SendError, Unavailable } from "./CXoneError.ts"
import { CXoneSettings } from "./CXoneSettings.ts"
import * as Deadline from "./Deadline.ts"
import { makeRateLimit, withSlack } from "./RateLimit.ts"
import { DEFAULT_RETRY_BUDGET, LABEL_TRICKLE_MILLIS, makeRetryBudget } from "./RetryBudget.ts"
import { MIN_ATTEMPT_MILLIS } from "./Schedules.ts"

/**
 * Requests to one CXone tenant.
 *
 * `send` gives back the first answer that CXone took a decision in. What is transient (429, 5xx, broken connections, attempts that take too
 * long) is tried again by the schedule, as far as the retry budget and the surrounding `Deadline` allow. While the circuit is open nothing is
 * sent: `Unavailable` (`NotTried`) comes at once. Nor is anything sent that has no time left to be answered: `DeadlineExceeded`.
 */
export class Transport extends Context.Service<
  Transport,
  {
    /** Sends a request; fails with what is left when its schedule, the budget or the deadline ends. */
    readonly send: (
      request: HttpClientRequest.HttpClientRequest,
      options: SendOptions
    ) => Effect.Effect<Answer, SendError>
  }
>()("cognigy-cxone-router/cxone/Transport") {
  /** Requests through whatever `HttpClient` is given. */
  static layer(): Layer.Layer<Transport, never, CXoneSettings | HttpClient.HttpClient> {
    return Layer.effect(Transport, make)
  }
}

/** How a request is sent. */
export interface SendOptions {
  /** What the request asks for: errors name it, and the circuit counts by it. */
  readonly operation: Operation
  /** When to try again. */
  readonly schedule: Schedule.Schedule<unknown, CXoneError, DeadlineExceeded>
  /** The request has failed before, and its sender tries it again: that counts as a retry too. */
  readonly isRetry?: boolean
}

const retrySeries = series(retriesTotal)
const callSeries = series(callsTotal)

/** How long before the deadline an attempt ends at the latest. */
const END_MILLIS = 10

const make = Effect.gen(function* () {
  const http = yield* HttpClient.HttpClient
  const {
    attemptTimeout,
    circuit = DEFAULT_CIRCUIT,
    rateLimit,
    retryBudget = DEFAULT_RETRY_BUDGET
  } = yield* CXoneSettings
  const handoverBudget = makeRetryBudget(retryBudget)
  // Labels that fail must not cost a handover its retries.
  const labelBudget = makeRetryBudget(retryBudget, LABEL_TRICKLE_MILLIS)
  const { guard, peek } = yield* makeCircuit(circuit)
  yield* declare(Operation.literals.map((operation) => retrySeries({ operation })))
  const limit = rateLimit === undefined ? undefined : yield* makeRateLimit(withSlack(rateLimit))

  return Transport.of({
    send: (request, { isRetry = false, operation, schedule }) =>
      Effect.suspend(() => {
        let failure: ReturnType<typeof Deadline.known>
        let isFirst = true
        const budget = operation === "label" ? labelBudget : handoverBudget
        const takeRetry = Effect.map(Deadline.nowMillis, budget.take)
        const whileBudgetLasts = Schedule.while<CXoneError, unknown>(() => takeRetry)
        const oneAttempt = Effect.gen(function* () {
          const left = yield* Deadline.remaining
          if (left < MIN_ATTEMPT_MILLIS) return yield* new DeadlineExceeded({ operation })
          if (isFirst && isRetry && !(yield* takeRetry)) {
            yield* count(callSeries({ operation, status: "not_tried" }))
            return yield* noRetryLeft(operation)
          }
          if (isFirst && !isRetry) budget.called()
          else yield* count(retrySeries({ operation }))
          isFirst = false
          // Ending just before the deadline, it is seen to fail.
          const timeout = Math.floor(Math.min(Duration.toMillis(attemptTimeout), left - END_MILLIS))
          return yield* attempt(http, operation, request, Duration.millis(timeout))
        })
        const guarded = guard(operation)(oneAttempt)
        // The circuit comes after the wait for a turn too: it may open meanwhile, and a probe is not to wait.
        const inTurn = limit === undefined ? guarded : Effect.andThen(peek(operation), limit.apply(operation)(guarded))
        return inTurn.pipe(
          Effect.tapError((error) =>
            Effect.sync(() => {
              failure = Deadline.known(error)
            })
          ),
          Effect.retry(whileBudgetLasts(schedule)),
          Effect.tap(({ status }) => (status === 401 ? Effect.void : Effect.sync(budget.answered))),
          Deadline.explained(() => failure)
        )
      })
  })
})

const noRetryLeft = (operation: Operation) => {
  const detail = "so many calls fail that no more of them are tried again"
  return new Unavailable({ operation, reason: "NotTried", detail, retryAfter: undefined })
}
