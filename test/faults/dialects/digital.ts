/** The Digital Engagement API. */
import { Context, Effect, Layer, Option, Schema } from "effect"
import { DigitalSimulator } from "../../../src/simulator/DigitalSimulator.ts"
import { hasEnded } from "../../../src/simulator/digital/Contacts.ts"
import {
  digitalAccessKeyId,
  digitalAccessKeySecret,
  digitalAgentId,
  digitalChannelId,
  digitalClientId,
  digitalClientSecret,
  salesSkillId,
  supportSkillId
} from "../../../src/simulator/digital/DigitalOptions.ts"
import type { DigitalState } from "../../../src/simulator/digital/DigitalState.ts"
import type { DigitalOperation } from "../../../src/simulator/digital/Operation.ts"
import { type CXoneState, type Dialect, type Operation, type SimulatedCXone, sumOf } from "./Dialect.ts"

const operations = {
  token: ["token"],
  open: ["post"],
  action: ["routeToQueue", "routeToAgent"],
  label: ["label"],
  discovery: ["discovery"],
  message: ["message"],
  contact: ["contact"],
  fields: ["fields"],
  any: ["any"]
} as const satisfies Readonly<Record<Operation | "any", ReadonlyArray<DigitalOperation | "any">>>

const decodePost = Schema.decodeUnknownOption(
  Schema.Struct({ thread: Schema.Struct({ idOnExternalPlatform: Schema.String }) })
)

const decodeQueue = Schema.decodeUnknownOption(Schema.Struct({ skillId: Schema.Number }))
const decodeAgent = Schema.decodeUnknownOption(Schema.Struct({ inboxAssigneeCxoneId: Schema.String }))

const isNote = ({ text }: DigitalState["messages"][number]) => text.startsWith("[Note of the bot")

const seen = ({ calls, contacts, counts, messages, tokens }: DigitalState): CXoneState => ({
  conversations: contacts.map(({ customFields, number, status, target, threadId }) => ({
    id: number,
    userId: threadId,
    isActive: !hasEnded({ status }),
    target,
    intent: customFields.cognigy_intent
  })),
  messages: messages.map(({ contactNumber, id, text }) => ({ id, text, conversationId: contactNumber })),
  calls,
  counts: {
    token: counts.token,
    open: counts.post - messages.filter(isNote).length,
    action: counts.routeToQueue + counts.routeToAgent,
    label: counts.label,
    total: sumOf(counts)
  },
  tokens
})

/** The Digital Engagement API, of a tenant that takes a repeated message for another one, unless a scenario has another. */
export const digital: Dialect = {
  name: "digital",
  hasMessages: true,
  places: [
    { intent: "transfer_to_sales", target: { type: "queue", id: salesSkillId } },
    { intent: "transfer_to_support", target: { type: "queue", id: supportSkillId } },
    { intent: "transfer_to_agent", target: { type: "agent", id: digitalAgentId } }
  ],
  start: (options) =>
    Effect.map(
      Layer.build(DigitalSimulator.layer({ repeatedMessage: "second", ...options })),
      (context): SimulatedCXone => {
        const simulator = Context.get(context, DigitalSimulator)
        return {
          settings: {
            CXONE_DIALECT: "digital",
            CXONE_ISSUER: simulator.baseUrl,
            CXONE_CLIENT_ID: digitalClientId,
            CXONE_CLIENT_SECRET: digitalClientSecret,
            CXONE_ACCESS_KEY_ID: digitalAccessKeyId,
            CXONE_ACCESS_KEY_SECRET: digitalAccessKeySecret,
            CXONE_CHANNEL_ID: digitalChannelId,
            SALES_QUEUE_ID: salesSkillId,
            SUPPORT_QUEUE_ID: supportSkillId
          },
          order: (fault) =>
            Effect.forEach(operations[fault.operation], (operation) => simulator.order({ ...fault, operation }), {
              discard: true
            }),
          clearFaults: simulator.clearFaults,
          state: Effect.map(simulator.state, seen),
          awaitState: (predicate) =>
            Effect.map(
              simulator.awaitState((state) => predicate(seen(state))),
              seen
            ),
          openConversation: (userId) => simulator.openContact({ authorId: userId })
        }
      }
    ).pipe(Effect.orDie),
  openedBy: ({ body, operation }) =>
    operation === "post"
      ? Option.getOrUndefined(Option.map(decodePost(body), ({ thread }) => thread.idOnExternalPlatform))
      : undefined,
  routedBy: ({ body, operation, path }) => {
    if (operation !== "routeToQueue" && operation !== "routeToAgent") return undefined
    const conversationId = path.split("/").at(-2) ?? ""
    const [queue, agent] = [decodeQueue(body), decodeAgent(body)]
    if (Option.isSome(queue)) return { conversationId, target: { type: "queue", id: String(queue.value.skillId) } }
    if (Option.isSome(agent)) return { conversationId, target: { type: "agent", id: agent.value.inboxAssigneeCxoneId } }
    return undefined
  }
}
