/** Contacts: look-up, search, and changes. */
import { Effect, Result, Schema } from "effect"
import { type Answer, badRequest, emptyAnswer, jsonAnswer, type Refusal } from "../core/Answer.ts"
import type { Handler } from "../core/Dialect.ts"
import { type Incoming, jsonBody, listQuery, param } from "../core/Incoming.ts"
import { hasEnded } from "./Contacts.ts"
import { CustomFields, knownFields } from "./customFields.ts"
import type { Digital } from "./Digital.ts"
import { ContactStatus, type DigitalContact, type DigitalTarget } from "./DigitalState.ts"
import { alreadyThere, contactClosed, noTarget, notFound, tooManyUpdates } from "./refusals.ts"
import { makeContactView } from "./views.ts"

/** The number of contacts on a page of a search. */
const PAGE = 25

const list = <A, I>(of: Schema.Codec<A, I>) => Schema.optionalKey(Schema.Array(of))

const searchQuery = listQuery(
  Schema.Struct({
    "channel[]": list(Schema.NonEmptyString),
    "endUserIdOnExternalPlatform[]": list(Schema.NonEmptyString),
    "status[]": list(ContactStatus),
    scrollToken: Schema.optionalKey(Schema.NonEmptyString)
  })
)

const Positive = Schema.Int.check(Schema.isGreaterThan(0))

const queueBody = jsonBody(
  Schema.Union([Schema.Struct({ skillId: Positive }), Schema.Struct({ routingQueueId: Schema.NonEmptyString })])
)

const agentBody = jsonBody(
  Schema.Union([
    Schema.Struct({ inboxAssigneeCxoneId: Schema.NonEmptyString }),
    Schema.Struct({ inboxAssignee: Positive })
  ])
)

const priorityBody = jsonBody(
  Schema.Struct({ routingQueuePriority: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 })) })
)

const statusBody = jsonBody(Schema.Struct({ status: ContactStatus }))

const labelBody = jsonBody(CustomFields.check(Schema.isMinLength(1)))

const scrollPattern = /^scroll-(\d+)$/

/** Makes the operations of contacts. */
export const makeContactOperations = (digital: Digital) => {
  const { contacts, options, tenant } = digital
  const view = makeContactView(digital)
  const success: Answer = emptyAnswer(options.successStatus)

  const lookUp = (incoming: Incoming): Effect.Effect<DigitalContact, Refusal> => {
    const number = param(incoming, "contact")
    const found = contacts.get(number)
    return found === undefined ? Effect.fail(notFound("contact", number)) : Effect.succeed(found)
  }

  /** Makes a change of one contact: its body is read first, and the contact may be unknown, closed or changed too often. */
  const change = <A>(
    body: (incoming: Incoming) => Effect.Effect<A, Refusal>,
    apply: (contact: DigitalContact, value: A) => Effect.Effect<unknown, Refusal>
  ): Handler =>
    Effect.fnUntraced(function* (incoming) {
      const value = yield* body(incoming)
      const contact = yield* lookUp(incoming)
      const wait = contacts.takeUpdate(contact.number)
      if (wait !== undefined) return yield* tooManyUpdates(options, wait)
      if (hasEnded(contact)) {
        return options.closedPut === 200 ? success : yield* contactClosed(options.closedPut, contact.number)
      }
      yield* apply(contact, value)
      return success
    })

  const route = (contact: DigitalContact, target: DigitalTarget, field: string): Effect.Effect<unknown, Refusal> => {
    if (!tenant.has(target)) return Effect.fail(noTarget(options.unknownTarget, target, field))
    const isThere = contact.target?.type === target.type && contact.target.id === target.id
    if (isThere && options.alreadyThere === 409) return Effect.fail(alreadyThere(target))
    return Effect.sync(() => contacts.route(contact.number, target))
  }

  const contact: Handler = (incoming) => Effect.map(lookUp(incoming), (found) => jsonAnswer(200, view(found)))

  const findActive: Handler = Effect.fnUntraced(function* (incoming) {
    const filter = yield* searchQuery(incoming)
    const from = scrollPattern.exec(filter.scrollToken ?? "scroll-0")?.[1]
    if (from === undefined) return yield* badRequest("The scroll token is none of this search", "scrollToken")
    const passes = (allowed: ReadonlyArray<string> | undefined, value: string) => allowed?.includes(value) ?? true
    const oldestFirst = contacts
      .searchable()
      .filter(
        ({ authorId, channelId, status }) =>
          passes(filter["channel[]"], channelId) &&
          passes(filter["endUserIdOnExternalPlatform[]"], authorId) &&
          passes(filter["status[]"], status)
      )
    const found = options.searchOrder === "oldest" ? oldestFirst : oldestFirst.toReversed()
    const start = +from
    const end = start + PAGE
    const page = found.slice(start, end)
    const goesOn = found.length > end || (options.lastScrollToken && page.length > 0)
    return jsonAnswer(200, {
      hits: found.length,
      data: page.map(view),
      ...(goesOn ? { scrollToken: `scroll-${end}` } : {})
    })
  })

  const routeToQueue = change(queueBody, (contact, body) =>
    "skillId" in body
      ? route(contact, { type: "queue", id: String(body.skillId) }, "skillId")
      : route(contact, { type: "queue", id: body.routingQueueId }, "routingQueueId")
  )

  const routeToAgent = change(agentBody, (contact, body) => {
    if ("inboxAssigneeCxoneId" in body) {
      return route(contact, { type: "agent", id: body.inboxAssigneeCxoneId }, "inboxAssigneeCxoneId")
    }
    const id = tenant.agentNumbered(body.inboxAssignee) ?? String(body.inboxAssignee)
    return route(contact, { type: "agent", id }, "inboxAssignee")
  })

  const priority = change(priorityBody, ({ number }, { routingQueuePriority }) =>
    Effect.sync(() => contacts.prioritise(number, routingQueuePriority))
  )

  const label = change(labelBody, ({ number }, fields) =>
    Effect.fromResult(Result.map(knownFields(digital, fields, ""), (known) => contacts.setFields(number, known)))
  )

  const status = change(statusBody, ({ number }, { status }) => Effect.sync(() => contacts.setStatus(number, status)))

  return { contact, findActive, routeToQueue, routeToAgent, priority, label, status }
}
