import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import type { Fault } from "../../src/simulator/webchat/Operation.ts"
import {
  agentId,
  allScopes,
  type Scope,
  salesQueueId,
  supportQueueId
} from "../../src/simulator/webchat/SimulatorOptions.ts"
import type { SimulatorState } from "../../src/simulator/webchat/SimulatorState.ts"
import { assertProblem, assertSafe, assertSuccess, rawMarker, wrongSecret } from "./support/answers.ts"
import { type Asked, shapes } from "./support/bodies.ts"
import { type RouterOptions, settled, started, withRouter } from "./support/router.ts"

// Most of the time here is spent waiting.
vi.setConfig({ maxConcurrency: 10 })

const toSales = { intent: "transfer_to_sales", userId: "anna" }
const toAgent = { intent: "transfer_to_agent", userId: "anna", agentId }

/** By the built-in table, whose rules have the names of their intents: CXone is asked once one of them has decided. */
const ruleFor = ({ intent }: Asked) => ({ rule: String(intent) })

interface Failure {
  readonly when: string
  readonly options?: RouterOptions
  readonly faults?: ReadonlyArray<Fault>
  readonly asked?: Asked
  /** The user has an active conversation, or is locked although there is none. */
  readonly user?: "active" | "locked"
  readonly error: string
  /** What the detail must name. */
  readonly detail?: string
  readonly retryAfter?: number
  /** How often each operation was called; operations that are left out are not looked at. */
  readonly counts?: Partial<SimulatorState["counts"]>
}

const check = (status: number, row: Failure, bodyOf: (asked: Asked) => object) =>
  Effect.gen(function* () {
    const { log, post, simulator } = yield* started(...(row.faults ?? []))
    if (row.user === "active") yield* simulator.openConversation({ userId: "cognigy_anna" })
    if (row.user === "locked") yield* simulator.lockUser("cognigy_anna", { durationMillis: 60_000 })
    const { asked = toSales, error } = row
    const reply = yield* post(bodyOf(asked))
    const detail = assertProblem(reply, { status, error, ...ruleFor(asked) })
    if (row.detail !== undefined) assert.include(detail, row.detail)
    if (status === 503) assert.match(reply.headers["retry-after"] ?? "none", /^[1-9]\d*$/)
    else assert.isUndefined(reply.headers["retry-after"])
    if (row.retryAfter !== undefined) assert.strictEqual(reply.headers["retry-after"], String(row.retryAfter))
    assert.deepInclude((yield* settled).counts, row.counts ?? {})
    assertSafe(log.join("\n"))
  }).pipe(withRouter(row.options))

/** Nothing behind the decoder sees a body's shape, so the rows take turns with it. */
const failures = (status: number, rows: ReadonlyArray<Failure>) =>
  describe.concurrent(`a webhook is answered ${status}`, () => {
    for (const [index, row] of rows.entries()) {
      const { bodyOf, shape } = shapes[index % 2 === 0 ? 0 : 1]
      it.live(`"${row.error}" when ${row.when} (${shape})`, () => check(status, row, bodyOf))
    }
  })

const without = (...missing: ReadonlyArray<Scope>): RouterOptions => ({
  simulator: { scopes: allScopes.filter((scope) => !missing.includes(scope)) }
})

const marked = { message: rawMarker, entityRefId: rawMarker }

/** Answers that are not CXone's contract, to a call of a user's first handover. */
const broken: ReadonlyArray<{ readonly when: string; readonly fault: Fault }> = [
  { when: "open is answered with half a body", fault: { operation: "open", kind: "brokenBody" } },
  { when: "open is answered without an id", fault: { operation: "open", kind: "body", status: 201, body: marked } },
  { when: "open is answered with a list", fault: { operation: "open", kind: "body", status: 201, body: [marked] } },
  {
    when: "open is answered with an id that is a number",
    fault: { operation: "open", kind: "body", status: 201, body: { id: 5, ...marked } }
  },
  {
    when: "open is answered with HTML",
    fault: {
      operation: "open",
      kind: "body",
      status: 200,
      body: `<html>${rawMarker}</html>`,
      contentType: "text/html"
    }
  },
  { when: "open is answered 302", fault: { operation: "open", kind: "body", status: 302, body: marked } },
  { when: "open is answered 400", fault: { operation: "open", kind: "body", status: 400, body: marked } },
  { when: "open is answered 404", fault: { operation: "open", kind: "body", status: 404, body: marked } },
  { when: "open is answered 422", fault: { operation: "open", kind: "body", status: 422, body: marked } },
  { when: "the action is answered 405", fault: { operation: "action", kind: "body", status: 405, body: marked } },
  { when: "the token is answered with half a body", fault: { operation: "token", kind: "brokenBody" } },
  {
    when: "the token has no lifetime",
    fault: { operation: "token", kind: "body", status: 200, body: { access_token: rawMarker } }
  },
  {
    when: "the token is none that a header can carry",
    fault: {
      operation: "token",
      kind: "body",
      status: 200,
      body: { access_token: `${rawMarker}\r\nx: y`, expires_in: 3600 }
    }
  },
  {
    when: "the token endpoint answers 404",
    fault: { operation: "token", kind: "body", status: 404, body: marked }
  }
]

/** Answers that are not CXone's contract, to the call that finds a user's active conversation. */
const brokenLists: ReadonlyArray<{ readonly when: string; readonly fault: Fault }> = [
  { when: "find active is answered with half a body", fault: { operation: "findActive", kind: "brokenBody" } },
  {
    when: "find active lists nothing under items",
    fault: { operation: "findActive", kind: "body", status: 200, body: marked }
  },
  {
    when: "find active lists a conversation without an id",
    fault: { operation: "findActive", kind: "body", status: 200, body: { items: [marked] } }
  },
  { when: "find active is answered 404", fault: { operation: "findActive", kind: "body", status: 404, body: marked } }
]

failures(502, [
  {
    when: "the client secret is wrong",
    options: { cxone: { clientSecret: Redacted.make(wrongSecret) } },
    error: "CXone rejected the credentials",
    counts: { token: 1, open: 0 }
  },
  {
    when: "the token endpoint answers 400",
    faults: [{ operation: "token", kind: "body", status: 400, body: { error: rawMarker } }],
    error: "CXone rejected the credentials",
    counts: { token: 1, open: 0 }
  },
  {
    when: "a fresh token is refused, too",
    faults: [{ operation: "open", kind: "status", status: 401, times: 2 }],
    error: "CXone rejected the credentials",
    counts: { token: 2, open: 2, action: 0 }
  },
  {
    when: "a fresh token is refused by the action, too",
    faults: [{ operation: "action", kind: "status", status: 401, times: 2 }],
    error: "CXone rejected the credentials",
    counts: { token: 2, open: 1, action: 2 }
  },
  {
    when: "the scope to open is missing",
    options: without("conversations:webchat:create"),
    error: "CXone denied access",
    detail: "conversations:webchat:create",
    counts: { token: 1, open: 1, action: 0 }
  },
  {
    when: "the scope to find is missing",
    options: without("conversations:webchat:read"),
    user: "active",
    error: "CXone denied access",
    detail: "conversations:webchat:read",
    counts: { token: 1, open: 1, findActive: 1, action: 0 }
  },
  {
    when: "the scope to route is missing",
    options: without("conversations:webchat:write"),
    error: "CXone denied access",
    detail: "conversations:webchat:write",
    counts: { token: 1, open: 1, action: 1, label: 0 }
  },
  {
    when: "CXone does not know the queue",
    options: { settings: { routing: { queues: { salesQueueId: "no-such-queue", supportQueueId } } } },
    error: "Invalid routing target",
    detail: "queue",
    counts: { open: 1, action: 1, label: 0 }
  },
  {
    when: "CXone does not know the agent",
    asked: { ...toAgent, agentId: "no-such-agent" },
    error: "Invalid routing target",
    detail: "agent",
    counts: { open: 1, action: 1, label: 0 }
  },
  ...[400, 404, 422].map(
    (status): Failure => ({
      when: `the action is answered ${status}`,
      faults: [{ operation: "action", kind: "body", status, body: marked }],
      error: "Invalid routing target",
      counts: { open: 1, findActive: status === 404 ? 1 : 0, action: 1, label: 0 }
    })
  ),
  {
    when: "the action on the user's active conversation is answered 422",
    asked: { ...toAgent, agentId: "no-such-agent" },
    user: "active",
    error: "Invalid routing target",
    counts: { open: 1, findActive: 1, action: 1, label: 0 }
  },
  ...broken.map(
    ({ fault, when }): Failure => ({
      when,
      faults: [fault],
      error: "Unexpected CXone response",
      counts: { [fault.operation]: 1 }
    })
  ),
  ...brokenLists.map(
    ({ fault, when }): Failure => ({
      when,
      faults: [fault],
      user: "active",
      error: "Unexpected CXone response",
      counts: { open: 1, findActive: 1, action: 0 }
    })
  )
])

failures(503, [
  {
    when: "nobody listens where CXone should be",
    options: { cxone: { baseUrl: "http://127.0.0.1:1" } },
    error: "CXone unavailable",
    counts: { token: 0 }
  },
  ...(["token", "open", "action"] as const).map(
    (operation): Failure => ({
      when: `${operation} is limited for longer than the deadline`,
      faults: [{ operation, kind: "status", status: 429, retryAfter: 60, share: 1 }],
      error: "CXone rate limit exceeded",
      retryAfter: 60,
      counts: { [operation]: 1 }
    })
  ),
  {
    when: "find active is limited for longer than the deadline",
    faults: [{ operation: "findActive", kind: "status", status: 429, retryAfter: 60, share: 1 }],
    user: "active",
    error: "CXone rate limit exceeded",
    retryAfter: 60,
    counts: { open: 1, findActive: 1 }
  },
  {
    when: "open is limited again and again, and CXone does not say for how long",
    faults: [{ operation: "open", kind: "status", status: 429, share: 1 }],
    error: "CXone rate limit exceeded"
  },
  {
    when: "the token is limited for less than a token waits, but longer than the deadline",
    options: { deadline: "1 second" },
    faults: [{ operation: "token", kind: "status", status: 429, retryAfter: 2, share: 1 }],
    error: "CXone rate limit exceeded"
  },
  ...[408, 500, 502, 503, 504].map(
    (status): Failure => ({
      when: `open is answered ${status} again and again`,
      faults: [{ operation: "open", kind: "status", status, share: 1 }],
      error: "CXone unavailable"
    })
  ),
  {
    when: "CXone says when it is back, and that is later than the deadline",
    faults: [{ operation: "action", kind: "status", status: 503, retryAfter: 30, share: 1 }],
    error: "CXone unavailable",
    retryAfter: 30,
    counts: { open: 1, action: 1 }
  },
  {
    when: "every connection breaks",
    faults: [{ operation: "action", kind: "drop", share: 1 }],
    error: "CXone unavailable"
  },
  {
    when: "the lock of a session that is gone does not clear",
    user: "locked",
    error: "Conversation conflict",
    counts: { action: 0 }
  }
])

failures(
  504,
  (["token", "open", "findActive", "action"] as const).map(
    (operation): Failure => ({
      when: `CXone never answers ${operation}`,
      options: { deadline: "400 millis", attemptTimeout: "300 millis" },
      faults: [{ operation, kind: "hang", share: 1 }],
      ...(operation === "findActive" ? { user: "active" } : {}),
      error: "Handover timed out",
      counts: { label: 0 }
    })
  )
)

describe.concurrent.each(shapes)("$shape after a failure", ({ bodyOf }) => {
  it.live("is answered 200 once CXone answers again, and continues the conversation that it had opened", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "action", kind: "hang", share: 1 })
      assertProblem(yield* post(bodyOf(toSales)), { status: 504, error: "Handover timed out", ...ruleFor(toSales) })
      yield* simulator.clearFaults
      const { conversationId, reused } = assertSuccess(yield* post(bodyOf(toSales)))
      assert.isTrue(reused)
      const { conversations } = yield* settled
      assert.strictEqual(conversations.length, 1)
      assert.deepInclude(conversations[0], { id: conversationId, target: { type: "queue", id: salesQueueId } })
    }).pipe(withRouter({ deadline: "2 seconds", attemptTimeout: "1200 millis" }))
  )
})
