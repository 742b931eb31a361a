/** A CXone to test against: `cognigy-cxone-router/testing`. */
import { Effect, Layer, Redacted } from "effect"
import type { HttpServerError } from "effect/http"
import { DEFAULT_ATTEMPT_TIMEOUT } from "./cxone/transport/Transport.ts"
import { CXoneSettings } from "./cxone/webchat/CXoneSettings.ts"
import { CXoneSimulator } from "./simulator/CXoneSimulator.ts"
import { type SimulatorOptions, withDefaults } from "./simulator/SimulatorOptions.ts"

export type { Controls } from "./simulator/Controls.ts"
export type { Lock } from "./simulator/Conversations.ts"
export * from "./simulator/CXoneSimulator.ts"
export * from "./simulator/Fault.ts"
export { CalledOperation } from "./simulator/Operation.ts"
export {
  agentId,
  allScopes,
  type NamedId,
  type Scope,
  type SimulatorOptions,
  salesQueueId,
  serviceUser,
  simulatorClientId,
  simulatorClientSecret,
  supportQueueId
} from "./simulator/SimulatorOptions.ts"
export {
  Conversation as SimulatedConversation,
  ConversationTarget,
  RecordedCall,
  SimulatorState,
  UserLock
} from "./simulator/SimulatorState.ts"

/**
 * A simulator of its own on a free port of 127.0.0.1, and the settings with which the CXone layers reach it: to be provided where an application provides its
 * own settings. It takes any conversation (`anyConversation`). Each call makes another simulator. Fails with `ServeError` when it cannot listen on the port and host of its options.
 */
export const layerSimulated = (
  options: SimulatorOptions = {}
): Layer.Layer<CXoneSimulator | CXoneSettings, HttpServerError.ServeError> => {
  const { clientId, clientSecret } = withDefaults(options).credentials
  const simulator = CXoneSimulator.layer({ anyConversation: true, ...options })
  return Layer.effect(
    CXoneSettings,
    Effect.map(CXoneSimulator, ({ baseUrl }) => ({
      baseUrl,
      clientId,
      clientSecret: Redacted.make(clientSecret),
      attemptTimeout: DEFAULT_ATTEMPT_TIMEOUT
    }))
  ).pipe(Layer.provideMerge(simulator))
}
