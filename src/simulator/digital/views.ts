/** How the Digital Engagement API shows a contact. */
import type { Schema } from "effect"
import type { Digital } from "./Digital.ts"
import type { DigitalContact } from "./DigitalState.ts"

/** Makes the view of contacts, with times of CXone's clock. */
export const makeContactView = ({ options }: Digital) => {
  const createdAt = (at: number) => {
    const text = new Date(at + options.clockSkew).toISOString()
    return options.createdAt === "seconds" ? `${text.slice(0, 19)}+00:00` : text
  }

  return (contact: DigitalContact): Readonly<Record<string, Schema.Json>> => ({
    id: contact.number,
    status: contact.status,
    ...(options.createdAt === "absent" ? {} : { createdAt: createdAt(contact.createdAt) }),
    channelId: contact.channelId,
    threadIdOnExternalPlatform: contact.threadId,
    endUserIdOnExternalPlatform: contact.authorId,
    routingQueuePriority: contact.priority,
    customFields: Object.entries(contact.customFields).map(([ident, value]) => ({ ident, value }))
  })
}
