/** One request to CXone and its whole answer, or the reason why there is none: what all calls are made of. */
import { Cause, Clock, Context, DateTime, Duration, Effect, Exit, type Fiber, Option, Predicate } from "effect"
import {
  type Headers,
  HttpClient,
  type HttpClientError,
  type HttpClientRequest,
  type HttpClientResponse
} from "effect/http"
import { callDuration, callsTotal, SECONDS } from "../../metrics.ts"
import { limited, orDie } from "../../std/limited.ts"
import { add, counters, histograms, isTraced } from "../../std/measure.ts"
import { type Operation, RateLimited, Unavailable, UnexpectedResponse } from "../CXoneError.ts"
import * as Deadline from "./Deadline.ts"

/** An answer that CXone took a decision in: any status but 429 and 5xx. */
export interface Answer {
  /** Its HTTP status. */
  readonly status: number
  /** The body as text; empty where there is none. */
  readonly body: string
}

/** What an attempt's error can be. */
export type AttemptError = RateLimited | Unavailable | UnexpectedResponse

/** How an attempt is made. */
export interface AttemptOptions {
  /** What the request asks for. */
  readonly operation: Operation
  /** For the request and its whole answer, in milliseconds. */
  readonly timeout: number
  /** Called in the step in which the attempt begins; what it gives is called in the one in which it ends, in whatever way. Both hear what the monotonic clock says, in milliseconds. */
  readonly begin: (now: number) => (exit: Exit.Exit<Answer, AttemptError>, now: number) => void
}

/**
 * Sends a request once and reads its answer, all within the timeout.
 *
 * Fails with `RateLimited` on 429 and with `Unavailable` on 408 and 5xx, on broken connections, and when time is up: what is worth
 * another attempt; with `UnexpectedResponse` on an answer that is too large to read. Nothing is retried here.
 */
export const attempt = (
  fiber: Fiber.Fiber<unknown, unknown>,
  http: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  options: AttemptOptions
): Effect.Effect<Answer, AttemptError> =>
  isTraced(fiber)
    ? Effect.useSpan(`${request.method} ${options.operation}`, SPAN, (span) =>
        exchange(fiber, http, request, options, (ending) =>
          span.attribute(typeof ending === "number" ? "http.response.status_code" : "error.type", ending)
        )
      )
    : exchange(fiber, http, request, options)

/** How an attempt ended: with a status, or without one. */
type Ending = number | "connection" | "timeout"

/** Not the client's own span, which would tell trace collectors the URL, and with it a user's id, and CXone our trace headers. */
const SPAN = { kind: "client", captureStackTrace: false } as const

const callSeries = counters(callsTotal)
const durationSeries = histograms(callDuration, SECONDS)

/** Statuses that are counted each on its own: the contract's, and those of proxies. A CXone that lies does not make more of them. */
const COUNTED = new Set([200, 201, 202, 204, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504])

const statusLabel = (status: number) => (COUNTED.has(status) ? String(status) : `${Math.floor(status / 100)}xx`)

/** The request and its answer, in a fiber that is interrupted when the time is up. */
const exchange = (
  fiber: Fiber.Fiber<unknown, unknown>,
  http: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  { begin, operation, timeout }: AttemptOptions,
  told?: (ending: Ending) => void
): Effect.Effect<Answer, AttemptError> => {
  const started = Deadline.millisOf(fiber)
  let ended: ReturnType<typeof begin> | undefined
  return limited({
    effect: () => {
      ended = begin(started)
      return answerTo(http, request)
    },
    context: Context.add(fiber.context, HttpClient.TracerDisabledWhen, () => true),
    millis: timeout,
    end: (exit, isLate) => {
      const now = Deadline.millisOf(fiber)
      const measured = (ending: Ending) => {
        const status = typeof ending === "number" ? statusLabel(ending) : ending
        add(fiber, callSeries({ operation, status }))
        add(fiber, durationSeries({ operation }), (now - started) / 1000)
        told?.(ending)
      }
      const result = orDie(() => resultOf(fiber, operation, timeout, isLate ? undefined : exit, measured))
      // One that was interrupted before its first step has not begun.
      ended?.(result, now)
      return result
    }
  })
}

const answerTo = (http: HttpClient.HttpClient, request: HttpClientRequest.HttpClientRequest) =>
  Effect.catch(
    Effect.flatMap(http.execute(request), whole),
    // Of a client that fails where an answer says so: what it says is for us to tell.
    (error) => (error.reason._tag === "StatusCodeError" ? whole(error.reason.response) : Effect.fail(error))
  )

/** What an attempt comes to; `undefined` is one whose time was up. */
const resultOf = (
  fiber: Fiber.Fiber<unknown, unknown>,
  operation: Operation,
  timeout: number,
  exit: Exit.Exit<Whole, HttpClientError.HttpClientError> | undefined,
  measured: (ending: Ending) => void
): Exit.Exit<Answer, AttemptError> => {
  if (exit === undefined) {
    measured("timeout")
    const detail = `no answer within ${Duration.format(Duration.millis(timeout))}`
    return Exit.fail(new Unavailable({ operation, reason: "Timeout", detail, retryAfter: undefined }))
  }
  if (Exit.isSuccess(exit)) {
    measured(exit.value.status)
    return decided(fiber, operation, exit.value)
  }
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  // Interrupted, or a defect.
  if (error === undefined) return exit as Exit.Exit<never>
  if (error.response !== undefined && isTooLarge(error)) {
    const { status } = error.response
    measured(status)
    const issue = "it is larger than any answer of CXone's"
    return Exit.fail(new UnexpectedResponse({ operation, status, issue }))
  }
  measured("connection")
  const detail = `connection failed${codeOf(error) === undefined ? "" : ` (${codeOf(error)})`}`
  return Exit.fail(new Unavailable({ operation, reason: "Connection", detail, retryAfter: undefined }))
}

/** An answer that was read to its end. */
interface Whole extends Answer {
  readonly response: HttpClientResponse.HttpClientResponse
}

const whole = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Whole, HttpClientError.HttpClientError> =>
  Effect.mapEager(response.text, (body) => ({ status: response.status, body, response }))

/** The answer, where CXone took a decision in it. */
const decided = (
  fiber: Fiber.Fiber<unknown, unknown>,
  operation: Operation,
  { body, response, status }: Whole
): Exit.Exit<Answer, RateLimited | Unavailable> => {
  if (status < 500 && status !== 408 && status !== 429) return Exit.succeed({ status, body })
  const retryAfter = retryAfterOf(fiber, response.headers)
  return Exit.fail(
    status === 429
      ? new RateLimited({ operation, retryAfter })
      : new Unavailable({ operation, reason: "Status", detail: `it answered ${status}`, retryAfter })
  )
}

/** The code of what broke, and nothing else of it: messages of network errors can hold addresses and headers. */
export const codeOf = (error: HttpClientError.HttpClientError): string | undefined => {
  let cause: unknown = error.reason
  for (let depth = 0; depth < 4 && Predicate.isObject(cause); depth++) {
    if (Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code)) return cause.code
    cause = Predicate.hasProperty(cause, "cause") ? cause.cause : undefined
  }
  return undefined
}

/** The size limit of undici's pool is passed: the same call would meet the same answer. */
const isTooLarge = (error: HttpClientError.HttpClientError) => codeOf(error) === "UND_ERR_RES_EXCEEDED_MAX_SIZE"

/** `Retry-After` as seconds or as an HTTP date, by a fiber's clock. A date in the past means now; anything else counts as absent. */
export const retryAfterOf = (
  fiber: Fiber.Fiber<unknown, unknown>,
  headers: Headers.Headers
): Duration.Duration | undefined => {
  const value = headers["retry-after"]?.trim()
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Duration.seconds(Number(value))
  const date = /GMT$/.test(value) ? DateTime.make(value) : Option.none()
  if (Option.isNone(date)) return undefined
  const now = fiber.getRef(Clock.Clock).currentTimeMillisUnsafe()
  return Duration.millis(Math.max(0, DateTime.toEpochMillis(date.value) - now))
}
