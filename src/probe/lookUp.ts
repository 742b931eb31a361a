/** Finds the contacts of a message whose answer did not tell them. */
import { Effect, Option, Schedule, Schema } from "effect"
import { ContactNumber } from "../cxone/digital/Contact.ts"
import { searchPath } from "../cxone/digital/Contacts.ts"
import { type Message, messagePath } from "../cxone/digital/Messages.ts"
import { memberOf, type Seen, type Tenant } from "./Tenant.ts"

/** Between looks, since CXone may list a message later than it takes it: 500 ms, doubling to 4 s, five times. */
export const lookUpSchedule = Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("4 seconds")]).pipe(
  Schedule.upTo({ times: 5 })
)

const decodeNumber = Schema.decodeUnknownOption(ContactNumber)

/** The number of a contact; `undefined` for anything else. */
export const numberOf = (value: unknown): string | undefined => Option.getOrUndefined(decodeNumber(value))

const threadOf = (one: unknown) => memberOf(one, "threadIdOnExternalPlatform")

/** False for a message or a contact that says that it is in another thread: a list may have more than was asked for. */
export const isOfThread = (one: unknown, thread: string): boolean => (threadOf(one) ?? thread) === thread

/** What a list has of this thread. */
export const ofThread = ({ body }: Pick<Seen, "body">, thread: string): ReadonlyArray<unknown> => {
  const data = memberOf(body, "data")
  return Array.isArray(data) ? data.filter((one) => isOfThread(one, thread)) : []
}

/** The contacts in a list that are in this thread for sure: they are going to be changed and closed. */
const listed = (seen: Option.Option<Seen>, thread: string, member: string): ReadonlyArray<string> =>
  Option.isNone(seen)
    ? []
    : ofThread(seen.value, thread)
        .filter((one) => threadOf(one) === thread)
        .flatMap((one) => numberOf(memberOf(one, member)) ?? [])

/** The contacts that have this message, and those of its user. None after the last look. */
export const lookUp = (
  call: Tenant["Service"]["call"],
  channelId: string,
  { id, thread }: Pick<Message, "id" | "thread">
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const byMessage = yield* Effect.option(call("GET", messagePath(channelId, id)))
    const byUser = yield* Effect.option(call("GET", searchPath(thread, channelId)))
    return [...new Set([...listed(byMessage, thread, "contactNumber"), ...listed(byUser, thread, "id")])]
  }).pipe(Effect.repeat({ schedule: lookUpSchedule, until: ({ length }) => length > 0 }))
