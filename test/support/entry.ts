/** Entries of the history, made by hand. */
import type { Detail, Entry } from "../../src/history/Entry.ts"

/** An entry of a handover that went to the queue `id-q1` by the rule `rule 0`, with other members where they matter. */
export const entry = (members: Partial<Entry & Detail> = {}): Entry & Detail => ({
  id: "01980000-0000-7000-8000-000000000001",
  at: Date.UTC(2026, 10, 25, 12),
  took: 0,
  tenant: "acme",
  outcome: "success",
  reason: "success",
  status: 200,
  rule: "rule 0",
  table: "3f9c1a7be204",
  target: { type: "queue", id: "id-q1" },
  conversationId: "c-1",
  intent: "sales",
  language: null,
  channel: null,
  userId: "u1",
  sessionId: null,
  correlationId: null,
  firstId: null,
  againOf: null,
  steps: [],
  targets: [{ type: "queue", id: "id-q1" }],
  answer: {},
  facts: {},
  ...members
})
