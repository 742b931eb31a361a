/** How a tenant with the Digital Engagement API places a conversation: open a contact by messages or take one that is there, route it, and set its fields. */
import { Clock, Effect, Result } from "effect"
import type { HandoverRequest } from "../../domain/HandoverRequest.ts"
import type { LabelSet } from "../../domain/Labels.ts"
import * as Orphan from "../../domain/Orphan.ts"
import { nowMillis } from "../../std/clock.ts"
import { makeTellOnce } from "../../std/tellOnce.ts"
import type { Placed, PlaceError, Placement } from "../ContactCentre.ts"
import { InvalidTarget, NoActiveConversation } from "../CXoneError.ts"
import { Labels } from "../transport/Labels.ts"
import { isOfContent } from "./apiError.ts"
import { type Contact, isOver } from "./Contact.ts"
import { Contacts } from "./Contacts.ts"
import { CustomFields } from "./CustomFields.ts"
import { Delivery } from "./Delivery.ts"
import { DigitalSettings } from "./DigitalSettings.ts"
import { makeFind } from "./find.ts"
import { digitalIds } from "./ids.ts"
import type { Message } from "./Messages.ts"
import { freshKey, type Opening, openingOf, threadOf } from "./opening.ts"
import { makeRoute, type Routed } from "./route.ts"

/** The most contacts of one request that are looked at: each attempt to hand it over may have opened two. */
const MAX_GENERATIONS = 10

/** When a placing began, on our clock and on the monotonic one, both in milliseconds. */
interface Beginning {
  readonly at: number
  readonly startedAt: number
}

/** What the contact's custom fields are to hold. */
const wishesOf = ({ labels, request: { context, customer, intent } }: Placement, intentField: string): LabelSet => ({
  ...context,
  ...(customer?.email === undefined ? {} : { email: customer.email }),
  ...(customer?.phone === undefined ? {} : { phone: customer.phone }),
  ...labels,
  [intentField]: intent
})

const seconds = (millis: number) => Math.floor(millis / 1000)

/** True for a contact that was there before. CXone's clock tells, in whole seconds as its answers do; ours where an answer has no date. */
const wasThereBefore = (
  { createdAt, seenAt }: Contact,
  { at, startedAt }: Beginning
): Effect.Effect<boolean | undefined> =>
  Effect.map(nowMillis, (now) => {
    if (createdAt === undefined) return undefined
    const beganAt = seenAt === undefined ? at : seenAt - (now - startedAt)
    return seconds(createdAt) < seconds(beganAt)
  })

/** Makes the placing of conversations. */
export const makePlace = Effect.gen(function* () {
  const { channelId, contact: way, intentField } = yield* DigitalSettings
  const contacts = yield* Contacts
  const delivery = yield* Delivery
  const fields = yield* CustomFields
  const labels = yield* Labels
  const find = yield* makeFind
  const route = yield* makeRoute
  const tellOnce = yield* makeTellOnce()

  /** Delivers a message; where CXone refuses its content, once more without the wishes for the contact. */
  const deliver = Effect.fnUntraced(function* (message: Message, wishes: Opening["wishes"]) {
    const hasWishes = Object.keys(wishes).length > 0
    const delivered = yield* delivery.deliver(hasWishes ? { ...message, contact: wishes } : message)
    return hasWishes && Result.isFailure(delivered) && isOfContent(delivered.failure)
      ? yield* delivery.deliver(message)
      : delivered
  })

  /** Delivers a note. One that CXone refuses is left out. */
  const deliverNote = Effect.fnUntraced(function* (note: Message, wishes: Opening["wishes"]) {
    const noted = yield* deliver(note, wishes)
    if (Result.isFailure(noted)) {
      yield* Effect.logWarning(`the note with summary and transcript was left out: ${noted.failure.message}`)
      return undefined
    }
    const { contact, contactId } = noted.success
    if (contact !== undefined && !isOver(contact)) yield* Orphan.possible(contactId)
    return contactId
  })

  /** The contact as it is now. One that is gone counts as trashed. */
  const lookAt = (id: string) =>
    Effect.catchTag(contacts.get(id), "ResourceNotFound", () =>
      Effect.succeed<Contact>({ id, status: "trashed", createdAt: undefined, thread: undefined, seenAt: undefined })
    )

  /** Delivers the messages, and succeeds with the contact that has the user's words, and whether it was there before, where that is known. */
  const open = Effect.fnUntraced(function* (
    { note, noteAgain, wishes, words }: Opening,
    isKeyed: boolean,
    beginning: Beginning
  ) {
    if (isKeyed) yield* delivery.recall(note === undefined ? [words] : [note, words])
    const noted = note === undefined ? undefined : yield* deliverNote(note, wishes)
    const delivered = yield* Effect.fromResult(yield* deliver(words, noted === undefined ? wishes : {}))
    const contact = delivered.contact ?? (yield* lookAt(delivered.contactId))
    const wasThere = yield* wasThereBefore(contact, beginning)
    if (!isOver(contact)) yield* wasThere === true ? Orphan.none : Orphan.possible(contact.id)
    // The first contact was closed between the two messages.
    if (noted !== undefined && noted !== contact.id && noteAgain !== undefined) yield* deliverNote(noteAgain, {})
    return { contact, wasThere, isEarlier: delivered.contact === undefined }
  })

  const setPriority = ({ id }: Contact, { priority }: Placement) =>
    priority === undefined
      ? Effect.void
      : Effect.catch(contacts.setPriority(id, priority), ({ message }) =>
          Effect.logWarning(`the priority of contact ${id} could not be set: ${message}`)
        )

  const routed = (contact: Contact, placement: Placement) =>
    isOver(contact)
      ? Effect.succeed<Routed>({ left: placement.targets })
      : Effect.andThen(setPriority(contact, placement), route(contact.id, placement.targets))

  const closed = ({ id }: Contact, when: string) =>
    new NoActiveConversation({ operation: "contact", problem: `the contact ${id} was closed ${when}` })

  /**
   * Opens a contact, or joins the one that goes on in the user's thread, and routes it. Starts over, once, when it is closed meanwhile; one that an earlier
   * attempt opened, and that was closed since, does not count.
   */
  const openAndRoute = (
    placement: Placement,
    key: string,
    beginning: Beginning,
    generation: number,
    mayStartOver: boolean
  ): Effect.Effect<Placed, PlaceError> =>
    Effect.gen(function* () {
      const { request, targets } = placement
      const known = yield* fields.knownSoon(wishesOf(placement, intentField))
      const opening = { key, generation, channelId: channelId ?? "", at: beginning.at }
      const { contact, isEarlier, wasThere } = yield* open(
        openingOf(request, opening, known, targets[0]),
        placement.key !== undefined,
        beginning
      )
      const end = yield* routed(contact, placement)
      if ("left" in end) {
        yield* Orphan.none
        const wasClosedBefore = isEarlier && isOver(contact) && generation < MAX_GENERATIONS
        if (!mayStartOver && !wasClosedBefore) {
          return yield* closed(contact, "twice while it was routed: look at the channel's script")
        }
        const rest = { ...placement, targets: end.left }
        return yield* openAndRoute(rest, key, beginning, generation + 1, mayStartOver && wasClosedBefore)
      }
      yield* Orphan.none
      // An answer to a message need not say when its contact was created.
      const reused = wasThere ?? (end.contact === undefined ? undefined : yield* wasThereBefore(end.contact, beginning))
      return { conversationId: contact.id, target: end.target, reused: reused ?? false }
    })

  /** Routes a contact that is there. */
  const reroute = Effect.fnUntraced(function* (contact: Contact, placement: Placement) {
    const end = yield* routed(contact, placement)
    if ("left" in end) return yield* closed(contact, "while it was routed")
    yield* tellNotSent(placement.request)
    return { conversationId: contact.id, target: end.target, reused: true }
  })

  /** The placement with the targets that CXone can have: for the others, nothing is opened. */
  const withPossibleTargets = Effect.fnUntraced(function* (placement: Placement) {
    const [first, ...others] = placement.targets.filter(({ id, type }) => digitalIds[type](id) === undefined)
    if (first !== undefined) return { ...placement, targets: [first, ...others] as const }
    const target = placement.targets.at(-1) ?? placement.targets[0]
    const problem = digitalIds[target.type](target.id) ?? "wrong"
    return yield* new InvalidTarget({ operation: "route", status: 400, target, problem })
  })

  const tellNotSent = ({ customer, summary, transcript }: HandoverRequest) =>
    Effect.forEach(
      Object.entries({ transcript, summary, "customer.name": customer?.name }),
      ([what, value]) =>
        value === undefined
          ? Effect.void
          : tellOnce(what, `${what} is left out for a contact that is there already: no message is sent (said once)`),
      { discard: true }
    )

  return Effect.fnUntraced(function* (asked: Placement): Effect.fn.Return<Placed, PlaceError> {
    const placement = yield* withPossibleTargets(asked)
    const { contactId, userId } = placement.request
    const beginning = { at: yield* Clock.currentTimeMillis, startedAt: yield* nowMillis }
    const placed =
      contactId !== undefined
        ? yield* reroute(yield* find.byNumber(contactId), placement)
        : way === "find"
          ? yield* reroute(yield* find.byUser([threadOf(placement.request), userId], channelId), placement)
          : yield* openAndRoute(placement, placement.key ?? freshKey(), beginning, 1, true)
    yield* labels.put(placed.conversationId, wishesOf(placement, intentField))
    return placed
  })
})
