/** The webhook's failures as RFC 9457 problem details, with the member `error` that Cognigy flows branch on. */
import { Schema } from "effect"
import { ProblemDetails } from "effect/http"

/** The id of the request in logs and traces. */
const correlation = {
  /** The request's id in the log. */
  correlationId: Schema.optionalKey(Schema.String)
}

/** The members of a problem. No problem has a page of its own, so `type` and `title` repeat the status. */
const members = <const Status extends number, const Title extends string, const Errors extends ReadonlyArray<string>>(
  status: Status,
  title: Title,
  errors: Errors
) => ({
  /** `about:blank`: the status says it. */
  type: Schema.tag(ProblemDetails.blankType),
  /** The status in words. */
  title: Schema.tag(title),
  /** The HTTP status. */
  status: Schema.tag(status),
  /** The cause, in a sentence for people. */
  detail: Schema.String,
  /** The kind of failure, for flows to branch on: one of a few fixed texts. */
  error: Schema.Literals(errors),
  ...correlation
})

/** The members of a problem that a rule may have caused. (Declarations keep comments only of members that no class spreads.) */
const ruledMembers = <
  const Status extends number,
  const Title extends string,
  const Errors extends ReadonlyArray<string>
>(
  status: Status,
  title: Title,
  errors: Errors
) => ({
  ...members(status, title, errors),
  /** The name of the rule that decided, if one did. */
  rule: Schema.optionalKey(Schema.String)
})

/** The members of a problem of a handover that CXone did not complete. */
const orphanMembers = <
  const Status extends number,
  const Title extends string,
  const Errors extends ReadonlyArray<string>
>(
  status: Status,
  title: Title,
  errors: Errors
) => ({
  ...ruledMembers(status, title, errors),
  /** A conversation that this handover opened, or may have opened, and did not place: it may stay open in CXone, at no queue. The user's next handover takes it. */
  conversationId: Schema.optionalKey(Schema.String)
})

/** 400: the webhook's request is invalid. */
export class BadRequest extends Schema.Error<BadRequest>("BadRequest")(
  ruledMembers(400, "Bad Request", [
    "Invalid content type",
    "Invalid payload",
    "Missing required fields",
    "Unsupported intent",
    "Agent ID missing"
  ]),
  { httpApiStatus: 400 }
) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "BadRequest" as const
  }
}

const handoverRejected = {
  ...members(403, "Forbidden", ["Handover rejected"]),
  /** The rule's name. */
  rule: Schema.String,
  /** The bot's reply to the user. */
  text: Schema.String
}

/** 403: a rule says that the conversation goes nowhere. */
export class HandoverRejected extends Schema.Error<HandoverRejected>("HandoverRejected")(handoverRejected, {
  httpApiStatus: 403
}) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "HandoverRejected" as const
  }
}

/** 404: there is nothing at this path. */
export class PathNotFound extends Schema.Error<PathNotFound>("PathNotFound")(members(404, "Not Found", ["Not found"]), {
  httpApiStatus: 404
}) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "PathNotFound" as const
  }
}

/** 405: the path has another method. */
export class MethodNotAllowed extends Schema.Error<MethodNotAllowed>("MethodNotAllowed")(
  members(405, "Method Not Allowed", ["Method not allowed"]),
  { httpApiStatus: 405 }
) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "MethodNotAllowed" as const
  }
}

/** 413: the body is larger than the router reads. */
export class PayloadTooLarge extends Schema.Error<PayloadTooLarge>("PayloadTooLarge")(
  members(413, "Content Too Large", ["Payload too large"]),
  { httpApiStatus: 413 }
) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "PayloadTooLarge" as const
  }
}

/** The body of `UnsupportedMediaType`. */
export const unsupportedMediaType = members(415, "Unsupported Media Type", ["Unsupported encoding"])

const encoded = {
  ...unsupportedMediaType,
  /** The value of `Accept-Encoding`: what the router can read. */
  accepted: Schema.String
}

/** 415: the body has a content encoding that the router does not read. */
export class UnsupportedMediaType extends Schema.Error<UnsupportedMediaType>("UnsupportedMediaType")(encoded) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "UnsupportedMediaType" as const
  }
}

/** 409: the conversation that is to be routed is not there. */
export class NoConversation extends Schema.Error<NoConversation>("NoConversation")(
  ruledMembers(409, "Conflict", ["No active conversation"]),
  { httpApiStatus: 409 }
) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "NoConversation" as const
  }
}

/** 422: an idempotency key was used for two different requests. */
export class UnprocessableContent extends Schema.Error<UnprocessableContent>("UnprocessableContent")(
  members(422, "Unprocessable Content", ["Idempotency key reused"]),
  { httpApiStatus: 422 }
) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "UnprocessableContent" as const
  }
}

/** 500: a defect of the router. Only the log says which. */
export class InternalError extends Schema.Error<InternalError>("InternalError")(
  members(500, "Internal Server Error", ["Internal error"]),
  { httpApiStatus: 500 }
) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "InternalError" as const
  }
}

/** The answer to a defect. */
export const internalError = new InternalError({
  error: "Internal error",
  detail: "the router failed: its log says why"
})

/** 502: CXone refused the request, or broke its contract. Trying again does not help. */
export class BadGateway extends Schema.Error<BadGateway>("BadGateway")(
  orphanMembers(502, "Bad Gateway", [
    "CXone rejected the credentials",
    "CXone denied access",
    "Invalid routing target",
    "Unexpected CXone response"
  ]),
  { httpApiStatus: 502 }
) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "BadGateway" as const
  }
}

/** 504: the handover's deadline passed. */
export class GatewayTimeout extends Schema.Error<GatewayTimeout>("GatewayTimeout")(
  orphanMembers(504, "Gateway Timeout", ["Handover timed out"]),
  { httpApiStatus: 504 }
) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "GatewayTimeout" as const
  }
}

/** The body of `CredentialsRefused`. */
export const credentialsRefused = members(401, "Unauthorized", ["Unauthorized"])

const challenged = {
  ...credentialsRefused,
  /** The value of `WWW-Authenticate`. */
  challenge: Schema.String
}

/** 401: the webhook's own credentials are missing or wrong. */
export class CredentialsRefused extends Schema.Error<CredentialsRefused>("CredentialsRefused")(challenged) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "CredentialsRefused" as const
  }
}

/** The body of `ServiceUnavailable`. */
export const serviceUnavailable = orphanMembers(503, "Service Unavailable", [
  "CXone rate limit exceeded",
  "CXone unavailable",
  "Conversation conflict",
  "Overloaded"
])

const retried = {
  ...serviceUnavailable,
  /** The value of `Retry-After`, in whole seconds. */
  retryAfter: Schema.Int
}

/** 503: not now; `Retry-After` says when to try again. */
export class ServiceUnavailable extends Schema.Error<ServiceUnavailable>("ServiceUnavailable")(retried) {
  /** For `Effect.catchTag`; it does not cross the network. */
  get _tag() {
    return "ServiceUnavailable" as const
  }
}

/** The immediate answer of a router at its capacity. */
export const overloaded = (detail: string): ServiceUnavailable =>
  new ServiceUnavailable({ error: "Overloaded", detail, retryAfter: 1 })
