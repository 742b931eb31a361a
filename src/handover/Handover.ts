/** The deed: decide, open a conversation or find the user's active one, route it, and leave its label. */
import {
  Cause,
  Clock,
  Config,
  Context,
  Deferred,
  Duration,
  Effect,
  Exit,
  type Fiber,
  FiberSet,
  Layer,
  Option,
  Schema,
  Semaphore
} from "effect"
import {
  Conflict,
  DeadlineExceeded,
  Forbidden,
  InvalidTarget,
  RateLimited,
  Unauthorized,
  Unavailable,
  UnexpectedResponse
} from "../cxone/CXoneError.ts"
import * as Deadline from "../cxone/transport/Deadline.ts"
import { Labels } from "../cxone/transport/Labels.ts"
import { MIN_ATTEMPT_MILLIS } from "../cxone/transport/Schedules.ts"
import { type Conversation, Conversations } from "../cxone/webchat/Conversations.ts"
import { Routing } from "../cxone/webchat/Routing.ts"
import type { HandoverRequest } from "../domain/HandoverRequest.ts"
import type { Target } from "../domain/Target.ts"
import { handoverDuration, handoverFailuresTotal, handoversTotal, SECONDS } from "../metrics.ts"
import { AgentIdMissing, type Decision, Rejected, type RoutingError, UnsupportedIntent } from "../routing/Decision.ts"
import { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import { durationConfig } from "../std/DurationConfig.ts"
import { start } from "../std/limited.ts"
import { add, boundedNames, counters, declare, described, histograms, snakeCase, spanned } from "../std/measure.ts"
import { millisOn } from "../std/Timers.ts"
import { type Claim, claimOf, deedOf } from "./duplicates.ts"
import { DEFAULT_IDEMPOTENCY_WINDOW, HandoverStore, type HandoverStoreOptions } from "./HandoverStore.ts"

/** How long a handover may take where nothing else is set, 7 s: a second less than Cognigy's HTTP Request node waits (8,000 ms). */
export const DEFAULT_DEADLINE = Duration.seconds(7)

/** What every conversation is opened with, besides its user. */
const WEBCHAT = { name: "Webchat from Cognigy", labels: { source: "cognigy" } }

/** A conversation that is where it should be. */
export interface HandedOver {
  /** CXone's id of the conversation. */
  readonly conversationId: string
  /** The queue or agent that it was routed to. */
  readonly target: Target
  /** The name of the rule that decided. */
  readonly rule: string
  /** An active conversation of the user was found and used. */
  readonly reused: boolean
  /** The id of the request that it was done for, where that had one: copies are answered with that of the first. */
  readonly correlationId?: string
}

/** The id under which the request at hand stands in logs and traces, if it has one. */
export const CurrentCorrelationId = Context.Reference<string | undefined>(
  "cognigy-cxone-router/handover/CorrelationId",
  { defaultValue: () => undefined }
)

/** A key came again with another request. */
export class KeyReused extends Schema.TaggedError<KeyReused>()("KeyReused", {}) {
  override get message() {
    return "this idempotency key, inputId or traceId was used for another handover of this user: give each handover one of its own"
  }
}

/** Why CXone did not take a conversation. `NotFound` is not among them: it starts the flow over, or the target is invalid. */
const Reason = Schema.Union([
  Conflict,
  DeadlineExceeded,
  Forbidden,
  InvalidTarget,
  RateLimited,
  Unauthorized,
  Unavailable,
  UnexpectedResponse
])

/** CXone did not take the conversation, or the deadline passed. `Effect.catchReason` catches one of its reasons. */
export class HandoverFailed extends Schema.TaggedError<HandoverFailed>()("HandoverFailed", {
  /** The name of the rule that had decided, if one had. */
  rule: Schema.optionalKey(Schema.String),
  /** What CXone did, or did not do in time. */
  reason: Reason
}) {
  override get message() {
    return this.reason.message
  }
}

/** What a handover can fail with. */
export type HandoverError = RoutingError | KeyReused | HandoverFailed

const isReason = Schema.is(Reason)

/** What the flow can fail with once a rule has decided. */
type FlowError = typeof Reason.Type | KeyReused

/** How handovers are done. */
export interface HandoverOptions {
  /** For one handover, all attempts together. Default 7 s. */
  readonly deadline?: Duration.Input
  /** How much is remembered of what was done, where it is remembered in this process. */
  readonly store?: HandoverStoreOptions
}

/** Handing conversations over. How many run at once is the caller's to limit. */
export class Handover extends Context.Service<
  Handover,
  {
    /**
     * Answers once CXone has accepted the routing action, or fails, in either case before the deadline. A handover that has begun goes on when its
     * caller is interrupted (a webhook whose connection breaks), and the layer's shutdown waits for it.
     *
     * It may be called again for the same request. A request with the same key (the one that is given, else its `inputId`, else its `traceId`) as
     * one of the same user that was done is answered as that one was; with another content it fails with `KeyReused`. What would put a user where
     * their latest handover in progress puts them already shares its result. Different handovers of one user are done one after the other, so that
     * the user ends where they were to go last; those of different users never wait for each other.
     */
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

  /** The same, with `HANDOVER_DEADLINE` and `IDEMPOTENCY_WINDOW` from `Config`. Fails with the first of them that is wrong. */
  static layerConfig(): Layer.Layer<Handover, Config.ConfigError, Conversations | Labels | Routing | RoutingPolicy> {
    return Layer.unwrap(
      Effect.map(Config.all(handoverConfig), ({ deadline, idempotencyWindow }) =>
        Handover.layer({ deadline, store: { window: idempotencyWindow } })
      )
    )
  }
}

/** Each setting of handovers as a `Config` of its own, for programs that report all problems at once. */
export const handoverConfig = {
  deadline: durationConfig("HANDOVER_DEADLINE").pipe(Config.withDefault(DEFAULT_DEADLINE)),
  idempotencyWindow: durationConfig("IDEMPOTENCY_WINDOW").pipe(Config.withDefault(DEFAULT_IDEMPOTENCY_WINDOW))
}

/** Where to, and where to instead. */
type Targets = readonly [Target, ...Array<Target>]

/** A conversation that CXone has routed, and where to. */
interface Routed {
  readonly conversation: Conversation
  readonly target: Target
}

/** A handover that is asked for. */
interface Asked {
  readonly request: HandoverRequest
  readonly claim: Claim | undefined
  readonly deadline: Deadline.Deadline
  /** Told what was decided, and whether it was for another copy of the request. */
  readonly onDecided: (decided: Decided, isCopy: boolean) => void
}

/** What had been decided. */
interface Decided {
  readonly rule: string
  readonly target: Target
}

/** What there is when a handover is asked for. */
interface Before {
  readonly handedOver?: HandedOver
  readonly decision?: Decision
}

/** A handover that was begun. */
interface Begun {
  readonly decided: Decided
  readonly deed: string
  readonly answer: Deferred.Deferred<HandedOver, FlowError>
  /** What it was asked for as, by the first caller and by those who joined. */
  readonly claims: Array<Claim>
  /** The first caller's, which knows what CXone last answered. */
  readonly deadline: Deadline.Deadline
}

/** The turns of one user. */
interface Turn {
  /** Who comes while it is another's turn waits for a permit; the first one has it without. */
  readonly turn: Semaphore.Semaphore
  /** How many wait or work. */
  users: number
}

const closing = new Unavailable({
  operation: "open",
  reason: "NotTried",
  detail: "the router is shutting down",
  retryAfter: undefined
})

const NOT_REMEMBERED = Effect.logWarning(
  "a handover that is done could not be remembered: a copy of it that comes later may be taken for another one"
)

const make = Effect.fnUntraced(function* ({ deadline: input = DEFAULT_DEADLINE }: HandoverOptions) {
  const time = Duration.fromInputUnsafe(input)
  const policy = yield* RoutingPolicy
  const conversations = yield* Conversations
  const routing = yield* Routing
  const labels = yield* Labels
  const store = yield* HandoverStore

  /** The latest handover in progress of each user. */
  const latest = new Map<string, Begun>()
  /** By their keys, the claims that are not remembered yet, and what they are answered with. */
  const claimed = new Map<string, { readonly fingerprint: string; readonly begun: Begun }>()
  const fibers = yield* FiberSet.make<unknown, unknown>()
  let isClosed = false
  yield* Effect.addFinalizer(() =>
    Effect.map(FiberSet.awaitEmpty(fibers), () => {
      isClosed = true
    })
  )

  /** Whose turn it is, by user: there as long as there is one who waits or works. */
  const turns = new Map<string, Turn>()

  const route = (conversation: Conversation, target: Target) =>
    target.type === "queue" ? routing.toQueue(conversation.id, target.id) : routing.toAgent(conversation.id, target.id)

  /** Whether a conversation that CXone does not find is gone. A new one rarely is: it may be the target that CXone does not know. */
  const hasEnded = (userId: string, { id, reused }: Conversation) =>
    reused
      ? Effect.succeed(true)
      : Effect.map(conversations.findActive(userId), (active) => !Option.contains(active, id))

  const openAndRoute = (
    userId: string,
    targets: Targets,
    startOver: boolean
  ): Effect.Effect<Routed, Exclude<FlowError, KeyReused>> =>
    Effect.flatMap(conversations.openOrReuse({ userId, ...WEBCHAT }), (conversation) =>
      routeToFirst(userId, conversation, targets, startOver)
    )

  /** Routes to the first target that CXone knows. */
  const routeToFirst = (
    userId: string,
    conversation: Conversation,
    [target, ...others]: Targets,
    startOver: boolean
  ): Effect.Effect<Routed, Exclude<FlowError, KeyReused>> => {
    const [next, ...rest] = others
    const elsewhere = (error: InvalidTarget) =>
      next === undefined
        ? Effect.fail(error)
        : Effect.andThen(
            Effect.logWarning(
              `CXone does not take the ${target.type} ${target.id} (it answered ${error.status}); falling back to the ${next.type} ${next.id}`
            ),
            routeToFirst(userId, conversation, [next, ...rest], startOver)
          )
    return route(conversation, target).pipe(
      Effect.as({ conversation, target }),
      Effect.catchTags({
        InvalidTarget: elsewhere,
        NotFound: ({ operation }) =>
          Effect.flatMap(startOver ? hasEnded(userId, conversation) : Effect.succeed(false), (ended) =>
            ended
              ? openAndRoute(userId, [target, ...others], false)
              : elsewhere(new InvalidTarget({ operation, status: 404, id: target.id }))
          )
      })
    )
  }

  const flow = (request: HandoverRequest, { fallbacks = [], labels: extra, rule, target: first }: Decision) =>
    openAndRoute(`cognigy_${request.userId}`, [first, ...fallbacks], true).pipe(
      Effect.flatMap(({ conversation: { id, reused }, target }) =>
        Effect.andThen(
          labels.put(id, { ...extra, cognigy_intent: request.intent }),
          Effect.withFiber((fiber) => {
            const correlationId = fiber.getRef(CurrentCorrelationId)
            const handedOver: HandedOver = {
              conversationId: id,
              target,
              rule,
              reused,
              ...(correlationId === undefined ? {} : { correlationId })
            }
            const told = described(fiber, { "conversation.id": id, "conversation.reused": reused })
            return told === undefined ? Effect.succeed(handedOver) : Effect.as(told, handedOver)
          })
        )
      ),
      spanned("Handover.flow")
    )

  const inTurn = <A, E>(userId: string, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      let own: Turn | undefined
      let isFirst = false
      const entered = Effect.suspend(() => {
        const before = turns.get(userId)
        isFirst = before === undefined
        own = before ?? { turn: Semaphore.makeUnsafe(0), users: 0 }
        own.users += 1
        turns.set(userId, own)
        return isFirst ? effect : own.turn.withPermit(effect)
      })
      return Effect.onExitPrimitive(entered, () => {
        if (own === undefined) return undefined
        own.users -= 1
        if (own.users === 0) turns.delete(userId)
        return isFirst && own.users > 0 ? own.turn.release(1) : undefined
      })
    })

  const recall = (claim: Claim | undefined): Effect.Effect<HandedOver | undefined, KeyReused> =>
    claim === undefined
      ? Effect.succeed(undefined)
      : // In a step of its own: one that throws is a defect of this handover, and of nothing around it.
        Effect.flatMap(
          Effect.suspend(() => store.find(claim.key)),
          (found) => {
            if (Option.isNone(found)) return Effect.succeed(undefined)
            const { fingerprint, handedOver } = found.value
            return fingerprint === claim.fingerprint ? Effect.succeed(handedOver) : Effect.fail(new KeyReused())
          }
        )

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
    again: (late: DeadlineExceeded) => Effect.Effect<HandedOver, FlowError | RoutingError>
  ): Effect.Effect<HandedOver, FlowError | RoutingError> =>
    Deferred.await(answer).pipe(
      Deadline.explained(() => first.lastFailure()),
      Deadline.keep(deadline),
      Effect.catchTag("DeadlineExceeded", (error) =>
        Effect.flatMap(Deadline.nowMillis, (now) =>
          now + MIN_ATTEMPT_MILLIS < deadline.at ? again(error) : Effect.fail(error)
        )
      )
    )

  const remember = ([first, ...others]: ReadonlyArray<Claim>, handedOver: HandedOver): Effect.Effect<void> => {
    if (first === undefined) return Effect.void
    const { fingerprint, key } = first
    const remembered = store.remember(key, { fingerprint, handedOver })
    return others.length === 0 ? remembered : Effect.andThen(remembered, () => remember(others, handedOver))
  }

  /** It ended, or its time was up. What is done is done: nobody waits for a store that is slow to remember it, or does not. */
  const finish = (
    context: Context.Context<never>,
    userId: string,
    begun: Begun,
    exit: Exit.Exit<HandedOver, FlowError>
  ) => {
    if (latest.get(userId) === begun) latest.delete(userId)
    const isOver = () => {
      for (const { key } of begun.claims) claimed.delete(key)
      Deferred.doneUnsafe(begun.answer, exit)
    }
    // A copy of what has failed tries again.
    if (Exit.isFailure(exit) || begun.claims.length === 0) return isOver()
    // A store in this process has it when the answer is out. Until a slower one has it, copies find it under its claims.
    const remembering = start({
      // Within a step: a store may throw. What it says may hold anything.
      effect: () =>
        Effect.onError(
          Effect.suspend(() => remember(begun.claims, exit.value)),
          () => NOT_REMEMBERED
        ),
      context,
      millis: begun.deadline.at - millisOn(Context.get(context, Clock.Clock)),
      end: isOver
    })
    if (remembering.pollUnsafe() !== undefined) return
    FiberSet.addUnsafe(fibers, remembering)
    Deferred.doneUnsafe(begun.answer, exit)
  }

  /** Starts it, in a fiber that goes on when the caller's is interrupted. */
  const begin = (
    fiber: Fiber.Fiber<unknown, unknown>,
    userId: string,
    begun: Begun,
    work: Effect.Effect<HandedOver, FlowError>
  ) => {
    const { deadline } = begun
    // The caller's has none any more once it has ended.
    const { context } = fiber
    const working = start({
      effect: () => work,
      context: Context.add(context, Deadline.CurrentDeadline, deadline),
      millis: Math.max(0, deadline.at - Deadline.millisOf(fiber)),
      end: (exit, isLate) => {
        // Nobody else but the layer's end interrupts it.
        const isCut = Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
        finish(
          context,
          userId,
          begun,
          isLate ? Exit.fail(Deadline.missed(deadline)) : isCut ? Exit.fail(closing) : exit
        )
      }
    })
    FiberSet.addUnsafe(fibers, working)
  }

  const decide = (request: HandoverRequest) => spanned("RoutingPolicy.decide")(policy.decide(request))

  const proceed = (asked: Asked, decision: Decision, late?: DeadlineExceeded) => {
    asked.onDecided(decision, false)
    return joinOrBegin(asked, decision, late)
  }

  /** Decides, and joins what is in progress for it, or begins. After want of time (`late`) only where nobody came after that. */
  const decideAndDo = (asked: Asked, late?: DeadlineExceeded): Effect.Effect<HandedOver, FlowError | RoutingError> =>
    Effect.flatMap(Deadline.keep(asked.deadline)(decide(asked.request)), (decision) => proceed(asked, decision, late))

  /** Joins the copy of it that is in progress, whatever the rules say by now; `undefined` where there is none. */
  const joinCopy = (asked: Asked): Effect.Effect<HandedOver, FlowError | RoutingError> | undefined => {
    const { claim, deadline, onDecided } = asked
    const copied = claim && claimed.get(claim.key)
    if (copied === undefined) return undefined
    if (copied.fingerprint !== claim?.fingerprint) return Effect.fail(new KeyReused())
    onDecided(copied.begun.decided, true)
    return join(deadline, copied.begun, (late) => decideAndDo(asked, late))
  }

  /** Joins what is in progress, or begins: in one step, so that nothing is begun twice. */
  const joinOrBegin = (
    asked: Asked,
    decision: Decision,
    late?: DeadlineExceeded
  ): Effect.Effect<HandedOver, FlowError | RoutingError> =>
    Effect.withFiber((fiber) => {
      if (isClosed) return Effect.fail(closing)
      const { claim, deadline, request } = asked
      const { userId } = request
      const copy = joinCopy(asked)
      if (copy !== undefined) return copy
      const deed = deedOf(request, decision)
      const before = latest.get(userId)
      // Where others came after it, the user is to end where they lead.
      if (late !== undefined && before !== undefined && before.deed !== deed) return Effect.fail(late)
      // One that others came after would not be where the user ends.
      const running = before?.deed === deed ? before : undefined
      const begun = running ?? { decided: decision, deed, answer: Deferred.makeUnsafe(), claims: [], deadline }
      if (claim !== undefined) {
        // Who joins may come under a key of its own.
        claimed.set(claim.key, { fingerprint: claim.fingerprint, begun })
        begun.claims.push(claim)
      }
      if (running !== undefined) {
        asked.onDecided(running.decided, true)
        return join(deadline, running, (late) => joinOrBegin(asked, decision, late))
      }
      latest.set(userId, begun)
      begin(fiber, userId, begun, whenItsTurn(request, decision, claim))
      return Deferred.await(begun.answer)
    })

  /** What it was answered with before, or else the decision: none where a copy of it is in progress, whose decision counts. */
  const before = ({ claim, request }: Asked): Effect.Effect<Before, KeyReused | RoutingError> =>
    Effect.flatMap(recall(claim), (handedOver) =>
      handedOver !== undefined
        ? Effect.succeed({ handedOver })
        : claim !== undefined && claimed.has(claim.key)
          ? Effect.succeed({})
          : Effect.map(decide(request), (decision) => ({ decision }))
    )

  const handle = (asked: Asked): Effect.Effect<HandedOver, FlowError | RoutingError> =>
    Effect.flatMap(Deadline.keep(asked.deadline)(before(asked)), ({ decision, handedOver }) => {
      if (handedOver !== undefined) {
        asked.onDecided(handedOver, true)
        return Effect.succeed(handedOver)
      }
      return joinCopy(asked) ?? (decision === undefined ? decideAndDo(asked) : proceed(asked, decision))
    })

  const ruleLabel = boundedNames()
  yield* declare(FAILURES.map((outcome) => failureSeries({ outcome })))

  /** Says in metrics and in the span what became of a handover. */
  const measure = (
    fiber: Fiber.Fiber<unknown, unknown>,
    exit: Exit.Exit<HandedOver, HandoverError>,
    decided: Decided | undefined,
    isCopy: boolean,
    since: number
  ): Effect.Effect<void> | undefined => {
    const outcome = outcomeOf(exit, isCopy)
    const rule = ruleOf(exit, decided)
    const label = rule === undefined ? "none" : ruleLabel(rule)
    const target = decided?.target.type ?? "none"
    const isDone = Exit.isSuccess(exit)
    add(fiber, handoverSeries({ rule: label, target, outcome }))
    if (!isDone) add(fiber, failureSeries({ outcome }))
    add(fiber, durationSeries({ outcome: isDone ? outcome : "failure" }), (Deadline.millisOf(fiber) - since) / 1000)
    return described(fiber, {
      "handover.rule": rule ?? "none",
      "handover.target": target,
      "handover.outcome": outcome
    })
  }

  return Handover.of({
    handle: (request, idempotencyKey) =>
      Effect.withFiber((fiber) => {
        const started = Deadline.millisOf(fiber)
        let decided: Decided | undefined
        let isCopy = false
        return handle({
          request,
          claim: claimOf(request, idempotencyKey),
          deadline: Deadline.afterMillis(fiber, Duration.toMillis(time)),
          onDecided: (what, ofCopy) => {
            decided = what
            isCopy = ofCopy
          }
        }).pipe(
          Effect.mapError((error) =>
            isReason(error)
              ? new HandoverFailed({ reason: error, ...(decided === undefined ? {} : { rule: decided.rule }) })
              : error
          ),
          (handed) => Effect.onExitPrimitive(handed, (exit) => measure(fiber, exit, decided, isCopy, started)),
          spanned("Handover.handle")
        )
      })
  })
})

const handoverSeries = counters(handoversTotal)
const failureSeries = counters(handoverFailuresTotal)
const durationSeries = histograms(handoverDuration, SECONDS)

/** All that can become of a handover but success, as metrics name it. */
export const FAILURES: ReadonlyArray<string> = [
  ...[...Reason.members, KeyReused, UnsupportedIntent, AgentIdMissing, Rejected].map(({ identifier }) =>
    snakeCase(identifier)
  ),
  "defect",
  "interrupted"
]

/** The rule that had decided, also where it decided that nothing is handed over. */
const ruleOf = (exit: Exit.Exit<HandedOver, HandoverError>, decided: Decided | undefined): string | undefined => {
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  return decided?.rule ?? (error !== undefined && "rule" in error ? error.rule : undefined)
}

/** What became of a handover, as metrics name it. */
const outcomeOf = (exit: Exit.Exit<HandedOver, HandoverError>, isCopy: boolean): string => {
  if (Exit.isSuccess(exit)) return isCopy ? "repeated" : "success"
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  if (error === undefined) return Cause.hasInterruptsOnly(exit.cause) ? "interrupted" : "defect"
  return snakeCase(error._tag === "HandoverFailed" ? error.reason._tag : error._tag)
}
