/** The deed: decide, open a conversation or find the user's active one, route it, and leave its label. */
import {
  Context,
  Deferred,
  Duration,
  Effect,
  Exit,
  Fiber,
  FiberSet,
  Layer,
  Option,
  RcMap,
  Schema,
  Semaphore
} from "effect"
import { type Conversation, Conversations } from "../cxone/Conversations.ts"
import { type CXoneError, type DeadlineExceeded, InvalidTarget } from "../cxone/CXoneError.ts"
import * as Deadline from "../cxone/Deadline.ts"
import { Labels } from "../cxone/Labels.ts"
import { Routing } from "../cxone/Routing.ts"
import { MIN_ATTEMPT_MILLIS } from "../cxone/Schedules.ts"
import type { Decision } from "./Decision.ts"
import { type Claim, claimOf, deedOf } from "./duplicates.ts"
import type { HandoverRequest } from "./HandoverRequest.ts"
import { HandoverStore, type HandoverStoreOptions } from "./HandoverStore.ts"
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

/** A key came again with another request. */
export class KeyReused extends Schema.TaggedError<KeyReused>()("KeyReused", {}) {
  override get message() {
    return "this idempotency key, inputId or traceId was used for another handover of this user: give each handover one of its own"
  }
}

/** What a handover can fail with. `NotFound` never comes out: it starts the flow over, or the target is invalid. */
export type HandoverError = RoutingError | KeyReused | Exclude<CXoneError, { readonly _tag: "NotFound" }>

/** How handovers are done. */
export interface HandoverOptions {
  /** For one handover, all attempts together. Default 7 s. */
  readonly deadline?: Duration.Duration
  /** How much is remembered of what was done, where it is remembered in this process. */
  readonly store?: HandoverStoreOptions
}

/**
 * Handing conversations over.
 *
 * `handle` answers once CXone has accepted the routing action, or fails, in either case before the deadline. A handover that has begun goes on
 * when its caller is interrupted (a webhook whose connection breaks), and the layer's shutdown waits for it.
 *
 * It may be called again for the same request. A request with the same key (the one that is given, else its `inputId`, else its `traceId`) as one
 * of the same user that was done is answered as that one was; with another content it fails with `KeyReused`. What would put a user where their
 * latest handover in progress puts them already shares its result. Different handovers of one user are done one after the other, so that the user
 * ends where they were to go last; those of different users never wait for each other. How many run at once is the caller's to limit.
 */
export class Handover extends Context.Service<
  Handover,
  {
    readonly handle: (request: HandoverRequest, idempotencyKey?: string) => Effect.Effect<HandedOver, HandoverError>
  }
>()("cognigy-cxone-router/handover/Handover") {
  /** Handovers that are remembered in whatever store is given. */
  static readonly layerNoDeps = (
    options: HandoverOptions = {}
  ): Layer.Layer<Handover, never, Conversations | HandoverStore | Labels | Routing | RoutingPolicy> =>
    Layer.effect(Handover, make(options))

  /** Handovers that are remembered in this process. */
  static readonly layer = (
    options: HandoverOptions = {}
  ): Layer.Layer<Handover, never, Conversations | Labels | Routing | RoutingPolicy> =>
    Layer.provide(Handover.layerNoDeps(options), HandoverStore.layerMemory(options.store))
}

/** A handover that was begun. */
interface Begun {
  readonly deed: string
  readonly answer: Deferred.Deferred<HandedOver, HandoverError>
  /** What it was asked for as, by the first caller and by those who joined. */
  readonly claims: Array<Claim>
  /** The first caller's, which knows what CXone last answered. */
  readonly deadline: Deadline.Deadline
}

const make = Effect.fnUntraced(function* ({ deadline: time = DEFAULT_DEADLINE }: HandoverOptions) {
  const policy = yield* RoutingPolicy
  const conversations = yield* Conversations
  const routing = yield* Routing
  const labels = yield* Labels
  const store = yield* HandoverStore

  /** The latest handover in progress of each user. */
  const latest = new Map<string, Begun>()
  /** By their keys, the claims that are not remembered yet, and what they are answered with. */
  const claimed = new Map<string, { readonly fingerprint: string; readonly begun: Begun }>()
  const fibers = yield* FiberSet.make<void>()
  yield* Effect.addFinalizer(() => FiberSet.awaitEmpty(fibers))

  /** Whose turn it is, by user. */
  const turns = yield* RcMap.make({ lookup: (_userId: string) => Semaphore.make(1) })

  const route = (conversation: Conversation, target: Target) =>
    target.type === "queue" ? routing.toQueue(conversation.id, target.id) : routing.toAgent(conversation.id, target.id)

  /** Whether a conversation that CXone does not find is gone. A new one rarely is: it may be the target that CXone does not know. */
  const hasEnded = (userId: string, { id, reused }: Conversation) =>
    reused
      ? Effect.succeed(true)
      : Effect.map(conversations.findActive(userId), (active) => !Option.contains(active, id))

  const openAndRoute = (
    userId: string,
    target: Target,
    startOver: boolean
  ): Effect.Effect<Conversation, Exclude<HandoverError, RoutingError>> =>
    Effect.flatMap(conversations.openOrReuse({ userId, ...WEBCHAT }), (conversation) =>
      route(conversation, target).pipe(
        Effect.as(conversation),
        Effect.catchTag("NotFound", ({ operation }) =>
          Effect.flatMap(startOver ? hasEnded(userId, conversation) : Effect.succeed(false), (ended) =>
            ended ? openAndRoute(userId, target, false) : Effect.fail(new InvalidTarget({ operation, status: 404 }))
          )
        )
      )
    )

  const flow = Effect.fn("Handover.handle")(function* (request: HandoverRequest, { rule, target }: Decision) {
    const { id, reused } = yield* openAndRoute(`cognigy_${request.userId}`, target, true)
    yield* labels.put(id, { cognigy_intent: request.intent })
    return { conversationId: id, target, rule, reused }
  })

  const inTurn = <A, E>(userId: string, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.scoped(Effect.flatMap(RcMap.get(turns, userId), (turn) => turn.withPermit(effect)))

  const recall = (claim: Claim | undefined): Effect.Effect<HandedOver | undefined, KeyReused> =>
    claim === undefined
      ? Effect.succeed(undefined)
      : Effect.flatMap(store.find(claim.key), (found) => {
          if (Option.isNone(found)) return Effect.succeed(undefined)
          const { fingerprint, handedOver } = found.value
          return fingerprint === claim.fingerprint ? Effect.succeed(handedOver) : Effect.fail(new KeyReused())
        })

  /** Done when the user's earlier handovers are; one of them may have been a copy of this one. */
  const whenItsTurn = (request: HandoverRequest, decision: Decision, claim: Claim | undefined) =>
    inTurn(
      request.userId,
      Effect.flatMap(recall(claim), (before) =>
        before !== undefined ? Effect.succeed(before) : flow(request, decision)
      )
    )

  /** Shares its answer. It may end for want of time of its own: who has more asks again. */
  const join = (
    deadline: Deadline.Deadline,
    { answer, deadline: first }: Begun,
    again: (error: DeadlineExceeded) => Effect.Effect<HandedOver, HandoverError>
  ): Effect.Effect<HandedOver, HandoverError> =>
    Deferred.await(answer).pipe(
      Deadline.explained(() => first.lastFailure()),
      Deadline.keep(deadline),
      Effect.catchTag("DeadlineExceeded", (error) =>
        Effect.flatMap(Deadline.nowMillis, (now) =>
          now + MIN_ATTEMPT_MILLIS < deadline.at ? again(error) : Effect.fail(error)
        )
      )
    )

  const remember = ({ claims, deadline }: Begun, handedOver: HandedOver) =>
    Effect.forEach(claims, ({ fingerprint, key }) => store.remember(key, { fingerprint, handedOver })).pipe(
      Deadline.keep(deadline),
      Effect.ignore
    )

  /** Does it, and answers. What is done is done: nobody waits for a store that is slow to remember it, or does not. */
  const carryOut = Effect.fnUntraced(function* (
    userId: string,
    begun: Begun,
    work: Effect.Effect<HandedOver, HandoverError>
  ) {
    const exit = yield* Effect.exit(Effect.interruptible(Deadline.keep(begun.deadline)(work)))
    if (latest.get(userId) === begun) latest.delete(userId)
    if (Exit.isSuccess(exit)) {
      // A store in this process has it when the answer is out. Until a slower one has it, copies find it under its claims.
      const remembering = yield* Effect.forkChild(Effect.interruptible(remember(begun, exit.value)), {
        startImmediately: true
      })
      yield* Deferred.done(begun.answer, exit)
      yield* Fiber.await(remembering)
    }
    for (const { key } of begun.claims) claimed.delete(key)
    // A copy of what has failed tries again.
    yield* Deferred.done(begun.answer, exit)
  }, Effect.uninterruptible)

  /** Joins what is in progress, or begins: in one step, so that nothing is begun twice. */
  const joinOrBegin = (
    request: HandoverRequest,
    deed: string,
    claim: Claim | undefined,
    deadline: Deadline.Deadline,
    work: Effect.Effect<HandedOver, HandoverError>
  ): Effect.Effect<HandedOver, HandoverError> =>
    Effect.uninterruptibleMask((restore) => {
      const { userId } = request
      const again = (error: DeadlineExceeded) => {
        const last = latest.get(userId)
        // Where others came after it, the user is to end where they lead.
        return last === undefined || last.deed === deed
          ? joinOrBegin(request, deed, claim, deadline, work)
          : Effect.fail(error)
      }
      const copied = claim && claimed.get(claim.key)
      if (copied !== undefined) {
        return copied.fingerprint === claim?.fingerprint
          ? restore(join(deadline, copied.begun, again))
          : Effect.fail(new KeyReused())
      }
      const before = latest.get(userId)
      // One that others came after would not be where the user ends.
      const running = before?.deed === deed ? before : undefined
      const begun = running ?? { deed, answer: Deferred.makeUnsafe(), claims: [], deadline }
      if (claim !== undefined) {
        // Who joins may come under a key of its own.
        claimed.set(claim.key, { fingerprint: claim.fingerprint, begun })
        begun.claims.push(claim)
      }
      if (running !== undefined) return restore(join(deadline, running, again))
      latest.set(userId, begun)
      return Effect.andThen(FiberSet.run(fibers, carryOut(userId, begun, work)), restore(Deferred.await(begun.answer)))
    })

  return Handover.of({
    handle: Effect.fnUntraced(function* (request, idempotencyKey) {
      const deadline = yield* Deadline.after(time)
      const held = Deadline.keep(deadline)
      const claim = claimOf(request, idempotencyKey)
      const before = yield* held(recall(claim))
      if (before !== undefined) return before
      const decision = yield* held(policy.decide(request))
      const work = whenItsTurn(request, decision, claim)
      return yield* joinOrBegin(request, deedOf(request, decision), claim, deadline, work)
    })
  })
})
