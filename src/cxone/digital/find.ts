/** Finds a contact that is there already: by its number, or the newest active one of a user. None is opened instead. */
import { Duration, Effect, Schedule } from "effect"
import * as Trail from "../../domain/Trail.ts"
import { retry } from "../../std/retry.ts"
import { type CXoneError, NoActiveConversation } from "../CXoneError.ts"
import * as Deadline from "../Deadline.ts"
import { type Contact, isOver } from "./Contact.ts"
import { Contacts } from "./Contacts.ts"
import { isNumber } from "./ids.ts"

/** The time that the routing of a found contact needs, 1.5 s: searches end this long before the deadline. */
export const ROUTING_RESERVE = Duration.millis(1500)

/** True when the deadline leaves `ROUTING_RESERVE` after this wait. */
export const leavesTimeToRoute = (wait: Duration.Duration): Effect.Effect<boolean> =>
  Effect.map(Deadline.remaining, (left) => Duration.isLessThanOrEqualTo(Duration.sum(wait, ROUTING_RESERVE), left))

/**
 * Between searches for a user's contact, since CXone lists a new one with a delay: 250 ms, doubling to 1 s, for at most 10 s and while the deadline leaves
 * `ROUTING_RESERVE`.
 */
export const findSchedule = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("1 second")]).pipe(
  Schedule.upTo({ duration: "10 seconds" }),
  Schedule.setInputType<CXoneError>(),
  Schedule.while(({ input }) => input._tag === "NoActiveConversation"),
  Schedule.while(({ duration }) => leavesTimeToRoute(duration))
)

/** The most contacts of one search that are looked at. */
const MAX_LOOKS = 5

const missing = (operation: string, problem: string) => new NoActiveConversation({ operation, problem })

const newestFirst = (one: Contact, other: Contact): number =>
  (other.createdAt ?? 0) - (one.createdAt ?? 0) || Number(other.id) - Number(one.id)

/** Each wait is a step of the trail. */
const untilListed = Schedule.tap(findSchedule, ({ duration }) =>
  Trail.add({ kind: "wait", name: "before findActive again", took: Duration.toMillis(duration), outcome: "planned" })
)

/** Makes the two ways to find a contact. Both fail with the errors of calls and `NoActiveConversation`. */
export const makeFind = Effect.gen(function* () {
  const contacts = yield* Contacts

  /** The contact with this number. */
  const byNumber = Effect.fnUntraced(function* (id: string) {
    if (!isNumber(id)) return yield* missing("contact", "contactId is not the number of a contact")
    const contact = yield* Effect.catchTag(contacts.get(id), "ResourceNotFound", ({ operation }) =>
      Effect.fail(missing(operation, `CXone does not know the contact ${id}`))
    )
    return isOver(contact) ? yield* missing("contact", `the contact ${id} is ${contact.status}`) : contact
  })

  /** The first of these that is not over: their list may lag behind. */
  const firstActive = Effect.fnUntraced(function* (listed: ReadonlyArray<Contact>) {
    for (const { id } of listed) {
      const contact = yield* Effect.catchTag(byNumber(id), "NoActiveConversation", () => Effect.succeed(undefined))
      if (contact !== undefined) return contact
    }
    return yield* missing("findActive", "the user has no active contact")
  })

  /** The newest active contact of the user with one of these ids. */
  const byUser = (userIds: ReadonlyArray<string>, channelId: string | undefined) =>
    Effect.forEach(userIds, (userId) => contacts.findActive(userId, channelId), { concurrency: "unbounded" }).pipe(
      Effect.map((lists) => [...new Map(lists.flat().map((contact) => [contact.id, contact])).values()]),
      Effect.flatMap((listed) => firstActive(listed.sort(newestFirst).slice(0, MAX_LOOKS))),
      retry(untilListed)
    )

  return { byNumber, byUser }
})
