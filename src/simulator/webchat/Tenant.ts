import type { Scope, SimulatorOptions } from "./SimulatorOptions.ts"
import type { ConversationTarget } from "./SimulatorState.ts"

/** Makes a tenant of CXone. It starts as the options say. Provider states may change it until a reset. */
export const makeTenant = ({ agents, anyTarget, credentials, queues, scopes }: Required<SimulatorOptions>) => {
  const clients = new Map<string, string>()
  /** The names, by id. */
  const names = { queue: new Map<string, string>(), agent: new Map<string, string>() }
  const secrets = new Set<string>()
  const granted = new Set<Scope>()

  const allow = (clientId: string, secret: string): void => {
    clients.set(clientId, secret)
    const spellings = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
    for (const spelling of spellings) if (spelling !== "") secrets.add(spelling)
  }

  const reset = (): void => {
    for (const part of [clients, secrets, granted, names.queue, names.agent]) part.clear()
    allow(credentials.clientId, credentials.clientSecret)
    for (const scope of scopes) granted.add(scope)
    for (const { id, name } of queues) names.queue.set(id, name)
    for (const { id, name } of agents) names.agent.set(id, name)
  }

  reset()
  return {
    names,
    /** The secrets of all OAuth clients: as they are, percent-encoded, and as JSON escapes them. */
    secrets,
    /** The scopes that every token has. */
    scopes: granted,
    /** Adds an OAuth client that gets tokens. */
    allow,
    isClient: (clientId: string | undefined, secret: string | undefined): boolean =>
      clientId !== undefined && secret !== undefined && clients.get(clientId) === secret,
    has: ({ id, type }: ConversationTarget): boolean => anyTarget || names[type].has(id),
    reset
  }
}
