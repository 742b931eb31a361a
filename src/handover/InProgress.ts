/** A handover in progress, whose answer others may share. */
import { Cause, Deferred, Duration, Effect, Exit } from "effect"
import { DeadlineExceeded } from "../cxone/CXoneError.ts"
import * as Deadline from "../cxone/Deadline.ts"
import * as Trail from "../domain/Trail.ts"
import { nowMillis } from "../std/clock.ts"
import { type HandedOver, type HandoverError, HandoverFailed } from "./HandedOver.ts"
import type { Account } from "./JournalEvent.ts"

/** A handover in progress. */
export interface InProgress {
  /** Equal for requests that may share its answer. */
  readonly content: string
  readonly account: Account
  readonly answer: Deferred.Deferred<HandedOver, HandoverError>
}

/** Starts one. */
export const make = (content: string, account: Account): Effect.Effect<InProgress> =>
  Effect.map(Deferred.make<HandedOver, HandoverError>(), (answer) => ({ content, account, answer }))

/** The failure of a handover. */
export const failed = ({ decision, orphan, tenant }: Account, reason: HandoverFailed["reason"]): HandoverFailed =>
  new HandoverFailed({
    ...(decision === undefined ? {} : { rule: decision.rule }),
    tenant,
    ...(orphan === undefined ? {} : { conversationId: orphan }),
    reason
  })

/** The failure of a handover that ran out of time. */
export const outOfTime = (account: Account): HandoverFailed =>
  failed(account, new DeadlineExceeded({ operation: undefined }))

/** Ends it for those who share its answer. Only its deadline interrupts it. */
export const end = ({ account, answer }: InProgress, exit: Exit.Exit<HandedOver, HandoverError>) =>
  Deferred.done(
    answer,
    Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause) ? Exit.fail(outOfTime(account)) : exit
  )

const isOutOfTime = (error: HandoverError): error is HandoverFailed =>
  error._tag === "HandoverFailed" && error.reason._tag === "DeadlineExceeded"

/** Shares its answer. When it runs out of time, and the caller has time left, the caller tries `again`. */
export const join = Effect.fnUntraced(function* (
  account: Account,
  running: InProgress,
  again: (late: HandoverFailed) => Effect.Effect<HandedOver, HandoverError>
): Effect.fn.Return<HandedOver, HandoverError> {
  account.isCopy = true
  account.copyOf = running.account.correlationId
  account.firstId = running.account.handoverId
  const startedAt = yield* nowMillis
  const answer = yield* Effect.result(Deferred.await(running.answer))
  yield* Trail.add({ kind: "wait", name: "the first of its copies", startedAt, outcome: "over" })
  account.decision = running.account.decision
  if (answer._tag === "Success") return answer.success
  const error = answer.failure
  if (!isOutOfTime(error) || Duration.isLessThan(yield* Deadline.remaining, Deadline.MIN_ATTEMPT)) return yield* error
  account.isCopy = false
  account.copyOf = undefined
  account.firstId = undefined
  return yield* again(error)
})
