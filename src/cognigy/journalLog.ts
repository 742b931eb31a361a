/** The log lines of webhooks, as a listener of the journal. They hold neither the user's words nor secrets. */
import { Duration, Effect, Layer, Ref } from "effect"
import type { HandedOver } from "../handover/HandedOver.ts"
import { Journal } from "../handover/Journal.ts"
import type { HandoverEvent, Listener, RefusalEvent } from "../handover/JournalEvent.ts"
import { nowMillis } from "../std/clock.ts"
import { snakeCase } from "../std/snakeCase.ts"
import { DOCTOR_REASON } from "./door/doctorProbe.ts"
import { internalError } from "./problem/Problem.ts"
import { toProblem } from "./problem/toProblem.ts"

/** The least time between two lines about strangers: six lines a minute are readable, and fill no disk. */
const STRANGERS_INTERVAL = Duration.seconds(10)

const logHandedOver = (
  { correlationId: id, handoverId, isCopy, outcome, request, took }: HandoverEvent,
  answer: HandedOver
) => {
  const { conversationId, correlationId = id, reused, rule, target } = answer
  const milliseconds = Math.round(took)
  const what = isCopy ? "repeated, answered as before" : "handed over"
  return Effect.annotateLogs(
    Effect.logInfo(
      `${what}: ${request.intent} → ${target.type} ${target.id} (rule ${rule}), conversation ${conversationId}, ${reused ? "reused" : "new"}, ${milliseconds} ms`
    ),
    {
      correlationId,
      handoverId,
      ...(isCopy ? { copyId: id } : {}),
      outcome,
      rule,
      conversationId,
      status: 200,
      milliseconds
    }
  )
}

const logNotHandedOver = ({ correlationId, error: failure, handoverId, orphan, request, took }: HandoverEvent) => {
  const problem = failure === undefined ? internalError : toProblem(failure)
  const { _tag, detail, error, status } = problem
  const rule = "rule" in problem ? problem.rule : undefined
  const by = rule === undefined ? "" : ` (rule ${rule})`
  const left = orphan === undefined ? "" : `; the conversation ${orphan} may be left at no queue`
  const milliseconds = Math.round(took)
  // A rule's rejection is a success of the rule.
  const log = _tag === "HandoverRejected" ? Effect.logInfo : Effect.logWarning
  return Effect.annotateLogs(
    log(`not handed over: ${request.intent} → ${status} ${error}${by}: ${detail}${left}, ${milliseconds} ms`),
    {
      correlationId,
      handoverId,
      outcome: snakeCase(error),
      ...(rule === undefined ? {} : { rule }),
      ...(orphan === undefined ? {} : { conversationId: orphan, orphaned: true }),
      status,
      milliseconds
    }
  )
}

const logRefusal = ({ correlationId, detail, error, reason, status, took }: RefusalEvent, others: number) => {
  const milliseconds = Math.round(took)
  const more = others === 0 ? "" : ` (and ${others} more refused since the last such line)`
  // Somebody looks on purpose.
  const log = reason === DOCTOR_REASON ? Effect.logDebug : Effect.logWarning
  return Effect.annotateLogs(log(`refused → ${status} ${error}: ${detail}, ${milliseconds} ms${more}`), {
    correlationId,
    outcome: reason,
    status,
    milliseconds
  })
}

/** Runs an effect at most once in an interval, and gives it the number of times that it was left out since. */
const makeLimit = Effect.fnUntraced(function* (interval: Duration.Duration) {
  const state = yield* Ref.make({ next: Number.NEGATIVE_INFINITY, leftOut: 0 })
  return (effect: (leftOut: number) => Effect.Effect<void>) =>
    Effect.flatMap(nowMillis, (now) =>
      Effect.flatten(
        Ref.modify(state, ({ leftOut, next }) =>
          now < next
            ? [Effect.void, { next, leftOut: leftOut + 1 }]
            : [effect(leftOut), { next: now + Duration.toMillis(interval), leftOut: 0 }]
        )
      )
    )
})

const makeListener: Effect.Effect<Listener> = Effect.gen(function* () {
  const strangers = yield* makeLimit(STRANGERS_INTERVAL)
  // Apart: those who say that they are `doctor` must not keep other strangers out of the log.
  const doctors = yield* makeLimit(STRANGERS_INTERVAL)
  return (event) => {
    if (event._tag === "Refusal") {
      const limit = event.reason === DOCTOR_REASON ? doctors : strangers
      return event.isStranger ? limit((others) => logRefusal(event, others)) : logRefusal(event, 0)
    }
    // Its sender has left, or the router ends.
    if (event.outcome === "interrupted") return Effect.void
    return event.answer === undefined ? logNotHandedOver(event) : logHandedOver(event, event.answer)
  }
})

/** Logs one line for each event of the journal. Unauthenticated senders cause at most one line in 10 s. */
export const layer: Layer.Layer<never, never, Journal> = Layer.effectDiscard(
  Effect.gen(function* () {
    const { listen } = yield* Journal
    yield* listen(yield* makeListener)
  })
)
