import { Clock, Effect, Random, SubscriptionRef } from "effect"
import { SecureRandom } from "effect/crypto"
import { type AccessTokens, makeAccessTokens } from "./AccessTokens.ts"
import { type CallLog, makeCallLog } from "./CallLog.ts"
import { type FaultPlan, makeFaultPlan } from "./FaultPlan.ts"

/** The parts of a simulator that any API of CXone needs. They change in synchronous steps only, which never interleave. */
export interface Simulation<Operation extends string> {
  readonly clock: Clock.Clock
  readonly random: SecureRandom.SecureRandom["Service"]
  readonly tokens: AccessTokens
  readonly calls: CallLog<Operation>
  readonly faults: FaultPlan<Operation>
  /** The number of changes so far. */
  readonly changes: SubscriptionRef.SubscriptionRef<number>
  /** Counts a change, so that waiting tests look at the state again. */
  readonly changed: Effect.Effect<void>
}

/**
 * Makes a simulation of an API with these operations, whose tokens live for `tokenLifetime` seconds. It uses the Clock
 * and Random of the fiber that makes it.
 */
export const makeSimulation = Effect.fnUntraced(function* <Operation extends string>(
  operations: ReadonlyArray<Operation>,
  tokenLifetime: number
): Effect.fn.Return<Simulation<Operation>, never, SecureRandom.SecureRandom> {
  const clock = yield* Clock.Clock
  const random = yield* SecureRandom.SecureRandom
  const changes = yield* SubscriptionRef.make(0)
  return {
    clock,
    random,
    tokens: makeAccessTokens(clock, random, tokenLifetime),
    calls: makeCallLog(operations),
    faults: makeFaultPlan<Operation>(yield* Random.Random),
    changes,
    changed: SubscriptionRef.update(changes, (count) => count + 1)
  }
})
