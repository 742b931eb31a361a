/** Questions about routing: they take what the webhook takes, hand nothing over, and do not touch CXone. */
import { Duration, Effect, Option, Semaphore } from "effect"
import type { HttpServerRequest } from "effect/http"
import { CurrentDeadline } from "../domain/CurrentDeadline.ts"
import type { HandoverRequest } from "../domain/HandoverRequest.ts"
import { CurrentCorrelationId } from "../handover/HandedOver.ts"
import { Journal } from "../handover/Journal.ts"
import { nowMillis } from "../std/clock.ts"
import { parseBody, type Receive } from "./Body.ts"
import { type Arrival, arrive, recordRefusal } from "./door/refusal.ts"
import { Sender } from "./door/WebhookAuth.ts"
import { toHandoverRequest } from "./payload/toHandoverRequest.ts"
import { correlated } from "./problem/correlation.ts"
import { orInternalError } from "./problem/orInternalError.ts"
import { GatewayTimeout, overloaded } from "./problem/Problem.ts"
import type { Problem } from "./problem/wire.ts"

const tooLong = new GatewayTimeout({
  error: "Handover timed out",
  detail: "the routing policy did not answer within the handover's deadline"
})

/** How questions are received, and how much they may take. */
export interface AskOptions {
  /** For one question, from its headers to its answer. */
  readonly deadline: Duration.Duration
  /** The most questions that are answered at once. */
  readonly capacity: number
  readonly receive: Receive
}

/** Which refusals are recorded in the journal: all, or only wrong credentials, which may be a guess. */
export type Recorded = "all" | "credentials"

/** Makes a function that reads a question as the webhook reads its requests, and answers it within the deadline. */
export const makeAsk = Effect.fnUntraced(function* ({ capacity, deadline, receive }: AskOptions) {
  const journal = yield* Journal
  const places = yield* Semaphore.make(capacity)
  const full = overloaded(`the router answers ${capacity} questions about routing at once, and as many are under way`)

  return Effect.fnUntraced(function* <A, E extends Problem>(
    request: HttpServerRequest.HttpServerRequest,
    recorded: Recorded,
    answer: (request: HandoverRequest, arrival: Arrival) => Effect.Effect<A, E>
  ) {
    const arrival = yield* arrive
    const sender = yield* Sender
    const dueAt = arrival.startedAt + Duration.toMillis(deadline)
    let isStranger = sender.isStranger

    const refuse = (problem: Problem) =>
      recorded === "all" || problem._tag === "CredentialsRefused"
        ? recordRefusal(journal, arrival, problem, { isStranger })
        : Effect.void

    const read = Effect.gen(function* () {
      const bytes = yield* receive(request)
      yield* sender.checkBody(bytes)
      isStranger = false
      return yield* Effect.flatMap(parseBody(bytes), toHandoverRequest)
    })

    return yield* Effect.gen(function* () {
      const handoverRequest = yield* read.pipe(orInternalError, Effect.tapError(refuse))
      const answered = yield* answer(handoverRequest, arrival).pipe(
        Effect.timeoutOrElse({
          duration: Duration.millis(Math.max(0, dueAt - (yield* nowMillis))),
          orElse: () => Effect.fail(tooLong)
        }),
        orInternalError,
        // The other problems are answers of the policy.
        Effect.tapError((problem) =>
          problem._tag === "InternalError" || problem._tag === "GatewayTimeout" ? refuse(problem) : Effect.void
        ),
        places.withPermitsIfAvailable(1)
      )
      return Option.isSome(answered) ? answered.value : yield* Effect.tapError(full, refuse)
    }).pipe(
      Effect.mapError((problem) => correlated(problem, arrival.correlationId)),
      Effect.provideService(CurrentDeadline, dueAt),
      Effect.provideService(CurrentCorrelationId, arrival.correlationId),
      Effect.annotateLogs({ correlationId: arrival.correlationId })
    )
  })
})

/** Answers a question. */
export type Ask = Effect.Success<ReturnType<typeof makeAsk>>
