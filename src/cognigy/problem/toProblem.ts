/** The problem that answers a handover that failed. */
import { Duration } from "effect"
import type { HandoverError, HandoverFailed } from "../../handover/HandedOver.ts"
import type { RoutingError } from "../../routing/Decision.ts"
import {
  BadGateway,
  BadRequest,
  GatewayTimeout,
  HandoverRejected,
  NoConversation,
  ServiceUnavailable,
  UnprocessableContent
} from "./Problem.ts"
import type { HandoverProblem } from "./wire.ts"

/** The `Retry-After` of a 503 when CXone named no time, in seconds: longer than its usual failures, shorter than a user's patience. */
const DEFAULT_RETRY_AFTER = 5

/** The answer to a request that no rule sends anywhere. */
export const toRoutingProblem = (error: RoutingError): BadRequest | HandoverRejected => {
  const detail = error.message
  switch (error._tag) {
    case "UnsupportedIntent":
      return new BadRequest({ error: "Unsupported intent", detail })
    case "AgentIdMissing":
      return new BadRequest({ error: "Agent ID missing", detail, rule: error.rule })
    case "Rejected":
      return new HandoverRejected({ error: "Handover rejected", detail, rule: error.rule, text: error.text })
  }
}

/** The answer to a handover that failed. */
export const toProblem = (failure: HandoverError | HandoverFailed["reason"]): HandoverProblem => {
  const [error, more] =
    failure._tag === "HandoverFailed" ? [failure.reason, membersOf(failure)] : [failure, {} as const]
  const detail = error.message
  const later = (name: ServiceUnavailable["error"], retryAfter: Duration.Duration | undefined) =>
    new ServiceUnavailable({
      error: name,
      detail,
      ...more,
      retryAfter:
        retryAfter === undefined ? DEFAULT_RETRY_AFTER : Math.max(1, Math.ceil(Duration.toSeconds(retryAfter)))
    })
  switch (error._tag) {
    case "UnsupportedIntent":
    case "AgentIdMissing":
    case "Rejected":
      return toRoutingProblem(error)
    case "Unauthorized":
      return new BadGateway({ error: "CXone rejected the credentials", detail, ...more })
    case "PermissionMissing":
      return new BadGateway({ error: "CXone denied access", detail, ...more })
    case "InvalidTarget":
      return new BadGateway({ error: "Invalid routing target", detail, ...more })
    case "NoActiveConversation":
      return new NoConversation({
        error: "No active conversation",
        detail,
        ...(more.rule === undefined ? {} : { rule: more.rule })
      })
    case "UnexpectedResponse":
      return new BadGateway({ error: "Unexpected CXone response", detail, ...more })
    case "RateLimited":
      return later("CXone rate limit exceeded", error.retryAfter)
    case "Unavailable":
      return later("CXone unavailable", error.retryAfter)
    case "Conflict":
      return later("Conversation conflict", undefined)
    case "KeyReused":
      return new UnprocessableContent({ error: "Idempotency key reused", detail })
    case "DeadlineExceeded":
      return new GatewayTimeout({ error: "Handover timed out", detail, ...more })
  }
}

/** The rule that decided, and the new conversation that is left, if there are any. */
const membersOf = ({ conversationId, rule }: HandoverFailed) => ({
  ...(rule === undefined ? {} : { rule }),
  ...(conversationId === undefined ? {} : { conversationId })
})
