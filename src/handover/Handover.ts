/** Handing conversations over: once for each key, decided, in turn for each user, placed in the contact centre, and recorded in the journal. */
import { randomBytes } from "node:crypto"
import { Clock, Config, Context, Deferred, Duration, Effect, Exit, FiberSet, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import { ContactCentre } from "../cxone/ContactCentre.ts"
import { Unavailable } from "../cxone/CXoneError.ts"
import * as Deadline from "../cxone/Deadline.ts"
import type { HandoverRequest } from "../domain/HandoverRequest.ts"
import { CurrentOrphan } from "../domain/Orphan.ts"
import * as Trail from "../domain/Trail.ts"
import { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import { nowMillis } from "../std/clock.ts"
import { durationConfig } from "../std/DurationConfig.ts"
import { Claims, type ClaimsOptions, DEFAULT_IDEMPOTENCY_WINDOW } from "./Claims.ts"
import { claimOf, purposeOf } from "./claimOf.ts"
import {
  CurrentAgain,
  CurrentCorrelationId,
  type HandedOver,
  type HandoverError,
  type HandoverFailed
} from "./HandedOver.ts"
import { failed, outOfTime } from "./InProgress.ts"
import { makeInTurn } from "./InTurn.ts"
import { Journal } from "./Journal.ts"
import type { Account } from "./JournalEvent.ts"
import { makeOnce } from "./Once.ts"
import { outcomeOf } from "./outcome.ts"

/** How long a handover may take by default, 7 s: a second less than Cognigy's HTTP Request node waits (8,000 ms). */
export const DEFAULT_DEADLINE = Duration.seconds(7)

/** How handovers are done. */
export interface HandoverOptions {
  /** For one handover, all attempts together. Default 7 s. */
  readonly deadline?: Duration.Input
  /** How much is remembered in this process. */
  readonly claims?: ClaimsOptions
}

/** Handing conversations over. The caller limits how many run at once. */
export class Handover extends Context.Service<
  Handover,
  {
    /**
     * Succeeds once CXone has accepted the routing action, or fails, in either case before the deadline. A handover goes on when its caller
     * is interrupted (a webhook whose connection breaks), and the layer's shutdown waits for it.
     *
     * It may be called again for the same request. The key is the given one, else the request's `inputId`, else its `traceId`. A request with the key of an
     * earlier one of the same user gets that one's answer; with other content it fails with `KeyReused`. An identical request of a user, under another key
     * or none, shares the answer of the latest one in progress. Different handovers of one user are done one after the other, so that the user ends where
     * they asked to go last; those of different users never wait for each other.
     */
    readonly handle: (request: HandoverRequest, idempotencyKey?: string) => Effect.Effect<HandedOver, HandoverError>
  }
>()("cognigy-cxone-router/handover/Handover") {
  /** Handovers over the given journal and store of claims. */
  static readonly layerNoDeps = (
    options: HandoverOptions = {}
  ): Layer.Layer<Handover, never, Claims | ContactCentre | Journal | RoutingPolicy> =>
    Layer.effect(Handover, make(options))

  /** Handovers that are remembered in this process, with a journal of their own. */
  static readonly layer = (
    options: HandoverOptions = {}
  ): Layer.Layer<Handover | Journal, never, ContactCentre | RoutingPolicy> =>
    Handover.layerNoDeps(options).pipe(
      Layer.provide(Claims.layerMemory(options.claims)),
      Layer.provideMerge(Journal.layer())
    )

  /** The same, with options from `Config`: by default `HANDOVER_DEADLINE` and `IDEMPOTENCY_WINDOW`. Fails with the first of them that is wrong. */
  static readonly layerConfig = (
    options: Config.Wrap<HandoverOptions> = {
      deadline: handoverConfig.deadline,
      claims: { window: handoverConfig.idempotencyWindow }
    }
  ): Layer.Layer<Handover | Journal, Config.ConfigError, ContactCentre | RoutingPolicy> =>
    Layer.unwrap(Effect.map(Config.unwrap(options), Handover.layer))
}

/** Each setting of handovers as a `Config` of its own, for programs that report all problems at once. */
export const handoverConfig = {
  deadline: durationConfig("HANDOVER_DEADLINE").pipe(Config.withDefault(DEFAULT_DEADLINE)),
  idempotencyWindow: durationConfig("IDEMPOTENCY_WINDOW").pipe(Config.withDefault(DEFAULT_IDEMPOTENCY_WINDOW))
}

const shuttingDown = new Unavailable({
  operation: "handover",
  reason: "NotTried",
  detail: "the router is shutting down",
  retryAfter: undefined
})

const make = Effect.fnUntraced(function* ({ deadline = DEFAULT_DEADLINE }: HandoverOptions) {
  const policy = yield* RoutingPolicy
  const centre = yield* ContactCentre
  const journal = yield* Journal
  const { uuidV7 } = SecureRandom.make(randomBytes)
  const fibers = yield* FiberSet.make<unknown, unknown>()
  const once = yield* makeOnce(fibers)
  const inTurn = yield* makeInTurn
  /** A claim that has neither been settled nor released by then is free again. */
  const lease = Duration.toMillis(Duration.fromInputUnsafe(deadline))
  let isClosed = false
  yield* Effect.addFinalizer(() =>
    Effect.map(FiberSet.awaitEmpty(fibers), () => {
      isClosed = true
    })
  )

  const decide = Effect.fn("RoutingPolicy.decide")(function* (request: HandoverRequest, account: Account) {
    account.decision = undefined
    const decision = yield* policy.decide(request)
    account.decision = decision
    return decision
  })

  const flow = Effect.fnUntraced(function* (
    request: HandoverRequest,
    key: string | undefined,
    account: Account,
    late?: HandoverFailed
  ) {
    const decision = yield* decide(request, account)
    const { fallbacks = [], labels = {}, priority, rule, target } = decision
    const placed = Effect.gen(function* () {
      const correlationId = yield* CurrentCorrelationId
      const placed = yield* centre.place({
        request,
        targets: [target, ...fallbacks],
        labels,
        ...(priority === undefined ? {} : { priority }),
        ...(key === undefined ? {} : { key })
      })
      const { handoverId } = account
      return { ...placed, rule, handoverId, ...(correlationId === undefined ? {} : { correlationId }) }
    }).pipe(
      Effect.mapError((reason) => failed(account, reason)),
      Effect.withSpan("ContactCentre.place")
    )
    return yield* inTurn(request.userId, purposeOf(request, decision), account, placed, late)
  })

  /** Records a handover in the journal. */
  const record = Effect.fnUntraced(function* (
    request: HandoverRequest,
    idempotencyKey: string | undefined,
    { againOf, copyOf, correlationId, decision, firstId, handoverId, isCopy, orphan, tenant }: Account,
    at: number,
    { startedAt, steps }: Trail.Trail,
    exit: Exit.Exit<HandedOver, HandoverError>
  ) {
    const first = copyOf ?? (isCopy && Exit.isSuccess(exit) ? exit.value.correlationId : undefined)
    yield* journal.record({
      _tag: "Handover",
      handoverId,
      at,
      took: Trail.round((yield* nowMillis) - startedAt),
      tenant,
      request,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(decision === undefined ? {} : { decision }),
      steps,
      isCopy,
      ...(first === undefined ? {} : { copyOf: first }),
      ...(firstId === undefined ? {} : { firstId }),
      ...(againOf === undefined ? {} : { againOf }),
      ...(orphan === undefined || Exit.isSuccess(exit) ? {} : { orphan }),
      outcome: outcomeOf(exit, isCopy),
      ...answerOf(exit)
    })
  })

  /** Does a handover, and gives its answer before the journal hears of it. */
  const handle = Effect.fn("Handover.handle")(function* (
    request: HandoverRequest,
    idempotencyKey: string | undefined,
    answer: Deferred.Deferred<HandedOver, HandoverError>
  ) {
    const correlationId = yield* CurrentCorrelationId
    const again = yield* CurrentAgain
    const { tenant } = centre
    const account: Account = {
      tenant,
      handoverId: again?.handoverId ?? (yield* uuidV7()),
      correlationId,
      againOf: again?.againOf,
      decision: undefined,
      isCopy: false,
      copyOf: undefined,
      firstId: undefined,
      orphan: undefined
    }
    const at = yield* Clock.currentTimeMillis
    const trail = yield* Trail.make
    const claim = claimOf({ scope: tenant, lease }, request, idempotencyKey)
    const work = isClosed
      ? Effect.fail(failed(account, shuttingDown))
      : once(claim, account, (late) => flow(request, claim?.key, account, late))
    return yield* work.pipe(
      Deadline.within(deadline),
      Effect.catchTag("DeadlineExceeded", () => Effect.fail(outOfTime(account))),
      Effect.provideService(Trail.CurrentTrail, trail),
      Effect.provideService(CurrentOrphan, account),
      Effect.onExit((exit) =>
        Effect.andThen(Deferred.done(answer, exit), record(request, idempotencyKey, account, at, trail, exit))
      )
    )
  })

  return Handover.of({
    // In a fiber of its own, which goes on when the caller leaves.
    handle: Effect.fnUntraced(function* (request, idempotencyKey) {
      const answer = yield* Deferred.make<HandedOver, HandoverError>()
      const handled = handle(request, idempotencyKey, answer)
      // The set takes no more fibers once the layer has closed.
      yield* isClosed ? Effect.ignore(handled) : FiberSet.run(fibers, handled)
      return yield* Deferred.await(answer)
    })
  })
})

const answerOf = (exit: Exit.Exit<HandedOver, HandoverError>) => {
  if (Exit.isSuccess(exit)) return { answer: exit.value }
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  return error === undefined ? {} : { error }
}
