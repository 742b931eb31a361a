/** Routing actions: a conversation goes to a queue or to an agent. */
import { Context, Effect, Layer } from "effect"
import type { Target } from "../../domain/Target.ts"
import { type CallError, InvalidTarget, ResourceNotFound } from "../CXoneError.ts"
import { accepted } from "../transport/Call.ts"
import { CXoneClient } from "../transport/CXoneClient.ts"

/** CXone's routing actions. */
export class Routing extends Context.Service<
  Routing,
  {
    /**
     * Routes a conversation. Succeeds once CXone has accepted the action, also when it answers that the conversation is there already (409).
     * Fails with the errors of every call, `ResourceNotFound` (404: the conversation has ended, or the target does not exist) and `InvalidTarget`
     * (400, 422, or an empty id).
     */
    readonly route: (
      conversationId: string,
      target: Target
    ) => Effect.Effect<void, CallError | ResourceNotFound | InvalidTarget>
  }
>()("cognigy-cxone-router/cxone/Routing") {
  /** Routing through `/api/v2/conversations/webchat/{id}/actions`. */
  static readonly layer: Layer.Layer<Routing, never, CXoneClient> = Layer.fresh(
    Layer.suspend(() => Layer.effect(Routing, make))
  )
}

const actionOf = ({ id, type }: Target) =>
  type === "queue"
    ? { operation: "routeToQueue", body: { action: "queue", to: { queueId: id } } }
    : { operation: "routeToAgent", body: { action: "user", to: { userId: id } } }

const make = Effect.gen(function* () {
  const client = yield* CXoneClient

  return Routing.of({
    route: (conversationId, target) => {
      const { body, operation } = actionOf(target)
      const invalid = (status: number) => () => Effect.fail(new InvalidTarget({ operation, status, target }))
      // CXone would take an empty id for none at all.
      if (target.id === "") return invalid(400)()
      return client.call({
        operation,
        lane: "caller",
        permissions: ["conversations:webchat:write"],
        method: "POST",
        path: `/api/v2/conversations/webchat/${encodeURIComponent(conversationId)}/actions`,
        body,
        answers: {
          200: accepted,
          204: accepted,
          400: invalid(400),
          404: () => Effect.fail(new ResourceNotFound({ operation })),
          409: accepted,
          422: invalid(422)
        }
      })
    }
  })
})
