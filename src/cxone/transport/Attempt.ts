/** One request to CXone and its whole answer, or the reason why none came: every call is made of attempts. */
import { Duration, Effect, Predicate } from "effect"
import { HttpClient, type HttpClientError, type HttpClientRequest, type HttpClientResponse } from "effect/http"
import * as Trail from "../../domain/Trail.ts"
import { inWords, nowMillis } from "../../std/clock.ts"
import { count, recordDuration } from "../../std/metrics.ts"
import { RateLimited, Unavailable, UnexpectedResponse } from "../CXoneError.ts"
import type { Answer } from "./Call.ts"
import { callDuration, callsTotal } from "./metrics.ts"
import { retryAfterOf } from "./retryAfter.ts"

/** The errors of an attempt. */
export type AttemptError = RateLimited | Unavailable | UnexpectedResponse

/** Statuses that are counted one by one: the contract's, and those of proxies. A server that invents others makes no more series. */
export const COUNTED = new Set([200, 201, 202, 204, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504])

const statusLabel = (status: number) => (COUNTED.has(status) ? String(status) : `${Math.floor(status / 100)}xx`)

/** How an attempt is made. */
export interface AttemptOptions {
  /** The name of the call. */
  readonly operation: string
  /** For the request and its whole answer. */
  readonly timeout: Duration.Duration
  /** 0 for the first attempt of a call. */
  readonly resend: number
}

/**
 * Sends a request once and reads its answer, all within the timeout. Retries nothing.
 *
 * Fails with errors that are worth another attempt: `RateLimited` on 429, and `Unavailable` on 408, 5xx, broken connections and timeouts. Fails with
 * `UnexpectedResponse` on an answer that is too large to read.
 */
export const attempt = (
  http: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  { operation, resend, timeout }: AttemptOptions
): Effect.Effect<Answer, AttemptError> =>
  Effect.useSpan(
    `${request.method} ${operation}`,
    // The URL is left out: it may hold a user's id.
    {
      kind: "client",
      attributes: {
        "http.request.method": request.method,
        ...serverOf(request.url),
        "http.request.resend_count": resend
      }
    },
    (span) =>
      Effect.gen(function* () {
        const startedAt = yield* nowMillis
        const measured = (outcome: string) =>
          Effect.gen(function* () {
            const took = Duration.millis((yield* nowMillis) - startedAt)
            yield* count(callsTotal, { operation, status: outcome })
            yield* recordDuration(callDuration, took, { operation })
            yield* Trail.add({ kind: "call", name: operation, startedAt, outcome })
          })
        const answered = (status: number) => {
          span.attribute("http.response.status_code", status)
          return measured(statusLabel(status))
        }
        const broken = (type: "connection" | "timeout") => {
          span.attribute("error.type", type)
          return measured(type)
        }

        return yield* exchange(http, request).pipe(
          Effect.tap(({ response }) => answered(response.status)),
          Effect.flatMap(({ body, response }) => decision(operation, response, body)),
          Effect.catchTag("HttpClientError", (error): Effect.Effect<never, Unavailable | UnexpectedResponse> => {
            if (error.response !== undefined && isTooLarge(error)) {
              const { status } = error.response
              const issue = "it is larger than any answer of CXone's"
              return Effect.andThen(answered(status), Effect.fail(new UnexpectedResponse({ operation, status, issue })))
            }
            const code = codeOf(error)
            const detail = `connection failed${code === undefined ? "" : ` (${code})`}`
            return Effect.andThen(
              broken("connection"),
              Effect.fail(new Unavailable({ operation, reason: "Connection", detail, retryAfter: undefined }))
            )
          }),
          Effect.timeoutOrElse({
            duration: timeout,
            orElse: () =>
              Effect.andThen(
                broken("timeout"),
                Effect.fail(
                  new Unavailable({
                    operation,
                    reason: "Timeout",
                    detail: `no answer within ${inWords(timeout)}`,
                    retryAfter: undefined
                  })
                )
              )
          }),
          Effect.onInterrupt(() => Trail.add({ kind: "call", name: operation, startedAt, outcome: "interrupted" }))
        )
      })
  )

const serverOf = (url: string) => {
  const { hostname, port, protocol } = new URL(url)
  return { "server.address": hostname, "server.port": Number(port) || (protocol === "https:" ? 443 : 80) }
}

/** The whole answer. The client's own span is off: it would show the URL to trace collectors, and our trace headers to CXone. */
const exchange = (http: HttpClient.HttpClient, request: HttpClientRequest.HttpClientRequest) =>
  http.execute(request).pipe(
    // A client that fails on an error status has an answer all the same.
    Effect.catchTag("HttpClientError", (error) =>
      error.reason._tag === "StatusCodeError" ? Effect.succeed(error.reason.response) : Effect.fail(error)
    ),
    Effect.flatMap((response) => Effect.map(response.text, (body) => ({ response, body }))),
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
  )

/** The answer, when CXone took a decision in it. */
const decision = (
  operation: string,
  { headers, status }: HttpClientResponse.HttpClientResponse,
  body: string
): Effect.Effect<Answer, RateLimited | Unavailable> =>
  status < 500 && status !== 408 && status !== 429
    ? Effect.succeed({ status, body })
    : Effect.flatMap(retryAfterOf(headers), (retryAfter) =>
        Effect.fail(
          status === 429
            ? new RateLimited({ operation, retryAfter })
            : new Unavailable({ operation, reason: "Status", detail: `it answered ${status}`, retryAfter })
        )
      )

/** The code of a network error, and nothing else of it: its message may hold addresses and headers. */
export const codeOf = (error: HttpClientError.HttpClientError): string | undefined => {
  let cause: unknown = error.reason
  for (let depth = 0; depth < 4 && Predicate.isObject(cause); depth++) {
    if (Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code)) return cause.code
    cause = Predicate.hasProperty(cause, "cause") ? cause.cause : undefined
  }
  return undefined
}

/** The answer passed undici's size limit: the same call would meet the same answer. */
const isTooLarge = (error: HttpClientError.HttpClientError) => codeOf(error) === "UND_ERR_RES_EXCEEDED_MAX_SIZE"
