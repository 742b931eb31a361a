/** The two shapes of body that Cognigy posts, made from the same few facts. */
import { randomUUID } from "node:crypto"

/** What a webhook asks for. Facts that are left out are left out of the body. */
export interface Asked {
  readonly intent?: unknown
  readonly userId?: unknown
  readonly agentId?: unknown
}

/** What a flow's author types into the HTTP Request node. */
export const flow = ({ agentId, intent, userId }: Asked) => ({
  intent: { name: intent, score: 0.93 },
  entities: [
    { name: "product", value: "phone" },
    ...(agentId === undefined ? [] : [{ name: "agentId", value: agentId }])
  ],
  session: { sessionId: "session-1" },
  user: { id: userId },
  language: "de-DE",
  channel: "webchat3",
  flowVersion: null
})

/** Cognigy's own `input` object, posted as it is: another input with every call. */
export const input = ({ agentId, intent, userId }: Asked) => ({
  intent,
  intentScore: 0.88,
  slots: {
    product: [{ keyphrase: "phone", slotType: "product", count: 1 }],
    ...(agentId === undefined ? {} : { agentId: [{ keyphrase: agentId }, { keyphrase: "somebody else" }] })
  },
  userId,
  sessionId: "session-1",
  inputId: randomUUID(),
  traceId: `endpoint-httpIncomingMessage-${randomUUID()}`,
  language: "de-DE",
  channel: "webchat3",
  text: "a human please 🙏",
  data: { cart: { items: 2 } },
  mode: null
})

/** Both shapes, for tests that hold for either. */
export const shapes = [
  { shape: "a flow's body", bodyOf: flow },
  { shape: "Cognigy's input object", bodyOf: input }
] as const

/** A body that asks for sales. */
export const sales = (userId: string) => flow({ intent: "transfer_to_sales", userId })

/** A body that asks for support. */
export const support = (userId: string) => input({ intent: "transfer_to_support", userId })
