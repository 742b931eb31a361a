/** The attributes of a handover's span, as a listener of the journal. */
import { Effect } from "effect"
import type { Listener } from "./JournalEvent.ts"
import { ruleOf } from "./journalMetrics.ts"

/** Describes the span that a handover ends in. */
export const annotateSpan: Listener = (event) =>
  event._tag === "Refusal"
    ? Effect.void
    : Effect.annotateCurrentSpan({
        "handover.rule": ruleOf(event) ?? "none",
        "handover.target": event.answer?.target.type ?? event.decision?.target.type ?? "none",
        "handover.outcome": event.outcome,
        ...(event.orphan === undefined ? {} : { "conversation.id": event.orphan, "conversation.orphaned": true }),
        ...(event.answer === undefined
          ? {}
          : { "conversation.id": event.answer.conversationId, "conversation.reused": event.answer.reused })
      })
