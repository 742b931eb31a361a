/** Once for each key: a copy of a request gets the answer of the first, waits for it, or is refused when its content differs. */
import { Cause, Duration, Effect, Exit, FiberSet, Option, Predicate, Schedule } from "effect"
import { inWords } from "../std/clock.ts"
import { type Claim, type Claimed, Claims, type ClaimsError } from "./Claims.ts"
import { type HandedOver, type HandoverError, type HandoverFailed, KeyReused } from "./HandedOver.ts"
import * as InProgress from "./InProgress.ts"
import type { Account } from "./JournalEvent.ts"

/** How long the store of claims may take for one step, 250 ms: a handover must not miss its deadline for it. */
export const CLAIMS_TIMEOUT = Duration.millis(250)

/** Between questions about a claim that another process is working on: 50 ms, doubling to 500 ms. */
export const claimSchedule = Schedule.min([Schedule.exponential("50 millis"), Schedule.spaced("500 millis")])

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

  /** The earlier answer of a key; `undefined` when the key is ours. */
  const replay = (claim: Claim): Effect.Effect<HandedOver | undefined, KeyReused> =>
    tolerant<Claimed>("answer", () => claims.claim(claim), { _tag: "New" }).pipe(
      // Another process works on it; the deadline ends the wait.
      Effect.repeat({ schedule: claimSchedule, while: ({ _tag }) => _tag === "Running" }),
      Effect.flatMap((claimed) => {
        if (claimed._tag === "Other") return Effect.fail(new KeyReused())
        return Effect.succeed(claimed._tag === "Done" ? claimed.handedOver : undefined)
      })
    )

  /** Settles or releases a claim of ours in the store, without waiting for it. */
  const settle = (claim: Claim, exit: Exit.Exit<HandedOver, HandoverError>) =>
    FiberSet.run(
      fibers,
      Exit.isFailure(exit)
        ? tolerant("forget", () => claims.release(claim), undefined)
        : Effect.ensuring(
            tolerant("remember", () => claims.settle(claim, exit.value), undefined),
            forget(claim)
          )
    )

  const forget = (claim: Claim) => Effect.sync(() => byKey.delete(claim.key))

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
            let isOurs = false
            const doneOrDo = Effect.flatMap(replay(claim), (before) => {
              isOurs = before === undefined
              account.isCopy = !isOurs
              return before === undefined ? work(late) : Effect.succeed(before)
            })
            return yield* Effect.onExit(
              restore(doneOrDo),
              Effect.fnUntraced(function* (exit) {
                // A copy of what failed tries again, at once.
                if (Exit.isFailure(exit) || !isOurs) yield* forget(claim)
                if (isOurs) yield* settle(claim, exit)
                yield* InProgress.end(own, exit)
              })
            )
          })
        )
  return once
})
