/** How a tenant with the Digital Engagement API places a conversation: open a contact by messages or take one that is there, route it, and set its fields. */
import { Clock, Effect, Result } from "effect"
import type { LabelSet } from "../../domain/Labels.ts"
import * as Orphan from "../../domain/Orphan.ts"
import { nowMillis } from "../../std/clock.ts"
import type { Placed, PlaceError, Placement } from "../ContactCentre.ts"
import { NoActiveConversation, type UnexpectedResponse } from "../CXoneError.ts"
import { Labels } from "../transport/Labels.ts"
import { type Contact, isOver } from "./Contact.ts"
import { Contacts } from "./Contacts.ts"
import { CustomFields } from "./CustomFields.ts"
import { Delivery } from "./Delivery.ts"
import { DigitalSettings } from "./DigitalSettings.ts"
import { makeFind } from "./find.ts"
import type { Message } from "./Messages.ts"
import { freshKey, type Messages, openingOf, threadOf } from "./opening.ts"
import { makeRoute, type Routed } from "./route.ts"

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

/** True for a refusal that something optional in a message may have caused: a field or a skill that the tenant does not have, or too much text. */
const isOfContent = ({ status }: UnexpectedResponse) => [400, 404, 413, 422].includes(status)

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

  /** Delivers a message; where CXone refuses its content, once more without the wishes for the contact. */
  const deliver = Effect.fnUntraced(function* (message: Message, wishes: Messages["wishes"], isKeyed: boolean) {
    const hasWishes = Object.keys(wishes).length > 0
    const delivered = yield* delivery.deliver(hasWishes ? { ...message, contact: wishes } : message, isKeyed)
    return hasWishes && Result.isFailure(delivered) && isOfContent(delivered.failure)
      ? yield* delivery.deliver(message, isKeyed)
      : delivered
  })

  /** Tells of a contact that may be new. */
  const tell = Effect.fnUntraced(function* (contact: Contact, beginning: Beginning) {
    if (!isOver(contact) && (yield* wasThereBefore(contact, beginning)) !== true) yield* Orphan.possible(contact.id)
  })

  /** Delivers the messages, and succeeds with the contact that has the user's words. A note that CXone refuses is left out. */
  const open = Effect.fnUntraced(function* ({ note, wishes, words }: Messages, isKeyed: boolean, beginning: Beginning) {
    const noted = note === undefined ? undefined : yield* deliver(note, wishes, isKeyed)
    if (noted !== undefined && Result.isSuccess(noted)) yield* tell(noted.success, beginning)
    if (noted !== undefined && Result.isFailure(noted)) {
      yield* Effect.logWarning(`the note with summary and transcript was left out: ${noted.failure.message}`)
    }
    const isFirst = noted === undefined || Result.isFailure(noted)
    const contact = yield* Effect.fromResult(yield* deliver(words, isFirst ? wishes : {}, isKeyed))
    yield* tell(contact, beginning)
    return contact
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

  /** Opens a contact, or joins the one that goes on in the user's thread, and routes it. Starts over, once, when it is closed meanwhile. */
  const openAndRoute = (
    placement: Placement,
    key: string,
    beginning: Beginning,
    generation: number
  ): Effect.Effect<Placed, PlaceError> =>
    Effect.gen(function* () {
      const { request, targets } = placement
      const known = yield* fields.knownSoon(wishesOf(placement, intentField))
      const opening = { key, generation, channelId: channelId ?? "", at: beginning.at }
      const contact = yield* open(
        openingOf(request, opening, known, targets[0]),
        placement.key !== undefined,
        beginning
      )
      const end = yield* routed(contact, placement)
      if ("left" in end) {
        yield* Orphan.none
        if (generation > 1) return yield* closed(contact, "twice while it was routed: look at the channel's script")
        return yield* openAndRoute({ ...placement, targets: end.left }, key, beginning, generation + 1)
      }
      yield* Orphan.none
      const reused = (yield* wasThereBefore(contact, beginning)) ?? false
      return { conversationId: contact.id, target: end.target, reused }
    })

  /** Routes a contact that is there. */
  const reroute = Effect.fnUntraced(function* (contact: Contact, placement: Placement) {
    const end = yield* routed(contact, placement)
    if ("left" in end) return yield* closed(contact, "while it was routed")
    return { conversationId: contact.id, target: end.target, reused: true }
  })

  return Effect.fnUntraced(function* (placement: Placement): Effect.fn.Return<Placed, PlaceError> {
    const { contactId, userId } = placement.request
    const beginning = { at: yield* Clock.currentTimeMillis, startedAt: yield* nowMillis }
    const placed =
      contactId !== undefined
        ? yield* reroute(yield* find.byNumber(contactId), placement)
        : way === "find"
          ? yield* reroute(yield* find.byUser([threadOf(placement.request), userId], channelId), placement)
          : yield* openAndRoute(placement, placement.key ?? freshKey(), beginning, 1)
    yield* labels.put(placed.conversationId, wishesOf(placement, intentField))
    return placed
  })
})
