/** One plain request, as `doctor` makes it to see who answers: no retries, no redirects, bounded in size and time. */
import { Clock, Duration, Effect, Schema, Stream } from "effect"
import { type Headers, HttpClient, type HttpClientError, type HttpClientRequest } from "effect/http"
import { codeOf } from "../cxone/transport/Attempt.ts"
import * as Deadline from "../cxone/transport/Deadline.ts"

/** How much of a body is read, in bytes; the router's answers are far smaller. */
const MAX_BODY = 64 * 1024

/** The start of an answer. Times of day are in milliseconds since 1970, by the local clock. */
export interface Answered {
  readonly status: number
  readonly headers: Headers.Headers
  /** When the request went out. */
  readonly sentAt: number
  /** When the answer began. */
  readonly answeredAt: number
  /** How long that took, in milliseconds, by a clock that nobody sets. */
  readonly millis: number
}

/** An answer with its body, which may be cut off past 64 KiB. */
export interface AnsweredInFull extends Answered {
  readonly text: string
}

/** No answer came. */
export class NoAnswer extends Schema.TaggedError<NoAnswer>()("NoAnswer", {
  /** The code of what broke, such as `ECONNREFUSED`, where there is one; `TIMEOUT` when time was up. */
  code: Schema.UndefinedOr(Schema.String)
}) {
  override get message() {
    return this.code === undefined ? "no answer came" : `no answer came (${this.code})`
  }
}

/** The code of what broke, or its name: a server that speaks no HTTP has no code. */
const toNoAnswer = (error: HttpClientError.HttpClientError) => {
  const { cause } = error.reason
  return new NoAnswer({ code: codeOf(error) ?? (cause instanceof Error ? cause.name : undefined) })
}

const send = Effect.fnUntraced(function* <A>(
  request: HttpClientRequest.HttpClientRequest,
  patience: Duration.Duration,
  read: (
    answered: Answered,
    body: Stream.Stream<Uint8Array, HttpClientError.HttpClientError>
  ) => Effect.Effect<A, HttpClientError.HttpClientError>
) {
  // What is not read of an answer ends with the scope.
  const http = HttpClient.withScope(yield* HttpClient.HttpClient)
  const started = yield* Deadline.nowMillis
  const sentAt = yield* Clock.currentTimeMillis
  return yield* http.execute(request).pipe(
    Effect.flatMap(({ headers, status, stream }) =>
      Effect.flatMap(Effect.all([Deadline.nowMillis, Clock.currentTimeMillis]), ([now, answeredAt]) =>
        read({ status, headers, sentAt, answeredAt, millis: now - started }, stream)
      )
    ),
    Effect.scoped,
    // The client's own span would carry our trace headers to whoever answers.
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
    Effect.mapError(toNoAnswer),
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(new NoAnswer({ code: "TIMEOUT" }))
    })
  )
})

/** Sends a request and waits for the start of an answer, whatever its status. */
export const reach = (
  request: HttpClientRequest.HttpClientRequest,
  patience: Duration.Duration
): Effect.Effect<Answered, NoAnswer, HttpClient.HttpClient> => send(request, patience, Effect.succeed)

/** Sends a request and reads the answer, whatever its status. */
export const ask = (
  request: HttpClientRequest.HttpClientRequest,
  patience: Duration.Duration
): Effect.Effect<AnsweredInFull, NoAnswer, HttpClient.HttpClient> =>
  send(request, patience, (answered, body) =>
    Effect.suspend(() => {
      let size = 0
      return body.pipe(
        Stream.takeUntil(({ length }) => {
          size += length
          return size >= MAX_BODY
        }),
        Stream.decodeText,
        Stream.mkString,
        Effect.catchIf(
          ({ reason }) => reason._tag === "EmptyBodyError",
          () => Effect.succeed("")
        ),
        Effect.map((text) => ({ ...answered, text }))
      )
    })
  )

/** What broke, in plain words, and what to do. */
export interface Trouble {
  readonly what: string
  readonly instead: string
}

/** Says why no answer came, to people who know the address by this name, such as `CXONE_BASE_URL`. */
export const troubleOf = ({ code = "" }: NoAnswer, address: string, patience: Duration.Duration): Trouble => {
  const told = code === "" ? "" : ` (${code})`
  const [, what, instead] = TROUBLES.find(([codes]) => codes.test(code)) ?? OTHER
  return { what: what(told, Duration.format(patience)), instead: instead(address) }
}

type Row = readonly [
  codes: RegExp,
  what: (code: string, patience: string) => string,
  instead: (address: string) => string
]

const network = (address: string) =>
  `check the host and port of ${address}, and this machine's network: a firewall may be in between, and the router uses no proxy`

const trust = (address: string) =>
  `check the host of ${address}; where a proxy of your own answers for others, name its certificate in NODE_EXTRA_CA_CERTS`

const OTHER: Row = [/^/, (code) => `the connection failed${code}`, network]

const TROUBLES: ReadonlyArray<Row> = [
  [/^TIMEOUT$/, (_, patience) => `no answer within ${patience}`, network],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, (code) => `no connection in time${code}`, network],
  [
    /^(ENOTFOUND|EAI_\w+)$/,
    (code) => `the name of the host cannot be resolved${code}`,
    (address) => `check the host of ${address}, and this machine's DNS`
  ],
  [/^ECONNREFUSED$/, (code) => `nothing listens there${code}`, network],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, (code) => `there is no way to that address${code}`, network],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, (code) => `the connection was cut${code}`, network],
  [
    /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    (code) => `the certificate does not hold today${code}`,
    (address) => `set this machine's clock, or have the certificate of ${address} renewed`
  ],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, (code) => `the certificate is another host's${code}`, trust],
  [/CERT|ISSUER|SIGNATURE/, (code) => `the certificate is not trusted${code}`, trust],
  [
    /^(ERR_SSL|ERR_TLS|EPROTO)/,
    (code) => `TLS failed${code}`,
    (address) => `check the port of ${address}, and whether it is https there`
  ],
  [
    /^(HPE_|HTTPParserError)/,
    (code) => `what answers there does not speak HTTP${code}`,
    (address) => `check the port of ${address}, and whether it is http there`
  ]
]
