/** Once for each key: a copy of a request gets the answer of the first, waits for it, or is refused when its content differs. */
import { Deferred, Duration, Effect, Exit, FiberSet, Schedule } from "effect"
import { type Claim, type Claimed, Claims, type ClaimsError } from "./Claims.ts"
import { type HandedOver, type HandoverError, type HandoverFailed, KeyReused } from "./HandedOver.ts"
import * as InProgress from "./InProgress.ts"
import type { Account } from "./JournalEvent.ts"

/** How long the store of claims may take for one step, 250 ms: a handover must not miss its deadline for it. */
export const CLAIMS_TIMEOUT = Duration.millis(250)

/** Between questions about a claim that another process is working on: 50 ms, doubling to 500 ms. */
export const claimSchedule = Schedule.min([Schedule.exponential("50 millis"), Schedule.spaced("500 millis")])

/** Makes the rule. The store is told of the end in `fibers`, so that no answer waits for it. */
export const makeOnce = Effect.fnUntraced(function* (fibers: FiberSet.FiberSet) {
  const claims = yield* Claims
  const byKey = new Map<string, InProgress.InProgress>()

  /** A store that fails or hangs costs the memory. */
  const tolerant = <A>(step: string, effect: Effect.Effect<A, ClaimsError>, otherwise: A): Effect.Effect<A> =>
    // Suspended: a store may throw as well.
    Effect.suspend(() => effect).pipe(
      Effect.timeout(CLAIMS_TIMEOUT),
      Effect.catchCause((cause) =>
        Effect.as(
          Effect.logWarning(
            `the store of handovers did not ${step}: a copy of this handover may be taken for another one`,
            cause
          ),
          otherwise
        )
      )
    )

  /** The answer that a key had before; `undefined` when the key is ours. */
  const replay = (claim: Claim): Effect.Effect<HandedOver | undefined, KeyReused> =>
    tolerant<Claimed>(
      "answer",
      Effect.suspend(() => claims.claim(claim)),
      { _tag: "New" }
    ).pipe(
      // Another process works on it; the deadline ends the wait.
      Effect.repeat({ schedule: claimSchedule, while: ({ _tag }) => _tag === "Running" }),
      Effect.flatMap((claimed) => {
        if (claimed._tag === "Other") return Effect.fail(new KeyReused())
        return Effect.succeed(claimed._tag === "Done" ? claimed.handedOver : undefined)
      })
    )

  /** Does the work under a claim that is new. */
  const first = Effect.fnUntraced(function* (
    claim: Claim,
    account: Account,
    work: Effect.Effect<HandedOver, HandoverError>
  ): Effect.fn.Return<HandedOver, HandoverError> {
    const before = yield* replay(claim)
    if (before !== undefined) {
      account.isCopy = true
      return before
    }
    return yield* Effect.onExit(work, (exit) => {
      if (Exit.isFailure(exit)) {
        return FiberSet.run(
          fibers,
          tolerant(
            "forget",
            Effect.suspend(() => claims.release(claim)),
            undefined
          )
        )
      }
      const kept = tolerant(
        "remember",
        Effect.suspend(() => claims.settle(claim, exit.value)),
        undefined
      )
      return FiberSet.run(fibers, kept, { startImmediately: true })
    })
  })

  const once = (
    claim: Claim | undefined,
    account: Account,
    work: (late?: HandoverFailed) => Effect.Effect<HandedOver, HandoverError>,
    late?: HandoverFailed
  ): Effect.Effect<HandedOver, HandoverError> => {
    if (claim === undefined) return work(late)
    return Effect.gen(function* () {
      const answer = yield* Deferred.make<HandedOver, HandoverError>()
      const running = byKey.get(claim.key)
      if (running !== undefined) {
        if (running.content !== claim.fingerprint) return yield* new KeyReused()
        return yield* InProgress.join(account, running, (late) => once(claim, account, work, late))
      }
      const own: InProgress.InProgress = { content: claim.fingerprint, account, answer }
      byKey.set(claim.key, own)
      return yield* Effect.onExit(first(claim, account, work(late)), (exit) => {
        byKey.delete(claim.key)
        return InProgress.end(own, exit)
      })
    })
  }
  return once
})
