/** Routing actions: a conversation goes to a queue or to an agent. */
import { Context, Effect, Layer } from "effect"
import { type CallError, InvalidTarget, NotFound, type Operation } from "../CXoneError.ts"
import { type Call, CXoneClient } from "../transport/CXoneClient.ts"

/**
 * CXone's routing actions. Both succeed once CXone has accepted the action, also when it answers that the conversation is there already (409).
 *
 * Besides the errors of every call: `NotFound` (404, the conversation is gone or the target unknown) and `InvalidTarget` (400, 422).
 */
export class Routing extends Context.Service<
  Routing,
  {
    /** Routes a conversation to a queue, by their ids. */
    readonly toQueue: (
      conversationId: string,
      queueId: string
    ) => Effect.Effect<void, CallError | NotFound | InvalidTarget>
    /** Routes a conversation to an agent, by their ids. */
    readonly toAgent: (
      conversationId: string,
      agentId: string
    ) => Effect.Effect<void, CallError | NotFound | InvalidTarget>
  }
>()("cognigy-cxone-router/cxone/Routing") {
  /** Routing through `/api/v2/conversations/webchat/{id}/actions`. */
  static layer(): Layer.Layer<Routing, never, CXoneClient> {
    return Layer.effect(Routing, make)
  }
}

const make = Effect.gen(function* () {
  const client = yield* CXoneClient

  const act = (operation: Operation, conversationId: string, id: string, body: unknown) => {
    const accepted = () => Effect.void
    const invalid = (status: number) => () => Effect.fail(new InvalidTarget({ operation, status, id }))
    const call: Call<void, NotFound | InvalidTarget> = {
      operation,
      method: "POST",
      path: `/api/v2/conversations/webchat/${encodeURIComponent(conversationId)}/actions`,
      body,
      answers: {
        200: accepted,
        204: accepted,
        400: invalid(400),
        404: () => Effect.fail(new NotFound({ operation })),
        409: accepted,
        422: invalid(422)
      }
    }
    return client.call(call)
  }

  return Routing.of({
    toQueue: (conversationId, queueId) =>
      act("routeToQueue", conversationId, queueId, { action: "queue", to: { queueId } }),
    toAgent: (conversationId, agentId) =>
      act("routeToAgent", conversationId, agentId, { action: "user", to: { userId: agentId } })
  })
})
