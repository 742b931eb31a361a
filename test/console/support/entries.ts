/** Entries of a history, for tests of pages. */
import type { Step } from "../../../src/domain/Trail.ts"
import type { Detail, Entry } from "../../../src/history/Entry.ts"

/** The id of a handover by a number: later numbers sort after earlier ones. */
export const handoverId = (index: number): string => `0193af00-0000-7000-8000-${index.toString(16).padStart(12, "0")}`

/** A queue. */
export const support = { type: "queue", id: "b2b5a4ee-5e4c-4be6-8d8a-0c5c5a7e0001" } as const

/** Another queue. */
export const sales = { type: "queue", id: "b2b5a4ee-5e4c-4be6-8d8a-0c5c5a7e0002" } as const

/** Names of both. */
export const nameOf = (key: string): string | undefined =>
  ({ [`queue:${support.id}`]: "Support (de)", [`queue:${sales.id}`]: "Sales" })[key]

/** A step. */
export const step = (kind: Step["kind"], name: string, after: number, took: number, outcome: string): Step => ({
  kind,
  name,
  after,
  took,
  outcome
})

/** A handover that succeeded at the first attempt, but for the given members. */
export const entry = (members: Partial<Entry & Detail> = {}): Entry & Detail => ({
  id: handoverId(1),
  at: Date.UTC(2026, 0, 31, 8, 30),
  took: 182.4,
  tenant: "https://api.example",
  outcome: "success",
  reason: "success",
  status: 200,
  rule: "support-de",
  table: "3f9a1c",
  target: support,
  conversationId: "c-1",
  intent: "transfer_to_support",
  language: "de-DE",
  channel: "webchat3",
  userId: "anna",
  sessionId: "s-1",
  correlationId: "4bf92f3577b34da6a3ce929d0e0e4736",
  firstId: null,
  againOf: null,
  steps: [
    step("call", "open", 0.4, 88, "201"),
    step("call", "routeToQueue", 89, 92.5, "204"),
    step("target", `queue ${support.id}`, 181.6, 0, "accepted")
  ],
  targets: [support],
  answer: {
    status: "success",
    conversationId: "c-1",
    target: support,
    rule: "support-de",
    reused: false,
    correlationId: "4bf92f3577b34da6a3ce929d0e0e4736"
  },
  ...members
})
