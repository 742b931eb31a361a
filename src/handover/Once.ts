/** Once for each key: a copy of a request gets the answer of the first, waits for it, or is refused when its content differs. */
import { Cause, Duration, Effect, Exit, FiberSet, Option, Predicate, Schedule } from "effect"
import { inWords } from "../std/clock.ts"
import { retry } from "../std/retry.ts"
import { type Claim, type Claimed, Claims, type ClaimsError } from "./Claims.ts"
import { type HandedOver, type HandoverError, type HandoverFailed, KeyReused } from "./HandedOver.ts"
import * as InProgress from "./InProgress.ts"
import type { Account } from "./JournalEvent.ts"

/** How long the store of claims may take for one step, 250 ms: a handover must not miss its deadline for it. */
export const CLAIMS_TIMEOUT = Duration.millis(250)

/** Between questions about a claim that another process is working on: 50 ms, doubling to 500 ms. */
const claimSchedule = Schedule.min([Schedule.exponential("50 millis"), Schedule.spaced("500 millis")])

/** A store that fails, dies, throws or hangs costs the memory of a handover, and the log says why. */
const tolerant = <A>(step: string, ask: () => Effect.Effect<A, ClaimsError>, otherwise: A): Effect.Effect<A> =>
  Effect.suspend(ask).pipe(
    Effect.timeout(CLAIMS_TIMEOUT),
    Effect.catchCause((cause) =>
      Effect.as(
        Effect.logWarning(
          `the store of handovers did not ${step}, so that a copy of this one may count as another one: ${whyOf(cause)}`
        ),
        otherwise
      )
    )
  )

/** Why a store failed. The message of a defect may hold anything, so its name and code have to do. */
const whyOf = (cause: Cause.Cause<ClaimsError | Cause.TimeoutError>): string => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (error !== undefined)
    return error._tag === "ClaimsError" ? error.message : `no answer within ${inWords(CLAIMS_TIMEOUT)}`
  const defect = Cause.squash(cause)
  const code = Predicate.hasProperty(defect, "code") && Predicate.isString(defect.code) ? ` ${defect.code}` : ""
  return `a defect (${defect instanceof Error ? defect.name : typeof defect}${code})`
}

/** Makes the rule. The store gets the results in `fibers`, so that no answer waits for it. */
export const makeOnce = Effect.fnUntraced(function* (fibers: FiberSet.FiberSet) {
  const claims = yield* Claims
  /** Handovers in progress, and those that the store has not remembered yet. */
  const byKey = new Map<string, InProgress.InProgress>()

  /** Claims a key. A store that does not answer leaves the claim open. */
  const ask = (claim: Claim): Effect.Effect<Claimed | undefined> =>
    tolerant<Claimed | undefined>("answer", () => claims.claim(claim), undefined)

  /** Claims a key. When another process works on it, asks until that is over; the deadline ends the wait. */
  const askUntilOver = (claim: Claim) =>
    Effect.flatMap(ask(claim), (claimed) =>
      claimed?._tag === "Running" ? Effect.fail(claimed) : Effect.succeed(claimed)
    ).pipe(
      retry(claimSchedule),
      // The schedule has no end.
      Effect.orDie
    )

  /** Settles or releases a claim in the store, without waiting for it. Only a claim that is surely ours is released. */
  const settle = (claim: Claim, isOurs: boolean, exit: Exit.Exit<HandedOver, HandoverError>) => {
    if (Exit.isFailure(exit) && !isOurs) return Effect.void
    return FiberSet.run(
      fibers,
      Exit.isFailure(exit)
        ? tolerant("forget", () => claims.release(claim), undefined)
        : Effect.ensuring(
            tolerant("remember", () => claims.settle(claim, exit.value), undefined),
            Effect.sync(() => byKey.delete(claim.key))
          )
    )
  }

  /**
   * Does the work, unless a request with the same claim is done or in progress. `work` gets the failure of an earlier one that ran out of time
   * while this one waited for it.
   */
  const once = (
    claim: Claim | undefined,
    account: Account,
    work: (late?: HandoverFailed) => Effect.Effect<HandedOver, HandoverError>,
    late?: HandoverFailed
  ): Effect.Effect<HandedOver, HandoverError> =>
    claim === undefined
      ? work(late)
      : Effect.uninterruptibleMask((restore) =>
          Effect.gen(function* () {
            const own = yield* InProgress.make(claim.fingerprint, account)
            const running = byKey.get(claim.key)
            if (running !== undefined) {
              if (running.content !== claim.fingerprint) return yield* new KeyReused()
              return yield* restore(InProgress.join(account, running, (late) => once(claim, account, work, late)))
            }
            byKey.set(claim.key, own)
            let claimed: Claimed | undefined
            const doneOrDo = Effect.gen(function* () {
              claimed = yield* askUntilOver(claim)
              if (claimed?._tag === "Other") return yield* new KeyReused()
              if (claimed?._tag !== "Done") return yield* work(late)
              account.isCopy = true
              account.firstId = claimed.handedOver.handoverId
              return claimed.handedOver
            })
            return yield* Effect.onExit(restore(doneOrDo), (exit) => {
              const wasDone = claimed?._tag === "Done" || claimed?._tag === "Other"
              // A copy of what failed tries again, at once.
              if (Exit.isFailure(exit) || wasDone) byKey.delete(claim.key)
              const end = InProgress.end(own, exit)
              return wasDone ? end : Effect.andThen(settle(claim, claimed?._tag === "New", exit), end)
            })
          })
        )
  return once
})
