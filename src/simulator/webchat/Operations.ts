import { Effect, Schema } from "effect"
import { type Answer, jsonAnswer, noContent, plainRefusal, Refusal } from "../core/Answer.ts"
import type { Dialect, Endpoint, Handler, Paths } from "../core/Dialect.ts"
import { hasContentType, type Incoming, jsonBody, param, parsePairs, query, usualBody } from "../core/Incoming.ts"
import { requireScope, requireToken } from "./Access.ts"
import { noTarget } from "./Conversations.ts"
import type { Operation } from "./Operation.ts"
import { type Scope, serviceUser } from "./SimulatorOptions.ts"
import type { ConversationTarget } from "./SimulatorState.ts"
import type { Webchat } from "./Webchat.ts"

const chatsPath = "/api/v2/conversations/webchat"

const ExternalUserId = Schema.String.check(
  Schema.isPattern(/^cognigy_./s, { expected: "a user id that starts with cognigy_" })
)

const openBody = jsonBody(
  Schema.Struct({
    userId: ExternalUserId,
    name: Schema.Literal("Webchat from Cognigy"),
    labels: Schema.Struct({ source: Schema.Literal("cognigy") })
  })
)

const findActiveQuery = query(Schema.Struct({ userId: ExternalUserId, status: Schema.Literal("ACTIVE") }))

const anyOpenBody = jsonBody(
  Schema.Struct({
    userId: Schema.NonEmptyString,
    name: Schema.String,
    labels: Schema.Record(Schema.String, Schema.String)
  })
)

const anyFindActiveQuery = query(Schema.Struct({ userId: Schema.NonEmptyString, status: Schema.Literal("ACTIVE") }))

const actionBody = jsonBody(
  Schema.Union([
    Schema.Struct({
      action: Schema.Literal("queue"),
      to: Schema.Struct({ queueId: Schema.NonEmptyString })
    }),
    Schema.Struct({
      action: Schema.Literal("user"),
      to: Schema.Struct({ userId: Schema.NonEmptyString })
    })
  ])
)

const labelBody = jsonBody(
  Schema.Struct({
    labels: Schema.Record(Schema.String, Schema.String.check(Schema.isMaxCodePoints(256))).check(
      Schema.isMinProperties(1)
    )
  })
)

const oauthError = (status: number, error: string, message: string) =>
  new Refusal({ status, code: error, message, members: { error } })

/** Makes the operations of the web chat API, by path and method. */
const makeOperations = (webchat: Webchat): Paths<Endpoint<Operation>> => {
  const { conversations, options, simulation, tenant } = webchat
  const { random, tokens } = simulation

  const token = Effect.fnUntraced(function* (incoming: Incoming): Effect.fn.Return<Answer, Refusal> {
    const text = yield* Effect.fromResult(incoming.text)
    if (!hasContentType(incoming, "application/x-www-form-urlencoded")) {
      return yield* oauthError(400, "invalid_request", "The content type is not application/x-www-form-urlencoded")
    }
    const form = yield* Effect.fromResult(parsePairs(text)).pipe(
      Effect.mapError((refusal) => oauthError(400, "invalid_request", refusal.message))
    )
    const { grant_type, client_id, client_secret, ...others } = form
    if (grant_type !== "client_credentials") {
      return yield* oauthError(400, "unsupported_grant_type", "The grant type is not client_credentials")
    }
    if (Object.keys(others).length > 0) {
      return yield* oauthError(400, "invalid_request", `Unexpected: ${Object.keys(others).join(", ")}`)
    }
    if (!tenant.isClient(client_id, client_secret)) {
      return yield* oauthError(401, "invalid_client", "The client id or secret is wrong")
    }
    const accessToken = yield* tokens.issueNew
    return jsonAnswer(200, { access_token: accessToken, token_type: "Bearer", expires_in: tokens.lifetime })
  })

  const open = Effect.fnUntraced(function* (incoming: Incoming): Effect.fn.Return<Answer, Refusal> {
    const body = yield* (options.anyConversation ? anyOpenBody : openBody)(incoming)
    const id = yield* random.uuidV4()
    const conversation = yield* conversations.open(body.userId, body.labels, id)
    return jsonAnswer(201, { id, selfUri: `${chatsPath}/${id}`, status: conversation.status })
  })

  const findActive = Effect.fnUntraced(function* (incoming: Incoming): Effect.fn.Return<Answer, Refusal> {
    const { userId } = yield* (options.anyConversation ? anyFindActiveQuery : findActiveQuery)(incoming)
    const found = yield* conversations.findActive(userId)
    return jsonAnswer(200, {
      items: found.map(({ id, status }) => ({ id, userId, status, selfUri: `${chatsPath}/${id}` })),
      total: found.length
    })
  })

  const action = Effect.fnUntraced(function* (incoming: Incoming): Effect.fn.Return<Answer, Refusal> {
    const body = yield* actionBody(incoming)
    const id = param(incoming, "conversationId")
    const target: ConversationTarget =
      body.action === "queue" ? { type: "queue", id: body.to.queueId } : { type: "agent", id: body.to.userId }
    yield* conversations.route(id, target)
    return options.actionStatus === 200 ? jsonAnswer(200, { id, action: body.action }) : noContent
  })

  const label = Effect.fnUntraced(function* (incoming: Incoming): Effect.fn.Return<Answer, Refusal> {
    const { labels } = yield* labelBody(incoming)
    yield* conversations.label(param(incoming, "conversationId"), labels)
    return noContent
  })

  const lookUp = (target: ConversationTarget, members: Readonly<Record<string, Schema.Json>>) => {
    const name = tenant.names[target.type].get(target.id)
    return name === undefined
      ? Effect.fail(noTarget(404, target))
      : Effect.succeed(jsonAnswer(200, { id: target.id, name, ...members }))
  }

  const queue: Handler = (incoming) =>
    lookUp({ type: "queue", id: param(incoming, "queueId") }, { memberCount: tenant.names.agent.size })

  const agent: Handler = (incoming) => lookUp({ type: "agent", id: param(incoming, "userId") }, { state: "active" })

  const whoami: Handler = () => Effect.succeed(jsonAnswer(200, { ...serviceUser, state: "active" }))

  const scoped = (operation: Operation, scope: Scope, handle: Handler): Endpoint<Operation> => ({
    operation,
    handle: (incoming) => Effect.andThen(requireScope(webchat, scope), handle(incoming))
  })

  return {
    "/oauth/token": { POST: { operation: "token", handle: token } },
    "/api/v2/users/me": { GET: scoped("whoami", "users:read", whoami) },
    "/api/v2/users/:userId": { GET: scoped("agent", "users:read", agent) },
    "/api/v2/routing/queues/:queueId": { GET: scoped("queue", "queues:read", queue) },
    [chatsPath]: {
      POST: scoped("open", "conversations:webchat:create", open),
      GET: scoped("findActive", "conversations:webchat:read", findActive)
    },
    [`${chatsPath}/:conversationId/actions`]: { POST: scoped("action", "conversations:webchat:write", action) },
    [`${chatsPath}/:conversationId/labels`]: { PUT: scoped("label", "conversations:webchat:write", label) }
  }
}

/** Makes the web chat API of CXone. */
export const makeWebchatDialect = (webchat: Webchat): Dialect<Operation> => ({
  endpoints: makeOperations(webchat),
  admit: (incoming) => requireToken(webchat, incoming),
  endNamed: (incoming) => webchat.conversations.end(param(incoming, "conversationId")),
  refused: plainRefusal,
  headers: () => ({}),
  maxBody: usualBody,
  secrets: webchat.tenant.secrets,
  secretOperation: "token"
})
