/** An event of the journal as a row of the history. */
import { Duration } from "effect"
import { acceptedBody } from "../../cognigy/acceptedBody.ts"
import { DOCTOR_REASON } from "../../cognigy/door/doctorProbe.ts"
import { correlated } from "../../cognigy/problem/correlation.ts"
import { internalError } from "../../cognigy/problem/Problem.ts"
import { problemBody } from "../../cognigy/problem/problemBody.ts"
import { toProblem } from "../../cognigy/problem/toProblem.ts"
import { targetKey } from "../../domain/Target.ts"
import type { HandoverEvent, JournalEvent, RefusalEvent } from "../../handover/JournalEvent.ts"
import { ruleOf } from "../../handover/journalMetrics.ts"
import { FALLBACK } from "../../routing/format/RoutesFile.ts"
import type { Detail, Outcome } from "../Entry.ts"
import type { HistorySettings } from "../HistorySettings.ts"
import { latencyBucket } from "../latency.ts"
import { storedText, storedUserId } from "../stored.ts"
import type { RecordedTable } from "./facts.ts"

/** The values of a row of `handovers`, in the order of its columns. */
export type Values = ReadonlyArray<string | number | null>

/** The columns of `handovers`, in the order of `Values`. */
export const COLUMNS = [
  ...["id", "at", "took", "tenant", "outcome", "reason", "status", "rule", "table_version", "target"],
  ...["conversation_id", "intent", "language", "channel", "user_id", "session_id", "correlation_id"],
  ...["first_id", "again_of", "detail"]
]

/** All that an event adds to the database, and takes from it. */
export interface Row {
  readonly id: string
  readonly values: Values
  /** The key of its count in `minutes`. */
  readonly minute: readonly [minute: number, outcome: Outcome, rule: string, target: string, bucket: number]
  /** The whole request, and until when it is kept, in milliseconds since 1970. */
  readonly kept?: { readonly request: string; readonly until: number }
  /** The handover whose request need not be kept any longer: this one has done it again. */
  readonly settles?: string
  /** About its bytes in memory. */
  readonly size: number
}

/** The settings and the table that an entry depends on. */
export interface RowContext {
  readonly settings: HistorySettings
  /** The table that decides now; `undefined` for policies in code. */
  readonly table: RecordedTable | undefined
}

/** The answer that no sender received: the sender had left, or the router was ending. */
const INTERRUPTED = { status: 503, answer: null }

const answerOf = ({ answer, correlationId = "", error, outcome }: HandoverEvent) => {
  if (answer !== undefined) return { status: 200, answer: acceptedBody(answer, correlationId) }
  if (error === undefined && outcome === "interrupted") return INTERRUPTED
  const problem = error === undefined ? internalError : toProblem(error)
  return { status: problem.status, answer: problemBody(correlated(problem, correlationId)) }
}

const outcomeOf = ({ answer, error, isCopy }: HandoverEvent, status: number): Outcome => {
  if (answer !== undefined) return isCopy ? "repeated" : "success"
  if (error?._tag === "Rejected") return "rejected"
  return status < 500 ? "refused" : "failed"
}

/** The version of the table that decided. */
const versionOf = ({ decision, error }: HandoverEvent, table: RecordedTable | undefined): string | undefined => {
  if (decision?.table !== undefined) return decision.table
  if (error?._tag === "UnsupportedIntent") return table?.version
  const rule =
    decision?.rule ?? (error?._tag === "Rejected" || error?._tag === "AgentIdMissing" ? error.rule : undefined)
  return rule !== undefined && table !== undefined && (rule === FALLBACK || table.rules.has(rule))
    ? table.version
    : undefined
}

const text = (value: string | undefined) => (value === undefined ? null : storedText(value))

interface Members {
  readonly id: string
  readonly at: number
  readonly took: number
  readonly outcome: Outcome
  readonly rule: string | null
  readonly target: string | null
  readonly values: Values
  readonly detail: Detail
}

const rowOf = ({ at, detail, id, outcome, rule, target, took, values }: Members): Row => {
  const json = JSON.stringify(detail)
  return {
    id,
    values: [...values, json],
    minute: [Math.floor(at / 60_000) * 60_000, outcome, rule ?? "", target ?? "", latencyBucket(took)],
    size: 1024 + json.length
  }
}

const refusalRow = ({ answer = {}, at, correlationId, reason, status, took }: RefusalEvent, id: string): Row => {
  const outcome = status < 500 ? "refused" : "failed"
  const nothing = Array.from<null>({ length: 9 }).fill(null)
  return rowOf({
    ...{ id, at, took, outcome, rule: null, target: null },
    values: [id, at, took, null, outcome, reason, status, ...nothing, storedText(correlationId), null, null],
    detail: { steps: [], targets: [], answer }
  })
}

const handoverRow = (event: HandoverEvent, { settings, table }: RowContext): Row => {
  const { againOf, at, correlationId, decision, error, firstId, handoverId: id, orphan, request, took } = event
  const { answer, status } = answerOf(event)
  const outcome = outcomeOf(event, status)
  const rule = text(ruleOf(event))
  const place = event.answer?.target ?? decision?.target
  const target = text(place && targetKey(place))
  const left = orphan ?? (error?._tag === "HandoverFailed" ? error.conversationId : undefined)
  const row = rowOf({
    ...{ id, at, took, outcome, rule, target },
    values: [
      ...[
        id,
        at,
        took,
        text(event.tenant),
        outcome,
        event.outcome,
        status,
        rule,
        text(versionOf(event, table)),
        target
      ],
      ...[
        text(event.answer?.conversationId ?? left),
        text(request.intent),
        text(request.language),
        text(request.channel)
      ],
      ...[storedUserId(request.userId, settings.userIds), text(request.sessionId), text(correlationId)],
      ...[text(firstId), text(againOf)]
    ],
    detail: {
      steps: event.steps,
      targets: decision === undefined ? [] : [decision.target, ...(decision.fallbacks ?? [])],
      ...(decision?.priority === undefined ? {} : { priority: decision.priority }),
      ...(orphan === undefined ? {} : { orphan }),
      answer,
      ...(settings.requests === "off" || table === undefined ? {} : { facts: table.factsOf(request) })
    }
  })
  return { ...row, ...settled(event), ...keptOf(event, row, outcome, settings) }
}

const settled = ({ againOf, answer }: HandoverEvent) =>
  againOf === undefined || answer === undefined ? {} : { settles: againOf }

/** The whole request of a failed handover. Its copies are not kept: once is enough to do it again. */
const keptOf = (
  { at, firstId, idempotencyKey, request }: HandoverEvent,
  { size }: Row,
  outcome: Outcome,
  { keepFailed }: HistorySettings
): Partial<Row> => {
  const millis = Duration.toMillis(keepFailed)
  if (outcome !== "failed" || firstId !== undefined || millis === 0) return {}
  const json = JSON.stringify({ request, idempotencyKey })
  return { kept: { request: json, until: at + millis }, size: size + json.length }
}

/** The row of an event; `undefined` for refusals of strangers, which anybody can cause, and those of `doctor`. A refusal gets the given id. */
export const toRow = (event: JournalEvent, context: RowContext, id: string): Row | undefined => {
  if (event._tag === "Handover") return handoverRow(event, context)
  return event.isStranger || event.reason === DOCTOR_REASON ? undefined : refusalRow(event, id)
}
