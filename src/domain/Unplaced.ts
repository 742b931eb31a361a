/** The conversation that a handover has opened and not placed yet. When the handover fails, it stays open in the contact centre, at no queue. */
import { Context, Effect } from "effect"

/** Holds the conversation of one handover. */
export interface Unplaced {
  /** The contact centre's id of it; `undefined` while there is none. */
  unplaced: string | undefined
}

/** The holder of the handover in progress, if there is one. It outlives an interruption of the work, such as by a deadline. */
export const CurrentUnplaced = Context.Reference<Unplaced | undefined>("cognigy-cxone-router/domain/Unplaced", {
  defaultValue: () => undefined
})

const set = (conversationId: string | undefined): Effect.Effect<void> =>
  Effect.map(CurrentUnplaced, (holder) => {
    if (holder !== undefined) holder.unplaced = conversationId
  })

/** A new conversation is open, under this id. One that was there before does not count. */
export const opened = (conversationId: string): Effect.Effect<void> => set(conversationId)

/** The conversation has been placed, or has ended. */
export const settled: Effect.Effect<void> = set(undefined)
