import type { Simulation } from "../Simulation.ts"
import { type Conversations, makeConversations } from "./Conversations.ts"
import type { Operation } from "./Operation.ts"
import type { SimulatorOptions } from "./SimulatorOptions.ts"
import { makeTenant, type Tenant } from "./Tenant.ts"

/** A simulation with the tenant and the conversations of the web chat API. */
export interface Webchat {
  readonly simulation: Simulation<Operation>
  readonly options: Required<SimulatorOptions>
  readonly tenant: Tenant
  readonly conversations: Conversations
}

/** Adds a tenant as the options say, without conversations, to a simulation. */
export const makeWebchat = (simulation: Simulation<Operation>, options: Required<SimulatorOptions>): Webchat => {
  const tenant = makeTenant(options)
  return { simulation, options, tenant, conversations: makeConversations(simulation.clock, tenant.has) }
}
