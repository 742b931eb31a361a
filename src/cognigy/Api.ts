/** The router's HTTP interface, for Cognigy and for operators. Served at `/openapi.json` and `/docs`. */
import { Schema } from "effect"
import type { HttpRouter } from "effect/http"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Target } from "../domain/Target.ts"
import { Decision } from "../routing/Decision.ts"
import { Explanation, NamedTarget } from "../routing/Explanation.ts"
import { TableStatus } from "../routing/TableStatus.ts"
import { version } from "../version.ts"
import { WebhookAuth } from "./door/WebhookAuth.ts"
import { WebhookPayload } from "./payload/WebhookPayload.ts"
import { decideProblems, explainProblems, handlerProblems } from "./problem/wire.ts"

/** The path of the webhook. */
export const WEBHOOK_PATH = "/webhook/cognigy"

/** The answer to a webhook whose conversation CXone has accepted for routing. */
export const Accepted = Schema.Struct({
  status: Schema.Literal("success"),
  /** CXone's id of the conversation. */
  conversationId: Schema.String,
  /** The queue or agent that it was routed to. */
  target: Target,
  /** The name of the rule that decided. */
  rule: Schema.String,
  /** The user's active conversation was used. */
  reused: Schema.Boolean,
  /** The request's id in the log. */
  correlationId: Schema.String
}).annotate({
  identifier: "HandoverAccepted",
  examples: [
    {
      status: "success",
      conversationId: "6ef64600-c1ba-48ef-89c1-434ba2f88fed",
      target: { type: "queue", id: "5a1e5000-0000-4000-8000-000000000001" },
      rule: "transfer_to_sales",
      reused: false,
      correlationId: "204bb6ac45d5fdb12be38a9c6432a214"
    }
  ]
})

const webhook = HttpApiEndpoint.post("webhook", WEBHOOK_PATH, {
  payload: WebhookPayload,
  success: Accepted,
  error: handlerProblems
})
  .middleware(WebhookAuth)
  .annotateMerge(
    OpenApi.annotations({
      summary: "Hand a conversation over",
      description:
        "Called by a Cognigy flow when the bot cannot help. Opens a conversation in CXone, or takes the user's active one, and routes it to the queue or agent that the routing rules name. A 200 means that CXone has accepted the routing action. Where an object, a list or a number belongs, the same as JSON in a text is accepted; `null`, and text that is empty or blank, count as absent."
    })
  )

/** The path that decides and hands nothing over. */
export const DECIDE_PATH = "/routing/decide"

/** The answer to a request for a decision. */
export const Decided = Schema.Struct({
  status: Schema.Literal("decided"),
  /** The queue or agent, with its name in the table if it has one. */
  target: NamedTarget,
  /** Targets to try instead, in this order, when the target cannot be reached. */
  fallbacks: Schema.Array(NamedTarget),
  /** The name of the rule that decided. */
  rule: Schema.String,
  /** The rule's own labels for the conversation. */
  labels: Schema.Record(Schema.String, Schema.String),
  /** The priority in the queue, where the rule has one. */
  priority: Decision.fields.priority,
  /** The request's id in the log. */
  correlationId: Schema.String
}).annotate({
  identifier: "RoutingDecided",
  examples: [
    {
      status: "decided",
      target: { type: "queue", id: "5a1e5000-0000-4000-8000-000000000001", name: "sales" },
      fallbacks: [],
      rule: "transfer_to_sales",
      labels: {},
      correlationId: "204bb6ac45d5fdb12be38a9c6432a214"
    }
  ]
})

const decide = HttpApiEndpoint.post("decide", DECIDE_PATH, {
  payload: WebhookPayload,
  success: Decided,
  error: decideProblems
})
  .middleware(WebhookAuth)
  .annotateMerge(
    OpenApi.annotations({
      summary: "Decide where a conversation goes",
      description:
        "For a flow or a script that routes by itself. Takes what the webhook takes, and answers with the target, its fallbacks, and the rule's labels. Hands nothing over, and does not touch CXone, so it works whether CXone can be reached or not. What no rule sends anywhere is answered as by the webhook."
    })
  )

/** The path that explains routing. */
export const EXPLAIN_PATH = "/routing/explain"

const explain = HttpApiEndpoint.post("explain", EXPLAIN_PATH, {
  payload: WebhookPayload,
  query: { at: Schema.optionalKey(Schema.String.annotate({ examples: ["2026-12-24T18:30:00+01:00"] })) },
  success: Explanation,
  error: explainProblems
})
  .middleware(WebhookAuth)
  .annotateMerge(
    OpenApi.annotations({
      summary: "Explain where a conversation would go",
      description:
        "Takes what the webhook takes, hands nothing over, and does not touch CXone: which rule would decide, where to, and for every rule before it the first condition that failed and the value it saw. The query's `at` asks for another time than now: `2026-12-24T18:30:00+01:00`, or `2026-12-24 18:30 Europe/Berlin`."
    })
  )

const health = HttpApiEndpoint.get("healthz", "/healthz", {
  success: Schema.Struct({ status: Schema.Literal("ok") })
}).annotateMerge(OpenApi.annotations({ summary: "The process lives" }))

const routes = {
  /** The live routing table, if it comes from a file. */
  routes: Schema.optionalKey(TableStatus)
}

/** The answer of `/readyz` while no handover can be taken. */
export const NotReadyAnswer = Schema.Struct({
  status: Schema.Literal("not ready"),
  /** The cause, in a sentence for people. */
  reason: Schema.String,
  ...routes
}).pipe(HttpApiSchema.status(503))

const readiness = HttpApiEndpoint.get("readyz", "/readyz", {
  success: Schema.Struct({ status: Schema.Literal("ready"), ...routes }),
  error: NotReadyAnswer
}).annotateMerge(OpenApi.annotations({ summary: "Handovers can be taken: an access token for CXone can be had" }))

/** Opens the objects of the description, which are closed by default: the webhook ignores unknown members. */
const open = (description: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(description, (key, value) => (key === "additionalProperties" && value === false ? undefined : value))
  )

/**
 * The router's HTTP interface, an `HttpApi` of two groups: `cognigy` has `webhook`, `decide` and `explain` (`POST` to `WEBHOOK_PATH`, `DECIDE_PATH` and `EXPLAIN_PATH`),
 * `operations` has `healthz` and `readyz` (`GET`). Payloads are `WebhookPayload`; answers are `Accepted`, `Decided`, `Explanation`, or a problem.
 */
export class Api extends HttpApi.make("cognigy-cxone-router")
  .add(HttpApiGroup.make("cognigy").add(webhook).add(decide).add(explain))
  .add(HttpApiGroup.make("operations").add(health).add(readiness))
  .annotateMerge(
    OpenApi.annotations({
      title: "Cognigy to CXone router",
      version,
      transform: open,
      description: "Hands NICE Cognigy bot conversations over to the right NICE CXone queue or agent."
    })
  ) {}

/** The interface under a prefix, which may be empty. */
export const apiUnder = (prefix: string) => Api.prefix(prefix as HttpRouter.PathInput)
