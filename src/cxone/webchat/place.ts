/** How webchat places a conversation: open or reuse it, route it to the first target that CXone accepts, and label it. */
import { Effect, Exit, Option } from "effect"
import type { HandoverRequest } from "../../domain/HandoverRequest.ts"
import * as Orphan from "../../domain/Orphan.ts"
import type { Target } from "../../domain/Target.ts"
import * as Trail from "../../domain/Trail.ts"
import type { Placed, PlaceError, Placement } from "../ContactCentre.ts"
import { type CXoneError, InvalidTarget } from "../CXoneError.ts"
import { Labels } from "../transport/Labels.ts"
import { type Conversation, Conversations } from "./Conversations.ts"
import { labelsOf } from "./labels.ts"
import { Routing } from "./Routing.ts"

type Targets = Placement["targets"]

/** The name and labels of every new conversation. */
const WEBCHAT = { name: "Webchat from Cognigy", labels: { source: "cognigy" } }

/** CXone's id of a user. */
const userIdOf = ({ userId }: HandoverRequest) => `cognigy_${userId}`

/** Makes the placing of conversations. */
export const makePlace = Effect.gen(function* () {
  const conversations = yield* Conversations
  const routing = yield* Routing
  const labels = yield* Labels

  /** True when a conversation that CXone does not find has ended. A new one rarely has: the target may not exist. */
  const hasEnded = (userId: string, { id, reused }: Conversation) =>
    reused
      ? Effect.succeed(true)
      : Effect.map(conversations.findActive(userId), (active) => !Option.contains(active, id))

  /** Routes to the first target that CXone accepts. Starts over, once, when the conversation has ended meanwhile. */
  const route = (
    userId: string,
    conversation: Conversation,
    targets: Targets,
    mayStartOver: boolean
  ): Effect.Effect<Placed, PlaceError> => {
    const [target, next, ...rest] = targets

    const fallBack = (error: InvalidTarget): Effect.Effect<Placed, PlaceError> =>
      next === undefined
        ? Effect.fail(error)
        : Effect.andThen(
            Effect.logWarning(
              `CXone does not accept ${show(target)} (it answered ${error.status}); falling back to ${show(next)}`
            ),
            route(userId, conversation, [next, ...rest], mayStartOver)
          )

    return routing.route(conversation.id, target).pipe(
      Effect.onExit((exit) =>
        Effect.andThen(
          Exit.isSuccess(exit) ? Orphan.none : Effect.void,
          Trail.add({ kind: "target", name: `${target.type} ${target.id}`, outcome: outcomeOf(exit) })
        )
      ),
      Effect.as({ conversationId: conversation.id, reused: conversation.reused, target }),
      Effect.catchTags({
        InvalidTarget: fallBack,
        ResourceNotFound: ({ operation }) =>
          Effect.flatMap(mayStartOver ? hasEnded(userId, conversation) : Effect.succeed(false), (ended) =>
            ended
              ? Effect.andThen(Orphan.none, openAndRoute(userId, targets, false))
              : fallBack(new InvalidTarget({ operation, status: 404, target }))
          )
      })
    )
  }

  const openAndRoute = (userId: string, targets: Targets, mayStartOver: boolean): Effect.Effect<Placed, PlaceError> =>
    Effect.flatMap(conversations.openOrReuse({ userId, ...WEBCHAT }), (conversation) =>
      Effect.andThen(
        conversation.mayBeNew ? Orphan.possible(conversation.id) : Effect.void,
        route(userId, conversation, targets, mayStartOver)
      )
    )

  return (placement: Placement): Effect.Effect<Placed, PlaceError> =>
    Effect.tap(openAndRoute(userIdOf(placement.request), placement.targets, true), ({ conversationId }) =>
      labels.put(conversationId, labelsOf(placement))
    )
})

const outcomeOf = (exit: Exit.Exit<void, CXoneError>) => {
  if (Exit.isSuccess(exit)) return "accepted"
  const tag = Option.getOrUndefined(Exit.findErrorOption(exit))?._tag
  return tag === "InvalidTarget" || tag === "ResourceNotFound" ? "refused" : "failed"
}

const show = ({ id, type }: Target) => `the ${type} ${id}`
