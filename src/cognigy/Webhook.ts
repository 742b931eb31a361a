/** The webhook's handler: reads what Cognigy posts, asks for the handover, answers, and says in one line what happened. */
import { type Cause, Context, Duration, Effect, type Layer, References, type Scope } from "effect"
import { type Headers, type HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder, type HttpApiGroup } from "effect/http-api"
import * as Deadline from "../cxone/transport/Deadline.ts"
import type { HandoverRequest } from "../domain/HandoverRequest.ts"
import { CurrentCorrelationId, type HandedOver, Handover } from "../handover/Handover.ts"
import { parseTime, TIME_FORMAT } from "../routing/explain/time.ts"
import { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import { snakeCase } from "../std/measure.ts"
import { type Accepted, Api } from "./Api.ts"
import { makeBodyReader } from "./Body.ts"
import { correlationId, correlationIdOf } from "./Correlation.ts"
import { toHandoverRequest } from "./Payload.ts"
import {
  BadRequest,
  CredentialsRefused,
  correlated,
  GatewayTimeout,
  HandoverRejected,
  internalError,
  overloaded,
  type Problem,
  type ServiceUnavailable,
  toProblem
} from "./Problem.ts"
import { countRefusal, declareRefusals } from "./Refusals.ts"
import { Sender, type WebhookAuth } from "./WebhookAuth.ts"

/** How many webhooks may be under way at once where nothing else is set, 1,000: what one process can carry through a slow CXone, at a few KiB each. */
export const DEFAULT_CAPACITY = 1000

const tooLong = new GatewayTimeout({
  error: "Handover timed out",
  detail: "the routing policy did not answer within the handover's deadline"
})

/** How much the webhook takes on. */
export interface WebhookOptions {
  /** For one webhook, from its headers to its answer: the time in which its body must come too. */
  readonly deadline: Duration.Duration
  /** How many webhooks may be under way at once, from their bodies to their answers, and how many bodies may be on their way. */
  readonly capacity: number
}

/** The webhook's group of `Api`. */
export const layer = ({
  capacity,
  deadline: time
}: WebhookOptions): Layer.Layer<
  HttpApiGroup.Service<"cognigy-cxone-router", "cognigy">,
  never,
  Handover | RoutingPolicy | WebhookAuth
> =>
  HttpApiBuilder.group(
    Api,
    "cognigy",
    Effect.fnUntraced(function* (handlers) {
      const handover = yield* Handover
      const policy = yield* RoutingPolicy
      yield* declareRefusals
      const readBody = makeBodyReader(capacity)

      const full = Effect.fail(
        overloaded(`the router takes on ${capacity} webhooks at once, and as many are under way`)
      )
      let underWay = 0
      const inPlace = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
        Effect.suspend((): Effect.Effect<A, E | ServiceUnavailable, R> => {
          if (underWay >= capacity) return full
          underWay += 1
          return Effect.onExitPrimitive(effect, () => {
            underWay -= 1
            return undefined
          })
        })

      const handle = (request: HttpServerRequest.HttpServerRequest) =>
        Effect.withFiber((fiber) => {
          const started = Deadline.millisOf(fiber)
          const deadline = Deadline.afterMillis(fiber, Duration.toMillis(time))
          const id = correlationIdOf(fiber, request)
          let asked: HandoverRequest | undefined
          // Until the body is there nothing has begun.
          const body = underWay >= capacity ? full : Effect.interruptible(readBody(request, time))
          return Effect.flatMap(body, toHandoverRequest).pipe(
            Effect.flatMap((handoverRequest) => {
              asked = handoverRequest
              const handle = handover.handle(handoverRequest, idempotencyKey(request.headers))
              // Not before: a sender that is slow, or has yet to show who it is, takes no place.
              return inPlace(Effect.mapError(handle, toProblem))
            }),
            Effect.flatMap((done) => Effect.as(logDone(asked?.intent, done, id, started), accepted(done, id))),
            Effect.catchCause((cause) =>
              Effect.catch(orInternal(cause), (problem) =>
                Effect.andThen(logProblem(asked?.intent, problem, started), Effect.fail(correlated(problem, id)))
              )
            ),
            Effect.updateContext(
              (context: Context.Context<HttpServerRequest.HttpServerRequest | Scope.Scope | Sender>) =>
                context.pipe(
                  Context.add(Deadline.CurrentDeadline, deadline),
                  Context.add(CurrentCorrelationId, id),
                  Context.add(References.CurrentLogAnnotations, {
                    ...fiber.getRef(References.CurrentLogAnnotations),
                    correlationId: id
                  })
                )
            )
          )
        })

      const explain = Effect.fnUntraced(function* (
        request: HttpServerRequest.HttpServerRequest,
        at: string | undefined
      ) {
        const body = yield* readBody(request, time)
        const asked = yield* toHandoverRequest(body)
        const now = at === undefined ? undefined : parseTime(at)
        if (at !== undefined && now === undefined) {
          return yield* new BadRequest({ error: "Invalid payload", detail: `the query's at: ${TIME_FORMAT}` })
        }
        return yield* Effect.timeoutOrElse(policy.explain(asked, now), { duration: time, orElse: () => tooLong })
      })

      const explainCorrelated = (request: HttpServerRequest.HttpServerRequest, at: string | undefined) =>
        Effect.flatMap(correlationId, (id) =>
          Effect.mapError(explain(request, at), (problem) => correlated(problem, id))
        )

      // A handover goes on when its connection breaks, and is still to be logged: the handler sees it through.
      return handlers
        .handleRaw("webhook", ({ request }) => handle(request), { uninterruptible: true })
        .handleRaw("explain", ({ query, request }) => explainCorrelated(request, query.at))
    })
  )

/**
 * The sender's own name for this request and its copies: the header of Standard Webhooks, or the one of the IETF's draft. In this order,
 * since only the first is signed: a copy of a signed webhook cannot be made to pass for another one.
 */
const idempotencyKey = (headers: Headers.Headers): string | undefined =>
  headers["webhook-id"] || headers["idempotency-key"] || undefined

/** What a request failed with: a defect is one of the router's own. */
const orInternal = <E>(cause: Cause.Cause<E>) =>
  Effect.catchDefect(Effect.failCause(cause), (defect) =>
    Effect.andThen(Effect.logError("a defect in the router", defect), Effect.fail(internalError))
  )

/** The answer. A copy is answered under the id of the first. */
const accepted = (done: HandedOver, id: string) => {
  const { conversationId, correlationId = id, reused, rule, target } = done
  // By name: what a policy or a store of one's own has besides is not for the sender.
  return HttpServerResponse.jsonUnsafe({
    status: "success",
    conversationId,
    target: { type: target.type, id: target.id },
    rule,
    reused,
    correlationId
  } satisfies typeof Accepted.Type)
}

/** Says it in one line, which has the same as fields too. A copy has the id of the first, and its own beside it. */
const logDone = (intent: string | undefined, done: HandedOver, id: string, started: number) =>
  Effect.withFiber((fiber) => {
    const { conversationId, correlationId = id, reused, rule, target } = done
    const isCopy = correlationId !== id
    const milliseconds = Math.round(Deadline.millisOf(fiber) - started)
    const where = `${target.type} ${target.id} (rule ${rule})`
    const what = isCopy ? "repeated, answered as before" : "handed over"
    return Effect.annotateLogs(
      Effect.logInfo(
        `${what}: ${intent} → ${where}, conversation ${conversationId}, ${reused ? "reused" : "new"}, ${milliseconds} ms`
      ),
      {
        correlationId,
        ...(isCopy ? { copyId: id } : {}),
        outcome: isCopy ? "repeated" : "success",
        rule,
        conversationId,
        status: 200,
        milliseconds
      }
    )
  })

const logProblem = Effect.fnUntraced(function* (intent: string | undefined, problem: Problem, started: number) {
  if ((intent === undefined || problem.error === "Overloaded") && !(problem instanceof CredentialsRefused)) {
    yield* countRefusal(snakeCase(problem.error))
  }
  const what = intent === undefined ? "refused" : `not handed over: ${intent}`
  const by = "rule" in problem && problem.rule !== undefined ? ` (rule ${problem.rule})` : ""
  const { logRefusal } = yield* Sender
  // A rule that hands nothing over has done what it is for.
  const log = problem instanceof HandoverRejected ? Effect.logInfo : logRefusal
  const milliseconds = Math.round((yield* Deadline.nowMillis) - started)
  yield* Effect.annotateLogs(
    log(`${what} → ${problem.status} ${problem.error}${by}: ${problem.detail}, ${milliseconds} ms`),
    {
      outcome: snakeCase(problem.error),
      ...("rule" in problem && problem.rule !== undefined ? { rule: problem.rule } : {}),
      status: problem.status,
      milliseconds
    }
  )
})
