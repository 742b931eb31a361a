/** Hands a failed handover over again, from its kept request. */
import { randomBytes } from "node:crypto"
import { Context, Effect, Exit, Layer, Option, Schedule, Schema, Semaphore } from "effect"
import { SecureRandom } from "effect/crypto"
import { CurrentAgain, CurrentCorrelationId } from "../handover/HandedOver.ts"
import { Handover } from "../handover/Handover.ts"
import { Audit } from "../history/Audit.ts"
import { History, type HistoryUnavailable, type KeptRequest } from "../history/History.ts"

/** Why a handover cannot be done again. */
export class NotAgain extends Schema.TaggedError<NotAgain>()("NotAgain", {
  /** Why, in a sentence for people. */
  message: Schema.String,
  /** The handover that has done it again. */
  by: Schema.optionalKey(Schema.String)
}) {}

/** The most at once: operators must not take the webhook's places. */
const AT_ONCE = 3

/** Waits until the new entry can be read: batches are written some 200 ms later. */
const untilWritten = Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "3 seconds" }))

/** The operator who hands over again, and the id of the new handover. */
export interface Operator {
  /** The user of the console. */
  readonly who: string
  /** The id of the new handover in answers, logs and traces. */
  readonly correlationId: string
}

/** Handing over again. */
export class HandOverAgain extends Context.Service<
  HandOverAgain,
  {
    /** The kept request of a failed handover. Fails when it cannot be done again now. */
    readonly check: (id: string) => Effect.Effect<KeptRequest, HistoryUnavailable | NotAgain>
    /**
     * Does it again with its request and its idempotency key, so that a copy from its sender is not handed over twice. It is in the audit list
     * before it is done. Returns the id of the new handover when that has ended, with success or not. It goes on when its caller is interrupted.
     */
    readonly handOver: (id: string, operator: Operator) => Effect.Effect<string, HistoryUnavailable | NotAgain>
  }
>()("cognigy-cxone-router/console/HandOverAgain") {
  static readonly layer: Layer.Layer<HandOverAgain, never, Audit | Handover | History> = Layer.effect(
    HandOverAgain,
    Effect.suspend(() => make)
  )
}

/** The most ids of handovers done again that are remembered: the history has them some 200 ms later. */
const REMEMBERED = 1000

const not = (message: string, by?: string) =>
  Effect.fail(new NotAgain({ message, ...(by === undefined ? {} : { by }) }))

const make = Effect.gen(function* () {
  const audit = yield* Audit
  const handover = yield* Handover
  const history = yield* History
  const { uuidV7 } = SecureRandom.make(randomBytes)
  const places = yield* Semaphore.make(AT_ONCE)
  const running = new Set<string>()
  /** Successful handovers by the ids of those that they did again. */
  const done = new Map<string, string>()

  const check = Effect.fnUntraced(function* (id: string) {
    const entry = yield* history.get(id)
    if (Option.isNone(entry)) return yield* not("The history has no such handover.")
    if (entry.value.outcome !== "failed") return yield* not("Only a failed handover can be handed over again.")
    const by = done.get(id)
    if (by !== undefined) return yield* not("It was handed over again already.", by)
    const [again] = yield* history.find({ againOf: id }, { limit: 1 })
    if (again?.outcome === "failed")
      return yield* not("It was handed over again already, and that failed too: go on from there.", again.id)
    if (again !== undefined) return yield* not("It was handed over again already.", again.id)
    const kept = yield* history.kept(id)
    if (Option.isSome(kept)) return kept.value
    return yield* not("It cannot be handed over again: its request is not kept, or not any more (KEEP_FAILED).")
  })

  const handOver = Effect.fnUntraced(function* (id: string, { correlationId, who }: Operator) {
    const { idempotencyKey, request } = yield* check(id)
    const again = yield* uuidV7()
    yield* audit.record({ who, what: "hand_over_again", subject: id })
    const exit = yield* handover
      .handle(request, idempotencyKey)
      .pipe(
        Effect.provideService(CurrentAgain, { againOf: id, handoverId: again }),
        Effect.provideService(CurrentCorrelationId, correlationId),
        Effect.annotateLogs({ correlationId }),
        Effect.exit
      )
    if (Exit.isSuccess(exit)) done.set(id, again)
    for (const first of done.keys()) if (done.size > REMEMBERED) done.delete(first)
    yield* Effect.ignore(Effect.retry(Effect.filterOrFail(history.get(again), Option.isSome), untilWritten))
    return again
  })

  return HandOverAgain.of({
    check: (id) => (running.has(id) ? not("It is being handed over again now.") : check(id)),
    handOver: (id, operator) =>
      Effect.suspend(() => {
        if (running.has(id)) return not("It is being handed over again now.")
        running.add(id)
        return handOver(id, operator).pipe(
          places.withPermitsIfAvailable(1),
          Effect.flatMap(
            Option.match({
              onNone: () => not(`${AT_ONCE} others are being handed over again: try again in a few seconds.`),
              onSome: Effect.succeed
            })
          ),
          Effect.ensuring(Effect.sync(() => running.delete(id)))
        )
      }).pipe(Effect.uninterruptible)
  })
})
