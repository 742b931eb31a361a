/** How requests go out to CXone: within the attempt timeout, the rate limit, the circuit and the retry budget, once for all operations. */
import { Context, Duration, Effect, Exit, Layer, Schedule } from "effect"
import { HttpClient, type HttpClientRequest } from "effect/http"
import { callsTotal, retriesTotal } from "../../metrics.ts"
import { add, counters, declare } from "../../std/measure.ts"
import { type CXoneError, DeadlineExceeded, Operation, type SendError, Unavailable } from "../CXoneError.ts"
import { CXoneSettings } from "../webchat/CXoneSettings.ts"
import { type Answer, attempt } from "./Attempt.ts"
import { DEFAULT_CIRCUIT, makeCircuit } from "./Circuit.ts"
import * as Deadline from "./Deadline.ts"
import { makeRateLimit, withSlack } from "./RateLimit.ts"
import { DEFAULT_RETRY_BUDGET, LABEL_TRICKLE_MILLIS, makeRetryBudget, type RetryBudget } from "./RetryBudget.ts"
import { MIN_ATTEMPT_MILLIS, retryAfter } from "./Schedules.ts"

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

const retrySeries = counters(retriesTotal)
const callSeries = counters(callsTotal)

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
  const attemptMillis = Duration.toMillis(attemptTimeout)
  const handoverBudget = makeRetryBudget(retryBudget)
  // Labels that fail must not cost a handover its retries.
  const labelBudget = makeRetryBudget(retryBudget, LABEL_TRICKLE_MILLIS)
  const breaker = yield* makeCircuit(circuit)
  yield* declare(Operation.literals.map((operation) => retrySeries({ operation })))
  const limit = rateLimit === undefined ? undefined : yield* makeRateLimit(withSlack(rateLimit))

  /** Fails where no attempt may be made now, for who has to wait before one. */
  const peek = (operation: Operation) =>
    Effect.withFiber((fiber): Effect.Effect<void, SendError> => {
      const refused = breaker.refusal(fiber, operation, Deadline.millisOf(fiber))
      return refused === undefined ? Effect.void : Effect.fail(refused)
    })

  /** One attempt, where the circuit lets it through, the deadline leaves time for it and, of a call that has failed before, the budget does. */
  const attemptOnce = (
    request: HttpClientRequest.HttpClientRequest,
    operation: Operation,
    budget: RetryBudget,
    kind: "first" | "again" | "retry"
  ) =>
    Effect.withFiber((fiber): Effect.Effect<Answer, SendError> => {
      const now = Deadline.millisOf(fiber)
      const refused = breaker.refusal(fiber, operation, now)
      if (refused !== undefined) return Effect.fail(refused)
      const left = fiber.getRef(Deadline.CurrentDeadline).at - now
      if (left < MIN_ATTEMPT_MILLIS) return Effect.fail(new DeadlineExceeded({ operation }))
      if (kind === "again" && !budget.take(now)) {
        add(fiber, callSeries({ operation, status: "not_tried" }))
        return Effect.fail(noRetryLeft(operation))
      }
      if (kind === "first") budget.called()
      else add(fiber, retrySeries({ operation }))
      return attempt(fiber, http, request, {
        operation,
        // Ending just before the deadline, it is seen to fail.
        timeout: Math.floor(Math.min(attemptMillis, left - END_MILLIS)),
        begin: (now) => {
          const ended = breaker.begin(operation, now)
          return (exit, now) => {
            ended(exit, now)
            if (Exit.isSuccess(exit) && exit.value.status !== 401) budget.answered()
          }
        }
      })
    })

  return Transport.of({
    send: (request, { isRetry = false, operation, schedule }) =>
      Effect.suspend(() => {
        const budget = operation === "label" ? labelBudget : handoverBudget
        const once = (kind: "first" | "again" | "retry") => {
          const attempt = attemptOnce(request, operation, budget, kind)
          // The circuit comes after the wait for a turn too: it may open meanwhile, and a probe is not to wait.
          return limit === undefined ? attempt : Effect.andThen(peek(operation), limit.apply(operation)(attempt))
        }
        return once(isRetry ? "again" : "first").pipe(
          Effect.catch((first) => {
            let failure = Deadline.known(first)
            const again = Effect.tapError(once("retry"), (error) =>
              Effect.sync(() => {
                failure = Deadline.known(error)
              })
            )
            const takeRetry = Effect.map(Deadline.nowMillis, budget.take)
            const whileBudgetLasts = Schedule.while<CXoneError, unknown>(() => takeRetry)
            return Deadline.explained(() => failure)(retryAfter(first, again, whileBudgetLasts(schedule)))
          })
        )
      })
  })
})

const noRetryLeft = (operation: Operation) => {
  const detail = "so many calls fail that no more of them are tried again"
  return new Unavailable({ operation, reason: "NotTried", detail, retryAfter: undefined })
}
