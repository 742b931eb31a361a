import { Effect, Schema } from "effect"
import type { SecureRandom } from "effect/crypto"
import { makeToken } from "./Access.ts"
import type { Lock } from "./Conversations.ts"
import { Fault } from "./Fault.ts"
import type { Simulation } from "./Simulation.ts"
import type { SimulatorState } from "./SimulatorState.ts"

/** What a test can see of a simulator and do to it, past CXone's own calls. None of it is recorded as a call. */
export interface Controls {
  /** What the simulator has seen and holds now. */
  readonly state: Effect.Effect<SimulatorState>
  /**
   * Waits until the state satisfies the predicate, and gives it back. The predicate is asked again after every arrival
   * of a call, every effect, every answer and every control; states in between may pass unseen.
   */
  readonly awaitState: (predicate: (state: SimulatorState) => boolean) => Effect.Effect<SimulatorState>
  /** Orders a fault. Dies when the fault is not one by its schema, such as with both `times` and `share`. */
  readonly order: (fault: Fault) => Effect.Effect<void>
  /** Forgets all faults. Calls that already wait in one keep waiting. */
  readonly clearFaults: Effect.Effect<void>
  /** Issues a token as the token call would, without the call. */
  readonly issueToken: Effect.Effect<string>
  /** Makes all tokens unknown at once: their next use answers 401. */
  readonly revokeTokens: Effect.Effect<void>
  /**
   * Puts an active conversation in place for a user (`cognigy_…`), under this id or a new one, and gives back its id.
   * The user's active conversation ends, and a conversation that had this id is forgotten.
   */
  readonly openConversation: (conversation: {
    /** The user, as the handover names them: `cognigy_…`. */
    readonly userId: string
    /** The conversation's id; a new one where it is left out. */
    readonly conversationId?: string
  }) => Effect.Effect<string>
  /** Ends a conversation, as its agent or user would; false when it is unknown or has ended already. */
  readonly endConversation: (conversationId: string) => Effect.Effect<boolean>
  /**
   * Locks a user (`cognigy_…`): open answers 409 although find active is empty. It holds for the next `opens` opens,
   * or for `durationMillis` milliseconds. A new lock replaces the old one.
   */
  readonly lockUser: (userId: string, lock: Lock) => Effect.Effect<void>
  /** Forgets conversations, locks, tokens, calls, counts and faults: everything is as at the start. */
  readonly reset: Effect.Effect<void>
}

const decodeFault = Schema.decodeUnknownEffect(Fault, { onExcessProperty: "error" })

/** Makes the controls of a simulation. */
export const makeControls = (simulation: Simulation, random: SecureRandom.SecureRandom["Service"]): Controls => {
  const { changed, conversations, faults, tokens } = simulation
  const withChange = <A>(effect: Effect.Effect<A>): Effect.Effect<A> => Effect.tap(effect, changed)
  return {
    state: simulation.state,
    awaitState: simulation.awaitState,
    order: (fault) =>
      decodeFault(fault).pipe(
        Effect.orDie,
        Effect.map((decoded) => faults.order(decoded)),
        withChange
      ),
    clearFaults: withChange(Effect.sync(() => faults.clear())),
    issueToken: withChange(Effect.tap(makeToken(random), (token) => Effect.sync(() => tokens.issue(token)))),
    revokeTokens: withChange(Effect.sync(() => tokens.revoke())),
    openConversation: Effect.fnUntraced(function* ({ conversationId, userId }) {
      const id = conversationId ?? (yield* random.uuidV4())
      yield* conversations.endAll(userId)
      yield* conversations.place(userId, id)
      yield* changed
      return id
    }),
    endConversation: (conversationId) => withChange(conversations.end(conversationId)),
    lockUser: (userId, lock) => withChange(conversations.lock(userId, lock)),
    reset: simulation.reset
  }
}
