/** How problems cross the network: bodies as `application/problem+json`, and headers for three of them. */
import { Schema } from "effect"
import { ProblemDetails } from "effect/http"
import { HttpApiSchema } from "effect/http-api"
import {
  BadGateway,
  BadRequest,
  CredentialsRefused,
  credentialsRefused,
  GatewayTimeout,
  HandoverRejected,
  InternalError,
  NoConversation,
  PayloadTooLarge,
  ServiceUnavailable,
  serviceUnavailable,
  UnprocessableContent,
  UnsupportedMediaType,
  unsupportedMediaType
} from "./Problem.ts"

const asProblem = HttpApiSchema.asJson({ contentType: ProblemDetails.contentType })

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

/** How `UnsupportedMediaType` crosses the network. */
export const UnsupportedMediaTypeProblem = UnsupportedMediaType.pipe(
  HttpApiSchema.encodeToWithHeaders(
    {
      body: Schema.Struct(unsupportedMediaType).pipe(asProblem, HttpApiSchema.status(415)),
      headers: { "accept-encoding": Schema.String }
    },
    {
      decode: ({ body, headers }) => new UnsupportedMediaType({ ...body, accepted: headers["accept-encoding"] }),
      encode: ({ accepted, correlationId, detail, error, status, title, type }) => ({
        body: { type, title, status, detail, error, ...(correlationId === undefined ? {} : { correlationId }) },
        headers: { "accept-encoding": accepted }
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
      encode: ({ conversationId, correlationId, detail, error, retryAfter, rule, status, title, type }) => ({
        body: {
          type,
          title,
          status,
          detail,
          error,
          ...(rule === undefined ? {} : { rule }),
          ...(conversationId === undefined ? {} : { conversationId }),
          ...(correlationId === undefined ? {} : { correlationId })
        },
        headers: { "retry-after": retryAfter }
      })
    }
  )
)

/** The problems of the webhook, but for refused credentials, as they cross the network. */
export const handlerProblems = [
  BadRequest.pipe(asProblem),
  HandoverRejected.pipe(asProblem),
  NoConversation.pipe(asProblem),
  PayloadTooLarge.pipe(asProblem),
  UnsupportedMediaTypeProblem,
  UnprocessableContent.pipe(asProblem),
  InternalError.pipe(asProblem),
  BadGateway.pipe(asProblem),
  ServiceUnavailableProblem,
  GatewayTimeout.pipe(asProblem)
] as const

/** The problems of an explanation, as they cross the network. */
export const explainProblems = [
  BadRequest.pipe(asProblem),
  PayloadTooLarge.pipe(asProblem),
  UnsupportedMediaTypeProblem,
  InternalError.pipe(asProblem),
  ServiceUnavailableProblem,
  GatewayTimeout.pipe(asProblem)
] as const

/** The problems of a decision, as they cross the network. */
export const decideProblems = [HandoverRejected.pipe(asProblem), ...explainProblems] as const

/** Every problem that a sender with valid credentials can get. */
export type HandoverProblem = (typeof handlerProblems)[number]["Type"]

/** Every problem that the webhook answers with. */
export type Problem = HandoverProblem | CredentialsRefused
