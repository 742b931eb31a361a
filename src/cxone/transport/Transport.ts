/** How requests reach CXone: rate limit, circuit, retry budget and attempt timeout, once for all operations. */
import { Config, Context, Duration, Effect, Layer, Metric, Schedule } from "effect"
import { HttpClient, type HttpClientRequest } from "effect/http"
import { RateLimiter } from "effect/persistence"
import * as Trail from "../../domain/Trail.ts"
import { introduced } from "../../introduced.ts"
import { nowMillis } from "../../std/clock.ts"
import { count, declare } from "../../std/metrics.ts"
import { makeWayTo } from "../../std/Proxies.ts"
import { retry } from "../../std/retry.ts"
import { type CXoneError, DeadlineExceeded, type SendError } from "../CXoneError.ts"
import * as Deadline from "../Deadline.ts"
import { attempt } from "./Attempt.ts"
import type { Answer, Lane, SendOptions } from "./Call.ts"
import { type CircuitOptions, DEFAULT_CIRCUIT, makeCircuit } from "./Circuit.ts"
import { rateLimitWaitSeconds, rateLimitWaitsTotal, retriesTotal } from "./metrics.ts"
import { notTried } from "./notTried.ts"
import { makeRateLimit, type RateLimitOptions } from "./RateLimit.ts"
import { DEFAULT_RETRY_BUDGET, makeRetryBudget, type RetryBudgetOptions, TRICKLE } from "./RetryBudget.ts"

/** How long one attempt of one call may take by default, 2 s: a handover's 7 s have room for more than one. */
export const DEFAULT_ATTEMPT_TIMEOUT = Duration.seconds(2)

/** How requests are sent. */
export interface TransportOptions {
  /** For one attempt of one call, its answer's body included. Default 2 s. */
  readonly attemptTimeout?: Duration.Input
  /** The number of retries beside first attempts. Default `DEFAULT_RETRY_BUDGET`. */
  readonly retryBudget?: RetryBudgetOptions
  /** Our own limit on calls, retries and background calls included. Default none. */
  readonly rateLimit?: RateLimitOptions
  /** How the base URL is named where it was set, for errors. Default `the base URL of CXone`. */
  readonly baseUrlFrom?: string
  /** When calls stop for a while because most of them fail. Default `DEFAULT_CIRCUIT`. */
  readonly circuit?: CircuitOptions
  /** The name of the dialect, the label of all metrics of calls. Default `webchat`. */
  readonly dialect?: string
  /** The names of the dialect's operations: metrics show them at 0 from the start. */
  readonly operations?: ReadonlyArray<string>
}

/** Sends requests to one CXone tenant. */
export class Transport extends Context.Service<
  Transport,
  {
    /** The name of the dialect, for metrics. */
    readonly dialect: string
    /**
     * Succeeds with the first answer in which CXone took a decision. What is transient (429, 5xx, broken connections, timeouts) is tried again by the
     * schedule, as far as the retry budget and the surrounding `Deadline` allow. Fails at once with `Unavailable` (`NotTried`) while the circuit is open,
     * and with `DeadlineExceeded` when too little time is left for an attempt. Dies when the request's URL is not absolute.
     */
    readonly send: (
      request: HttpClientRequest.HttpClientRequest,
      options: SendOptions
    ) => Effect.Effect<Answer, SendError>
  }
>()("cognigy-cxone-router/cxone/Transport") {
  /** Requests through the given `HttpClient`. Each call makes a transport of its own, with circuits, budget and limit of its own. */
  static readonly layer = (options: TransportOptions = {}): Layer.Layer<Transport, never, HttpClient.HttpClient> =>
    Layer.effect(Transport, make(options)).pipe(
      // Both are constants: a second tenant in the same application would share the first one's.
      Layer.provide(Layer.fresh(Layer.provide(RateLimiter.layer, RateLimiter.layerStoreMemory)))
    )

  /** The same, with options from `Config`. Fails with the first one that is missing or wrong. */
  static readonly layerConfig = (
    options: Config.Wrap<TransportOptions>
  ): Layer.Layer<Transport, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.unwrap(Effect.map(Config.unwrap(options), Transport.layer))
}

const make = Effect.fnUntraced(function* (options: TransportOptions) {
  const http = yield* HttpClient.HttpClient
  const wayTo = yield* makeWayTo
  const { circuit = DEFAULT_CIRCUIT, operations = [], rateLimit, retryBudget = DEFAULT_RETRY_BUDGET } = options
  const { baseUrlFrom = "the base URL of CXone", dialect = "webchat" } = options
  const attemptTimeout = Duration.fromInputUnsafe(options.attemptTimeout ?? DEFAULT_ATTEMPT_TIMEOUT)
  const breaker = yield* makeCircuit(circuit, dialect)
  const limit = rateLimit === undefined ? undefined : yield* makeRateLimit(rateLimit, dialect)
  const onPath = makeRetryBudget(retryBudget)
  // Background calls that fail must not cost callers their retries.
  const background = makeRetryBudget(retryBudget, TRICKLE)
  const budgetOf = (lane: Lane) => (lane === "background" ? background : onPath)

  yield* declare(operations.map((operation) => Metric.withAttributes(retriesTotal, { dialect, operation })))
  if (limit !== undefined) {
    yield* declare([
      Metric.withAttributes(rateLimitWaitSeconds, { dialect }),
      ...operations.map((operation) => Metric.withAttributes(rateLimitWaitsTotal, { dialect, operation }))
    ])
  }

  /** One attempt, when the deadline leaves time for it and, for a call that failed before, the budget has a retry. */
  const attemptOnce = Effect.fnUntraced(function* (
    request: HttpClientRequest.HttpClientRequest,
    { isRetry = false, lane, operation }: SendOptions,
    resend: number
  ) {
    const left = yield* Deadline.remaining
    if (Duration.isLessThan(left, Deadline.MIN_ATTEMPT)) return yield* new DeadlineExceeded({ operation })
    const budget = budgetOf(lane)
    if (resend === 0 && isRetry) {
      if (!budget.take(yield* nowMillis)) return yield* notTried(dialect, operation, NO_RETRY)
    } else if (resend === 0) budget.called()
    if (resend > 0 || isRetry) yield* count(retriesTotal, { dialect, operation })
    const timeout = Duration.min(attemptTimeout, Duration.subtract(left, Deadline.END_MARGIN))
    const answer = yield* attempt(http, request, { dialect, operation, baseUrlFrom, resend, timeout, wayTo })
    if (answer.status !== 401) budget.answered()
    return answer
  })

  const send: Transport["Service"]["send"] = (request, options) =>
    Effect.suspend(() => {
      if (!URL.canParse(request.url)) {
        return Effect.die(
          new TypeError(`Transport.send: the URL must be absolute, but is ${request.url.split("?", 1)[0]}`)
        )
      }
      const { lane, operation, schedule } = options
      const named = introduced(request)
      let resend = 0
      const guarded = breaker.guard(lane, operation)(Effect.suspend(() => attemptOnce(named, options, resend++)))
      // The circuit is checked after the wait too: it may open meanwhile, and a probe must not wait.
      const once =
        limit === undefined
          ? guarded
          : Effect.andThen(breaker.peek(lane, operation), limit.apply(lane, operation)(guarded))
      return retry(whileBudgetLasts(schedule, budgetOf(lane)))(once)
    })

  return Transport.of({ dialect, send })
})

const NO_RETRY = "so many calls fail that no more of them are tried again"

/** Each retry takes one from the budget. The wait before it is a step of the trail. */
const whileBudgetLasts = (schedule: SendOptions["schedule"], budget: ReturnType<typeof makeRetryBudget>) =>
  Schedule.while<CXoneError, unknown, DeadlineExceeded>(({ duration, input }) =>
    Effect.gen(function* () {
      if (!budget.take(yield* nowMillis)) return false
      const name = "operation" in input ? `before ${input.operation} again` : "before the next attempt"
      yield* Trail.add({ kind: "wait", name, took: Duration.toMillis(duration), outcome: "planned" })
      return true
    })
  )(schedule)
