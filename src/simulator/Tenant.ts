import type { Scope, SimulatorOptions } from "./SimulatorOptions.ts"
import type { ConversationTarget } from "./SimulatorState.ts"

/** What a tenant of CXone is set up with. It starts as the options say; provider states may change it until a reset. */
export interface Tenant {
  /** The secrets of OAuth clients, by client id. */
  readonly clients: Map<string, string>
  /** The scopes that every token carries. */
  readonly scopes: Set<Scope>
  /** The names of queues, by id. */
  readonly queues: Map<string, string>
  /** The ids of agents. */
  readonly agents: Set<string>
  readonly has: (target: ConversationTarget) => boolean
  readonly reset: () => void
}

/** Makes a tenant. */
export const makeTenant = ({ agents, credentials, queues, scopes }: Required<SimulatorOptions>): Tenant => {
  const tenant: Tenant = {
    clients: new Map(),
    scopes: new Set(),
    queues: new Map(),
    agents: new Set(),
    has: ({ id, type }) => tenant[type === "queue" ? "queues" : "agents"].has(id),
    reset: () => {
      for (const part of [tenant.clients, tenant.scopes, tenant.queues, tenant.agents]) part.clear()
      tenant.clients.set(credentials.clientId, credentials.clientSecret)
      for (const scope of scopes) tenant.scopes.add(scope)
      for (const { id, name } of queues) tenant.queues.set(id, name)
      for (const { id } of agents) tenant.agents.add(id)
    }
  }
  tenant.reset()
  return tenant
}
