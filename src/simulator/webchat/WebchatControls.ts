import { Effect } from "effect"
import { type CommonControls, makeCommonControls } from "../core/Controls.ts"
import type { Lock } from "./Conversations.ts"
import { Fault, type Operation } from "./Operation.ts"
import type { SimulatorState } from "./SimulatorState.ts"
import type { Webchat } from "./Webchat.ts"

/** A test's view of a simulator beside CXone's own calls. Using it is not recorded as a call. */
export interface WebchatControls extends CommonControls<Operation, SimulatorState> {
  /**
   * Adds an active conversation for a user (`cognigy_…`), under this id or a new one, and returns its id. The user's
   * active conversation ends. The new conversation replaces one with the same id.
   */
  readonly openConversation: (conversation: {
    /** The user, as the handover names them: `cognigy_…`. */
    readonly userId: string
    /** The conversation's id; a new one by default. */
    readonly conversationId?: string
  }) => Effect.Effect<string>
  /** Ends a conversation, as its agent or user would; false when it is unknown or has ended already. */
  readonly endConversation: (conversationId: string) => Effect.Effect<boolean>
  /**
   * Locks a user (`cognigy_…`): open answers 409 although find active is empty. It holds for the next `opens` opens,
   * or for `durationMillis` milliseconds. A new lock replaces the old one.
   */
  readonly lockUser: (userId: string, lock: Lock) => Effect.Effect<void>
}

/** Makes the controls of a simulated web chat API. */
export const makeWebchatControls = ({ conversations, simulation, tenant }: Webchat): WebchatControls => {
  const { changed, random } = simulation
  return {
    ...makeCommonControls(simulation, {
      fault: Fault,
      held: () => ({ conversations: conversations.conversations(), locks: conversations.locks() }),
      resetHeld: () => {
        tenant.reset()
        conversations.reset()
      }
    }),
    openConversation: Effect.fnUntraced(function* ({ conversationId, userId }) {
      const id = conversationId ?? (yield* random.uuidV4())
      yield* conversations.endAll(userId)
      yield* conversations.place(userId, id)
      yield* changed
      return id
    }),
    endConversation: (conversationId) => Effect.tap(conversations.end(conversationId), changed),
    lockUser: (userId, lock) => Effect.andThen(conversations.lock(userId, lock), changed)
  }
}
