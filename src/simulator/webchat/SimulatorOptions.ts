/** The OAuth client id that the simulator accepts by default. */
export const simulatorClientId = "simulator-client"

/** The OAuth client secret that the simulator accepts by default. */
export const simulatorClientSecret = "simulator-secret"

/** The id of the queue named Sales, which exists by default. */
export const salesQueueId = "5a1e5000-0000-4000-8000-000000000001"

/** The id of the queue named Support, which exists by default. */
export const supportQueueId = "50bb0000-0000-4000-8000-000000000002"

/** The id of the agent that exists by default. */
export const agentId = "a6e27000-0000-4000-8000-000000000003"

/** The service account of the credentials, as `GET /api/v2/users/me` answers. */
export const serviceUser: NamedId = { id: "5e271ce0-0000-4000-8000-000000000004", name: "Cognigy Router" }

/** Every scope that an operation of the simulator needs. */
export const allScopes = [
  "conversations:webchat:create",
  "conversations:webchat:read",
  "conversations:webchat:write",
  "users:read",
  "queues:read"
] as const

/** An OAuth scope. */
export type Scope = (typeof allScopes)[number]

/** A queue or an agent. */
export interface NamedId {
  /** CXone's id for it. */
  readonly id: string
  /** Its name. */
  readonly name: string
}

/** The options of a simulator. Everything has a default. */
export interface SimulatorOptions {
  /** The TCP port to listen on; 0, the default, takes a free one. */
  readonly port?: number
  /** The address to listen on, `127.0.0.1` by default. The control calls are open to every caller that can reach it. */
  readonly host?: string
  /** The OAuth client that gets tokens. */
  readonly credentials?: {
    /** Its id. */
    readonly clientId: string
    /** Its secret. */
    readonly clientSecret: string
  }
  /** Seconds until a token expires (3600). */
  readonly tokenLifetime?: number
  /** The queues that exist (Sales and Support). */
  readonly queues?: ReadonlyArray<NamedId>
  /** The agents that exist (one). */
  readonly agents?: ReadonlyArray<NamedId>
  /** Accepts any queue and agent as a routing target, even one that does not exist (false). */
  readonly anyTarget?: boolean
  /** The scopes that every token has (all). */
  readonly scopes?: ReadonlyArray<Scope>
  /** The status of an accepted routing action: 204 without a body (the default), or 200 with one. */
  readonly actionStatus?: 200 | 204
  /** Accepts any user id, name and labels of a conversation. By default, those that no handover uses are refused (400). */
  readonly anyConversation?: boolean
}

/** The options of a simulator that does not listen. */
export type InProcessOptions = Omit<SimulatorOptions, "port" | "host">

/** Options with every default filled in. */
export const withDefaults = (options: SimulatorOptions): Required<SimulatorOptions> => ({
  port: 0,
  host: "127.0.0.1",
  credentials: { clientId: simulatorClientId, clientSecret: simulatorClientSecret },
  tokenLifetime: 3600,
  queues: [
    { id: salesQueueId, name: "Sales" },
    { id: supportQueueId, name: "Support" }
  ],
  agents: [{ id: agentId, name: "Alex Agent" }],
  anyTarget: false,
  scopes: allScopes,
  actionStatus: 204,
  anyConversation: false,
  ...options
})
