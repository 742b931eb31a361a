/** Rows of the history, from events of the journal. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Result, Schema } from "effect"
import { internalError } from "../../src/cognigy/problem/Problem.ts"
import { toProblem } from "../../src/cognigy/problem/toProblem.ts"
import { handlerProblems } from "../../src/cognigy/problem/wire.ts"
import * as CXone from "../../src/cxone/CXoneError.ts"
import { type HandoverError, HandoverFailed, KeyReused } from "../../src/handover/HandedOver.ts"
import type { JournalEvent } from "../../src/handover/JournalEvent.ts"
import { Detail } from "../../src/history/Entry.ts"
import { DEFAULT_HISTORY } from "../../src/history/HistorySettings.ts"
import { recordedTable } from "../../src/history/record/facts.ts"
import { COLUMNS, type RowContext, toRow } from "../../src/history/record/toRow.ts"
import { AgentIdMissing, Rejected, UnsupportedIntent } from "../../src/routing/Decision.ts"
import { EVENT_TIME, failedEvent, handoverEvent, handoverId, refusalEvent } from "../support/events.ts"
import { request } from "../support/request.ts"

const table = recordedTable({ version: "v1", file: { rules: [{ name: "r-1", to: { queue: "q-1" } }] } })

const rowOf = (event: JournalEvent, context: Partial<RowContext> = {}) => {
  const row = toRow(event, { settings: DEFAULT_HISTORY, table, ...context }, "refusal-id")
  if (row === undefined) return assert.fail("no row")
  const columns = Object.fromEntries(COLUMNS.map((column, index) => [column, row.values[index]]))
  assert.lengthOf(row.values, COLUMNS.length)
  const detail = JSON.parse(String(columns.detail))
  Schema.decodeUnknownSync(Detail)(detail)
  return { row, columns, detail }
}

const failedBy = (reason: HandoverFailed["reason"], more: Partial<HandoverFailed> = {}) =>
  new HandoverFailed({ rule: "r-1", reason, ...more })

const retryAfter = Duration.seconds(3)
const target = { type: "queue", id: "q-1" } as const

const errors: ReadonlyArray<readonly [outcome: string, status: number, error: HandoverError]> = [
  ["rejected", 403, new Rejected({ rule: "r-1", text: "Bitte morgen wieder 🙏" })],
  ["refused", 400, new UnsupportedIntent({ intent: "help" })],
  ["refused", 400, new AgentIdMissing({ rule: "r-1", entity: "agentId", problem: "it is not there" })],
  ["refused", 422, new KeyReused()],
  ["refused", 409, failedBy(new CXone.NoActiveConversation({ operation: "contact", problem: "none" }))],
  ["failed", 502, failedBy(new CXone.InvalidTarget({ operation: "route", status: 404, target }))],
  ["failed", 502, failedBy(new CXone.PermissionMissing({ operation: "open", permissions: ["a"] }))],
  ["failed", 502, failedBy(new CXone.Unauthorized({ operation: "token", remedy: "x" }))],
  ["failed", 502, failedBy(new CXone.UnexpectedResponse({ operation: "open", status: 200, issue: "no id" }))],
  ["failed", 503, failedBy(new CXone.Conflict({ operation: "open" }))],
  ["failed", 503, failedBy(new CXone.RateLimited({ operation: "open", retryAfter }))],
  ["failed", 503, failedBy(new CXone.Unavailable({ operation: "open", reason: "Status", detail: "500", retryAfter }))],
  ["failed", 504, failedBy(new CXone.DeadlineExceeded({ operation: "open" }), { conversationId: "c-9" })]
]

/** The body of a problem as it crosses the network. */
const sent = (problem: unknown) => {
  for (const schema of handlerProblems) {
    const encoded = Schema.encodeUnknownResult(schema as Schema.Codec<unknown>)(problem)
    if (Result.isFailure(encoded)) continue
    const value = encoded.success as Readonly<Record<string, unknown>>
    return JSON.parse(JSON.stringify("headers" in value ? value.body : value))
  }
  return assert.fail("no such problem")
}

describe("the row of a handover", () => {
  it("has what lists show, and the answer as it was sent", () => {
    const whole = { ...request("help"), userId: "anna", sessionId: "s-1", language: "de-DE", channel: "webchat" }
    const { columns, detail, row } = rowOf(handoverEvent({ request: whole }))
    const { detail: _, ...shown } = columns
    assert.deepStrictEqual(shown, {
      ...{ id: handoverId(1), at: EVENT_TIME, took: 12.4, tenant: "tenant", outcome: "success", reason: "success" },
      ...{ status: 200, rule: "r-1", table_version: "v1", target: "queue:q-1", conversation_id: "c-1" },
      ...{ intent: "help", language: "de-DE", channel: "webchat", user_id: "anna", session_id: "s-1" },
      ...{ correlation_id: "id-1", first_id: null, again_of: null }
    })
    assert.deepStrictEqual(detail, {
      steps: [{ kind: "call", name: "open", after: 1, took: 10, outcome: "201" }],
      targets: [target, { type: "agent", id: "a-1" }],
      answer: {
        ...{ status: "success", conversationId: "c-1", target, rule: "r-1", reused: false, correlationId: "id-1" }
      },
      facts: {}
    })
    assert.deepStrictEqual(row.minute, [EVENT_TIME - 30_000, "success", "r-1", "queue:q-1", 26])
    assert.isUndefined(row.kept)
  })

  it("of a copy names the first, and is answered under its id", () => {
    const { columns, detail } = rowOf(
      handoverEvent({
        ...{ isCopy: true, outcome: "repeated", firstId: handoverId(0), correlationId: "id-2" },
        answer: { conversationId: "c-1", target, rule: "r-1", reused: false, correlationId: "id-1" }
      })
    )
    assert.deepInclude(columns, { outcome: "repeated", first_id: handoverId(0), correlation_id: "id-2" })
    assert.strictEqual(detail.answer.correlationId, "id-1")
  })

  it.each(errors.map(([outcome, status, error]) => [outcome, status, error._tag, error] as const))(
    "of one that failed is %s, %i, and has the answer as it was sent: %s",
    (outcome, status, _, error) => {
      const { columns, detail } = rowOf(failedEvent({ outcome: "any", error }))
      assert.deepInclude(columns, { outcome, status, reason: "any" })
      const problem = toProblem(error)
      assert.deepStrictEqual(detail.answer, { ...sent(problem), correlationId: "id-1" })
      assert.notProperty(detail.answer, "retryAfter")
    }
  )

  it("of a defect is failed, with the answer that says so", () => {
    const { columns, detail } = rowOf(failedEvent({ outcome: "defect" }))
    assert.deepInclude(columns, { outcome: "failed", status: 500, reason: "defect" })
    assert.deepStrictEqual(detail.answer, { ...sent(internalError), correlationId: "id-1" })
  })

  it("of one that nobody heard the answer of is failed, without one", () => {
    const { columns, detail } = rowOf(failedEvent({ outcome: "interrupted" }))
    assert.deepInclude(columns, { outcome: "failed", status: 503, reason: "interrupted" })
    assert.isNull(detail.answer)
  })

  it("names the conversation that is left", () => {
    const error = failedBy(new CXone.DeadlineExceeded({ operation: "route" }), { conversationId: "c-9" })
    const { columns, detail } = rowOf(failedEvent({ error, orphan: "c-9" }))
    assert.strictEqual(columns.conversation_id, "c-9")
    assert.strictEqual(detail.orphan, "c-9")
  })

  it("names the table also where it decided against a handover", () => {
    const { decision: _, ...undecided } = failedEvent({})
    const versions = (error: HandoverError) => rowOf({ ...undecided, error }).columns.table_version
    assert.strictEqual(versions(new UnsupportedIntent({ intent: "x" })), "v1")
    assert.strictEqual(versions(new Rejected({ rule: "r-1", text: "x" })), "v1")
    // A policy in code has decided before the table.
    assert.isNull(versions(new Rejected({ rule: "own", text: "x" })))
    assert.isNull(versions(new KeyReused()))
  })

  it("has another table's version where that one decided, and none of a policy in code", () => {
    const decision = { rule: "r-1", target }
    assert.strictEqual(rowOf(handoverEvent({ decision: { ...decision, table: "v0" } })).columns.table_version, "v0")
    assert.isNull(rowOf(handoverEvent({ decision: { ...decision, rule: "own" } })).columns.table_version)
    assert.isNull(rowOf(handoverEvent({ decision }), { table: undefined }).columns.table_version)
  })

  it("has the built-in table by a digest", () => {
    const builtIn = recordedTable({ version: undefined, file: { rules: [{ name: "r-1", to: { queue: "q-1" } }] } })
    const decided = handoverEvent({ decision: { rule: "r-1", target } })
    assert.match(String(rowOf(decided, { table: builtIn }).columns.table_version), /^built-in-[0-9a-f]{12}$/)
  })

  it("has the user as the settings say", () => {
    const users = (["plain", "hashed", "off"] as const).map(
      (userIds) => rowOf(handoverEvent(), { settings: { ...DEFAULT_HISTORY, userIds } }).columns.user_id
    )
    assert.deepStrictEqual(users, [
      "anna",
      // echo -n anna | sha256sum
      "sha256:55579b557896d0ce1764c47fed644f9b35f58bad620674af23f356d80ed0c503",
      null
    ])
  })

  it("has nothing of what was said, and no credentials; a failed one's request is kept apart", () => {
    const whole = {
      ...{ ...request("help", [{ name: "planted-entity", value: "planted" }]), userId: "anna", text: "planted-text" },
      ...{ summary: "planted", customer: { name: "planted" }, context: { planted: "planted" }, data: { a: "planted" } },
      transcript: { entries: [{ role: "user" as const, text: "planted" }], omitted: 0 }
    }
    const decision = { rule: "r-1", target, labels: { tier: "planted" } }
    const { row } = rowOf(handoverEvent({ request: whole, decision }))
    assert.notInclude(JSON.stringify(row), "planted")
    const { row: failed } = rowOf(failedEvent({ request: whole, decision, idempotencyKey: "k-1" }))
    assert.notInclude(JSON.stringify(failed.values), "planted")
    assert.strictEqual(failed.kept?.until, EVENT_TIME + 24 * 3_600_000)
    assert.deepStrictEqual(
      JSON.parse(failed.kept?.request ?? ""),
      JSON.parse(JSON.stringify({ request: whole, idempotencyKey: "k-1" }))
    )
  })

  it("keeps no request of copies, of what was refused, or with KEEP_FAILED=0", () => {
    const settings = { ...DEFAULT_HISTORY, keepFailed: Duration.zero }
    assert.isUndefined(rowOf(failedEvent({}), { settings }).row.kept)
    assert.isUndefined(rowOf(failedEvent({ firstId: handoverId(0), isCopy: true })).row.kept)
    assert.isUndefined(rowOf(failedEvent({ error: new KeyReused() })).row.kept)
  })

  it("settles the handover that it has done again", () => {
    const { columns, row } = rowOf(handoverEvent({ againOf: handoverId(0) }))
    assert.strictEqual(columns.again_of, handoverId(0))
    assert.strictEqual(row.settles, handoverId(0))
    assert.isUndefined(rowOf(failedEvent({ againOf: handoverId(0) })).row.settles)
  })

  it("has ids that every database takes, at lengths that fit an index", () => {
    const hostile = { ...request("a\u0000b"), userId: "\ud800x", language: "ß".repeat(5000) }
    const { columns } = rowOf(handoverEvent({ request: hostile }))
    assert.strictEqual(columns.intent, "a\ufffdb")
    assert.strictEqual(columns.user_id, "\ufffdx")
    assert.isAtMost(Buffer.byteLength(String(columns.language)), 1024)
  })
})

describe("the row of a refusal", () => {
  it("has its reason and its answer, and no user", () => {
    const { columns, detail } = rowOf(refusalEvent())
    const { detail: _, ...shown } = columns
    assert.deepInclude(shown, {
      ...{ id: "refusal-id", outcome: "refused", reason: "invalid_payload", status: 400, correlation_id: "id-9" },
      ...{ user_id: null, rule: null, target: null }
    })
    assert.deepStrictEqual(detail, { steps: [], targets: [], answer: refusalEvent().answer })
    assert.strictEqual(rowOf(refusalEvent({ status: 503, reason: "overloaded" })).columns.outcome, "failed")
  })

  it("is none for strangers, and for doctor", () => {
    const context = { settings: DEFAULT_HISTORY, table }
    assert.isUndefined(toRow(refusalEvent({ isStranger: true }), context, "id"))
    assert.isUndefined(toRow(refusalEvent({ reason: "doctor" }), context, "id"))
  })
})
