import { Effect, Schema } from "effect"
import { jsonAnswer } from "../core/Answer.ts"
import type { Handler } from "../core/Dialect.ts"
import { jsonBody } from "../core/Incoming.ts"
import { Teardown } from "../core/providerState.ts"
import { hasEnded } from "./Contacts.ts"
import type { Digital } from "./Digital.ts"
import type { DigitalControls } from "./DigitalControls.ts"
import type { ContactStatus, DigitalTarget } from "./DigitalState.ts"
import { Setup } from "./providerState.ts"

/** Pact's verifier posts this before and after each interaction, for each of its states. */
const changeBody = jsonBody(Schema.Union([Setup, Teardown]))

const done = jsonAnswer(200, {})

interface User {
  readonly channelId: string
  readonly userId: string
}

interface Contact extends User {
  readonly contactId: string
}

/** Makes what the states are made of: each is one synchronous step. */
const makeSteps = ({ contacts, messages, tenant }: Digital) => {
  const closeAll = ({ channelId, userId }: User): void => {
    for (const contact of contacts.contacts()) {
      const isTheirs = contact.authorId === userId && contact.channelId === channelId
      if (isTheirs && !hasEnded(contact)) contacts.setStatus(contact.number, "closed")
    }
  }

  const create = ({ channelId, userId }: User, number?: string, status?: ContactStatus) =>
    contacts.create({ channelId, threadId: userId, authorId: userId, authorName: null }, number, status).number

  /** The user's only active contact. */
  const only = (contact: Contact): string => {
    closeAll(contact)
    return create(contact, contact.contactId)
  }

  const addAgent = (number: string): string => {
    const there = tenant.agentNumbered(Number(number))
    if (there === undefined) tenant.agents.set(number, { id: number, name: "Agent", number: Number(number) })
    return there ?? number
  }

  return {
    closeAll,
    only,
    onlyAt: (contact: Contact, type: DigitalTarget["type"], id: string) => contacts.route(only(contact), { type, id }),
    closed: (contact: Contact) => contacts.setStatus(only(contact), "closed"),
    several: (user: User, count: number) => {
      closeAll(user)
      for (let left = count; left > 0; left--) create(user)
    },
    message: ({ messageId: id, ...contact }: Contact & { readonly messageId: string }) => {
      const { channelId, userId } = contact
      const contactNumber = only(contact)
      messages.add({ id, channelId, threadId: userId, authorId: userId, contactNumber, text: "Hello" })
    },
    addQueue: (id: string) => tenant.queues.set(id, { id, name: tenant.queues.get(id)?.name ?? "Queue" }),
    addAgent,
    removeAgent: (number: string) => {
      for (let id = tenant.agentNumbered(+number); id !== undefined; id = tenant.agentNumbered(+number)) {
        tenant.agents.delete(id)
      }
    }
  }
}

/**
 * Makes the endpoint that arranges the states of the pact with CXone. A teardown puts everything back to the start, and
 * ends all tokens, since a state may have issued one.
 */
export const makeDigitalProviderStates = (digital: Digital, controls: DigitalControls): Handler => {
  const { contacts, messages, simulation, tenant } = digital
  const { changed, faults, tokens } = simulation
  const steps = makeSteps(digital)

  const arrange = ({ params, state }: typeof Setup.Type): unknown => {
    switch (state) {
      case "an OAuth client":
        return tenant.allowClient(params.clientId, params.clientSecret)
      case "an access key":
        return tenant.allowAccessKey(params.accessKeyId, params.accessKeySecret)
      case "a tenant":
        return tenant.rename(params.tenantId)
      case "a valid access token":
        return tokens.issue(params.accessToken)
      case "a revoked access token":
        return tokens.revoke(params.accessToken)
      case "an access token without a permission":
        tokens.issue(params.accessToken)
        return tenant.denied.add(params.operation)
      case "a channel":
        return tenant.channels.set(params.channelId, { id: params.channelId, name: "Cognigy" })
      case "no channel":
        return tenant.channels.delete(params.channelId)
      case "a custom field":
        return tenant.fields.set(params.ident, { ident: params.ident, label: params.ident, type: "text" })
      case "no active contact":
        return steps.closeAll(params)
      case "an active contact":
        return steps.only(params)
      case "several pages of active contacts":
        return steps.several(params, params.count)
      case "a closed contact":
        return steps.closed(params)
      case "no contact":
        return contacts.remove(params.contactId)
      case "a contact at a skill":
        return steps.onlyAt(params, "queue", params.skillId)
      case "a contact at a routing queue":
        return steps.onlyAt(params, "queue", params.queueId)
      case "a contact with an agent":
        return steps.onlyAt(params, "agent", params.agentId)
      case "a contact with an agent by number":
        return steps.onlyAt(params, "agent", steps.addAgent(params.agentNumber))
      case "a message":
        return steps.message(params)
      case "no message":
        return messages.forget(params.channelId, params.messageId)
      case "a skill":
        return steps.addQueue(params.skillId)
      case "no skill":
        return tenant.queues.delete(params.skillId)
      case "a routing queue":
        return steps.addQueue(params.queueId)
      case "no routing queue":
        return tenant.queues.delete(params.queueId)
      case "an agent":
        return tenant.agents.set(params.agentId, {
          name: "Agent",
          ...tenant.agents.get(params.agentId),
          id: params.agentId
        })
      case "no agent":
        return tenant.agents.delete(params.agentId)
      case "an agent by number":
        return steps.addAgent(params.agentNumber)
      case "no agent by number":
        return steps.removeAgent(params.agentNumber)
      case "a rate limit":
        return faults.order({ ...params, kind: "status", status: 429, share: 1 })
      case "":
        return undefined
    }
  }

  return Effect.fnUntraced(function* (incoming) {
    const change = yield* changeBody(incoming)
    yield* change.action === "teardown"
      ? Effect.andThen(controls.reset, controls.revokeTokens)
      : Effect.sync(() => arrange(change))
    yield* changed
    return done
  })
}
