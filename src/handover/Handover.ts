/** The deed: decide, open a conversation or find the user's active one, route it, and leave its label. */
import { Context, Duration, Effect, Fiber, FiberSet, Layer } from "effect"
import { type Conversation, Conversations } from "../cxone/Conversations.ts"
import { type CXoneError, InvalidTarget } from "../cxone/CXoneError.ts"
import * as Deadline from "../cxone/Deadline.ts"
import { Labels } from "../cxone/Labels.ts"
import { Routing } from "../cxone/Routing.ts"
import type { HandoverRequest } from "./HandoverRequest.ts"
import { type RoutingError, RoutingPolicy } from "./RoutingPolicy.ts"
import type { Target } from "./Target.ts"

/** How long a handover may take where nothing else is set: a second less than Cognigy's HTTP Request node waits (8,000 ms). */
export const DEFAULT_DEADLINE = Duration.seconds(7)

/** What every conversation is opened with, besides its user. */
const WEBCHAT = { name: "Webchat from Cognigy", labels: { source: "cognigy" } }

/** A conversation that is where it should be. */
export interface HandedOver {
  readonly conversationId: string
  readonly target: Target
  /** The name of the rule that decided. */
  readonly rule: string
  /** An active conversation of the user was found and used. */
  readonly reused: boolean
}

/** What a handover can fail with. `NotFound` never comes out: it starts the flow over, or the target is invalid. */
export type HandoverError = RoutingError | Exclude<CXoneError, { readonly _tag: "NotFound" }>

/**
 * Handing conversations over.
 *
 * `handle` answers once CXone has accepted the routing action, or fails, in either case before the deadline. It can be called again for the
 * same request: an open conversation is found and used. A handover that has begun goes on when its caller is interrupted (a webhook whose
 * connection breaks), and the layer's shutdown waits for it.
 */
export class Handover extends Context.Service<
  Handover,
  {
    readonly handle: (request: HandoverRequest) => Effect.Effect<HandedOver, HandoverError>
  }
>()("cognigy-cxone-router/handover/Handover") {
  /** Handovers with this deadline (default 7 s). */
  static readonly layer = (
    options: { readonly deadline?: Duration.Duration } = {}
  ): Layer.Layer<Handover, never, Conversations | Labels | Routing | RoutingPolicy> =>
    Layer.effect(Handover, make(options.deadline ?? DEFAULT_DEADLINE))
}

const make = Effect.fnUntraced(function* (deadline: Duration.Duration) {
  const policy = yield* RoutingPolicy
  const conversations = yield* Conversations
  const routing = yield* Routing
  const labels = yield* Labels

  const inFlight = yield* FiberSet.make<HandedOver, HandoverError>()
  yield* Effect.addFinalizer(() => FiberSet.awaitEmpty(inFlight))

  const route = (conversation: Conversation, target: Target) =>
    target.type === "queue" ? routing.toQueue(conversation.id, target.id) : routing.toAgent(conversation.id, target.id)

  const openAndRoute = (
    userId: string,
    target: Target,
    startOver: boolean
  ): Effect.Effect<Conversation, Exclude<HandoverError, RoutingError>> =>
    Effect.flatMap(conversations.openOrReuse({ userId, ...WEBCHAT }), (conversation) =>
      route(conversation, target).pipe(
        Effect.as(conversation),
        Effect.catchTag("NotFound", ({ operation }) =>
          // A conversation that was there before has just closed. A new one cannot be gone: it is the target that CXone does not know.
          conversation.reused && startOver
            ? openAndRoute(userId, target, false)
            : Effect.fail(new InvalidTarget({ operation, status: 404 }))
        )
      )
    )

  const flow = Effect.fn("Handover.handle")(function* (request: HandoverRequest) {
    const { rule, target } = yield* policy.decide(request)
    const { id, reused } = yield* openAndRoute(`cognigy_${request.userId}`, target, true)
    yield* labels.put(id, { cognigy_intent: request.intent })
    return { conversationId: id, target, rule, reused }
  })

  return Handover.of({
    handle: (request) =>
      flow(request).pipe(Deadline.within(deadline), (handover) =>
        Effect.flatMap(FiberSet.run(inFlight, handover), Fiber.join)
      )
  })
})
