/** Closes what the probe opened, whatever has become of it. */
import { Duration, Effect, Option, Schedule, Schema } from "effect"
import { retryAfterOf } from "../cxone/transport/retryAfter.ts"
import type { Unanswered } from "./Finding.ts"
import { lookUp } from "./lookUp.ts"
import { isSeenOver, type Left, type OwnContacts, type Traces } from "./OwnContacts.ts"
import { isSuccess, type Seen, type Tenant } from "./Tenant.ts"

/** The longest `Retry-After` that a closing waits for, 1 minute. */
export const MAX_CLOSE_WAIT = Duration.minutes(1)

/** One contact is tried for so long, 3 minutes: then a person has to close it. */
export const MAX_CLOSE_AGE = Duration.minutes(3)

/** The contact is not closed, or that cannot be told. */
class NotClosed extends Schema.TaggedError<NotClosed>()("NotClosed", {
  /** How long CXone asks to wait. */
  retryAfter: Schema.UndefinedOr(Schema.Duration),
  /** CXone knows no such contact. */
  isUnknown: Schema.Boolean
}) {}

/** Between tries to close a contact: 500 ms, doubling to 4 s, five times, on top of what `Retry-After` says up to `MAX_CLOSE_WAIT`. */
export const closeSchedule = Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("4 seconds")]).pipe(
  Schedule.upTo({ times: 5 }),
  Schedule.setInputType<NotClosed>(),
  Schedule.modifyDelay(({ duration, input }) =>
    Effect.succeed(Duration.sum(duration, Duration.min(input.retryAfter ?? Duration.zero, MAX_CLOSE_WAIT)))
  )
)

/** What the closing needs. */
interface Means extends Pick<OwnContacts["Service"], "get" | "setStatus"> {
  readonly call: Tenant["Service"]["call"]
  readonly channelId: string
  readonly traces: Traces
}

/** Closes the contacts of the traces, and those that unanswered messages may have opened. */
export const makeCloseAll = ({
  call,
  channelId,
  get,
  setStatus,
  traces
}: Means): Effect.Effect<ReadonlyArray<Left>> => {
  /** Finds the contacts of a message that was not answered. */
  const settle = Effect.fnUntraced(function* (id: string, user: string) {
    const found = yield* lookUp(call, channelId, { id, thread: user })
    for (const contact of found) {
      traces.contacts.set(contact, user)
      traces.opened.add(contact)
    }
    if (found.length > 0) traces.unclear.delete(id)
  })

  const attempt = Effect.fnUntraced(function* (contact: string): Effect.fn.Return<void, NotClosed> {
    const look = Effect.option(get(contact))
    const isOver = (seen: Option.Option<Seen>) => Option.isSome(seen) && isSuccess(seen.value) && isSeenOver(seen.value)
    if (isOver(yield* look)) return
    const put = yield* Effect.option<Seen, Unanswered, never>(setStatus(contact, "closed"))
    const after = yield* look
    const isAccepted = Option.isSome(put) && isSuccess(put.value)
    const isReadable = Option.isSome(after) && isSuccess(after.value)
    if (isOver(after) || (isAccepted && !isReadable)) return
    return yield* new NotClosed({
      retryAfter: Option.isSome(put) && put.value.status === 429 ? yield* retryAfterOf(put.value.headers) : undefined,
      isUnknown: [put, after].every((seen) => Option.isSome(seen) && seen.value.status === 404)
    })
  })

  const close = (contact: string) =>
    attempt(contact).pipe(
      Effect.retry(closeSchedule),
      Effect.as(true),
      // A look-up may lag behind; after so long, one that CXone does not know is gone.
      Effect.catch(({ isUnknown }) => Effect.succeed(isUnknown)),
      Effect.timeoutOption(MAX_CLOSE_AGE),
      Effect.map(Option.getOrElse(() => false))
    )

  return Effect.gen(function* () {
    yield* Effect.forEach([...traces.unclear], ([id, user]) => settle(id, user), { concurrency: 4, discard: true })
    const contacts = [...traces.contacts]
    const closed = yield* Effect.forEach(contacts, ([contact]) => close(contact), { concurrency: 4 })
    for (const [index, [contact]] of contacts.entries()) if (closed[index]) traces.contacts.delete(contact)
    return [
      ...[...traces.contacts].map(([contact, user]): Left => ({ user, contact })),
      ...[...traces.unclear.values()].map((user): Left => ({ user }))
    ]
  })
}
