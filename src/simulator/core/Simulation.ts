import { Clock, Effect, Random, SubscriptionRef } from "effect"
import { SecureRandom } from "effect/crypto"
import { makeAccessTokens } from "./AccessTokens.ts"
import { makeCallLog } from "./CallLog.ts"
import { makeFaultPlan } from "./FaultPlan.ts"

/**
 * Makes the parts of a simulator that any API of CXone needs, for an API with these operations. Tokens live for
 * `tokenLifetime` seconds. The parts use the Clock and Random of the fiber that makes them. They change in synchronous
 * steps only, which never interleave.
 */
export const makeSimulation = <Operation extends string>(operations: ReadonlyArray<Operation>, tokenLifetime: number) =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const random = yield* SecureRandom.SecureRandom
    const changes = yield* SubscriptionRef.make(0)
    return {
      clock,
      random,
      tokens: makeAccessTokens(clock, random, tokenLifetime),
      calls: makeCallLog(operations),
      faults: makeFaultPlan<Operation>(yield* Random.Random),
      /** The number of changes so far. */
      changes,
      /** Counts a change, so that waiting tests look at the state again. */
      changed: SubscriptionRef.update(changes, (count) => count + 1)
    }
  })

/** The parts of a simulator that any API of CXone needs. */
export type Simulation<Operation extends string> = Effect.Success<ReturnType<typeof makeSimulation<Operation>>>
