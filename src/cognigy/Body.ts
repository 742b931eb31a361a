/** The webhook's body: received within its limits, decompressed, and parsed. */
import { ByteSize, Deferred, Duration, Effect, Latch, type Scope } from "effect"
import {
  HttpEffect,
  HttpIncomingMessage,
  type HttpServerError,
  type HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import { nowMillis } from "../std/clock.ts"
import { parseJson } from "../std/exactJson.ts"
import { EXTENT, excessOf } from "../std/excess.ts"
import { decodeText, notJson } from "./bodyText.ts"
import { codingProblem, makeDecompress } from "./decompress.ts"
import {
  BadRequest,
  overloaded,
  PayloadTooLarge,
  type ServiceUnavailable,
  type UnsupportedMediaType
} from "./problem/Problem.ts"

/** The largest body that the webhook reads, both as it comes and decompressed. */
export const MAX_BODY = ByteSize.kibibytes(256)

/** Why a body is refused. */
type Refused = BadRequest | PayloadTooLarge | ServiceUnavailable | UnsupportedMediaType

/** Receives bodies. */
export type Receive = (
  request: HttpServerRequest.HttpServerRequest
) => Effect.Effect<Uint8Array, Refused, HttpServerRequest.HttpServerRequest | Scope.Scope>

const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/(?:json|[^\s;/]+\+json)\s*(?:;|$)/i.test(contentType.trim())

const noJsonType = new BadRequest({
  error: "Invalid content type",
  detail: "send the body as application/json, and say so in the header Content-Type"
})

/** The problem of a body over the limit. */
export const tooLarge = new PayloadTooLarge({ error: "Payload too large", detail: "the router reads at most 256 KiB" })

const tooSlow = new BadRequest({
  error: "Invalid payload",
  detail: "the body did not arrive whole, or was not decompressed, before the handover's deadline"
})

const notWhole = new BadRequest({ error: "Invalid payload", detail: "the body did not arrive whole" })

/** Closes the connection after the answer, when there is no use in reading the rest of a body. */
const closeConnection = HttpEffect.appendPreResponseHandler((_request, response) =>
  Effect.succeed(HttpServerResponse.setHeader(response, "connection", "close"))
)

/** The problem of a body's headers. */
const headersProblem = ({ headers }: HttpServerRequest.HttpServerRequest): Refused | undefined => {
  if (!isJson(headers["content-type"])) return noJsonType
  const problem = codingProblem(headers["content-encoding"])
  if (problem !== undefined) return problem
  return Number(headers["content-length"]) > ByteSize.toNumberUnsafe(MAX_BODY) ? tooLarge : undefined
}

const toProblem = ({ reason }: HttpServerError.HttpServerError): BadRequest | PayloadTooLarge =>
  reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge" ? tooLarge : notWhole

/** A body on its way. */
interface Upload {
  readonly body: Deferred.Deferred<Uint8Array, Refused>
  /** When it is late, in milliseconds on the monotonic clock. */
  readonly lateAt: number
}

/**
 * Makes a receiver of JSON bodies, each within `time`. When `capacity` bodies are uploading, the oldest upload is dropped. An honest sender's body
 * arrives in milliseconds. So a sender that sends nothing cannot block others, although signed requests show their credentials only with their bodies.
 */
export const makeReceiver = Effect.fnUntraced(function* (
  capacity: number,
  time: Duration.Duration
): Effect.fn.Return<Receive, never, Scope.Scope> {
  const decompress = yield* makeDecompress(MAX_BODY)
  /** The oldest first. */
  const uploads = new Set<Upload>()
  /** Open while there are any. */
  const some = yield* Latch.make()
  const tooLong = overloaded(`the router receives ${capacity} bodies at once, and this one was on its way longest`)

  const end = (upload: Upload, problem: Refused) =>
    Effect.andThen(
      Effect.sync(() => uploads.delete(upload)),
      Deferred.fail(upload.body, problem)
    )

  /** Ends the oldest upload when it is late, or waits until one can be. One fiber does it for all: they have the same time. */
  const endLate = Effect.gen(function* () {
    yield* some.close
    const [oldest] = uploads
    // Without a timer, which would keep the process alive.
    if (oldest === undefined) return yield* some.await
    const left = oldest.lateAt - (yield* nowMillis)
    yield* left > 0 ? Effect.sleep(Duration.millis(left)) : end(oldest, tooSlow)
  })
  yield* Effect.forkScoped(Effect.forever(endLate))

  const upload = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
    const [oldest] = uploads
    if (oldest !== undefined && uploads.size >= capacity) yield* end(oldest, tooLong)
    const upload: Upload = {
      body: yield* Deferred.make<Uint8Array, Refused>(),
      lateAt: (yield* nowMillis) + Duration.toMillis(time)
    }
    uploads.add(upload)
    yield* some.open
    // In a fiber that ends with the request: an interruption of the reading breaks the connection before the answer.
    yield* request.arrayBuffer.pipe(
      Effect.provideService(HttpIncomingMessage.MaxBodySize, MAX_BODY),
      Effect.mapError(toProblem),
      Effect.flatMap((bytes) => decompress(new Uint8Array(bytes), request.headers["content-encoding"])),
      Deferred.into(upload.body),
      Effect.forkScoped({ startImmediately: true })
    )
    return yield* Effect.ensuring(
      Deferred.await(upload.body),
      Effect.sync(() => uploads.delete(upload))
    )
  })

  return Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
    const problem = headersProblem(request)
    return yield* (problem === undefined ? upload(request) : Effect.fail(problem)).pipe(
      Effect.tapError((problem) =>
        problem === tooLarge || problem === tooSlow || problem === tooLong ? closeConnection : Effect.void
      )
    )
  })
})

/** Parses a whole body. */
export const parseBody = (bytes: Uint8Array): Effect.Effect<unknown, BadRequest> =>
  decodeText(bytes).pipe(
    Effect.flatMap((text) => Effect.try({ try: (): unknown => parseJson(text), catch: () => notJson(text) })),
    Effect.flatMap(checkExtent)
  )

/** Returns a parsed body, unless it is nested too deeply or holds too many values. */
export const checkExtent = (body: unknown): Effect.Effect<unknown, BadRequest> => {
  const excess = excessOf(body, EXTENT)
  return excess === undefined
    ? Effect.succeed(body)
    : Effect.fail(new BadRequest({ error: "Invalid payload", detail: `the body ${excess}` }))
}
