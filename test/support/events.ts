/** Events of the journal. */
import type { HandoverEvent, RefusalEvent } from "../../src/handover/JournalEvent.ts"
import { request } from "./request.ts"

/** When the events happen, in milliseconds since 1970: within a minute. */
export const EVENT_TIME = Date.UTC(2026, 10, 25, 12, 0, 30)

/** Ids of handovers, the later ones of higher numbers. */
export const handoverId = (number: number): string =>
  `019ab${number.toString(16).padStart(3, "0")}-0000-7000-8000-000000000000`

/** A handover that succeeded, but for what is given. */
export const handoverEvent = (more: Partial<HandoverEvent> = {}): HandoverEvent => ({
  _tag: "Handover",
  handoverId: handoverId(1),
  at: EVENT_TIME,
  took: 12.4,
  tenant: "tenant",
  request: { ...request("help"), userId: "anna" },
  correlationId: "id-1",
  decision: {
    rule: "r-1",
    table: "v1",
    target: { type: "queue", id: "q-1" },
    fallbacks: [{ type: "agent", id: "a-1" }]
  },
  steps: [{ kind: "call", name: "open", after: 1, took: 10, outcome: "201" }],
  isCopy: false,
  outcome: "success",
  answer: { conversationId: "c-1", target: { type: "queue", id: "q-1" }, rule: "r-1", reused: false },
  ...more
})

/** A handover that failed. */
export const failedEvent = (more: Partial<HandoverEvent>): HandoverEvent => {
  const { answer: _, ...rest } = handoverEvent()
  return { ...rest, outcome: "defect", ...more }
}

/** A refusal of an authenticated sender, but for what is given. */
export const refusalEvent = (more: Partial<RefusalEvent> = {}): RefusalEvent => ({
  _tag: "Refusal",
  at: EVENT_TIME,
  took: 1.6,
  correlationId: "id-9",
  reason: "invalid_payload",
  status: 400,
  error: "Invalid payload",
  detail: "userId: expected text",
  isStranger: false,
  answer: { type: "about:blank", status: 400, error: "Invalid payload" },
  ...more
})
