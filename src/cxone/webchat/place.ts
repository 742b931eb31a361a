/** How webchat places a conversation: open, reuse or take the named one, route it to the first target that CXone accepts, and label it. */
import { Effect, Exit, Option, Schema } from "effect"
import type { HandoverRequest } from "../../domain/HandoverRequest.ts"
import * as Orphan from "../../domain/Orphan.ts"
import { targetInWords } from "../../domain/Target.ts"
import * as Trail from "../../domain/Trail.ts"
import type { Placed, PlaceError, Placement } from "../ContactCentre.ts"
import { type CallError, type CXoneError, InvalidTarget, NoActiveConversation } from "../CXoneError.ts"
import { Id } from "../Id.ts"
import { Labels } from "../transport/Labels.ts"
import { type Conversation, Conversations } from "./Conversations.ts"
import { labelsOf } from "./labels.ts"
import { makeTellLeftOut } from "./leftOut.ts"
import { Routing } from "./Routing.ts"

type Targets = Placement["targets"]

/** The name and labels of every new conversation. */
const WEBCHAT = { name: "Webchat from Cognigy", labels: { source: "cognigy" } }

const isId = Schema.is(Id)

/** CXone's id of a user. */
const userIdOf = ({ userId }: HandoverRequest) => `cognigy_${userId}`

/** Makes the placing of conversations. */
export const makePlace = Effect.gen(function* () {
  const conversations = yield* Conversations
  const routing = yield* Routing
  const labels = yield* Labels
  const tellLeftOut = yield* makeTellLeftOut

  const isOver = (userId: string, id: string) => Effect.map(conversations.isActive(userId, id), (isActive) => !isActive)

  /** Routes to the first target that CXone accepts. Without an ending, what CXone does not find is the target. */
  const route = (
    conversation: Pick<Conversation, "id" | "reused">,
    targets: Targets,
    ending?: Ending
  ): Effect.Effect<Placed, PlaceError> => {
    const [target, next, ...rest] = targets

    const fallBack = (error: InvalidTarget): Effect.Effect<Placed, PlaceError> =>
      next === undefined
        ? Effect.fail(error)
        : Effect.andThen(
            Effect.logWarning(
              `CXone does not accept ${targetInWords(target)} (it answered ${error.status}); falling back to ${targetInWords(next)}`
            ),
            route(conversation, [next, ...rest], ending)
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
          Effect.flatMap(ending?.hasCome ?? Effect.succeed(false), (hasCome) =>
            hasCome && ending !== undefined
              ? Effect.andThen(Orphan.none, ending.instead(targets))
              : fallBack(new InvalidTarget({ operation, status: 404, target }))
          )
      })
    )
  }

  /** Starts over, once, when the conversation has ended meanwhile. */
  const openAndRoute = (userId: string, targets: Targets, mayStartOver: boolean): Effect.Effect<Placed, PlaceError> =>
    Effect.flatMap(conversations.openOrReuse({ userId, ...WEBCHAT }), (conversation) => {
      const { id, mayBeNew, reused } = conversation
      // A new one rarely has ended: the target may not exist.
      const ending = {
        hasCome: reused ? Effect.succeed(true) : isOver(userId, id),
        instead: (left: Targets) => openAndRoute(userId, left, false)
      }
      return Effect.andThen(
        mayBeNew ? Orphan.possible(id) : Effect.void,
        route(conversation, targets, mayStartOver ? ending : undefined)
      )
    })

  /** Routes the conversation that the request names. None is opened in its place. */
  const reroute = (userId: string, id: string, targets: Targets): Effect.Effect<Placed, PlaceError> =>
    isId(id) ? route({ id, reused: true }, targets, { hasCome: isOver(userId, id), instead: notThere }) : notThere()

  return (placement: Placement): Effect.Effect<Placed, PlaceError> => {
    const { request, targets } = placement
    const userId = userIdOf(request)
    const placed =
      request.contactId === undefined
        ? openAndRoute(userId, targets, true)
        : reroute(userId, request.contactId, targets)
    return placed.pipe(
      Effect.tap(({ conversationId }) => labels.put(conversationId, labelsOf(placement))),
      Effect.tap(() => tellLeftOut(placement))
    )
  }
})

/** How a conversation that CXone does not find is told from a target that it does not find, and what to do about it. */
interface Ending {
  /** True when the conversation has ended. */
  readonly hasCome: Effect.Effect<boolean, CallError>
  /** Done when it has, with the targets that are left. */
  readonly instead: (targets: Targets) => Effect.Effect<Placed, PlaceError>
}

const notThere = () =>
  Effect.fail(
    new NoActiveConversation({
      operation: "findActive",
      problem: "contactId names none of the user's active conversations"
    })
  )

const outcomeOf = (exit: Exit.Exit<void, CXoneError>) => {
  if (Exit.isSuccess(exit)) return "accepted"
  const tag = Option.getOrUndefined(Exit.findErrorOption(exit))?._tag
  return tag === "InvalidTarget" || tag === "ResourceNotFound" ? "refused" : "failed"
}
