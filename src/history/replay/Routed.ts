/** The place that a decision sends a conversation to. */
import { type Target, targetKey } from "../../domain/Target.ts"
import type { Detail, Entry } from "../Entry.ts"

/** The first queue or agent of a decision. Without one, a rule rejects the request, or the router refuses it: no rule matches, or the agent's id is missing. */
export type Routed = Target | { readonly type: "rejected" } | { readonly type: "refused" }

/** A rule that rejects. */
export const REJECTED: Routed = { type: "rejected" }

/** No rule matches, or the agent's id is missing. */
export const REFUSED: Routed = { type: "refused" }

/** The same for the same queue or agent, and for no other one. */
export const routedKey = (routed: Routed): string => ("id" in routed ? targetKey(routed) : routed.type)

/** The place that the recorded decision sent a conversation to. `copy` for a copy of another request, `undefined` if nothing was decided. */
export const recordedRoute = ({
  firstId,
  intent,
  outcome,
  reason,
  targets: [target]
}: Pick<Entry & Detail, "firstId" | "intent" | "outcome" | "reason" | "targets">): Routed | "copy" | undefined => {
  if (firstId !== null || outcome === "repeated") return "copy"
  if (intent === null) return undefined
  if (target !== undefined) return target
  if (outcome === "rejected") return REJECTED
  return reason === "unsupported_intent" || reason === "agent_id_missing" ? REFUSED : undefined
}
