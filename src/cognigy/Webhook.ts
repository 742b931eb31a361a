/** The webhook: receives a body, checks its sender, decodes it, hands over and answers. The log and the metrics follow from the journal. */
import { Duration, Effect, Option, Semaphore } from "effect"
import { type Headers, type HttpServerRequest, HttpServerResponse } from "effect/http"
import { CurrentDeadline } from "../domain/CurrentDeadline.ts"
import type { HandoverRequest } from "../domain/HandoverRequest.ts"
import { CurrentCorrelationId } from "../handover/HandedOver.ts"
import { Handover } from "../handover/Handover.ts"
import { Journal } from "../handover/Journal.ts"
import { unfilled } from "../std/text.ts"
import { acceptedBody } from "./acceptedBody.ts"
import { parseBody, type Receive } from "./Body.ts"
import { arrive, recordRefusal } from "./door/refusal.ts"
import { Sender } from "./door/WebhookAuth.ts"
import { toHandoverRequest } from "./payload/toHandoverRequest.ts"
import { correlated } from "./problem/correlation.ts"
import { orInternalError } from "./problem/orInternalError.ts"
import { BadRequest, overloaded } from "./problem/Problem.ts"
import { toProblem } from "./problem/toProblem.ts"
import type { Problem } from "./problem/wire.ts"

/** The default of webhooks in progress at once, 1,000: one process can carry that many through a slow CXone, at a few KiB each. */
export const DEFAULT_CAPACITY = 1000

/** The load that the webhook accepts, and how it receives bodies. */
export interface WebhookOptions {
  /** For one webhook, from its headers to its answer. */
  readonly deadline: Duration.Duration
  /** The most handovers in progress at once. */
  readonly capacity: number
  readonly receive: Receive
}

/** Makes the webhook's handler. */
export const makeWebhook = Effect.fnUntraced(function* ({ capacity, deadline, receive }: WebhookOptions) {
  const handover = yield* Handover
  const journal = yield* Journal
  const places = yield* Semaphore.make(capacity)
  const full = overloaded(`the router takes on ${capacity} webhooks at once, and as many are under way`)

  /** True while a place is free. A full router reads no body. */
  const hasPlace = Effect.map(places.withPermitsIfAvailable(1)(Effect.void), Option.isSome)

  /** Hands over when a place is free. It keeps the place when its sender leaves: the handover goes on. */
  const handOver = (request: HandoverRequest, key: string | undefined) =>
    handover
      .handle(request, key)
      .pipe(Effect.mapError(toProblem), orInternalError, places.withPermitsIfAvailable(1), Effect.uninterruptible)

  return Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
    const arrival = yield* arrive
    const { correlationId } = arrival
    const sender = yield* Sender
    let isStranger = sender.isStranger
    const refuse = (problem: Problem) => recordRefusal(journal, arrival, problem, { isStranger })

    const read = Effect.gen(function* () {
      const bytes = yield* receive(request)
      yield* sender.checkBody(bytes)
      isStranger = false
      const problem = unfilled(idempotencyKey(request.headers) ?? "")
      if (problem !== undefined) return yield* badKey(problem)
      return yield* Effect.flatMap(parseBody(bytes), toHandoverRequest)
    })

    return yield* Effect.gen(function* () {
      if (!(yield* hasPlace)) return yield* Effect.tapError(full, refuse)
      const handoverRequest = yield* read.pipe(orInternalError, Effect.tapError(refuse))
      const done = yield* handOver(handoverRequest, idempotencyKey(request.headers))
      return Option.isSome(done)
        ? HttpServerResponse.jsonUnsafe(acceptedBody(done.value, correlationId))
        : yield* Effect.tapError(full, refuse)
    }).pipe(
      Effect.mapError((problem) => correlated(problem, correlationId)),
      Effect.provideService(CurrentDeadline, arrival.startedAt + Duration.toMillis(deadline)),
      Effect.provideService(CurrentCorrelationId, correlationId),
      Effect.annotateLogs({ correlationId })
    )
  })
})

/**
 * The sender's own name for this request and its copies: the header of Standard Webhooks, or else that of the IETF's draft. Only the first one is signed, so
 * a copy of a signed webhook cannot pass for another one.
 */
const idempotencyKey = (headers: Headers.Headers): string | undefined =>
  headers["webhook-id"] || headers["idempotency-key"] || undefined

/** An idempotency key that many handovers would share. */
const badKey = (problem: string) =>
  new BadRequest({ error: "Invalid payload", detail: `the header webhook-id or Idempotency-Key: ${problem}` })
