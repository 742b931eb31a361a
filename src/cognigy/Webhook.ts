/** The webhook's handler: reads what Cognigy posts, asks for the handover, answers, and says in one line what happened. */
import { ByteSize, Effect, type Layer } from "effect"
import {
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
import { BadRequest, internalError, PayloadTooLarge, type Problem, toProblem } from "./Problem.ts"
import type { WebhookAuth } from "./WebhookAuth.ts"

/** The largest body that the webhook reads. */
export const MAX_BODY = ByteSize.kibibytes(256)

/** The webhook's group of `Api`. */
export const layer: Layer.Layer<
  HttpApiGroup.Service<"cognigy-cxone-router", "cognigy">,
  never,
  Handover | WebhookAuth
> = HttpApiBuilder.group(
  Api,
  "cognigy",
  Effect.fnUntraced(function* (handlers) {
    const handover = yield* Handover

    const handle = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
      const started = yield* Deadline.nowMillis
      let asked: HandoverRequest | undefined
      return yield* readJson(request).pipe(
        // Until the body is there nothing has begun.
        Effect.interruptible,
        Effect.flatMap(toHandoverRequest),
        Effect.flatMap((handoverRequest) => {
          asked = handoverRequest
          return Effect.mapError(handover.handle(handoverRequest), toProblem)
        }),
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

const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/(?:json|[^\s;/]+\+json)\s*(?:;|$)/i.test(contentType.trim())

const utf8 = new TextDecoder("utf-8", { fatal: true })

const isTooLarge = ({ reason }: HttpServerError.HttpServerError) =>
  reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge"

/** Closes the connection too: there is no use in reading the rest. */
const tooLarge = Effect.andThen(
  HttpEffect.appendPreResponseHandler((_request, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, "connection", "close"))
  ),
  Effect.suspend(() =>
    Effect.fail(new PayloadTooLarge({ error: "Payload too large", detail: "the router reads at most 256 KiB" }))
  )
)

const readJson = Effect.fnUntraced(
  function* (request: HttpServerRequest.HttpServerRequest) {
    if (!isJson(request.headers["content-type"])) {
      return yield* new BadRequest({
        error: "Invalid content type",
        detail: "send the body as application/json, and say so in the header Content-Type"
      })
    }
    if (Number(request.headers["content-length"]) > ByteSize.toNumberUnsafe(MAX_BODY)) return yield* tooLarge
    const bytes = yield* request.arrayBuffer.pipe(
      Effect.catchIf(isTooLarge, () => tooLarge),
      Effect.catchTag("HttpServerError", () =>
        Effect.fail(new BadRequest({ error: "Invalid payload", detail: "the body did not arrive whole" }))
      )
    )
    return yield* Effect.try({
      try: (): unknown => JSON.parse(utf8.decode(bytes)),
      catch: () => new BadRequest({ error: "Invalid payload", detail: "the body is not JSON in UTF-8" })
    })
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
  yield* Effect.logWarning(`${what} → ${problem.status} ${problem.error}: ${problem.detail}, ${yield* took(started)}`)
})

const took = (started: number) => Effect.map(Deadline.nowMillis, (now) => `${Math.round(now - started)} ms`)
