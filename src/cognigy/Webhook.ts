/** The webhook's handler: reads what Cognigy posts, asks for the handover, answers, and says in one line what happened. */
import { ByteSize, type Duration, Effect, Fiber, type Layer, Predicate, Semaphore } from "effect"
import {
  type Headers,
  HttpEffect,
  HttpIncomingMessage,
  type HttpServerError,
  type HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import { HttpApiBuilder, type HttpApiGroup } from "effect/http-api"
import * as Deadline from "../cxone/Deadline.ts"
import { type HandedOver, Handover } from "../handover/Handover.ts"
import type { HandoverRequest } from "../handover/HandoverRequest.ts"
import { Api } from "./Api.ts"
import { toHandoverRequest } from "./Payload.ts"
import { BadRequest, internalError, PayloadTooLarge, type Problem, ServiceUnavailable, toProblem } from "./Problem.ts"
import { Sender, type WebhookAuth } from "./WebhookAuth.ts"

/** The largest body that the webhook reads. */
export const MAX_BODY = ByteSize.kibibytes(256)

/** How many webhooks may be under way at once where nothing else is set: what one process can carry through a slow CXone, at a few KiB each. */
export const DEFAULT_CAPACITY = 1000

/** How much the webhook takes on. */
export interface WebhookOptions {
  /** For one webhook, from its headers to its answer: the time in which its body must come too. */
  readonly deadline: Duration.Duration
  /** How many webhooks may be under way at once, from their credentials to their answers. */
  readonly capacity: number
}

/** The webhook's group of `Api`. */
export const layer = ({
  capacity,
  deadline: time
}: WebhookOptions): Layer.Layer<
  HttpApiGroup.Service<"cognigy-cxone-router", "cognigy">,
  never,
  Handover | WebhookAuth
> =>
  HttpApiBuilder.group(
    Api,
    "cognigy",
    Effect.fnUntraced(function* (handlers) {
      const handover = yield* Handover
      const places = yield* Semaphore.make(capacity)

      const overloaded = new ServiceUnavailable({
        error: "Overloaded",
        detail: `the router takes on ${capacity} webhooks at once, and as many are under way`,
        retryAfter: 1
      })

      const handle = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
        const started = yield* Deadline.nowMillis
        const deadline = yield* Deadline.after(time)
        let asked: HandoverRequest | undefined
        const answer = readJson(request).pipe(
          // Until the body is there nothing has begun.
          Effect.interruptible,
          Effect.timeoutOrElse({ duration: time, orElse: () => tooSlow }),
          Effect.flatMap(toHandoverRequest),
          Effect.flatMap((handoverRequest) => {
            asked = handoverRequest
            return Effect.mapError(handover.handle(handoverRequest, idempotencyKey(request.headers)), toProblem)
          }),
          Effect.provideService(Deadline.CurrentDeadline, deadline)
        )
        return yield* places
          .withPermitsIfAvailable(1)(answer)
          .pipe(
            Effect.flatMap(Effect.fromOption(() => overloaded)),
            Effect.tap((done) => logDone(asked?.intent, done, started)),
            Effect.map((done) => ({ status: "success" as const, ...done })),
            Effect.catchDefect((defect) =>
              Effect.andThen(Effect.logError("a defect in the router", defect), Effect.fail(internalError))
            ),
            Effect.tapError((problem) => logProblem(asked?.intent, problem, started))
          )
      })

      // A handover goes on when its connection breaks, and is still to be logged: the handler sees it through.
      return handlers.handleRaw("webhook", ({ request }) => handle(request), { uninterruptible: true })
    })
  )

/**
 * The sender's own name for this request and its copies: the header of Standard Webhooks, or the one of the IETF's draft. In this order,
 * since only the first is signed: a copy of a signed webhook cannot be made to pass for another one.
 */
const idempotencyKey = (headers: Headers.Headers): string | undefined =>
  headers["webhook-id"] || headers["idempotency-key"] || undefined

const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/(?:json|[^\s;/]+\+json)\s*(?:;|$)/i.test(contentType.trim())

/** How deep a body may be nested: more than any bot's data, less than what makes recursive code run out of stack. */
const MAX_DEPTH = 64

const isDeeperThan = (levels: number, value: unknown): boolean =>
  Predicate.isObjectOrArray(value) &&
  (levels === 0 || Object.values(value).some((member) => isDeeperThan(levels - 1, member)))

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

const tooSlow = cut(
  () =>
    new BadRequest({ error: "Invalid payload", detail: "the body did not arrive whole before the handover's deadline" })
)

const isCompressed = (contentEncoding: string | undefined): boolean =>
  contentEncoding !== undefined && !/^\s*(?:identity\s*)?$/i.test(contentEncoding)

/** Read by a fiber that ends with the request: to interrupt the reading breaks the connection, and its client is to be answered before. */
const bytesOf = (request: HttpServerRequest.HttpServerRequest) =>
  Effect.flatMap(Effect.forkScoped(request.arrayBuffer, { startImmediately: true }), Fiber.join)

const readJson = Effect.fnUntraced(
  function* (request: HttpServerRequest.HttpServerRequest) {
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
    const bytes = yield* bytesOf(request).pipe(
      Effect.catchIf(isTooLarge, () => tooLarge),
      Effect.catchTag("HttpServerError", () =>
        Effect.fail(new BadRequest({ error: "Invalid payload", detail: "the body did not arrive whole" }))
      )
    )
    yield* Effect.flatMap(Sender, ({ checkBody }) => checkBody(bytes))
    const parsed = yield* Effect.try({
      try: (): unknown => JSON.parse(utf8.decode(bytes)),
      catch: () => new BadRequest({ error: "Invalid payload", detail: "the body is not JSON in UTF-8" })
    })
    return isDeeperThan(MAX_DEPTH, parsed)
      ? yield* new BadRequest({
          error: "Invalid payload",
          detail: `the body is nested deeper than ${MAX_DEPTH} levels`
        })
      : parsed
  },
  Effect.provideService(HttpIncomingMessage.MaxBodySize, MAX_BODY)
)

const logDone = Effect.fnUntraced(function* (intent: string | undefined, done: HandedOver, started: number) {
  const { conversationId, reused, rule, target } = done
  const where = `${target.type} ${target.id} (rule ${rule})`
  yield* Effect.logInfo(
    `handed over: ${intent} → ${where}, conversation ${conversationId}, ${reused ? "reused" : "new"}, ${yield* took(started)}`
  )
})

const logProblem = Effect.fnUntraced(function* (intent: string | undefined, problem: Problem, started: number) {
  const what = intent === undefined ? "refused" : `not handed over: ${intent}`
  const { logRefusal } = yield* Sender
  yield* logRefusal(`${what} → ${problem.status} ${problem.error}: ${problem.detail}, ${yield* took(started)}`)
})

const took = (started: number) => Effect.map(Deadline.nowMillis, (now) => `${Math.round(now - started)} ms`)
