/** `/routing/explain`: decodes the same payloads as the webhook, and explains the decision. It hands nothing over. */
import { Effect } from "effect"
import type { HttpServerRequest } from "effect/http"
import { parseTime, TIME_FORMAT } from "../routing/explain/time.ts"
import { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import type { Ask } from "./askRouting.ts"
import { BadRequest } from "./problem/Problem.ts"

const invalidTime = new BadRequest({ error: "Invalid payload", detail: `the query's at: ${TIME_FORMAT}` })

/** Makes the handler. It records only wrong credentials in the journal: an explanation is no part of a conversation. */
export const makeExplain = (ask: Ask) =>
  Effect.map(
    RoutingPolicy,
    ({ explain }) =>
      (request: HttpServerRequest.HttpServerRequest, at: string | undefined) =>
        ask(request, "credentials", (handoverRequest) => {
          const time = at === undefined ? undefined : parseTime(at)
          return at !== undefined && time === undefined ? Effect.fail(invalidTime) : explain(handoverRequest, time)
        })
  )
