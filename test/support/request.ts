import type { HandoverRequest } from "../../src/domain/HandoverRequest.ts"

/** All that a request can do without, left out. */
export const nothingElse = {
  confidence: undefined,
  entities: [],
  sessionId: undefined,
  inputId: undefined,
  traceId: undefined,
  language: undefined,
  channel: undefined,
  text: undefined,
  data: undefined,
  contactId: undefined,
  transcript: undefined,
  summary: undefined,
  customer: undefined,
  context: undefined
} satisfies Partial<HandoverRequest>

/** A request of the user `a_b_c` with nothing but an intent and, where they matter, entities. */
export const request = (intent: string, entities: HandoverRequest["entities"] = []): HandoverRequest => ({
  ...nothingElse,
  intent,
  entities,
  userId: "a_b_c"
})
