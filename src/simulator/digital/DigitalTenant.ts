import type { DigitalAgent, DigitalQueue, DigitalSimulatorOptions } from "./DigitalOptions.ts"
import type { Activity, Channel, FieldDefinition } from "./DigitalRecords.ts"
import type { DigitalTarget } from "./DigitalState.ts"
import type { DigitalOperation } from "./Operation.ts"

/** True for the number of a skill, an agent or a contact. */
export const isNumber = (id: string): boolean => /^[1-9]\d*$/.test(id)

const byId = <A extends { readonly id: string }>(list: ReadonlyArray<A>) => new Map(list.map((one) => [one.id, one]))

/** Makes a tenant of CXone. It starts as the options say. Controls and provider states may change it until a reset. */
export const makeDigitalTenant = (options: Required<DigitalSimulatorOptions>) => {
  const { anyTarget, credentials } = options
  let { tenantId } = options
  const clients = new Map<string, string>()
  const accessKeys = new Map<string, string>()
  const secrets = new Set<string>()
  const channels = new Map<string, Channel>()
  const hours = byId(options.hours)
  const queues = new Map<string, DigitalQueue>()
  const agents = new Map<string, DigitalAgent>()
  const fields = new Map<string, FieldDefinition>()
  const activity = new Map<string, Activity>()
  const denied = new Set<DigitalOperation>()

  const conceal = (secret: string): void => {
    const spellings = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
    for (const spelling of spellings) if (spelling !== "") secrets.add(spelling)
  }

  const allowClient = (id: string, secret: string): void => {
    clients.set(id, secret)
    conceal(secret)
    conceal(Buffer.from(`${id}:${secret}`).toString("base64"))
  }

  const allowAccessKey = (id: string, secret: string): void => {
    accessKeys.set(id, secret)
    conceal(secret)
  }

  const setFields = (definitions: ReadonlyArray<FieldDefinition>): void => {
    fields.clear()
    for (const definition of definitions) fields.set(definition.ident, definition)
  }

  const reset = (): void => {
    for (const part of [clients, accessKeys, secrets, channels, queues, agents, activity, denied]) part.clear()
    tenantId = options.tenantId
    for (const channel of options.channels) channels.set(channel.id, channel)
    allowClient(credentials.clientId, credentials.clientSecret)
    allowAccessKey(credentials.accessKeyId, credentials.accessKeySecret)
    for (const queue of options.queues) queues.set(queue.id, queue)
    for (const agent of options.agents) agents.set(agent.id, agent)
    for (const [skill, value] of Object.entries(options.activity)) activity.set(skill, value)
    for (const operation of options.denied) denied.add(operation)
    setFields(options.fields)
  }

  reset()
  return {
    /** Its id. */
    id: () => tenantId,
    /** Gives it another id. */
    rename: (id: string): void => {
      tenantId = id
    },
    /** By id. */
    channels,
    hours,
    /** Skills by number and routing queues by GUID. */
    queues,
    /** By UUID. */
    agents,
    /** By ident. */
    fields,
    setFields,
    /** By the skill's number. */
    activity,
    /** The operations that are answered 403. */
    denied,
    /** The secrets of all clients and access keys: as they are, percent-encoded, in JSON, and in a `Basic` header. */
    secrets,
    /** Adds an OAuth client that gets tokens. */
    allowClient,
    /** Adds an access key that gets tokens. */
    allowAccessKey,
    isClient: (id: string, secret: string): boolean => clients.get(id) === secret,
    isAccessKey: (id: string, secret: string): boolean => accessKeys.get(id) === secret,
    /** The UUID of the agent with this number. */
    agentNumbered: (number: number): string | undefined =>
      Array.from(agents.values()).find((agent) => agent.number === number)?.id,
    has: ({ id, type }: DigitalTarget): boolean => {
      if (anyTarget) return true
      return type === "agent" ? agents.has(id) : queues.has(id) && queues.get(id)?.isDeleted !== true
    },
    reset
  }
}

/** A tenant with the Digital Engagement API. */
export type DigitalTenant = ReturnType<typeof makeDigitalTenant>
