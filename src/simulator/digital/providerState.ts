import { Schema } from "effect"
import { setup } from "../core/providerState.ts"
import { DigitalOperation } from "./Operation.ts"

const text = Schema.NonEmptyString
const number = Schema.String.check(Schema.isPattern(/^[1-9]\d{0,15}$/, { expected: "digits" }))

const accessToken = { accessToken: text }
const user = { channelId: text, userId: text }
const contact = { ...user, contactId: number }
const message = { channelId: text, messageId: text }
const skill = { skillId: number }
const queue = { queueId: text }
const agent = { agentId: text }
const agentByNumber = { agentNumber: number }

/** Every state that the pact with CXone names, with its parameters. */
export const Setup = Schema.Union([
  setup("an OAuth client", { clientId: text, clientSecret: text }),
  setup("an access key", { accessKeyId: text, accessKeySecret: text }),
  setup("a tenant", { tenantId: text }),
  setup("a valid access token", accessToken),
  setup("a revoked access token", accessToken),
  setup("an access token without a permission", { ...accessToken, operation: DigitalOperation }),
  setup("a channel", { channelId: text }),
  setup("no channel", { channelId: text }),
  setup("a custom field", { ident: text }),
  setup("no active contact", user),
  setup("an active contact", contact),
  setup("several pages of active contacts", {
    ...user,
    count: Schema.Int.check(Schema.isBetween({ minimum: 26, maximum: 1000 })),
    scrollToken: Schema.Literal("scroll-25")
  }),
  setup("a closed contact", contact),
  setup("no contact", { contactId: number }),
  setup("a contact at a skill", { ...contact, ...skill }),
  setup("a contact at a routing queue", { ...contact, ...queue }),
  setup("a contact with an agent", { ...contact, ...agent }),
  setup("a contact with an agent by number", { ...contact, ...agentByNumber }),
  setup("a message", { ...contact, ...message }),
  setup("no message", message),
  setup("a skill", skill),
  setup("no skill", skill),
  setup("a routing queue", queue),
  setup("no routing queue", queue),
  setup("an agent", agent),
  setup("no agent", agent),
  setup("an agent by number", agentByNumber),
  setup("no agent by number", agentByNumber),
  setup("a rate limit", { operation: DigitalOperation, retryAfter: Schema.Natural }),
  // The verifier sends this for an interaction without states.
  setup("", {})
])
