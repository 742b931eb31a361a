/** Metrics, as a listener of the journal. */
import { Duration, Effect, Metric } from "effect"
import { boundedNames } from "../std/boundedNames.ts"
import { count, declare, recordDuration } from "../std/metrics.ts"
import type { HandoverEvent, Listener } from "./JournalEvent.ts"
import {
  handoverDuration,
  handoverFailuresTotal,
  handoversTotal,
  orphanedConversationsTotal,
  refusalsTotal
} from "./metrics.ts"
import { FAILURES } from "./outcome.ts"

/** The reasons of refusals: each is shown from the start, at 0, so that the first one counts as an increase. */
export const REASONS = [
  ...["credentials_missing", "credentials_wrong", "credentials_expired", "invalid_content_type", "invalid_payload"],
  ...[
    "missing_required_fields",
    "payload_too_large",
    "unsupported_encoding",
    "overloaded",
    "handover_timed_out",
    "internal_error",
    "doctor"
  ]
]

/** The rule that decided, also when it rejected the request. */
export const ruleOf = ({ answer, decision, error }: HandoverEvent): string | undefined =>
  answer?.rule ?? decision?.rule ?? (error !== undefined && "rule" in error ? error.rule : undefined)

const failures = (outcome: string) => Metric.withAttributes(handoverFailuresTotal, { outcome })

const refusals = (reason: string) => Metric.withAttributes(refusalsTotal, { reason })

/** Makes the listener. */
export const listenMetrics: Effect.Effect<Listener> = Effect.gen(function* () {
  yield* declare([...FAILURES.map(failures), ...REASONS.map(refusals), orphanedConversationsTotal])
  const ruleLabel = boundedNames()

  return Effect.fnUntraced(function* (event) {
    if (event._tag === "Refusal") return yield* count(refusalsTotal, { reason: event.reason })
    const { answer, decision, orphan, outcome, took } = event
    const rule = ruleOf(event)
    const labels = {
      rule: rule === undefined ? "none" : ruleLabel(rule),
      target: answer?.target.type ?? decision?.target.type ?? "none",
      outcome
    }
    yield* count(handoversTotal, labels)
    if (answer === undefined) yield* count(handoverFailuresTotal, { outcome })
    if (orphan !== undefined) yield* count(orphanedConversationsTotal)
    yield* recordDuration(handoverDuration, Duration.millis(took), {
      outcome: answer === undefined ? "failure" : outcome
    })
  })
})
