/** The simulators of the demo, one for each dialect, and the settings that reach them. */
import { Context, Effect, Layer, Redacted, type Scope } from "effect"
import type { HttpServerError } from "effect/http"
import type { DigitalSettings } from "../cxone/digital/DigitalSettings.ts"
import { DEFAULT_ACD_VERSION, DEFAULT_INTENT_FIELD } from "../cxone/digital/digitalConfig.ts"
import { DEFAULT_ATTEMPT_TIMEOUT } from "../cxone/transport/Transport.ts"
import type { CXoneSettings } from "../cxone/webchat/CXoneSettings.ts"
import type { BuiltInQueues } from "../routing/policy/builtInRoutes.ts"
import { CXoneSimulator } from "../simulator/CXoneSimulator.ts"
import { DigitalSimulator } from "../simulator/DigitalSimulator.ts"
import {
  digitalAccessKeyId,
  digitalAccessKeySecret,
  digitalAgentId,
  digitalChannelId,
  digitalClientId,
  digitalClientSecret,
  salesSkillId,
  supportSkillId
} from "../simulator/digital/DigitalOptions.ts"
import {
  agentId,
  salesQueueId,
  simulatorClientId,
  simulatorClientSecret,
  supportQueueId
} from "../simulator/webchat/SimulatorOptions.ts"

/** A simulator that listens: the settings that reach it, and what is there. */
export interface Demo<Settings> {
  /** The base URL. */
  readonly baseUrl: string
  /** The settings of CXone. */
  readonly cxone: Settings
  /** The queues of the built-in rules. */
  readonly queues: BuiltInQueues
  /** An agent. */
  readonly agentId: string
}

const attemptTimeout = DEFAULT_ATTEMPT_TIMEOUT

/** A simulated web chat API at this base URL. */
export const webchatAt = (baseUrl: string): Demo<{ readonly dialect: "webchat" } & CXoneSettings["Service"]> => ({
  baseUrl,
  cxone: {
    dialect: "webchat",
    baseUrl,
    clientId: simulatorClientId,
    clientSecret: Redacted.make(simulatorClientSecret),
    attemptTimeout
  },
  queues: { salesQueueId, supportQueueId },
  agentId
})

/** A simulated Digital Engagement API at this base URL. */
export const digitalAt = (baseUrl: string): Demo<{ readonly dialect: "digital" } & DigitalSettings["Service"]> => ({
  baseUrl,
  cxone: {
    dialect: "digital",
    issuer: baseUrl,
    clientId: digitalClientId,
    clientSecret: Redacted.make(digitalClientSecret),
    accessKeyId: digitalAccessKeyId,
    accessKeySecret: Redacted.make(digitalAccessKeySecret),
    channelId: digitalChannelId,
    contact: "open",
    intentField: DEFAULT_INTENT_FIELD,
    acdVersion: DEFAULT_ACD_VERSION,
    attemptTimeout
  },
  queues: { salesQueueId: salesSkillId, supportQueueId: supportSkillId },
  agentId: digitalAgentId
})

type Start<A> = (options: { readonly anyTarget: boolean }) => Effect.Effect<A, HttpServerError.ServeError, Scope.Scope>

const webchat: Start<ReturnType<typeof webchatAt>> = (options) =>
  Effect.map(Layer.build(CXoneSimulator.layer(options)), (context) =>
    webchatAt(Context.get(context, CXoneSimulator).baseUrl)
  )

const digital: Start<ReturnType<typeof digitalAt>> = (options) =>
  Effect.map(Layer.build(DigitalSimulator.layer(options)), (context) =>
    digitalAt(Context.get(context, DigitalSimulator).baseUrl)
  )

/** Starts the simulator of a dialect, for as long as the scope is open. Fails with `ServeError` when it cannot listen. */
export const simulators = { webchat, digital }
