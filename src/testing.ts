/** A CXone to test against: `cognigy-cxone-router/testing`. */
import { Effect, Layer, Redacted } from "effect"
import type { HttpClient, HttpServerError } from "effect/http"
import { DigitalSettings } from "./cxone/digital/DigitalSettings.ts"
import { DEFAULT_ATTEMPT_TIMEOUT } from "./cxone/transport/Transport.ts"
import { CXoneSettings } from "./cxone/webchat/CXoneSettings.ts"
import { CXoneSimulator } from "./simulator/CXoneSimulator.ts"
import { DigitalSimulator } from "./simulator/DigitalSimulator.ts"
import {
  type DigitalSimulatorInProcessOptions,
  type DigitalSimulatorOptions,
  withDigitalDefaults
} from "./simulator/digital/DigitalOptions.ts"
import { type InProcessOptions, type SimulatorOptions, withDefaults } from "./simulator/webchat/SimulatorOptions.ts"

export * from "./simulator/CXoneSimulator.ts"
export * from "./simulator/DigitalSimulator.ts"
export type { AddedContact, DigitalControls } from "./simulator/digital/DigitalControls.ts"
export {
  type DigitalAgent,
  type DigitalQueue,
  type DigitalSimulatorInProcessOptions,
  type DigitalSimulatorOptions,
  digitalAccessKeyId,
  digitalAccessKeySecret,
  digitalAgentId,
  digitalAgentNumber,
  digitalChannelId,
  digitalClientId,
  digitalClientSecret,
  digitalTenantId,
  hoursProfileId,
  routingQueueId,
  salesSkillId,
  supportSkillId
} from "./simulator/digital/DigitalOptions.ts"
export { Activity, type Channel, FieldDefinition, type HoursProfile } from "./simulator/digital/DigitalRecords.ts"
export {
  ContactStatus,
  DigitalContact,
  DigitalMessage,
  DigitalRecordedCall,
  DigitalState,
  DigitalTarget
} from "./simulator/digital/DigitalState.ts"
export { DigitalCalledOperation, DigitalFault, DigitalOperation } from "./simulator/digital/Operation.ts"
export type { Lock } from "./simulator/webchat/Conversations.ts"
export { CalledOperation, Fault, Operation } from "./simulator/webchat/Operation.ts"
export {
  agentId,
  allScopes,
  type InProcessOptions,
  type NamedId,
  type Scope,
  type SimulatorOptions,
  salesQueueId,
  serviceUser,
  simulatorClientId,
  simulatorClientSecret,
  supportQueueId
} from "./simulator/webchat/SimulatorOptions.ts"
export {
  Conversation as SimulatedConversation,
  ConversationTarget,
  RecordedCall,
  SimulatorState,
  UserLock
} from "./simulator/webchat/SimulatorState.ts"
export type { WebchatControls as Controls } from "./simulator/webchat/WebchatControls.ts"

/**
 * A simulator of its own on a free port of 127.0.0.1, and the settings for the CXone layers to reach it. Provide it where
 * an application provides its own settings. It accepts any conversation (`anyConversation`). Each call makes another
 * simulator. Fails with `ServeError` when it cannot listen on the port and host of its options.
 */
export const layerSimulated = (
  options: SimulatorOptions = {}
): Layer.Layer<CXoneSimulator | CXoneSettings, HttpServerError.ServeError> =>
  withSettings(options, CXoneSimulator.layer({ anyConversation: true, ...options }))

/**
 * The same without a server: also provides the `HttpClient` whose requests go straight to the simulator, at
 * `http://cxone.simulated`. With it a test can use `TestClock`, since nothing waits for the network.
 */
export const layerSimulatedInProcess = (
  options: InProcessOptions = {}
): Layer.Layer<CXoneSimulator | CXoneSettings | HttpClient.HttpClient> =>
  withSettings(options, CXoneSimulator.layerInProcess({ anyConversation: true, ...options }))

const withSettings = <A, E>(options: InProcessOptions, simulator: Layer.Layer<A | CXoneSimulator, E>) => {
  const { clientId, clientSecret } = withDefaults(options).credentials
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

/**
 * A simulator of the Digital Engagement API on a free port of 127.0.0.1, and the settings for the digital layers to reach it, issuer
 * included. Each call makes another simulator. Fails with `ServeError` when it cannot listen on the port and host of its options.
 */
export const layerSimulatedDigital = (
  options: DigitalSimulatorOptions = {}
): Layer.Layer<DigitalSimulator | DigitalSettings, HttpServerError.ServeError> =>
  withDigitalSettings(options, DigitalSimulator.layer(options))

/**
 * The same without a server: also provides the `HttpClient` whose requests go straight to the simulator, at
 * `http://cxone.simulated`. With it a test can use `TestClock`, since nothing waits for the network.
 */
export const layerSimulatedDigitalInProcess = (
  options: DigitalSimulatorInProcessOptions = {}
): Layer.Layer<DigitalSimulator | DigitalSettings | HttpClient.HttpClient> =>
  withDigitalSettings(options, DigitalSimulator.layerInProcess(options))

const withDigitalSettings = <A, E>(
  options: DigitalSimulatorInProcessOptions,
  simulator: Layer.Layer<A | DigitalSimulator, E>
) => {
  const { channels, credentials } = withDigitalDefaults(options)
  return Layer.unwrap(
    Effect.map(DigitalSimulator, ({ baseUrl }) =>
      DigitalSettings.layer({
        issuer: baseUrl,
        clientId: credentials.clientId,
        clientSecret: Redacted.make(credentials.clientSecret),
        accessKeyId: credentials.accessKeyId,
        accessKeySecret: Redacted.make(credentials.accessKeySecret),
        ...(channels[0] === undefined ? { contact: "find" } : { channelId: channels[0].id })
      })
    )
  ).pipe(Layer.provideMerge(simulator))
}
