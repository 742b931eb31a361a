/** What the interactions of the digital dialect speak of: ids, states, and the parts that many requests share. */
import { type Interaction, isJson, Match, state } from "../mock.ts"

/** The ids that the interactions speak of. */
export const example = {
  clientId: "router-client",
  clientSecret: "router-secret",
  accessKeyId: "ROUTERACCESSKEY",
  accessKeySecret: "router-access-key-secret",
  accessToken: "valid-access-token",
  revokedToken: "revoked-access-token",
  tenantId: "7e2a2700-0000-4000-8000-000000000006",
  channelId: "byoc_c4a22e10-0000-4000-8000-000000000007",
  unknownChannelId: "byoc_00000000-0000-4000-8000-00000000dead",
  contactId: "700001",
  /** Numbers that no tenant has: one call would close the contact. */
  unknownContactId: "9007199254740990",
  /** Also the id of the thread. */
  userId: "cognigy_anna",
  /** The same user's without our prefix, as other programs may have opened their contacts. */
  bareUserId: "anna",
  /** Every character of it must reach CXone as it is. */
  awkwardUserId: "cognigy_Zoë/50% a_b&c=d+e",
  intent: "transfer_to_sales",
  intentField: "cognigy_intent",
  skillId: "4001",
  queueId: "90e5e000-0000-4000-8000-000000000008",
  agentId: "a6e27000-0000-4000-8000-000000000009",
  agentNumber: "70010",
  unknownNumber: "2147483646",
  unknownId: "00000000-0000-4000-8000-00000000dead",
  /** The version of the ACD's API. */
  acdVersion: "v30.0"
}

const { accessToken, channelId, contactId, revokedToken, userId } = example

/** The states of CXone. Their parameters say all that must hold before the request. */
export const states = {
  client: state("an OAuth client", { clientId: example.clientId, clientSecret: example.clientSecret }),
  accessKey: state("an access key", {
    accessKeyId: example.accessKeyId,
    accessKeySecret: example.accessKeySecret
  }),
  tenant: state("a tenant", { tenantId: example.tenantId }),
  token: state("a valid access token", { accessToken }),
  revoked: state("a revoked access token", { accessToken: revokedToken }),
  denied: (operation: string) => state("an access token without a permission", { accessToken, operation }),
  limit: (operation: string) => state("a rate limit", { operation, retryAfter: 30 }),
  channel: state("a channel", { channelId }),
  noChannel: state("no channel", { channelId: example.unknownChannelId }),
  noMessage: (messageId: string) => state("no message", { channelId, messageId }),
  message: (messageId: string) => state("a message", { channelId, messageId, contactId, userId }),
  field: state("a custom field", { ident: example.intentField }),
  noContact: (user = userId) => state("no active contact", { channelId, userId: user }),
  contact: (user = userId) => state("an active contact", { contactId, channelId, userId: user }),
  closed: state("a closed contact", { contactId, channelId, userId }),
  noSuchContact: state("no contact", { contactId: example.unknownContactId }),
  skill: state("a skill", { skillId: example.skillId }),
  noSkill: state("no skill", { skillId: example.unknownNumber }),
  queue: state("a routing queue", { queueId: example.queueId }),
  noQueue: state("no routing queue", { queueId: example.unknownId }),
  agent: state("an agent", { agentId: example.agentId }),
  noAgent: state("no agent", { agentId: example.unknownId }),
  agentByNumber: state("an agent by number", { agentNumber: example.agentNumber }),
  noAgentByNumber: state("no agent by number", { agentNumber: example.unknownNumber })
}

/** Requests ask for JSON: some paths answer XML otherwise. */
const acceptsJson = { Accept: "application/json" }

const bearer = (token = accessToken) => ({ Authorization: `Bearer ${token}` })

/** A request without a body. */
export const get = (path: Interaction["withRequest"]["path"], query = {}, token?: string) => ({
  method: "GET",
  path,
  query,
  headers: { ...acceptsJson, ...bearer(token) }
})

/** A request with a body. */
export const send = (
  method: "POST" | "PUT",
  path: Interaction["withRequest"]["path"],
  body: NonNullable<Interaction["withRequest"]["body"]>,
  token?: string
) => ({ method, path, headers: { ...acceptsJson, ...bearer(token), ...isJson }, body })

/** An answer with JSON. */
export const answers = (body: NonNullable<Interaction["willRespondWith"]["body"]>, status = 200) => ({
  status,
  headers: isJson,
  body
})

/** An answer whose body does not matter: any success. The example is the one that the mock server answers. */
export const accepted = (status: 200 | 202 | 204 = 204) => ({ status: Match.matchStatus(status, [200, 201, 202, 204]) })

/** An answer with one of these statuses; the first is the one that the mock server answers. */
export const oneOf = (first: number, ...others: ReadonlyArray<number>) => ({
  status: Match.matchStatus(first, [first, ...others].sort())
})

/** The number of a contact, an agent or a skill, as a text or not. */
export const number = (value: string) => Match.regex("^[1-9][0-9]*$", value)

/** The path of a contact. */
export const contactPath = (rest = "", id = contactId) =>
  Match.regex(`^/dfo/3\\.0/contacts/[1-9][0-9]*${rest}$`, `/dfo/3.0/contacts/${id}${rest}`)

/** The answer to a token that CXone no longer takes. */
export const unauthorized = { status: 401 }

/** The answer to a role that lacks a permission. Firewalls have no JSON. */
export const forbidden = answers({}, 403)

/** The answer over the rate limit. */
export const limited = { status: 429, headers: { "Retry-After": Match.regex("^\\d+$", "30") } }
