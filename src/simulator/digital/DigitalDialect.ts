import { Effect, Result, Schema } from "effect"
import { type Answer, jsonAnswer, type Refusal } from "../core/Answer.ts"
import type { Dialect, Endpoint, Handler, Paths } from "../core/Dialect.ts"
import { type Incoming, param, parseJson } from "../core/Incoming.ts"
import { makeChannelOperations } from "./ChannelOperations.ts"
import { makeContactOperations } from "./ContactOperations.ts"
import { hasEnded } from "./Contacts.ts"
import type { Digital } from "./Digital.ts"
import { makeDirectoryOperations } from "./DirectoryOperations.ts"
import { makeDiscovery, makeToken } from "./Issuer.ts"
import type { DigitalOperation } from "./Operation.ts"
import { permissionMissing, unauthorized } from "./refusals.ts"

/** The most bytes of a body: a transcript comes as one message. */
const MAX_BODY = 256 * 1024

/** The paths that need a token. */
const PROTECTED = /^\/(?:dfo|incontactapi|user-management)\//

const base = "/dfo/3.0"
const acd = "/incontactapi/services/:version"

const makeEndpoints = (digital: Digital): Paths<Endpoint<DigitalOperation>> => {
  const channels = makeChannelOperations(digital)
  const contacts = makeContactOperations(digital)
  const directory = makeDirectoryOperations(digital)
  const handlers = { ...channels, ...contacts, ...directory }

  const permitted = (operation: keyof typeof handlers): Endpoint<DigitalOperation> => ({
    operation,
    handle: (incoming) =>
      Effect.suspend(() =>
        digital.tenant.denied.has(operation) ? Effect.fail(permissionMissing) : handlers[operation](incoming)
      )
  })

  const open = (operation: DigitalOperation, handle: Handler): Endpoint<DigitalOperation> => ({ operation, handle })

  return {
    "/auth/token": { POST: open("token", makeToken(digital)) },
    "/.well-known/cxone-configuration": { GET: open("discovery", makeDiscovery(digital)) },
    [`${base}/channels`]: { GET: permitted("channel") },
    [`${base}/channels/:channelId/messages`]: { POST: permitted("post") },
    [`${base}/channels/:channelId/threads/:threadId/sender-actions`]: { POST: permitted("typing") },
    [`${base}/messages`]: { GET: permitted("message") },
    [`${base}/contacts`]: { GET: permitted("findActive") },
    [`${base}/contacts/:contact`]: { GET: permitted("contact"), PUT: permitted("priority") },
    [`${base}/contacts/:contact/routing-queue`]: { PUT: permitted("routeToQueue") },
    [`${base}/contacts/:contact/inbox-assignment`]: { PUT: permitted("routeToAgent") },
    [`${base}/contacts/:contact/custom-fields`]: { PUT: permitted("label") },
    [`${base}/contacts/:contact/status`]: { PUT: permitted("status") },
    [`${base}/consumer-contact-custom-fields`]: { GET: permitted("fields") },
    [`${base}/routing-queues`]: { GET: permitted("queue") },
    [`${acd}/skills/:id`]: { GET: permitted("skill") },
    [`${acd}/skills/:id/activity`]: { GET: permitted("activity") },
    [`${acd}/hours-of-operation/:id`]: { GET: permitted("hours") },
    "/user-management/v3/users/:id": { GET: permitted("agent") }
  }
}

const Posted = Schema.Struct({ thread: Schema.Struct({ idOnExternalPlatform: Schema.String }) })

const threadOf = (incoming: Incoming): string =>
  incoming.text.pipe(
    Result.flatMap(parseJson),
    Result.flatMap(Schema.decodeUnknownResult(Posted)),
    Result.match({
      onFailure: () => param(incoming, "threadId"),
      onSuccess: ({ thread }) => thread.idOnExternalPlatform
    })
  )

/** Makes the Digital Engagement API of CXone, with its issuer. */
export const makeDigitalDialect = (digital: Digital): Dialect<DigitalOperation> => {
  const { contacts, now, options, simulation, tenant } = digital
  let refusals = 0

  const refused = ({ code, field, headers, message, status }: Refusal): Answer =>
    jsonAnswer(
      code === "bad.request" ? options.invalidStatus : status,
      {
        errors: [{ ...(field === undefined ? {} : { field }), message, parameters: {}, errorCode: code }],
        uid: `simulator-${++refusals}`
      },
      headers
    )

  return {
    endpoints: makeEndpoints(digital),
    admit: (incoming) =>
      Effect.suspend(() => {
        if (!PROTECTED.test(incoming.url)) return Effect.void
        const token = /^Bearer +(\S+)$/i.exec(incoming.headers.authorization ?? "")?.[1]
        return token !== undefined && simulation.tokens.isLive(token) ? Effect.void : Effect.fail(unauthorized)
      }),
    endNamed: (incoming) =>
      Effect.sync(() => {
        const named = contacts.get(param(incoming, "contact"))
        const contact = named ?? contacts.activeIn(param(incoming, "channelId"), threadOf(incoming))
        if (contact !== undefined && !hasEnded(contact)) contacts.setStatus(contact.number, "closed")
      }),
    refused,
    headers: () => ({ date: new Date(now()).toUTCString() }),
    maxBody: MAX_BODY,
    secrets: tenant.secrets,
    secretOperation: "token"
  }
}
