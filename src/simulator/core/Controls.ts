import { Effect, Option, Schema, Stream, SubscriptionRef } from "effect"
import type { Counts, RecordedCall } from "./CallLog.ts"
import type { Fault, PendingFault } from "./Fault.ts"
import type { Simulation } from "./Simulation.ts"

/** The part of the state that any simulated CXone has. */
export interface CommonState<Operation extends string> {
  readonly tokens: { readonly issued: number; readonly live: number }
  readonly calls: ReadonlyArray<RecordedCall<Operation>>
  readonly counts: Counts<Operation>
  readonly faults: ReadonlyArray<PendingFault<Fault<Operation>>>
}

/** A test's view of a simulator beside CXone's own calls. Using it is not recorded as a call. */
export interface CommonControls<Operation extends string, State> {
  /** The state now. */
  readonly state: Effect.Effect<State>
  /**
   * Waits until the state satisfies the predicate, and returns that state. The predicate runs after every arrival of a
   * call, every effect, every answer and every control. States in between may pass unseen.
   */
  readonly awaitState: (predicate: (state: State) => boolean) => Effect.Effect<State>
  /** Orders a fault. Dies when the fault is invalid, such as with both `times` and `share`. */
  readonly order: (fault: Fault<Operation>) => Effect.Effect<void>
  /** Removes all faults. Calls that a fault already delays keep waiting. */
  readonly clearFaults: Effect.Effect<void>
  /** Issues a token as the token call would, without the call. */
  readonly issueToken: Effect.Effect<string>
  /** Ends all tokens at once: their next use is answered with 401. */
  readonly revokeTokens: Effect.Effect<void>
  /** Removes conversations, locks, calls, counts and faults, as at the start. Live tokens stay live. */
  readonly reset: Effect.Effect<void>
}

/** Makes the controls of a simulation. `held` is the state of the API, and `resetHeld` puts it back to the start. */
export const makeCommonControls = <Operation extends string, Held>(
  { calls, changed, changes, faults, tokens }: Simulation<Operation>,
  api: {
    readonly fault: Schema.Codec<Fault<Operation>>
    readonly held: () => Held
    readonly resetHeld: () => void
  }
): CommonControls<Operation, Held & CommonState<Operation>> => {
  const decodeFault = Schema.decodeUnknownEffect(api.fault, { onExcessProperty: "error" })
  const change = (step: () => void): Effect.Effect<void> => Effect.andThen(Effect.sync(step), changed)

  const state = Effect.sync(() => ({
    ...api.held(),
    tokens: tokens.counts(),
    calls: calls.calls(),
    counts: calls.counts(),
    faults: faults.pending()
  }))

  return {
    state,
    awaitState: (predicate) =>
      SubscriptionRef.changes(changes).pipe(
        Stream.mapEffect(() => state),
        Stream.filter(predicate),
        Stream.runHead,
        // The changes never end.
        Effect.map(Option.getOrThrow)
      ),
    order: (fault) =>
      decodeFault(fault).pipe(
        Effect.orDie,
        Effect.flatMap((decoded) => change(() => faults.order(decoded)))
      ),
    clearFaults: change(faults.clear),
    issueToken: Effect.tap(tokens.issueNew, changed),
    revokeTokens: change(() => tokens.revoke()),
    reset: change(() => {
      api.resetHeld()
      tokens.resetCounts()
      calls.reset()
      faults.clear()
    })
  }
}
