import { Deferred, Effect } from "effect"
import type { Simulation } from "../core/Simulation.ts"
import { makeContacts } from "./Contacts.ts"
import type { DigitalSimulatorOptions } from "./DigitalOptions.ts"
import { makeDigitalTenant } from "./DigitalTenant.ts"
import { makeMessages } from "./Messages.ts"
import type { DigitalOperation } from "./Operation.ts"

/** Adds a tenant as the options say, without contacts, to a simulation. The channel's script runs in the scope of the simulator. */
export const makeDigital = Effect.fnUntraced(function* (
  simulation: Simulation<DigitalOperation>,
  options: Required<DigitalSimulatorOptions>
) {
  const { clock } = simulation
  return {
    simulation,
    options,
    tenant: makeDigitalTenant(options),
    contacts: makeContacts(clock, options),
    messages: makeMessages(clock, options.messageLag),
    /** The time of CXone's clock, in milliseconds since 1970. */
    now: () => clock.currentTimeMillisUnsafe() + options.clockSkew,
    /** The start of all URLs, known once the simulator listens. */
    baseUrl: yield* Deferred.make<string>(),
    scope: yield* Effect.scope
  }
})

/** A simulation with the tenant, the contacts and the messages of the Digital Engagement API. */
export type Digital = Effect.Success<ReturnType<typeof makeDigital>>
