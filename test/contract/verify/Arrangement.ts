/** How the states of a provider come about. */
import type { Effect, Scope } from "effect"
import type { Granted } from "../../../src/cxone/transport/Grant.ts"
import type { StateChange } from "../support/front.ts"
import type { Unarranged } from "./Failure.ts"

/** What stands for the parameters of a state, by their names. */
export type Values = Readonly<Record<string, string>>

/** What one interaction needs besides its request. */
export interface Session {
  /** Sets a state up or tears it down; gives back what stands for those of its parameters that are examples only. */
  readonly arrange: (change: StateChange) => Effect.Effect<Values, Unarranged>
  /** Takes the body of every success of the provider. */
  readonly saw?: (answer: string) => void
  /** A real access token, fetched when it is asked for. */
  readonly granted: Effect.Effect<Granted, Unarranged>
  /** Asked where that token was refused: fails where the provider refuses every token that it grants. */
  readonly takesTokens: Effect.Effect<void, Unarranged>
}

/** One way to arrange states. */
export interface Arrangement {
  /** Why an interaction with these states cannot be replayed; nothing, where it can. */
  readonly obstacle: (states: ReadonlyArray<string>) => string | undefined
  readonly begin: Effect.Effect<Session, never, Scope.Scope>
}
