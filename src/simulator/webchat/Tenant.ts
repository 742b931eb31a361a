import type { Scope, SimulatorOptions } from "./SimulatorOptions.ts"
import type { ConversationTarget } from "./SimulatorState.ts"

/** The setup of a tenant of CXone. It starts as the options say. Provider states may change it until a reset. */
export interface Tenant {
  /** Adds an OAuth client that gets tokens. */
  readonly allow: (clientId: string, clientSecret: string) => void
  readonly isClient: (clientId: string | undefined, clientSecret: string | undefined) => boolean
  /** The secrets of all OAuth clients: as they are, percent-encoded, and as JSON escapes them. */
  readonly secrets: ReadonlySet<string>
  /** The scopes that every token has. */
  readonly scopes: Set<Scope>
  /** The names of queues, by id. */
  readonly queues: Map<string, string>
  /** The names of agents, by id. */
  readonly agents: Map<string, string>
  readonly has: (target: ConversationTarget) => boolean
  readonly reset: () => void
}

/** Makes a tenant. */
export const makeTenant = ({ agents, anyTarget, credentials, queues, scopes }: Required<SimulatorOptions>): Tenant => {
  const clients = new Map<string, string>()
  const secrets = new Set<string>()
  const tenant: Tenant = {
    allow: (clientId, secret) => {
      clients.set(clientId, secret)
      const spellings = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
      for (const spelling of spellings) if (spelling !== "") secrets.add(spelling)
    },
    isClient: (clientId, secret) => clientId !== undefined && secret !== undefined && clients.get(clientId) === secret,
    secrets,
    scopes: new Set(),
    queues: new Map(),
    agents: new Map(),
    has: ({ id, type }) => anyTarget || tenant[type === "queue" ? "queues" : "agents"].has(id),
    reset: () => {
      for (const part of [clients, secrets, tenant.scopes, tenant.queues, tenant.agents]) part.clear()
      tenant.allow(credentials.clientId, credentials.clientSecret)
      for (const scope of scopes) tenant.scopes.add(scope)
      for (const { id, name } of queues) tenant.queues.set(id, name)
      for (const { id, name } of agents) tenant.agents.set(id, name)
    }
  }
  tenant.reset()
  return tenant
}
