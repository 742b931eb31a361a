/** `/routing/explain`: decodes the same payloads as the webhook, and explains the decision. It hands nothing over. */
import { type Duration, Effect } from "effect"
import type { HttpServerRequest } from "effect/http"
import { Journal } from "../handover/Journal.ts"
import { parseTime, TIME_FORMAT } from "../routing/explain/time.ts"
import { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import { parseBody, type Receive } from "./Body.ts"
import { arrive, recordRefusal } from "./door/refusal.ts"
import { Sender } from "./door/WebhookAuth.ts"
import { toHandoverRequest } from "./payload/toHandoverRequest.ts"
import { correlated } from "./problem/correlation.ts"
import { BadRequest, GatewayTimeout } from "./problem/Problem.ts"

const invalidTime = new BadRequest({ error: "Invalid payload", detail: `the query's at: ${TIME_FORMAT}` })

const tooLong = new GatewayTimeout({
  error: "Handover timed out",
  detail: "the routing policy did not answer within the handover's deadline"
})

/** How an explanation receives its body, and how long the policy may take. */
export interface ExplainOptions {
  readonly deadline: Duration.Duration
  readonly receive: Receive
}

/** Makes the handler. It records only wrong credentials in the journal: they may be a guess. */
export const makeExplain = Effect.fnUntraced(function* ({ deadline, receive }: ExplainOptions) {
  const journal = yield* Journal
  const policy = yield* RoutingPolicy

  return Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest, at: string | undefined) {
    const arrival = yield* arrive
    const { checkBody, isStranger } = yield* Sender
    return yield* Effect.gen(function* () {
      const bytes = yield* receive(request)
      yield* Effect.tapError(checkBody(bytes), (problem) => recordRefusal(journal, arrival, problem, { isStranger }))
      const handoverRequest = yield* Effect.flatMap(parseBody(bytes), toHandoverRequest)
      const time = at === undefined ? undefined : parseTime(at)
      if (at !== undefined && time === undefined) return yield* invalidTime
      return yield* Effect.timeoutOrElse(policy.explain(handoverRequest, time), {
        duration: deadline,
        orElse: () => Effect.fail(tooLong)
      })
    }).pipe(Effect.mapError((problem) => correlated(problem, arrival.correlationId)))
  })
})
