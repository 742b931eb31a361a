/** The webhook's failures as RFC 9457 problem details, with the member `error` that Cognigy flows branch on. */
import { Duration, Schema } from "effect"
import { ProblemDetails } from "effect/http"
import { HttpApiSchema } from "effect/http-api"
import type { HandoverError, HandoverFailed } from "../handover/Handover.ts"

/** The id under which the request stands in logs and traces. */
const correlation = {
  /** The name under which the log knows the request. */
  correlationId: Schema.optionalKey(Schema.String)
}

/** The members of a problem. No problem has a page of its own, so that `type` and `title` say what the status says. */
const members = <const Status extends number, const Title extends string, const Errors extends ReadonlyArray<string>>(
  status: Status,
  title: Title,
  errors: Errors
) => ({
  /** `about:blank`: the status says it. */
  type: Schema.tag(ProblemDetails.blankType),
  /** What the status is called. */
  title: Schema.tag(title),
  /** The HTTP status. */
  status: Schema.tag(status),
  /** What happened, in a sentence for people. */
  detail: Schema.String,
  /** What happened, for flows to branch on: one of a few texts that do not change. */
  error: Schema.Literals(errors),
  ...correlation
})

/** The members of a problem that a rule may have led to. Comments stay with them in declarations as long as no class spreads them. */
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
  /** The name of the rule that had decided, where one had. */
  rule: Schema.optionalKey(Schema.String)
})

const asProblem = HttpApiSchema.asJson({ contentType: ProblemDetails.contentType })

/** 400: the webhook's request is not one that the router can act on. */
export class BadRequest extends Schema.Error<BadRequest>("BadRequest")(
  ruledMembers(400, "Bad Request", [
    "Invalid content type",
    "Invalid payload",
    "Missing required fields",
    "Unsupported intent",
    "Agent ID missing"
  ]),
  { httpApiStatus: 400 }
) {}

const handoverRejected = {
  ...members(403, "Forbidden", ["Handover rejected"]),
  /** The rule's name. */
  rule: Schema.String,
  /** What the bot is to say. */
  text: Schema.String
}

/** 403: a rule says that the conversation goes nowhere. */
export class HandoverRejected extends Schema.Error<HandoverRejected>("HandoverRejected")(handoverRejected, {
  httpApiStatus: 403
}) {}

/** 404: there is nothing at this path. */
export class PathNotFound extends Schema.Error<PathNotFound>("PathNotFound")(members(404, "Not Found", ["Not found"]), {
  httpApiStatus: 404
}) {}

/** 405: the path takes another method. */
export class MethodNotAllowed extends Schema.Error<MethodNotAllowed>("MethodNotAllowed")(
  members(405, "Method Not Allowed", ["Method not allowed"]),
  { httpApiStatus: 405 }
) {}

/** 413: the body is larger than the router reads. */
export class PayloadTooLarge extends Schema.Error<PayloadTooLarge>("PayloadTooLarge")(
  members(413, "Content Too Large", ["Payload too large"]),
  { httpApiStatus: 413 }
) {}

/** 422: an idempotency key came again with another request. */
export class UnprocessableContent extends Schema.Error<UnprocessableContent>("UnprocessableContent")(
  members(422, "Unprocessable Content", ["Idempotency key reused"]),
  { httpApiStatus: 422 }
) {}

/** 500: a defect of the router. What it is stands in the log alone. */
export class InternalError extends Schema.Error<InternalError>("InternalError")(
  members(500, "Internal Server Error", ["Internal error"]),
  { httpApiStatus: 500 }
) {}

/** What a defect is answered with. */
export const internalError = new InternalError({
  error: "Internal error",
  detail: "the router failed: its log says why"
})

/** 502: CXone refused what we sent, or answered something that is not its contract. Trying again does not help. */
export class BadGateway extends Schema.Error<BadGateway>("BadGateway")(
  ruledMembers(502, "Bad Gateway", [
    "CXone rejected the credentials",
    "CXone denied access",
    "Invalid routing target",
    "Unexpected CXone response"
  ]),
  { httpApiStatus: 502 }
) {}

/** 504: the handover's deadline passed. */
export class GatewayTimeout extends Schema.Error<GatewayTimeout>("GatewayTimeout")(
  ruledMembers(504, "Gateway Timeout", ["Handover timed out"]),
  { httpApiStatus: 504 }
) {}

const credentialsRefused = members(401, "Unauthorized", ["Unauthorized"])

const challenged = {
  ...credentialsRefused,
  /** The value of `WWW-Authenticate`. */
  challenge: Schema.String
}

/** 401: the webhook's own credentials are missing or wrong. */
export class CredentialsRefused extends Schema.Error<CredentialsRefused>("CredentialsRefused")(challenged) {}

const serviceUnavailable = ruledMembers(503, "Service Unavailable", [
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

/** 503: not now; `Retry-After` says when. */
export class ServiceUnavailable extends Schema.Error<ServiceUnavailable>("ServiceUnavailable")(retried) {}

/** What is answered at once where the router has as much to do as it takes on. */
export const overloaded = (detail: string): ServiceUnavailable =>
  new ServiceUnavailable({ error: "Overloaded", detail, retryAfter: 1 })

/** How `CredentialsRefused` crosses the network. */
export const CredentialsRefusedProblem = CredentialsRefused.pipe(
  HttpApiSchema.encodeToWithHeaders(
    {
      body: Schema.Struct(credentialsRefused).pipe(asProblem, HttpApiSchema.status(401)),
      headers: { "www-authenticate": Schema.String }
    },
    {
      decode: ({ body, headers }) => new CredentialsRefused({ ...body, challenge: headers["www-authenticate"] }),
      encode: ({ challenge, correlationId, detail, error, status, title, type }) => ({
        body: { type, title, status, detail, error, ...(correlationId === undefined ? {} : { correlationId }) },
        headers: { "www-authenticate": challenge }
      })
    }
  )
)

/** How `ServiceUnavailable` crosses the network. */
export const ServiceUnavailableProblem = ServiceUnavailable.pipe(
  HttpApiSchema.encodeToWithHeaders(
    {
      body: Schema.Struct(serviceUnavailable).pipe(asProblem, HttpApiSchema.status(503)),
      headers: { "retry-after": Schema.Int }
    },
    {
      decode: ({ body, headers }) => new ServiceUnavailable({ ...body, retryAfter: headers["retry-after"] }),
      encode: ({ correlationId, detail, error, retryAfter, rule, status, title, type }) => ({
        body: {
          type,
          title,
          status,
          detail,
          error,
          ...(rule === undefined ? {} : { rule }),
          ...(correlationId === undefined ? {} : { correlationId })
        },
        headers: { "retry-after": retryAfter }
      })
    }
  )
)

/** The problems that the webhook's handler answers with, as they cross the network. */
export const handlerProblems = [
  BadRequest.pipe(asProblem),
  HandoverRejected.pipe(asProblem),
  PayloadTooLarge.pipe(asProblem),
  UnprocessableContent.pipe(asProblem),
  InternalError.pipe(asProblem),
  BadGateway.pipe(asProblem),
  ServiceUnavailableProblem,
  GatewayTimeout.pipe(asProblem)
] as const

/** The problems of a request that is only looked at, as they cross the network. */
export const explainProblems = [
  BadRequest.pipe(asProblem),
  PayloadTooLarge.pipe(asProblem),
  InternalError.pipe(asProblem),
  ServiceUnavailableProblem,
  GatewayTimeout.pipe(asProblem)
] as const

/** Every failure that a sender can be answered with whose credentials are right. */
export type HandoverProblem = (typeof handlerProblems)[number]["Type"]

/** Every failure that the webhook can answer with. */
export type Problem = HandoverProblem | CredentialsRefused

/** A problem with the id under which its request stands in logs and traces. */
export const correlated = <P extends Problem>(problem: P, correlationId: string): P => {
  const Same = problem.constructor as new (members: P) => P
  return new Same({ ...problem, correlationId })
}

/** The `Retry-After` of a 503 that CXone gave none for, in seconds: past its usual hiccups, well before a user gives up. */
const DEFAULT_RETRY_AFTER = 5

/** The answer to a handover that failed. */
export const toProblem = (failure: HandoverError | HandoverFailed["reason"]): HandoverProblem => {
  const [error, rule] =
    failure._tag === "HandoverFailed"
      ? [failure.reason, failure.rule === undefined ? {} : { rule: failure.rule }]
      : [failure, {}]
  const detail = error.message
  const later = (name: ServiceUnavailable["error"], retryAfter: Duration.Duration | undefined) =>
    new ServiceUnavailable({
      error: name,
      detail,
      ...rule,
      retryAfter:
        retryAfter === undefined ? DEFAULT_RETRY_AFTER : Math.max(1, Math.ceil(Duration.toSeconds(retryAfter)))
    })
  switch (error._tag) {
    case "UnsupportedIntent":
      return new BadRequest({ error: "Unsupported intent", detail })
    case "AgentIdMissing":
      return new BadRequest({ error: "Agent ID missing", detail, rule: error.rule })
    case "Rejected":
      return new HandoverRejected({ error: "Handover rejected", detail, rule: error.rule, text: error.text })
    case "Unauthorized":
      return new BadGateway({ error: "CXone rejected the credentials", detail, ...rule })
    case "Forbidden":
      return new BadGateway({ error: "CXone denied access", detail, ...rule })
    case "InvalidTarget":
      return new BadGateway({ error: "Invalid routing target", detail, ...rule })
    case "UnexpectedResponse":
      return new BadGateway({ error: "Unexpected CXone response", detail, ...rule })
    case "RateLimited":
      return later("CXone rate limit exceeded", error.retryAfter)
    case "Unavailable":
      return later("CXone unavailable", error.retryAfter)
    case "Conflict":
      return later("Conversation conflict", undefined)
    case "KeyReused":
      return new UnprocessableContent({ error: "Idempotency key reused", detail })
    case "DeadlineExceeded":
      return new GatewayTimeout({ error: "Handover timed out", detail, ...rule })
  }
}
