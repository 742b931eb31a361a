/** The webhook's body: received within its limits, from a sender who is let in, and parsed. */
import { ByteSize, Deferred, type Duration, Effect, Exit } from "effect"
import {
  HttpEffect,
  HttpIncomingMessage,
  type HttpServerError,
  type HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import { excessOf } from "../handover/excess.ts"
import { BadRequest, overloaded, PayloadTooLarge, ServiceUnavailable } from "./Problem.ts"
import { Sender } from "./WebhookAuth.ts"

/** The largest body that the webhook reads. */
export const MAX_BODY = ByteSize.kibibytes(256)

const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/(?:json|[^\s;/]+\+json)\s*(?:;|$)/i.test(contentType.trim())

/** How deep a body may be nested: more than any bot's data, less than what makes recursive code run out of stack. */
const MAX_DEPTH = 64

/** How many values a body may hold: more than any bot's data, few enough to be looked through in a moment. */
const MAX_VALUES = 10_000

const utf8 = new TextDecoder("utf-8", { fatal: true })

const isTooLarge = ({ reason }: HttpServerError.HttpServerError) =>
  reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge"

/** Fails, and closes the connection too: there is no use in reading the rest of a body. */
const cut = <E>(problem: () => E) =>
  Effect.andThen(
    HttpEffect.appendPreResponseHandler((_request, response) =>
      Effect.succeed(HttpServerResponse.setHeader(response, "connection", "close"))
    ),
    Effect.suspend(() => Effect.fail(problem()))
  )

const tooLarge = cut(
  () => new PayloadTooLarge({ error: "Payload too large", detail: "the router reads at most 256 KiB" })
)

const tooSlow = Exit.fail(
  new BadRequest({ error: "Invalid payload", detail: "the body did not arrive whole before the handover's deadline" })
)

const notWhole = new BadRequest({ error: "Invalid payload", detail: "the body did not arrive whole" })

type Refusal = Effect.Effect<
  never,
  BadRequest | PayloadTooLarge | ServiceUnavailable,
  HttpServerRequest.HttpServerRequest
>

const toRefusal = (error: HttpServerError.HttpServerError | ServiceUnavailable | BadRequest): Refusal => {
  if (error instanceof ServiceUnavailable || error instanceof BadRequest) return cut(() => error)
  return isTooLarge(error) ? tooLarge : Effect.fail(notWhole)
}

const isCompressed = (contentEncoding: string | undefined): boolean =>
  contentEncoding !== undefined && !/^\s*(?:identity\s*)?$/i.test(contentEncoding)

type Bytes = Deferred.Deferred<ArrayBuffer, HttpServerError.HttpServerError | ServiceUnavailable | BadRequest>

/**
 * Receives bodies, at most so many at once: over it, the one that has been on its way longest gives way. An honest sender's is there in
 * milliseconds; so those who send nothing, and need no credentials for it where requests are signed, keep nobody out.
 */
const makeReceiver = (capacity: number) => {
  const onTheirWay = new Set<Bytes>()
  const tooLong = Exit.fail(
    overloaded(`the router receives ${capacity} bodies at once, and this one was on its way longest`)
  )
  return (request: HttpServerRequest.HttpServerRequest, time: Duration.Duration) =>
    Effect.suspend(() => {
      const [longest] = onTheirWay
      if (longest !== undefined && onTheirWay.size >= capacity) {
        onTheirWay.delete(longest)
        Deferred.doneUnsafe(longest, tooLong)
      }
      const bytes: Bytes = Deferred.makeUnsafe()
      onTheirWay.add(bytes)
      const untilLate = Effect.andThen(
        Effect.sleep(time),
        Effect.suspend(() => Deferred.done(bytes, tooSlow))
      )
      return Deferred.into(request.arrayBuffer, bytes).pipe(
        // By a fiber that ends with the request: to interrupt the reading breaks the connection, and its client is to be answered before.
        Effect.forkScoped({ startImmediately: true }),
        Effect.andThen(Effect.forkChild(untilLate, { startImmediately: true })),
        Effect.flatMap((timer) =>
          Effect.onExitPrimitive(Deferred.await(bytes), () => {
            timer.interruptUnsafe()
            onTheirWay.delete(bytes)
            return undefined
          })
        )
      )
    })
}

/** Parses a whole body. */
export const parseBody = (bytes: ArrayBuffer | Uint8Array): Effect.Effect<unknown, BadRequest> =>
  Effect.suspend(() => {
    let parsed: unknown
    try {
      parsed = JSON.parse(utf8.decode(bytes))
    } catch {
      return Effect.fail(new BadRequest({ error: "Invalid payload", detail: "the body is not JSON in UTF-8" }))
    }
    return checkExtent(parsed)
  })

/** Gives a parsed body back that is not nested too deeply and does not hold too much. */
export const checkExtent = (body: unknown): Effect.Effect<unknown, BadRequest> => {
  const excess = excessOf(body, { levels: MAX_DEPTH, members: MAX_VALUES })
  return excess === undefined
    ? Effect.succeed(body)
    : Effect.fail(new BadRequest({ error: "Invalid payload", detail: `the body ${excess}` }))
}

const readJson = Effect.fnUntraced(
  function* (
    request: HttpServerRequest.HttpServerRequest,
    receive: ReturnType<typeof makeReceiver>,
    time: Duration.Duration
  ) {
    if (!isJson(request.headers["content-type"])) {
      return yield* new BadRequest({
        error: "Invalid content type",
        detail: "send the body as application/json, and say so in the header Content-Type"
      })
    }
    if (isCompressed(request.headers["content-encoding"])) {
      return yield* new BadRequest({
        error: "Invalid payload",
        detail: "compressed bodies are not taken: send the body as it is, without the header Content-Encoding"
      })
    }
    if (Number(request.headers["content-length"]) > ByteSize.toNumberUnsafe(MAX_BODY)) return yield* tooLarge
    const bytes = yield* receive(request, time).pipe(Effect.catch(toRefusal))
    const { checkBody } = yield* Sender
    yield* checkBody(bytes)
    return yield* parseBody(bytes)
  },
  Effect.provideService(HttpIncomingMessage.MaxBodySize, MAX_BODY)
)

/** Makes a reader of JSON bodies, which receives at most `capacity` of them at once and gives each no more than this time. */
export const makeBodyReader = (capacity: number) => {
  const receive = makeReceiver(capacity)
  return (request: HttpServerRequest.HttpServerRequest, time: Duration.Duration) => readJson(request, receive, time)
}
