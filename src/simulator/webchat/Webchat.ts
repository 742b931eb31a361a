import type { Simulation } from "../core/Simulation.ts"
import { makeConversations } from "./Conversations.ts"
import type { Operation } from "./Operation.ts"
import type { SimulatorOptions } from "./SimulatorOptions.ts"
import { makeTenant } from "./Tenant.ts"

/** Adds a tenant as the options say, without conversations, to a simulation. */
export const makeWebchat = (simulation: Simulation<Operation>, options: Required<SimulatorOptions>) => {
  const tenant = makeTenant(options)
  return { simulation, options, tenant, conversations: makeConversations(simulation.clock, tenant.has) }
}

/** A simulation with the tenant and the conversations of the web chat API. */
export type Webchat = ReturnType<typeof makeWebchat>
