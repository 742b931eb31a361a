/** The webhook's body: received within its limits, from a sender who is let in, and parsed. */
import { IncomingMessage } from "node:http"
import { ByteSize, Cause, Duration, Effect, Exit, type Fiber, Option, type Scope } from "effect"
import {
  HttpEffect,
  HttpIncomingMessage,
  type HttpServerError,
  type HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import { excessOf } from "../std/excess.ts"
import { LinkedSet } from "../std/LinkedSet.ts"
import { timersOf } from "../std/Timers.ts"
import { BadRequest, overloaded, PayloadTooLarge, type ServiceUnavailable } from "./Problem.ts"
import { Sender } from "./WebhookAuth.ts"

/** The largest body that the webhook reads. */
export const MAX_BODY = ByteSize.kibibytes(256)

const MAX_BYTES = ByteSize.toNumberUnsafe(MAX_BODY)

const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/(?:json|[^\s;/]+\+json)\s*(?:;|$)/i.test(contentType.trim())

/** How deep a body may be nested: more than any bot's data, less than what makes recursive code run out of stack. */
const MAX_DEPTH = 64

/** How many values a body may hold: more than any bot's data, few enough to be looked through in a moment. */
const MAX_VALUES = 10_000

const utf8 = new TextDecoder("utf-8", { fatal: true })

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

const tooSlow = cut(
  () =>
    new BadRequest({ error: "Invalid payload", detail: "the body did not arrive whole before the handover's deadline" })
)

const notWhole = Effect.fail(new BadRequest({ error: "Invalid payload", detail: "the body did not arrive whole" }))

const isCompressed = (contentEncoding: string | undefined): boolean =>
  contentEncoding !== undefined && !/^\s*(?:identity\s*)?$/i.test(contentEncoding)

/** A body that has come, or why it has not. */
type Received = Effect.Effect<
  Uint8Array,
  BadRequest | PayloadTooLarge | ServiceUnavailable,
  HttpServerRequest.HttpServerRequest
>

/** Tells once what came of a body, and stops when it is told to. */
type Reading = (told: (received: Received) => void) => () => void

/** A body as it comes in at Node's own server: what is left of one that is no longer read ends with its connection. */
const ofNode =
  (incoming: IncomingMessage): Reading =>
  (told) => {
    const chunks: Array<Buffer> = []
    let size = 0
    const onData = (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_BYTES) told(tooLarge)
    }
    const onEnd = () => {
      const [only] = chunks
      told(Effect.succeed(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks)))
    }
    const onBreak = () => told(notWhole)
    incoming.on("data", onData).on("end", onEnd).on("error", onBreak).on("close", onBreak)
    return () => {
      incoming.off("data", onData).off("end", onEnd).off("error", onBreak).off("close", onBreak)
    }
  }

/** A body of any other server's. */
const ofFiber =
  (reading: Fiber.Fiber<ArrayBuffer, HttpServerError.HttpServerError>): Reading =>
  (told) =>
    reading.addObserver((exit) =>
      told(
        Exit.isSuccess(exit)
          ? Effect.succeed(new Uint8Array(exit.value))
          : Option.exists(Cause.findErrorOption(exit.cause), isTooLarge)
            ? tooLarge
            : notWhole
      )
    )

const isTooLarge = ({ reason }: HttpServerError.HttpServerError) =>
  reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge"

/** One without a body counts as read only once it has ended. */
const isUnread = ({ destroyed, readableDidRead, readableEnded }: IncomingMessage) =>
  !readableDidRead && !readableEnded && !destroyed

const readingOf = (
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<Reading, never, HttpServerRequest.HttpServerRequest | Scope.Scope> => {
  const { headers, source } = request
  // The platform gives leave to who asks for it before a body, knows where one is that comes with an upgrade, and has what others have read.
  const isPlain = headers.expect === undefined && headers.upgrade === undefined
  if (isPlain && source instanceof IncomingMessage && isUnread(source)) return Effect.succeed(ofNode(source))
  // By a fiber that ends with the request: to interrupt the reading breaks the connection, and its client is to be answered before.
  const bytes = Effect.provideService(request.arrayBuffer, HttpIncomingMessage.MaxBodySize, MAX_BODY)
  return Effect.map(Effect.forkScoped(bytes, { startImmediately: true }), ofFiber)
}

const nothing = (): void => undefined

/**
 * Receives bodies, at most so many at once: over it, the one that has been on its way longest gives way. An honest sender's is there in
 * milliseconds; so those who send nothing, and need no credentials for it where requests are signed, keep nobody out.
 */
const makeReceiver = (capacity: number) => {
  const onTheirWay = new LinkedSet<() => void>()
  const tooLong = cut(() =>
    overloaded(`the router receives ${capacity} bodies at once, and this one was on its way longest`)
  )
  const receive = (reading: Reading, time: Duration.Duration) =>
    Effect.withFiber((fiber) =>
      Effect.callback<
        Uint8Array,
        BadRequest | PayloadTooLarge | ServiceUnavailable,
        HttpServerRequest.HttpServerRequest
      >((resume) => {
        if (onTheirWay.size >= capacity) onTheirWay.first?.()
        let isOver = false
        let stopReading = nothing
        let stopTimer = nothing
        const stop = () => {
          isOver = true
          leave()
          stopReading()
          stopTimer()
        }
        const end = (received: Received) => {
          stop()
          resume(received)
        }
        const leave = onTheirWay.add(() => end(tooLong))
        stopReading = reading(end)
        if (isOver) return
        stopTimer = timersOf(fiber.context).start(Duration.toMillis(time), () => end(tooSlow))
        return Effect.sync(stop)
      })
    )
  return (request: HttpServerRequest.HttpServerRequest, time: Duration.Duration) =>
    Effect.flatMapEager(readingOf(request), (reading) => receive(reading, time))
}

/** Parses a whole body. */
export const parseBody = (bytes: Uint8Array): Effect.Effect<unknown, BadRequest> => {
  let parsed: unknown
  try {
    parsed = JSON.parse(utf8.decode(bytes))
  } catch {
    return Effect.fail(new BadRequest({ error: "Invalid payload", detail: "the body is not JSON in UTF-8" }))
  }
  return checkExtent(parsed)
}

/** Gives a parsed body back that is not nested too deeply and does not hold too much. */
export const checkExtent = (body: unknown): Effect.Effect<unknown, BadRequest> => {
  const excess = excessOf(body, { levels: MAX_DEPTH, members: MAX_VALUES })
  return excess === undefined
    ? Effect.succeed(body)
    : Effect.fail(new BadRequest({ error: "Invalid payload", detail: `the body ${excess}` }))
}

/** What is wrong with a body's headers. */
const flawOf = ({
  "content-encoding": encoding,
  "content-length": length,
  "content-type": type
}: HttpServerRequest.HttpServerRequest["headers"]): Received | undefined => {
  if (!isJson(type)) {
    return Effect.fail(
      new BadRequest({
        error: "Invalid content type",
        detail: "send the body as application/json, and say so in the header Content-Type"
      })
    )
  }
  if (isCompressed(encoding)) {
    return Effect.fail(
      new BadRequest({
        error: "Invalid payload",
        detail: "compressed bodies are not taken: send the body as it is, without the header Content-Encoding"
      })
    )
  }
  return Number(length) > MAX_BYTES ? tooLarge : undefined
}

/** Makes a reader of JSON bodies, which receives at most `capacity` of them at once and gives each no more than this time. */
export const makeBodyReader = (capacity: number) => {
  const receive = makeReceiver(capacity)
  return (request: HttpServerRequest.HttpServerRequest, time: Duration.Duration) =>
    Effect.flatMap(flawOf(request.headers) ?? receive(request, time), (bytes) =>
      Effect.flatMap(Sender, ({ checkBody }) => Effect.flatMapEager(checkBody(bytes), () => parseBody(bytes)))
    )
}
