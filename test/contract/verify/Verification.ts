/** Replays a whole pact against a CXone, one interaction after the other. */
import { Effect, References } from "effect"
import { makeCauses } from "./Causes.ts"
import type { Cxone } from "./Cxone.ts"
import { digital } from "./digital.ts"
import { makeOwnStates } from "./OwnStates.ts"
import type { Pact } from "./Pact.ts"
import { type Replayed, type Run, replay } from "./Replay.ts"
import type { Verification } from "./Report.ts"
import { makeSecrets } from "./Secrets.ts"
import type { AnySettings } from "./Settings.ts"
import { makeStatesServer } from "./StatesServer.ts"
import { webchat } from "./webchat.ts"

/** The CXone of these settings. */
export const cxoneOf = (settings: AnySettings): Cxone => ("digital" in settings ? digital(settings) : webchat(settings))

/**
 * Replays every interaction that can be replayed, and tells of each when it is done. What is wrong with the provider is in the results,
 * not in the error channel.
 */
export const verifyPact = Effect.fnUntraced(
  function* (pact: Pact, settings: AnySettings, tell: (replayed: Replayed) => Effect.Effect<void> = () => Effect.void) {
    const cxone = cxoneOf(settings)
    const arrangement = yield* settings.statesUrl === undefined
      ? makeOwnStates(cxone)
      : makeStatesServer(settings.statesUrl, cxone)
    // An id is no secret.
    const secrets = makeSecrets(
      ...Object.entries(cxone.credentials).flatMap(([name, value]) => (/Secret$/.test(name) ? [value] : []))
    )
    const run: Run = { pact, cxone, arrangement, secrets, causes: makeCauses() }
    const results = yield* Effect.forEach(pact.interactions, (interaction) =>
      Effect.tap(replay(interaction, run), tell)
    )
    const verification: Verification = {
      consumer: pact.consumer.name,
      provider: pact.provider.name,
      baseUrl: cxone.url,
      results
    }
    return verification
    // The report tells all; each connection would tell of its discovery.
  },
  Effect.provideService(References.MinimumLogLevel, "Warn"),
  Effect.scoped
)
