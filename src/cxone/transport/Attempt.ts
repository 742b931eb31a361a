/** One request to CXone and its whole answer, or the reason why none came: every call is made of attempts. */
import { Duration, Effect, Option, type Tracer } from "effect"
import { HttpClient, type HttpClientError, type HttpClientRequest } from "effect/http"
import * as Trail from "../../domain/Trail.ts"
import { inWords, nowMillis } from "../../std/clock.ts"
import { codeOf } from "../../std/codeOf.ts"
import { count, recordDuration } from "../../std/metrics.ts"
import { throughWhat, type Way } from "../../std/Proxies.ts"
import { type RateLimited, Unavailable, type UnexpectedResponse } from "../CXoneError.ts"
import type { Answer } from "./Call.ts"
import { type Answered, decision } from "./decision.ts"
import { callDuration, callsTotal } from "./metrics.ts"

/** The errors of an attempt. */
export type AttemptError = RateLimited | Unavailable | UnexpectedResponse

/** Statuses that are counted one by one: the contract's, and those of proxies. A server that invents others makes no more series. */
export const COUNTED = new Set([200, 201, 202, 204, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504])

const statusLabel = (status: number) => (COUNTED.has(status) ? String(status) : `${Math.floor(status / 100)}xx`)

/** How an attempt is made. */
export interface AttemptOptions extends Answered {
  /** The label of its metrics. */
  readonly dialect: string
  /** For the request and its whole answer. */
  readonly timeout: Duration.Duration
  /** 0 for the first attempt of a call. */
  readonly resend: number
  /** How a URL is reached. Errors name the proxy on the way. */
  readonly wayTo: (url: string) => Way
}

/**
 * Sends a request once and reads its answer, all within the timeout. Retries nothing.
 *
 * Fails with errors that are worth another attempt: `RateLimited` on 429, and `Unavailable` on 408, 5xx, broken connections and timeouts. Fails with
 * `UnexpectedResponse` on a redirect, on an answer that is not CXone's but of a firewall or a proxy, and on one that cannot be read.
 */
export const attempt = (
  http: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  { dialect, resend, timeout, wayTo, ...call }: AttemptOptions
): Effect.Effect<Answer, AttemptError> => {
  const { operation } = call
  return Effect.useSpan(`${request.method} ${operation}`, { kind: "client" }, (span) => {
    if (span.sampled) describe(span, request, resend)

    const ended = (startedAt: number, outcome: string) =>
      Effect.flatMap(nowMillis, (now) => record({ dialect, operation }, outcome, startedAt, now - startedAt))
    const answered = (startedAt: number, status: number) => {
      span.attribute("http.response.status_code", status)
      return ended(startedAt, statusLabel(status))
    }
    const broken = (startedAt: number, type: "connection" | "timeout", detail: string) => {
      span.attribute("error.type", type)
      const reason = type === "timeout" ? "Timeout" : "Connection"
      return Effect.andThen(
        ended(startedAt, type),
        Effect.fail(new Unavailable({ operation, reason, detail, retryAfter: undefined }))
      )
    }

    return Effect.flatMap(nowMillis, (startedAt) =>
      exchange(http, request).pipe(
        Effect.timeoutOption(timeout),
        Effect.onInterrupt(() => Trail.add({ kind: "call", name: operation, startedAt, outcome: "interrupted" })),
        Effect.matchEffect({
          onSuccess: (whole): Effect.Effect<Answer, AttemptError> => {
            if (Option.isNone(whole)) return broken(startedAt, "timeout", `no answer within ${inWords(timeout)}`)
            return Effect.andThen(answered(startedAt, whole.value.response.status), decision(call, whole.value))
          },
          onFailure: (error): Effect.Effect<Answer, AttemptError> => {
            const { response } = error
            const issue = unreadable(error)
            if (response !== undefined && issue !== undefined) {
              return Effect.andThen(
                answered(startedAt, response.status),
                decision(call, { response, body: "", unreadable: issue })
              )
            }
            const code = codeOf(error)
            return broken(startedAt, "connection", `connection failed${code === undefined ? "" : ` (${code})`}`)
          }
        }),
        Effect.mapError((error) => {
          const through = throughWhat(wayTo(request.url))
          if (error._tag !== "Unavailable" || through === undefined) return error
          return new Unavailable({ ...error, detail: `${error.detail}, through ${through}` })
        })
      )
    )
  })
}

/** Metrics and the step of the trail. */
const record = (
  labels: { readonly dialect: string; readonly operation: string },
  status: string,
  startedAt: number,
  took: number
) =>
  count(callsTotal, { ...labels, status }).pipe(
    Effect.andThen(recordDuration(callDuration, Duration.millis(took), labels)),
    Effect.andThen(Trail.add({ kind: "call", name: labels.operation, startedAt, took, outcome: status }))
  )

/** Describes the request in its span. The URL is left out: it may hold a user's id. */
const describe = (span: Tracer.Span, { method, url }: HttpClientRequest.HttpClientRequest, resend: number) => {
  const { hostname, port, protocol } = new URL(url)
  span.attribute("http.request.method", method)
  span.attribute("server.address", hostname)
  span.attribute("server.port", Number(port) || (protocol === "https:" ? 443 : 80))
  span.attribute("http.request.resend_count", resend)
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

/** Why an answer's body cannot be read; `undefined` when the connection broke. The same call would meet the same answer. */
const unreadable = (error: HttpClientError.HttpClientError): string | undefined => {
  switch (codeOf(error)) {
    case "UND_ERR_RES_EXCEEDED_MAX_SIZE":
    case "CODING_TOO_LARGE":
      return "it is larger than any answer of CXone's"
    case "UNKNOWN_CODING":
      return "it is compressed in a way that was not asked for, and is not known here"
    case "BROKEN_CODING":
      return "its compressed body is broken"
    default:
      return undefined
  }
}
