import type { NamedId } from "../webchat/SimulatorOptions.ts"
import type { Activity, Channel, FieldDefinition, HoursProfile } from "./DigitalRecords.ts"
import type { DigitalOperation } from "./Operation.ts"

/** The id of the OAuth client that exists by default. */
export const digitalClientId = "simulator-digital-client"

/** The secret of the OAuth client that exists by default. */
export const digitalClientSecret = "simulator-digital-client-secret"

/** The id of the access key that exists by default. */
export const digitalAccessKeyId = "SIMULATORACCESSKEY"

/** The secret of the access key that exists by default. */
export const digitalAccessKeySecret = "simulator-access-key-secret"

/** The tenant's id by default. */
export const digitalTenantId = "7e2a2700-0000-4000-8000-000000000006"

/** The id of the channel that exists by default. */
export const digitalChannelId = "byoc_c4a22e10-0000-4000-8000-000000000007"

/** The number of the skill named Sales, which exists by default. */
export const salesSkillId = "4001"

/** The number of the skill named Support, which exists by default. */
export const supportSkillId = "4002"

/** The GUID of the routing queue that exists by default. */
export const routingQueueId = "90e5e000-0000-4000-8000-000000000008"

/** The UUID of the agent that exists by default. */
export const digitalAgentId = "a6e27000-0000-4000-8000-000000000009"

/** The number of the agent that exists by default: 70010. */
export const digitalAgentNumber = 70010

/** The number of the profile of opening hours that exists by default. */
export const hoursProfileId = "1"

/** An agent. Calls name them by UUID or by number. */
export interface DigitalAgent extends NamedId {
  /** The number in place of the UUID, with digits alone, as the other form of an assignment names the agent. */
  readonly number?: number
}

/** A skill or a routing queue. */
export interface DigitalQueue extends NamedId {
  /** Whether the routing queue is deleted: look-ups show it, and nothing can be routed to it (false). */
  readonly isDeleted?: boolean
}

/** The options of a simulator of the Digital Engagement API. Everything has a default. Where nobody knows what CXone does, an option says it. */
export interface DigitalSimulatorOptions {
  /** The TCP port to listen on; 0, the default, takes a free one. */
  readonly port?: number
  /** The address to listen on, `127.0.0.1` by default. The control calls are open to every caller that can reach it. */
  readonly host?: string
  /** The OAuth client and the access key that get tokens. */
  readonly credentials?: {
    /** The client's id. */
    readonly clientId: string
    /** The client's secret. */
    readonly clientSecret: string
    /** The access key's id. */
    readonly accessKeyId: string
    /** The access key's secret. */
    readonly accessKeySecret: string
  }
  /** The tenant's id. */
  readonly tenantId?: string
  /** Seconds until a token expires (3600). */
  readonly tokenLifetime?: number
  /** The status of refused credentials (401). */
  readonly refusedStatus?: 400 | 401
  /** The operations that the employee's role may not do: they are answered 403 (none). */
  readonly denied?: ReadonlyArray<DigitalOperation>
  /** The channels that exist (one). */
  readonly channels?: ReadonlyArray<Channel>
  /** The queues that exist: skills by number, routing queues by GUID (the skills Sales and Support, one routing queue). */
  readonly queues?: ReadonlyArray<DigitalQueue>
  /** The agents that exist (one). */
  readonly agents?: ReadonlyArray<DigitalAgent>
  /** Accepts any queue and agent as a target, even one that does not exist (false). */
  readonly anyTarget?: boolean
  /** The custom fields of contacts (`cognigy_intent`, `email`, `phone`). */
  readonly fields?: ReadonlyArray<FieldDefinition>
  /** The activity of skills by number; other skills have one agent available. */
  readonly activity?: Readonly<Record<string, Activity>>
  /** Whether agents of digital skills are counted (true); otherwise no agent is. */
  readonly digitalAgentsCounted?: boolean
  /** The profiles of opening hours (one, `1`). */
  readonly hours?: ReadonlyArray<HoursProfile>
  /** The form of opening hours: a list of days, or the same inside of `resultSet` with texts for truth values. */
  readonly hoursAs?: "days" | "resultSet"
  /** The status of an accepted message (200). */
  readonly messageStatus?: 200 | 201 | 202
  /** The status of a change that succeeds, without a body (204). */
  readonly successStatus?: 200 | 202 | 204
  /** The status of a request that is not what the operation takes (400). */
  readonly invalidStatus?: 400 | 422
  /** What comes of a message with an id that came already: the same answer, an error, or a second message (`same`). */
  readonly repeatedMessage?: "same" | 409 | 422 | "second"
  /** The status of the answer to a change of a contact that has ended; 200 means `successStatus`, without effect (404). */
  readonly closedPut?: 404 | 409 | 200
  /** The status when a skill, a queue or an agent does not exist (404). */
  readonly unknownTarget?: 400 | 404 | 422
  /** The status when a contact is at its target already; 204 means `successStatus` (204). */
  readonly alreadyThere?: 204 | 409
  /** Whether a message joins a contact that is resolved; otherwise it makes a new one (true). */
  readonly resolvedJoins?: boolean
  /** Whether `contact.skillId` of a message queues a new contact at that skill (false). */
  readonly skillIdTaken?: boolean
  /** What comes of a custom field that is not defined: the whole request is refused, or the field left out (`refused`). */
  readonly unknownField?: "refused" | "ignored"
  /** The channel's script, which queues each new contact once, wherever it is by then (none). */
  readonly script?:
    | undefined
    | {
        /** Milliseconds from the message to the queue; 0 is before its answer. */
        readonly afterMillis: number
        /** The skill's number; by default the channel's own. */
        readonly skillId?: string
      }
  /** Milliseconds until the search for contacts shows a change (0). */
  readonly searchLag?: number
  /** Milliseconds until a message is found by its id (0). */
  readonly messageLag?: number
  /** The order of contacts that are found (`newest` first). */
  readonly searchOrder?: "newest" | "oldest"
  /** Whether the last page of a search has a `scrollToken` too, to an empty page (false). */
  readonly lastScrollToken?: boolean
  /** The form of a contact's `createdAt`: in whole seconds, with milliseconds, or not there at all (`seconds`). */
  readonly createdAt?: "seconds" | "milliseconds" | "absent"
  /** Milliseconds that CXone's clock is ahead of the one here; less than 0, behind it (0). */
  readonly clockSkew?: number
  /** The number of updates of one contact that may come at once (250). */
  readonly contactBurst?: number
  /** The number of further updates of one contact in a minute (17). */
  readonly contactRefill?: number
  /** Whether 429 says in `Retry-After` when to try again, in whole seconds (true). */
  readonly retryAfter?: boolean
}

/** The options of a simulator that does not listen. */
export type DigitalSimulatorInProcessOptions = Omit<DigitalSimulatorOptions, "port" | "host">

const workingDays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]

const hours: HoursProfile = {
  id: hoursProfileId,
  days: [...workingDays, "Saturday", "Sunday"].map((day) => ({
    day,
    openTime: "08:00:00",
    closeTime: "18:00:00",
    isClosedAllDay: !workingDays.includes(day)
  })),
  holidays: []
}

/** Options with every default filled in. */
export const withDigitalDefaults = (options: DigitalSimulatorOptions): Required<DigitalSimulatorOptions> => ({
  port: 0,
  host: "127.0.0.1",
  credentials: {
    clientId: digitalClientId,
    clientSecret: digitalClientSecret,
    accessKeyId: digitalAccessKeyId,
    accessKeySecret: digitalAccessKeySecret
  },
  tenantId: digitalTenantId,
  tokenLifetime: 3600,
  refusedStatus: 401,
  denied: [],
  channels: [{ id: digitalChannelId, name: "Cognigy", defaultSkillId: Number(supportSkillId) }],
  queues: [
    { id: salesSkillId, name: "Sales" },
    { id: supportSkillId, name: "Support" },
    { id: routingQueueId, name: "Priority customers" }
  ],
  agents: [{ id: digitalAgentId, name: "Alex Agent", number: digitalAgentNumber }],
  anyTarget: false,
  fields: [
    { ident: "cognigy_intent", label: "Intent", type: "text" },
    { ident: "email", label: "E-mail", type: "text" },
    { ident: "phone", label: "Phone", type: "text" }
  ],
  activity: {},
  digitalAgentsCounted: true,
  hours: [hours],
  hoursAs: "days",
  messageStatus: 200,
  successStatus: 204,
  invalidStatus: 400,
  repeatedMessage: "same",
  closedPut: 404,
  unknownTarget: 404,
  alreadyThere: 204,
  resolvedJoins: true,
  skillIdTaken: false,
  unknownField: "refused",
  script: undefined,
  searchLag: 0,
  messageLag: 0,
  searchOrder: "newest",
  lastScrollToken: false,
  createdAt: "seconds",
  clockSkew: 0,
  contactBurst: 250,
  contactRefill: 17,
  retryAfter: true,
  ...options
})
