/** One request to CXone and its whole answer, or the reason why there is none: what all calls are made of. */
import { DateTime, Duration, Effect, Metric, Option, Predicate } from "effect"
import { type Headers, HttpClient, type HttpClientError, type HttpClientRequest } from "effect/http"
import { count, series } from "../measure.ts"
import { callDuration, callsTotal } from "../metrics.ts"
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
 * Sends a request once and reads its answer, all within `timeout`.
 *
 * Fails with `RateLimited` on 429 and with `Unavailable` on 408 and 5xx, on broken connections, and when time is up: what is worth
 * another attempt; with `UnexpectedResponse` on an answer that is too large to read. Nothing is retried here.
 */
export const attempt = (
  http: HttpClient.HttpClient,
  operation: Operation,
  request: HttpClientRequest.HttpClientRequest,
  timeout: Duration.Duration
): Effect.Effect<Answer, RateLimited | Unavailable | UnexpectedResponse> =>
  Effect.useSpan(`${request.method} ${operation}`, SPAN, (span) =>
    Effect.flatMap(Deadline.nowMillis, (started) => {
      const measured = (status: number | "connection" | "timeout") => {
        span.attribute(typeof status === "number" ? "http.response.status_code" : "error.type", status)
        return measure(operation, typeof status === "number" ? statusLabel(status) : status, started)
      }
      return answerOf(http, operation, request, timeout, measured)
    })
  )

/** Not the client's own span, which would tell trace collectors the URL, and with it a user's id, and CXone our trace headers. */
const SPAN = { kind: "client", captureStackTrace: false } as const

const callSeries = series(callsTotal)
const durationSeries = series(callDuration)

const measure = (operation: Operation, status: string, started: number) =>
  Effect.flatMap(Deadline.nowMillis, (now) =>
    Effect.andThen(
      count(callSeries({ operation, status })),
      Metric.update(durationSeries({ operation }), (now - started) / 1000)
    )
  )

/** Statuses that are counted each on its own: the contract's, and those of proxies. A CXone that lies does not make more of them. */
const COUNTED = new Set([200, 201, 202, 204, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504])

const statusLabel = (status: number) => (COUNTED.has(status) ? String(status) : `${Math.floor(status / 100)}xx`)

const answerOf = (
  http: HttpClient.HttpClient,
  operation: Operation,
  request: HttpClientRequest.HttpClientRequest,
  timeout: Duration.Duration,
  measured: (status: number | "connection" | "timeout") => Effect.Effect<void>
): Effect.Effect<Answer, RateLimited | Unavailable | UnexpectedResponse> =>
  http.execute(request).pipe(
    // Of a client that fails where an answer says so: what it says is for us to tell.
    Effect.catchIf(
      (error) => error.reason._tag === "StatusCodeError",
      (error) => (error.response === undefined ? Effect.fail(error) : Effect.succeed(error.response))
    ),
    Effect.flatMap(({ headers, status, text }) =>
      text.pipe(
        Effect.map((body) => ({ status, headers, body })),
        Effect.catchIf(isTooLarge, () =>
          Effect.andThen(
            measured(status),
            Effect.fail(new UnexpectedResponse({ operation, status, issue: "it is larger than any answer of CXone's" }))
          )
        )
      )
    ),
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
    Effect.catchTag("HttpClientError", (error) => {
      const detail = `connection failed${codeOf(error) === undefined ? "" : ` (${codeOf(error)})`}`
      const failure = new Unavailable({ operation, reason: "Connection", detail, retryAfter: undefined })
      return Effect.andThen(measured("connection"), Effect.fail(failure))
    }),
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () => {
        const detail = `no answer within ${Duration.format(timeout)}`
        const failure = new Unavailable({ operation, reason: "Timeout", detail, retryAfter: undefined })
        return Effect.andThen(measured("timeout"), Effect.fail(failure))
      }
    }),
    Effect.tap(({ status }) => measured(status)),
    Effect.flatMap(({ body, headers, status }): Effect.Effect<Answer, RateLimited | Unavailable> => {
      if (status === 429) {
        return Effect.flatMap(retryAfterOf(headers), (retryAfter) => new RateLimited({ operation, retryAfter }))
      }
      if (status >= 500 || status === 408) {
        const detail = `it answered ${status}`
        return Effect.flatMap(
          retryAfterOf(headers),
          (retryAfter) => new Unavailable({ operation, reason: "Status", detail, retryAfter })
        )
      }
      return Effect.succeed({ status, body })
    })
  )

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
