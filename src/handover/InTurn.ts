/** In turn for each user: different handovers of one user run one after the other, identical ones share one answer, and users never wait for each other. */
import { Effect, RcMap, Semaphore } from "effect"
import * as Trail from "../domain/Trail.ts"
import { nowMillis } from "../std/clock.ts"
import type { HandedOver, HandoverError, HandoverFailed } from "./HandedOver.ts"
import * as InProgress from "./InProgress.ts"
import type { Account } from "./JournalEvent.ts"

/** Waits shorter than this are no step of the trail, in milliseconds. */
const NOTICED = 1

/** Makes the rule. */
export const makeInTurn = Effect.gen(function* () {
  /** Each user's latest handover in progress. */
  const latest = new Map<string, InProgress.InProgress>()
  /** Each user's turn, for as long as somebody waits or works. */
  const turns = yield* RcMap.make({ lookup: (_userId: string) => Semaphore.make(1) })

  const whenItsTurn = <A, E>(userId: string, work: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.scoped(
      Effect.gen(function* () {
        const turn = yield* RcMap.get(turns, userId)
        const startedAt = yield* nowMillis
        const began = Effect.flatMap(nowMillis, (now) =>
          now - startedAt < NOTICED
            ? Effect.void
            : Trail.add({ kind: "wait", name: "turn", startedAt, outcome: "over" })
        )
        return yield* turn.withPermit(Effect.andThen(began, work))
      })
    )

  /**
   * Does the work of a user's handover when the earlier ones are done, so that the user ends where they asked to go last. It shares the answer of the
   * latest one in progress when that has the same purpose. When the earlier one ran out of time (`late`), it fails if another purpose came meanwhile.
   */
  const inTurn = (
    userId: string,
    purpose: string,
    account: Account,
    work: Effect.Effect<HandedOver, HandoverError>,
    late?: HandoverFailed
  ): Effect.Effect<HandedOver, HandoverError> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const own = yield* InProgress.make(purpose, account)
        const before = latest.get(userId)
        if (before?.content === purpose) {
          const again = (late: HandoverFailed) => inTurn(userId, purpose, account, work, late)
          return yield* restore(InProgress.join(account, before, again))
        }
        if (late !== undefined && before !== undefined) return yield* InProgress.failed(account, late.reason)
        latest.set(userId, own)
        return yield* Effect.onExit(restore(whenItsTurn(userId, work)), (exit) => {
          if (latest.get(userId) === own) latest.delete(userId)
          return InProgress.end(own, exit)
        })
      })
    )
  return inTurn
})
