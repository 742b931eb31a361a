/** One plain request of `doctor`: without retries and redirects, bounded in size and time. */
import { Clock, type Duration, Effect, Schema, Stream } from "effect"
import { type Headers, HttpClient, type HttpClientError, type HttpClientRequest } from "effect/http"
import { introduced } from "../introduced.ts"
import { codeOf } from "../std/codeOf.ts"
import { decoded } from "../std/contentCoding.ts"

/** The most bytes of a body that are read; the router's answers are far smaller. */
const MAX_BODY = 64 * 1024

/** The start of an answer. Times of day are in milliseconds since 1970, by the local clock. */
export interface Answered {
  readonly status: number
  readonly headers: Headers.Headers
  /** The time just before the request. */
  readonly sentAt: number
  /** The time at which the answer began. */
  readonly answeredAt: number
  /** The time between the two, by the monotonic clock. */
  readonly took: Duration.Duration
}

/** An answer with its body, which may be cut after 64 KiB. */
export interface AnsweredInFull extends Answered {
  readonly text: string
}

/** No answer came. */
export class NoAnswer extends Schema.TaggedError<NoAnswer>()("NoAnswer", {
  /** The error code of the connection, such as `ECONNREFUSED`, if it has one; `TIMEOUT` after the time limit. */
  code: Schema.UndefinedOr(Schema.String)
}) {
  override get message() {
    return this.code === undefined ? "no answer came" : `no answer came (${this.code})`
  }
}

const send = Effect.fnUntraced(function* <A>(
  request: HttpClientRequest.HttpClientRequest,
  patience: Duration.Duration,
  read: (
    answered: Answered,
    body: Stream.Stream<Uint8Array, HttpClientError.HttpClientError>
  ) => Effect.Effect<A, HttpClientError.HttpClientError>
) {
  // The scope ends the rest of the answer.
  const http = HttpClient.withScope(yield* HttpClient.HttpClient)
  const sentAt = yield* Clock.currentTimeMillis
  return yield* Effect.timed(http.execute(introduced(request))).pipe(
    Effect.flatMap(([took, { headers, status, stream }]) =>
      Effect.flatMap(Clock.currentTimeMillis, (answeredAt) =>
        read({ status, headers, sentAt, answeredAt, took }, stream)
      )
    ),
    Effect.scoped,
    // The client's own span would send our trace headers to an unknown server.
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
    Effect.mapError((error) => new NoAnswer({ code: codeOf(error) })),
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(new NoAnswer({ code: "TIMEOUT" }))
    })
  )
})

/** The text of a body; empty when it cannot be decompressed. */
const textOf = ({ headers }: Answered, bytes: Uint8Array): Effect.Effect<string> =>
  decoded(bytes, headers["content-encoding"] ?? "", MAX_BODY).pipe(
    Effect.map((content) => new TextDecoder().decode(content)),
    Effect.orElseSucceed(() => "")
  )

/** Sends a request and waits for the start of an answer with any status. */
export const reach = (
  request: HttpClientRequest.HttpClientRequest,
  patience: Duration.Duration
): Effect.Effect<Answered, NoAnswer, HttpClient.HttpClient> => send(request, patience, Effect.succeed)

/** Sends a request and reads an answer with any status. */
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
        Stream.runCollect,
        Effect.catchIf(
          ({ reason }) => reason._tag === "EmptyBodyError",
          () => Effect.succeed([])
        ),
        Effect.flatMap((chunks) => textOf(answered, Buffer.concat(chunks))),
        Effect.map((text) => ({ ...answered, text }))
      )
    })
  )
