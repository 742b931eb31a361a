import { Clock, Deferred, Effect, Random } from "effect"
import { type AccessTokens, makeAccessTokens } from "./AccessTokens.ts"
import { type CallLog, makeCallLog } from "./CallLog.ts"
import { type Conversations, makeConversations } from "./Conversations.ts"
import { type FaultPlan, makeFaultPlan } from "./FaultPlan.ts"
import type { SimulatorOptions } from "./SimulatorOptions.ts"
import type { SimulatorState } from "./SimulatorState.ts"
import { makeTenant, type Tenant } from "./Tenant.ts"

/** Everything that one simulator holds. It is mutated in synchronous steps only, which Node never interleaves. */
export interface Simulation {
  readonly options: Required<SimulatorOptions>
  readonly clock: Clock.Clock
  readonly tenant: Tenant
  readonly tokens: AccessTokens
  readonly conversations: Conversations
  readonly calls: CallLog
  readonly faults: FaultPlan
  readonly state: Effect.Effect<SimulatorState>
  /** Waits until the state satisfies the predicate, which is asked again after every change. */
  readonly awaitState: (predicate: (state: SimulatorState) => boolean) => Effect.Effect<SimulatorState>
  /** Tells those who wait that the state changed. */
  readonly changed: Effect.Effect<void>
  readonly reset: Effect.Effect<void>
}

/** Makes a simulation in its first state. Clock and Random are those of the fiber that makes it. */
export const makeSimulation = Effect.fnUntraced(function* (options: Required<SimulatorOptions>) {
  const clock = yield* Clock.Clock
  const tenant = makeTenant(options)
  const tokens = makeAccessTokens(clock, options.tokenLifetime)
  const conversations = makeConversations(clock, tenant.has)
  const calls = makeCallLog()
  const faults = makeFaultPlan(yield* Random.Random)

  const snapshot = (): SimulatorState => ({
    conversations: conversations.conversations(),
    locks: conversations.locks(),
    tokens: tokens.counts(),
    calls: calls.calls(),
    counts: calls.counts(),
    faults: faults.pending()
  })

  // Made only while someone waits, so that a change costs nothing otherwise.
  let nextChange: Deferred.Deferred<void> | undefined

  const changed = Effect.sync(() => {
    if (nextChange === undefined) return
    Deferred.doneUnsafe(nextChange, Effect.void)
    nextChange = undefined
  })

  const awaitState = Effect.fnUntraced(function* (predicate: (state: SimulatorState) => boolean) {
    while (true) {
      const state = snapshot()
      if (predicate(state)) return state
      nextChange ??= Deferred.makeUnsafe<void>()
      yield* Deferred.await(nextChange)
    }
  })

  const simulation: Simulation = {
    options,
    clock,
    tenant,
    tokens,
    conversations,
    calls,
    faults,
    state: Effect.sync(snapshot),
    awaitState,
    changed,
    reset: Effect.andThen(
      Effect.sync(() => {
        tenant.reset()
        tokens.reset()
        conversations.reset()
        calls.reset()
        faults.clear()
      }),
      changed
    )
  }
  return simulation
})
