/** A client that behaves like Cognigy's HTTP Request node: what it can send, and what a flow can read of the answer. */
import { Effect, Schema } from "effect"
import { HttpBody, HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"

/** How long the node waits unless its author says otherwise. */
const TIMEOUT = "8 seconds"

/** The kinds of credentials that the node can send. */
export type Credentials =
  | { readonly kind: "none" }
  | { readonly kind: "X-API-Key" | "ApiKey" | "Bearer"; readonly key: string }
  | { readonly kind: "Basic"; readonly user: string; readonly password: string }

/** What a flow's author fills in. */
export interface RequestNode {
  readonly url: string
  readonly credentials: Credentials
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>
  /** `application/json` where nothing else is said. */
  readonly contentType?: string
  /** Text goes out as it is, anything else as JSON. */
  readonly payload: unknown
}

/** What the flow goes on with. */
export const HandedOver = Schema.Struct({
  status: Schema.Literal("success"),
  conversationId: Schema.String,
  target: Schema.Struct({ type: Schema.Literals(["queue", "agent"]), id: Schema.String }),
  rule: Schema.String,
  reused: Schema.Boolean,
  correlationId: Schema.String
})

const NamedTarget = Schema.Struct({ ...HandedOver.fields.target.fields, name: Schema.optionalKey(Schema.String) })

/** What a flow that routes by itself goes on with. */
export const Decided = Schema.Struct({
  status: Schema.Literal("decided"),
  target: NamedTarget,
  fallbacks: Schema.Array(NamedTarget),
  rule: Schema.String,
  labels: Schema.Record(Schema.String, Schema.String),
  correlationId: Schema.String
})

/** Members that only some problems have. */
const optional = {
  /** The rule that had decided. */
  rule: Schema.optionalKey(Schema.String),
  /** A new conversation that may be left open. */
  conversationId: Schema.optionalKey(Schema.String),
  /** What the bot is to say. */
  text: Schema.optionalKey(Schema.String)
}

const Problem = Schema.fromJsonString(
  Schema.Struct({
    type: Schema.String,
    title: Schema.String,
    status: Schema.Int,
    detail: Schema.String,
    error: Schema.String,
    correlationId: Schema.String,
    ...optional
  })
)

/** The node's answer where the status is above 299: the flow branches on `error`. */
export class RequestFailed extends Schema.TaggedError<RequestFailed>()("RequestFailed", {
  status: Schema.Int,
  error: Schema.String,
  detail: Schema.String,
  correlationId: Schema.String,
  ...optional,
  /** In seconds. */
  retryAfter: Schema.optionalKey(Schema.Int),
  /** Which credentials are asked for. */
  challenge: Schema.optionalKey(Schema.String)
}) {}

const credentialHeaders = (credentials: Credentials): Record<string, string> => {
  switch (credentials.kind) {
    case "none":
      return {}
    case "X-API-Key":
      return { "X-API-Key": credentials.key }
    case "ApiKey":
    case "Bearer":
      return { Authorization: `${credentials.kind} ${credentials.key}` }
    case "Basic":
      return {
        Authorization: `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64")}`
      }
  }
}

const textOf = (payload: unknown) => (typeof payload === "string" ? payload : JSON.stringify(payload))

const RetryAfter = Schema.decodeUnknownEffect(Schema.FiniteFromString.check(Schema.isInt()))

const failed = Effect.fnUntraced(function* ({ headers, status, text }: HttpClientResponse.HttpClientResponse) {
  const { title, type, ...problem } = yield* Schema.decodeUnknownEffect(Problem)(yield* text)
  const { "retry-after": retryAfter, "www-authenticate": challenge } = headers
  return yield* new RequestFailed({
    ...problem,
    status,
    ...(retryAfter === undefined ? {} : { retryAfter: yield* RetryAfter(retryAfter) }),
    ...(challenge === undefined ? {} : { challenge })
  })
})

/** Runs the node. Fails with `RequestFailed` as the flow sees it; with anything else where the answer is not one that the flow can read. */
export const run = Effect.fnUntraced(function* ({ contentType, credentials, headers = {}, payload, url }: RequestNode) {
  const http = yield* HttpClient.HttpClient
  const response = yield* HttpClientRequest.post(url).pipe(
    HttpClientRequest.setBody(HttpBody.text(textOf(payload), contentType ?? "application/json")),
    HttpClientRequest.setHeaders({ ...headers, ...credentialHeaders(credentials) }),
    http.execute
  )
  return response.status > 299
    ? yield* failed(response)
    : yield* HttpClientResponse.schemaBodyJson(Schema.Union([HandedOver, Decided]))(response)
}, Effect.timeout(TIMEOUT))
