/** The states of the digital pact that the Digital Engagement API itself can bring about. */
import { Effect, Option, Result, Schedule, Schema } from "effect"
import { ResourceNotFound } from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import { ContactNumber } from "../../../src/cxone/digital/Contact.ts"
import type { Contacts } from "../../../src/cxone/digital/Contacts.ts"
import type { Messages } from "../../../src/cxone/digital/Messages.ts"
import type { TenantDirectory } from "../../../src/cxone/digital/TenantDirectory.ts"
import type { Target } from "../../../src/domain/Target.ts"
import type { StateChange } from "../support/front.ts"
import type { Connection, Cxone } from "./Cxone.ts"
import { Unarranged } from "./Failure.ts"
import { freshMessage, freshUser } from "./freshUser.ts"
import { asItIs, makeKnown, makeWithin, type OwnState, type OwnStates } from "./OwnStates.ts"
import { makeMemory } from "./Provider.ts"
import type { DigitalVerification } from "./Settings.ts"

/** Calls of the Digital Engagement API with an access token of their own. */
export interface DigitalConnection extends Connection {
  readonly contacts: Contacts["Service"]
  readonly directory: TenantDirectory["Service"]
  readonly messages: Messages["Service"]
}

/** Between look-ups of what CXone lists with a delay. */
const untilListed = Schedule.spaced("250 millis").pipe(Schedule.upTo({ duration: "5 seconds" }))

const decodeOpened = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ consumerContact: Schema.Struct({ id: ContactNumber }) }))
)

/** Makes the states over a connection. Contacts that were opened are closed when the interaction is over. */
export const makeDigitalStates = Effect.fnUntraced(function* (
  cxone: Cxone,
  settings: DigitalVerification,
  connection: DigitalConnection
) {
  const { agentId = "", agentNumber = "", queueId = "", skillId = "" } = settings
  const { channelId = "", intentField, tenantId = "" } = settings.digital
  const { contacts, directory, messages } = connection
  const { patience } = cxone
  const within = yield* makeWithin(cxone, connection)
  const unlessOpeningFails = makeMemory(() => true)
  const skillIsKnown = yield* makeKnown("CXONE_SKILL_ID", directory.skill(skillId), patience)
  const queueIsKnown = yield* makeKnown("CXONE_QUEUE_ID", directory.queue(queueId), patience)
  const agentIsKnown = yield* makeKnown("CXONE_AGENT_ID", directory.user(agentId), patience)
  const channelIsKnown = yield* makeKnown(
    "CXONE_CHANNEL_ID",
    Effect.filterOrFail(
      directory.channel(channelId),
      Option.isSome,
      () => new ResourceNotFound({ operation: "channel" })
    ),
    patience
  )
  const fieldIsKnown = yield* directory.fields().pipe(
    within("the custom fields of the tenant could not be read"),
    Effect.flatMap((fields) =>
      fields.some(({ ident }) => ident === intentField)
        ? Effect.void
        : new Unarranged({
            reason: `the tenant has no custom field ${intentField} of contacts`,
            instead: "add it in CXone, or set CXONE_INTENT_FIELD to one that is there",
            stops: "alike"
          })
    ),
    Effect.cached
  )
  const opened = new Set<string>()

  /** Waits until a search shows as much. */
  const listed = (userId: string, isShown: boolean) =>
    contacts
      .findActive(userId, channelId)
      .pipe(
        Effect.repeat({ schedule: untilListed, until: (found) => found.length > 0 === isShown }),
        Deadline.within(patience),
        Effect.ignore
      )

  /** Opens a contact of a new user, and waits until searches show it. */
  const open = Effect.fnUntraced(function* (params: StateChange["params"]) {
    const userId = yield* freshUser(params)
    const messageId = yield* freshMessage
    const createdAt = yield* Effect.sync(() => new Date().toISOString())
    const posted = yield* messages
      .post({ id: messageId, createdAt, thread: userId, text: "Contract verification", author: { id: userId } })
      .pipe(
        Effect.flatMap(
          Result.match({ onFailure: (error) => Effect.fail(error), onSuccess: (contact) => Effect.succeed(contact) })
        ),
        within("no contact could be opened"),
        unlessOpeningFails
      )
    opened.add(posted.id)
    yield* listed(userId, true)
    return { contactId: posted.id, userId, channelId, messageId }
  })

  const openAt = (target: Target, values: Readonly<Record<string, string>>) => (params: StateChange["params"]) =>
    Effect.gen(function* () {
      const { messageId: _, ...contact } = yield* open(params)
      yield* within(`no contact could be routed to the ${target.type}`)(contacts.route(contact.contactId, target))
      return { ...contact, ...values }
    })

  const close = (id: string) => within("no contact could be closed")(contacts.setStatus(id, "closed"))

  const known = (
    needs: string,
    check: Effect.Effect<void, Unarranged>,
    values: Readonly<Record<string, string>>
  ): OwnState => ({
    needs,
    arrange: () => Effect.as(check, values)
  })

  const tearDown = Effect.suspend(() => {
    const all = [...opened]
    opened.clear()
    return Effect.forEach(all, (id) => Effect.ignore(close(id)), { discard: true })
  })

  const own: OwnStates = {
    connection,
    given: {
      CXONE_TENANT_ID: settings.digital.tenantId,
      CXONE_SKILL_ID: settings.skillId,
      CXONE_QUEUE_ID: settings.queueId,
      CXONE_AGENT_ID: settings.agentId,
      CXONE_AGENT_NUMBER: settings.agentNumber
    },
    tearDown,
    saw: (answer) =>
      Option.match(decodeOpened(answer), {
        onNone: () => {},
        onSome: ({ consumerContact }) => void opened.add(consumerContact.id)
      }),
    states: {
      "an OAuth client": asItIs,
      "an access key": asItIs,
      "a valid access token": asItIs,
      "no channel": asItIs,
      "no contact": asItIs,
      "no skill": asItIs,
      "no routing queue": asItIs,
      "no agent": asItIs,
      "no agent by number": asItIs,
      "a tenant": known("CXONE_TENANT_ID", Effect.void, { tenantId }),
      "a channel": { arrange: () => Effect.as(channelIsKnown, { channelId }) },
      "a custom field": { arrange: () => Effect.as(fieldIsKnown, { ident: intentField }) },
      "a skill": known("CXONE_SKILL_ID", skillIsKnown, { skillId }),
      "a routing queue": known("CXONE_QUEUE_ID", queueIsKnown, { queueId }),
      "an agent": known("CXONE_AGENT_ID", agentIsKnown, { agentId }),
      "an agent by number": known("CXONE_AGENT_NUMBER", Effect.void, { agentNumber }),
      "no message": { arrange: () => Effect.map(freshMessage, (messageId) => ({ messageId })) },
      "no active contact": { arrange: (params) => Effect.map(freshUser(params), (userId) => ({ userId, channelId })) },
      "an active contact": {
        arrange: (params) => Effect.map(open(params), ({ messageId: _, ...contact }) => contact)
      },
      "a closed contact": {
        arrange: (params) =>
          Effect.tap(
            Effect.map(open(params), ({ messageId: _, ...contact }) => contact),
            ({ contactId, userId }) => Effect.andThen(close(contactId), listed(userId, false))
          )
      },
      "a message": {
        arrange: (params) =>
          Effect.tap(open(params), ({ messageId, userId }) =>
            messages
              .find({ id: messageId, thread: userId })
              .pipe(
                Effect.repeat({ schedule: untilListed, until: Option.isSome }),
                Deadline.within(patience),
                Effect.ignore
              )
          )
      },
      "a contact at a skill": {
        needs: "CXONE_SKILL_ID",
        arrange: openAt({ type: "queue", id: skillId }, { skillId })
      },
      "a contact at a routing queue": {
        needs: "CXONE_QUEUE_ID",
        arrange: openAt({ type: "queue", id: queueId }, { queueId })
      },
      "a contact with an agent": {
        needs: "CXONE_AGENT_ID",
        arrange: openAt({ type: "agent", id: agentId }, { agentId })
      },
      "a contact with an agent by number": {
        needs: "CXONE_AGENT_NUMBER",
        arrange: openAt({ type: "agent", id: agentNumber }, { agentNumber })
      }
    }
  }
  return own
})
