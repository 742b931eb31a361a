/** The log lines of webhooks, from events of the journal. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Logger, type LogLevel, References } from "effect"
import { TestClock } from "effect/testing"
import * as journalLog from "../../src/cognigy/journalLog.ts"
import { toProblem } from "../../src/cognigy/problem/toProblem.ts"
import { DeadlineExceeded, InvalidTarget, Unavailable } from "../../src/cxone/CXoneError.ts"
import { type HandedOver, type HandoverError, HandoverFailed, KeyReused } from "../../src/handover/HandedOver.ts"
import { Journal } from "../../src/handover/Journal.ts"
import type { HandoverEvent, JournalEvent, RefusalEvent } from "../../src/handover/JournalEvent.ts"
import { AgentIdMissing, Rejected, UnsupportedIntent } from "../../src/routing/Decision.ts"
import { request } from "../support/request.ts"

interface Line {
  readonly level: LogLevel.LogLevel
  readonly message: string
  readonly annotations: Readonly<Record<string, unknown>>
}

/** Gives each test a journal whose log it can read. */
const logged = <E>(test: (lines: Array<Line>) => Effect.Effect<void, E, Journal>) => {
  const lines: Array<Line> = []
  const logger = Logger.make<unknown, void>(({ fiber, logLevel, message }) => {
    const annotations = fiber.getRef(References.CurrentLogAnnotations)
    lines.push({ level: logLevel, message: String(message), annotations: { ...annotations } })
  })
  return test(lines).pipe(
    Effect.provide(
      journalLog.layer.pipe(Layer.provideMerge(Journal.layer()), Layer.provideMerge(Logger.layer([logger])))
    )
  )
}

const record = (event: JournalEvent) => Effect.flatMap(Journal, (journal) => journal.record(event))

const handedOver: HandedOver = {
  conversationId: "c-1",
  target: { type: "queue", id: "q-1" },
  rule: "r-1",
  reused: false,
  correlationId: "id-1"
}

const handover = (more: Partial<HandoverEvent>): HandoverEvent => ({
  _tag: "Handover",
  handoverId: "h-1",
  at: 0,
  took: 12.4,
  tenant: "tenant",
  request: {
    ...request("help"),
    userId: "planted-user",
    text: "planted-text",
    transcript: { entries: [{ role: "user", text: "planted-said" }], omitted: 0 },
    summary: "planted-summary",
    customer: { name: "planted-name", email: "planted-email", phone: "planted-phone" },
    context: { "planted-context": "planted-value" }
  },
  correlationId: "id-1",
  steps: [],
  isCopy: false,
  outcome: "success",
  ...more
})

const refusal = (more: Partial<RefusalEvent> = {}): RefusalEvent => ({
  _tag: "Refusal",
  at: 0,
  took: 1.6,
  correlationId: "id-9",
  reason: "invalid_payload",
  status: 400,
  error: "Invalid payload",
  detail: "userId: expected text",
  isStranger: false,
  ...more
})

const failedBy = (rule: string | undefined, reason: HandoverFailed["reason"]) =>
  new HandoverFailed({ reason, ...(rule === undefined ? {} : { rule }) })

const failures: ReadonlyArray<{
  readonly error: HandoverError
  readonly status: number
  readonly text: string
  readonly outcome: string
  readonly rule?: string
}> = [
  {
    error: failedBy("r-1", new InvalidTarget({ operation: "route", status: 404, target: { type: "queue", id: "q" } })),
    status: 502,
    text: "Invalid routing target",
    outcome: "invalid_routing_target",
    rule: "r-1"
  },
  {
    error: failedBy(
      "r-1",
      new Unavailable({ operation: "open", reason: "Status", detail: "it answered 500", retryAfter: Duration.zero })
    ),
    status: 503,
    text: "CXone unavailable",
    outcome: "cxone_unavailable",
    rule: "r-1"
  },
  {
    error: failedBy("r-1", new DeadlineExceeded({ operation: "open" })),
    status: 504,
    text: "Handover timed out",
    outcome: "handover_timed_out",
    rule: "r-1"
  },
  {
    error: failedBy(undefined, new DeadlineExceeded({ operation: undefined })),
    status: 504,
    text: "Handover timed out",
    outcome: "handover_timed_out"
  },
  { error: new KeyReused(), status: 422, text: "Idempotency key reused", outcome: "idempotency_key_reused" },
  {
    error: new UnsupportedIntent({ intent: "help" }),
    status: 400,
    text: "Unsupported intent",
    outcome: "unsupported_intent"
  },
  {
    error: new AgentIdMissing({ rule: "r-2", entity: "agentId", problem: "it is not there" }),
    status: 400,
    text: "Agent ID missing",
    outcome: "agent_id_missing",
    rule: "r-2"
  },
  {
    error: new Rejected({ rule: "r-3", text: "planted: bitte morgen wieder 🙏" }),
    status: 403,
    text: "Handover rejected",
    outcome: "handover_rejected",
    rule: "r-3"
  }
]

describe("the log line of a handover", () => {
  it.effect("says what happened, and has it as annotations", () =>
    logged((lines) =>
      Effect.gen(function* () {
        yield* record(handover({ answer: handedOver }))
        assert.deepStrictEqual(lines, [
          {
            level: "Info",
            message: "handed over: help → queue q-1 (rule r-1), conversation c-1, new, 12 ms",
            annotations: {
              correlationId: "id-1",
              handoverId: "h-1",
              outcome: "success",
              rule: "r-1",
              conversationId: "c-1",
              status: 200,
              milliseconds: 12
            }
          }
        ])
      })
    )
  )

  it.effect("of a reused conversation says so", () =>
    logged((lines) =>
      Effect.gen(function* () {
        const target = { type: "agent", id: "a-1" } as const
        yield* record(handover({ answer: { ...handedOver, target, reused: true } }))
        assert.include(lines[0]?.message, "handed over: help → agent a-1 (rule r-1), conversation c-1, reused, 12 ms")
      })
    )
  )

  it.effect("of a copy has the id of the first, and its own beside it", () =>
    logged((lines) =>
      Effect.gen(function* () {
        yield* record(handover({ correlationId: "id-2", isCopy: true, outcome: "repeated", answer: handedOver }))
        const [line] = lines
        assert.include(line?.message, "repeated, answered as before: help → queue q-1 (rule r-1), conversation c-1")
        assert.deepInclude(line?.annotations, {
          correlationId: "id-1",
          copyId: "id-2",
          outcome: "repeated",
          status: 200
        })
      })
    )
  )

  it.effect("of one that failed names the new conversation that it leaves", () =>
    logged((lines) =>
      Effect.gen(function* () {
        const error = failedBy("r-1", new DeadlineExceeded({ operation: "routeToQueue" }))
        yield* record(handover({ error, orphan: "c-1", outcome: "deadline_exceeded" }))
        assert.include(lines[0]?.message, "; the conversation c-1 may be left at no queue, 12 ms")
        assert.deepInclude(lines[0]?.annotations, { conversationId: "c-1", orphaned: true })
      })
    )
  )

  it.effect.each(failures)("of one that failed has the answer: $status $text, $rule", (row) =>
    logged((lines) =>
      Effect.gen(function* () {
        yield* record(handover({ error: row.error, outcome: "any" }))
        const by = row.rule === undefined ? "" : ` (rule ${row.rule})`
        const { detail } = toProblem(row.error)
        assert.deepStrictEqual(lines, [
          {
            // A rule's rejection is a success of the rule.
            level: row.status === 403 ? "Info" : "Warn",
            message: `not handed over: help → ${row.status} ${row.text}${by}: ${detail}, 12 ms`,
            annotations: {
              correlationId: "id-1",
              handoverId: "h-1",
              outcome: row.outcome,
              ...(row.rule === undefined ? {} : { rule: row.rule }),
              status: row.status,
              milliseconds: 12
            }
          }
        ])
        // The bot's reply is for its user.
        assert.notInclude(JSON.stringify(lines), "planted")
      })
    )
  )

  it.effect("of a defect says no more than the answer", () =>
    logged((lines) =>
      Effect.gen(function* () {
        yield* record(handover({ outcome: "defect" }))
        assert.strictEqual(
          lines[0]?.message,
          "not handed over: help → 500 Internal error: the router failed: its log says why, 12 ms"
        )
        assert.deepInclude(lines[0]?.annotations, { outcome: "internal_error", status: 500 })
      })
    )
  )

  it.effect("is left out when the handover was interrupted", () =>
    logged((lines) =>
      Effect.gen(function* () {
        yield* record(handover({ outcome: "interrupted" }))
        assert.deepStrictEqual(lines, [])
      })
    )
  )
})

describe("the log line of a refusal", () => {
  it.effect("says why, and has it as annotations", () =>
    logged((lines) =>
      Effect.gen(function* () {
        yield* record(refusal())
        assert.deepStrictEqual(lines, [
          {
            level: "Warn",
            message: "refused → 400 Invalid payload: userId: expected text, 2 ms",
            annotations: { correlationId: "id-9", outcome: "invalid_payload", status: 400, milliseconds: 2 }
          }
        ])
      })
    )
  )

  it.effect("comes for each request of an authenticated sender", () =>
    logged((lines) =>
      Effect.gen(function* () {
        for (let i = 0; i < 5; i++) yield* record(refusal())
        assert.lengthOf(lines, 5)
      })
    )
  )

  it.effect("comes once in 10 s for strangers, with the number of those left out", () =>
    logged((lines) =>
      Effect.gen(function* () {
        const messages = () => lines.splice(0).map(({ message }) => message)
        const stranger = record(refusal({ isStranger: true }))
        const line = "refused → 400 Invalid payload: userId: expected text, 2 ms"
        yield* stranger
        yield* stranger
        yield* stranger
        assert.deepStrictEqual(messages(), [line])
        yield* TestClock.adjust("9999 millis")
        yield* stranger
        assert.deepStrictEqual(messages(), [])
        yield* TestClock.adjust("1 millis")
        yield* stranger
        assert.deepStrictEqual(messages(), [`${line} (and 3 more refused since the last such line)`])
        yield* TestClock.adjust("10 seconds")
        yield* stranger
        assert.deepStrictEqual(messages(), [line])
        // Known senders have lines of their own.
        yield* record(refusal())
        assert.deepStrictEqual(messages(), [line])
      })
    )
  )
})
