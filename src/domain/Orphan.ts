/** The conversation that a handover may have opened and has not placed yet. When the handover fails, it stays open in the contact centre, at no queue. */
import { Context, Effect } from "effect"

/** Holds the conversation of one handover. */
export interface Orphan {
  /** The contact centre's id of it; `undefined` while there is none. */
  orphan: string | undefined
}

/** The holder of the handover in progress, if there is one. It outlives an interruption of the work, such as by a deadline. */
export const CurrentOrphan = Context.Reference<Orphan | undefined>("cognigy-cxone-router/domain/Orphan", {
  defaultValue: () => undefined
})

const set = (conversationId: string | undefined): Effect.Effect<void> =>
  Effect.map(CurrentOrphan, (holder) => {
    if (holder !== undefined) holder.orphan = conversationId
  })

/** A conversation is open under this id, and perhaps because of this handover: a failure leaves it. One that was there before does not count. */
export const possible = (conversationId: string): Effect.Effect<void> => set(conversationId)

/** A failure leaves no conversation any more: it has been placed, or has ended. */
export const none: Effect.Effect<void> = set(undefined)
