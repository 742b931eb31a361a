/** `/metrics`, as Prometheus reads it. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { REASONS } from "../../src/handover/journalMetrics.ts"
import { salesQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { Router, started, withRouter } from "../e2e/support/router.ts"
import { ownMetrics, parseMetrics, type Sample, sampleOf } from "./support.ts"

const quiet = Logger.layer([])

const watched = { settings: { metrics: "on" as const }, surroundings: Layer.merge(ownMetrics, quiet) }

const metrics = Effect.flatMap(Router, ({ get }) => Effect.map(get("/metrics"), ({ text }) => parseMetrics(text)))

const dialect = "webchat"

const sales = (userId: string, more: object = {}) => ({ intent: "transfer_to_sales", userId, ...more })

describe("/metrics", () => {
  it.live("counts handovers by rule, target and outcome, and times them", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      yield* post(sales("anna"), { "idempotency-key": "k-1" })
      yield* post(sales("anna"), { "idempotency-key": "k-1" })
      yield* post({ intent: "order_pizza", userId: "ben" })
      const samples = yield* metrics
      const rule = "transfer_to_sales"
      const name = "router_handovers_total"
      assert.strictEqual(sampleOf(samples, name, { rule, target: "queue", outcome: "success" }), 1)
      assert.strictEqual(sampleOf(samples, name, { rule, target: "queue", outcome: "repeated" }), 1)
      assert.strictEqual(sampleOf(samples, name, { rule: "none", target: "none", outcome: "unsupported_intent" }), 1)
      const duration = "router_handover_duration_seconds"
      assert.strictEqual(sampleOf(samples, `${duration}_count`, { outcome: "success" }), 1)
      assert.strictEqual(sampleOf(samples, `${duration}_bucket`, { outcome: "success", le: "+Inf" }), 1)
    }).pipe(withRouter(watched))
  )

  it.live("counts a rule's handover that names no agent as the rule's, and each failure by its outcome alone", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      yield* post({ intent: "transfer_to_agent", userId: "anna" })
      const samples = yield* metrics
      const labels = { rule: "transfer_to_agent", target: "none", outcome: "agent_id_missing" }
      assert.strictEqual(sampleOf(samples, "router_handovers_total", labels), 1)
      assert.strictEqual(sampleOf(samples, "router_handover_failures_total", { outcome: "agent_id_missing" }), 1)
    }).pipe(withRouter(watched))
  )

  it.live("counts decisions by rule, target and outcome, and no handovers for them", () =>
    Effect.gen(function* () {
      const { decide } = yield* started()
      for (const intent of ["transfer_to_sales", "transfer_to_agent", "order_pizza"]) {
        yield* decide({ intent, userId: "anna" })
      }
      const samples = yield* metrics
      const name = "router_decisions_total"
      const rule = "transfer_to_sales"
      assert.strictEqual(sampleOf(samples, name, { rule, target: "queue", outcome: "success" }), 1)
      const agentless = { rule: "transfer_to_agent", target: "none", outcome: "agent_id_missing" }
      assert.strictEqual(sampleOf(samples, name, agentless), 1)
      assert.strictEqual(sampleOf(samples, name, { rule: "none", target: "none", outcome: "unsupported_intent" }), 1)
      assert.notInclude(
        samples.map(({ name }) => name),
        "router_handovers_total"
      )
    }).pipe(withRouter(watched))
  )

  it.live("counts new conversations that are left at no queue, from 0 on", () =>
    Effect.gen(function* () {
      const name = "router_orphaned_conversations_total"
      const { post } = yield* started({ operation: "action", kind: "status", status: 422 })
      assert.deepInclude(yield* metrics, { name, labels: {}, value: 0 })
      yield* post(sales("anna"))
      assert.strictEqual(sampleOf(yield* metrics, name), 1)
      yield* post(sales("anna"))
      assert.strictEqual(sampleOf(yield* metrics, name), 1)
    }).pipe(withRouter(watched))
  )

  it.live("shows counters at 0 from the start, so that the first burst is an increase", () =>
    Effect.gen(function* () {
      const samples = yield* metrics
      const shown = (name: string, label: string) =>
        samples
          .filter((sample: Sample) => sample.name === name && sample.value === 0)
          .map(({ labels }) => labels[label] ?? "")
      for (const [name, label, some] of [
        ["router_handover_failures_total", "outcome", ["deadline_exceeded", "unavailable", "defect", "rejected"]],
        ["router_webhook_refusals_total", "reason", ["overloaded", "credentials_wrong", "internal_error"]],
        ["cxone_token_refreshes_total", "outcome", ["success", "unauthorized"]],
        ["cxone_retries_total", "operation", ["open", "routeToQueue", "token"]],
        ["cxone_labels_dropped_total", "reason", ["failed", "overflow", "shutdown"]]
      ] as const) {
        assert.includeMembers(shown(name, label), [...some], name)
      }
    }).pipe(withRouter(watched))
  )

  it.live("counts calls to CXone by operation and status, and those that were made again", () =>
    Effect.gen(function* () {
      const { post } = yield* started(
        { operation: "open", kind: "status", status: 503 },
        { operation: "action", kind: "drop" }
      )
      yield* post(sales("anna"))
      const samples = yield* metrics
      const name = "cxone_calls_total"
      assert.strictEqual(sampleOf(samples, name, { dialect, operation: "open", status: "503" }), 1)
      assert.strictEqual(sampleOf(samples, name, { dialect, operation: "open", status: "201" }), 1)
      assert.strictEqual(sampleOf(samples, name, { dialect, operation: "routeToQueue", status: "connection" }), 1)
      assert.strictEqual(sampleOf(samples, name, { dialect, operation: "routeToQueue", status: "204" }), 1)
      assert.strictEqual(sampleOf(samples, "cxone_retries_total", { dialect, operation: "open" }), 1)
      assert.strictEqual(sampleOf(samples, "cxone_retries_total", { dialect, operation: "routeToQueue" }), 1)
      assert.strictEqual(sampleOf(samples, "cxone_call_duration_seconds_count", { dialect, operation: "open" }), 2)
      assert.strictEqual(sampleOf(samples, "cxone_token_refreshes_total", { dialect, outcome: "success" }), 1)
      assert.isAtLeast(sampleOf(samples, "cxone_token_age_seconds"), 0)
    }).pipe(withRouter(watched))
  )

  it.live("counts refusals by their reason", () =>
    Effect.gen(function* () {
      const { post } = yield* Router
      yield* post({})
      yield* post("not an object")
      const samples = yield* metrics
      const name = "router_webhook_refusals_total"
      // All reasons are among those that are shown from the start.
      assert.strictEqual(samples.filter((sample) => sample.name === name).length, REASONS.length)
      assert.strictEqual(sampleOf(samples, name, { reason: "missing_required_fields" }), 1)
      assert.strictEqual(sampleOf(samples, name, { reason: "invalid_payload" }), 1)
    }).pipe(withRouter(watched))
  )

  it.live("shows the circuits, and that there is no token", () =>
    Effect.gen(function* () {
      const { post } = yield* started({ operation: "token", kind: "status", status: 500, share: 1 })
      yield* Effect.forEach(
        Array.from({ length: 30 }, (_, index) => index),
        (index) => post(sales(`user-${index}`)),
        { concurrency: "unbounded" }
      )
      const samples = yield* metrics
      assert.strictEqual(sampleOf(samples, "cxone_token_age_seconds"), -1)
      assert.strictEqual(sampleOf(samples, "cxone_circuit_state", { dialect, circuit: "handover" }), 0)
      assert.isAtLeast(sampleOf(samples, "cxone_calls_total", { dialect, operation: "token", status: "500" }), 1)
    }).pipe(withRouter({ ...watched, deadline: "2 seconds" }))
  )

  it.live("has no ids of users, conversations or targets in it, and few series however many webhooks come", () =>
    Effect.gen(function* () {
      const { get, post } = yield* started()
      const replies = yield* Effect.forEach(
        Array.from({ length: 50 }, (_, index) => index),
        (index) => post(sales(`secret-${index}`, { text: "4111 1111 1111 1111", sessionId: `s-${index}` })),
        { concurrency: 10 }
      )
      yield* post({ intent: "secret-intent", userId: "x" })
      const { headers, text } = yield* get("/metrics")
      assert.match(headers["content-type"] ?? "", /^text\/plain; version=0\.0\.4/)
      const { conversationId } = JSON.parse(replies[0]?.text ?? "{}")
      assert.isString(conversationId)
      for (const secret of ["secret", "4111", "s-1", salesQueueId, conversationId]) assert.notInclude(text, secret)
      assert.isBelow(parseMetrics(text).length, 200)
    }).pipe(withRouter(watched))
  )

  it.live("is not there unless somebody says so", () =>
    Effect.gen(function* () {
      const { get } = yield* Router
      assert.strictEqual((yield* get("/metrics")).status, 404)
    }).pipe(withRouter({ settings: { metrics: "off" } }))
  )
})
