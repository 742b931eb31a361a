/** Where a decision sends a conversation. */
import { type Target, targetKey } from "../../domain/Target.ts"
import type { Detail, Entry } from "../Entry.ts"

/** The first queue or agent of a decision, or none: a rule rejects, or the router refuses the request for want of a rule or of an agent's id. */
export type Routed = Target | { readonly type: "rejected" } | { readonly type: "refused" }

/** A rule that rejects. */
export const REJECTED: Routed = { type: "rejected" }

/** No rule matches, or the agent's id is missing. */
export const REFUSED: Routed = { type: "refused" }

/** The same for the same queue or agent, and for no other one. */
export const routedKey = (routed: Routed): string => ("id" in routed ? targetKey(routed) : routed.type)

/** Where the recorded decision sent a conversation. `copy` for a copy of another request, `undefined` where nothing was decided. */
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
