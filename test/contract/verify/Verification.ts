/** Replays a whole pact against a CXone, one interaction after the other. */
import { Effect, Redacted } from "effect"
import { CXoneSettings } from "../../../src/cxone/webchat/CXoneSettings.ts"
import { makeCauses } from "./Causes.ts"
import { makeOwnStates } from "./OwnStates.ts"
import type { Pact } from "./Pact.ts"
import { type Replayed, type Run, replay } from "./Replay.ts"
import type { Verification } from "./Report.ts"
import { makeSecrets } from "./Secrets.ts"
import type { Settings } from "./Settings.ts"
import { makeStatesServer } from "./StatesServer.ts"

const replayAll = Effect.fnUntraced(function* (
  pact: Pact,
  settings: Settings,
  tell: (replayed: Replayed) => Effect.Effect<void>
) {
  const arrangement = yield* settings.statesUrl === undefined
    ? makeOwnStates(settings)
    : makeStatesServer(settings.statesUrl, settings)
  const secrets = makeSecrets(Redacted.value(settings.cxone.clientSecret))
  const run: Run = { pact, settings, arrangement, secrets, causes: makeCauses() }
  const results = yield* Effect.forEach(pact.interactions, (interaction) => Effect.tap(replay(interaction, run), tell))
  const verification: Verification = {
    consumer: pact.consumer.name,
    provider: pact.provider.name,
    baseUrl: settings.cxone.baseUrl,
    results
  }
  return verification
}, Effect.scoped)

/**
 * Replays every interaction that can be replayed, and tells of each when it is done. What is wrong with the provider is in the results,
 * not in the error channel.
 */
export const verifyPact = (
  pact: Pact,
  settings: Settings,
  tell: (replayed: Replayed) => Effect.Effect<void> = () => Effect.void
) => Effect.provide(replayAll(pact, settings, tell), CXoneSettings.layer(settings.cxone))
