/** One request to CXone and its whole answer, or the reason why there is none: what all calls are made of. */
import { DateTime, Duration, Effect, Option, Predicate, References } from "effect"
import {
  type Headers,
  HttpClient,
  type HttpClientError,
  type HttpClientRequest,
  type HttpClientResponse
} from "effect/http"
import { add, counters, histograms } from "../measure.ts"
import { callDuration, callsTotal, SECONDS } from "../metrics.ts"
import { type Operation, RateLimited, Unavailable, UnexpectedResponse } from "./CXoneError.ts"
import * as Deadline from "./Deadline.ts"

/** An answer that CXone took a decision in: any status but 429 and 5xx. */
export interface Answer {
  /** Its HTTP status. */
  readonly status: number
  /** The body as text; empty where there is none. */
  readonly body: string
}

/**
 * Sends a request once and reads its answer, all within `timeout` (milliseconds).
 *
 * Fails with `RateLimited` on 429 and with `Unavailable` on 408 and 5xx, on broken connections, and when time is up: what is worth
 * another attempt; with `UnexpectedResponse` on an answer that is too large to read. Nothing is retried here.
 */
export const attempt = (
  http: HttpClient.HttpClient,
  operation: Operation,
  request: HttpClientRequest.HttpClientRequest,
  timeout: number
): Effect.Effect<Answer, RateLimited | Unavailable | UnexpectedResponse> =>
  Effect.withFiber((fiber) => {
    const started = Deadline.millisOf(fiber)
    const measured = (ending: Ending) => {
      const status = typeof ending === "number" ? statusLabel(ending) : ending
      add(fiber, callSeries({ operation, status }))
      durationSeries({ operation }).updateUnsafe((Deadline.millisOf(fiber) - started) / 1000, fiber.context)
    }
    if (!fiber.getRef(References.TracerEnabled)) return answerOf(http, operation, request, timeout, measured)
    return Effect.useSpan(`${request.method} ${operation}`, SPAN, (span) =>
      answerOf(http, operation, request, timeout, (ending) => {
        span.attribute(typeof ending === "number" ? "http.response.status_code" : "error.type", ending)
        measured(ending)
      })
    )
  })

/** How an attempt ended: with a status, or without one. */
type Ending = number | "connection" | "timeout"

/** Not the client's own span, which would tell trace collectors the URL, and with it a user's id, and CXone our trace headers. */
const SPAN = { kind: "client", captureStackTrace: false } as const

const callSeries = counters(callsTotal)
const durationSeries = histograms(callDuration, SECONDS)

/** Statuses that are counted each on its own: the contract's, and those of proxies. A CXone that lies does not make more of them. */
const COUNTED = new Set([200, 201, 202, 204, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504])

const statusLabel = (status: number) => (COUNTED.has(status) ? String(status) : `${Math.floor(status / 100)}xx`)

const answerOf = (
  http: HttpClient.HttpClient,
  operation: Operation,
  request: HttpClientRequest.HttpClientRequest,
  timeout: number,
  measured: (ending: Ending) => void
): Effect.Effect<Answer, RateLimited | Unavailable | UnexpectedResponse> =>
  Effect.flatMap(http.execute(request), whole).pipe(
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
    // Of a client that fails where an answer says so: what it says is for us to tell.
    Effect.catch((error) =>
      error.reason._tag === "StatusCodeError" ? whole(error.reason.response) : Effect.fail(error)
    ),
    Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.succeed(undefined) }),
    Effect.matchEffect({
      onFailure: (error): Effect.Effect<Answer, Unavailable | UnexpectedResponse> => {
        if (error.response !== undefined && isTooLarge(error)) {
          const { status } = error.response
          measured(status)
          const issue = "it is larger than any answer of CXone's"
          return Effect.fail(new UnexpectedResponse({ operation, status, issue }))
        }
        measured("connection")
        const detail = `connection failed${codeOf(error) === undefined ? "" : ` (${codeOf(error)})`}`
        return Effect.fail(new Unavailable({ operation, reason: "Connection", detail, retryAfter: undefined }))
      },
      onSuccess: (answer): Effect.Effect<Answer, RateLimited | Unavailable> => {
        if (answer !== undefined) {
          measured(answer.status)
          return decided(operation, answer)
        }
        measured("timeout")
        const detail = `no answer within ${Duration.format(Duration.millis(timeout))}`
        return Effect.fail(new Unavailable({ operation, reason: "Timeout", detail, retryAfter: undefined }))
      }
    })
  )

/** An answer that was read to its end. */
interface Whole extends Answer {
  readonly response: HttpClientResponse.HttpClientResponse
}

const whole = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Whole, HttpClientError.HttpClientError> =>
  Effect.map(response.text, (body) => ({ status: response.status, body, response }))

/** The answer, where CXone took a decision in it. */
const decided = (
  operation: Operation,
  { body, response, status }: Whole
): Effect.Effect<Answer, RateLimited | Unavailable> => {
  if (status === 429) {
    return Effect.flatMap(retryAfterOf(response.headers), (retryAfter) => new RateLimited({ operation, retryAfter }))
  }
  if (status < 500 && status !== 408) return Effect.succeed({ status, body })
  return Effect.flatMap(
    retryAfterOf(response.headers),
    (retryAfter) => new Unavailable({ operation, reason: "Status", detail: `it answered ${status}`, retryAfter })
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

/** `Retry-After` as seconds or as an HTTP date. A date in the past means now; anything else counts as absent. */
export const retryAfterOf = (headers: Headers.Headers): Effect.Effect<Duration.Duration | undefined> => {
  const value = headers["retry-after"]?.trim()
  if (value === undefined) return Effect.succeed(undefined)
  if (/^\d{1,9}$/.test(value)) return Effect.succeed(Duration.seconds(Number(value)))
  const date = /GMT$/.test(value) ? DateTime.make(value) : Option.none()
  return Option.isNone(date)
    ? Effect.succeed(undefined)
    : Effect.map(DateTime.now, (now) =>
        Duration.millis(Math.max(0, DateTime.toEpochMillis(date.value) - DateTime.toEpochMillis(now)))
      )
}
