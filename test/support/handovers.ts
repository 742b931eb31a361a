/** The handover over a scripted CXone. */
import { Effect, Layer } from "effect"
import type { HandoverRequest } from "../../src/domain/HandoverRequest.ts"
import { Claims } from "../../src/handover/Claims.ts"
import type { HandoverError } from "../../src/handover/HandedOver.ts"
import { Handover, type HandoverOptions } from "../../src/handover/Handover.ts"
import { Journal } from "../../src/handover/Journal.ts"
import type { JournalEvent } from "../../src/handover/JournalEvent.ts"
import * as TablePolicy from "../../src/routing/policy/TablePolicy.ts"
import { type Decide, RoutingPolicy } from "../../src/routing/RoutingPolicy.ts"
import { cxone } from "./cxone.ts"
import type { Reply, Sent } from "./scripted.ts"

type Kind = "open" | "find" | "action" | "label"

type Script = (index: number, sent: Sent) => Reply | Effect.Effect<Reply>

/** How the handover is done, where it is remembered if not in its own memory, and what decides if not the built-in table. */
export interface Options extends HandoverOptions {
  readonly remembered?: Claims["Service"]
  readonly decide?: Decide
}

const queues = { salesQueueId: "q-sales", supportQueueId: "q-support" }

/** The handover over a CXone that answers each kind of call by script; the index counts the calls of that kind. */
export const handovers = (replies: Partial<Record<Kind, Script>>, { decide, remembered, ...options }: Options = {}) => {
  const counts: Record<Kind, number> = { open: 0, find: 0, action: 0, label: 0 }
  const kindOf = ({ method, path }: Sent) =>
    method === "PUT" ? "label" : method === "GET" ? "find" : path.endsWith("/actions") ? "action" : "open"
  const usual: Record<Kind, Script> = {
    open: (index) => ({ status: 201, body: { id: `c-${index + 1}` } }),
    find: () => ({ status: 200, body: { items: [{ id: "c-old" }] } }),
    action: () => ({ status: 204 }),
    label: () => ({ status: 204 })
  }
  const { layer, sent } = cxone((one) => {
    const kind = kindOf(one)
    return (replies[kind] ?? usual[kind])(counts[kind]++, one)
  })
  const handover =
    remembered === undefined
      ? Handover.layer(options)
      : Handover.layerNoDeps(options).pipe(
          Layer.provide(Layer.succeed(Claims, remembered)),
          Layer.provideMerge(Journal.layer())
        )
  return {
    sent,
    counts,
    layer: handover.pipe(
      Layer.provide(decide === undefined ? TablePolicy.layerBuiltIn(queues) : RoutingPolicy.layer(decide)),
      Layer.provide(layer)
    )
  }
}

/** The same, with the events of the journal. */
export const journaled = (...[replies, options]: Parameters<typeof handovers>) => {
  const events: Array<JournalEvent> = []
  const { layer, ...rest } = handovers(replies, options)
  const listening = Layer.effectDiscard(
    Effect.flatMap(Journal, ({ listen }) => listen((event) => Effect.sync(() => void events.push(event))))
  )
  return { ...rest, events, layer: Layer.provideMerge(listening, layer) }
}

/** Asks for a handover. */
export const handle = (what: HandoverRequest, idempotencyKey?: string) =>
  Effect.flatMap(Handover, (handover) => handover.handle(what, idempotencyKey))

/** What a handover failed with: of what CXone did, the reason and the rule that had decided. */
export const failureOf = (error: HandoverError): string => {
  if (error._tag !== "HandoverFailed") return error._tag
  const { reason, rule } = error
  return rule === undefined ? `${reason._tag}, no rule` : `${reason._tag}, rule ${rule}`
}

/** The call that opens a conversation. */
export const OPEN = "POST /api/v2/conversations/webchat"

/** The call that finds the active conversation of the user `a_b_c`. */
export const FIND = "GET /api/v2/conversations/webchat?userId=cognigy_a_b_c&status=ACTIVE"

/** The call that routes a conversation. */
export const action = (id: string) => `POST /api/v2/conversations/webchat/${id}/actions`
