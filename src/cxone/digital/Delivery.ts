/** Delivers messages once: after an answer that leaves it open, a message is looked up before it is sent again. */
import { Context, Duration, Effect, Layer, Option, Result, Schedule } from "effect"
import * as Trail from "../../domain/Trail.ts"
import { nowMillis } from "../../std/clock.ts"
import { retry } from "../../std/retry.ts"
import { type CallError, Conflict, type UnexpectedResponse, wasNotTried } from "../CXoneError.ts"
import { callSchedule } from "../transport/Schedules.ts"
import type { Contact } from "./Contact.ts"
import { Contacts } from "./Contacts.ts"
import { leavesTimeToRoute } from "./find.ts"
import { type Message, Messages } from "./Messages.ts"

/** Between look-ups of a message that may be there, 200 ms and then 400 ms: CXone may list it later than it takes it. */
export const lookUpAgainSchedule = Schedule.exponential("200 millis").pipe(Schedule.upTo({ times: 2 }))

/**
 * Between look-ups of a message that CXone says is there: 200 ms, doubling, five times and while the deadline leaves `ROUTING_RESERVE`. Sending it again
 * would be of no use.
 */
export const untilListedSchedule = Schedule.exponential("200 millis").pipe(
  Schedule.upTo({ times: 5 }),
  Schedule.while(({ duration }) => leavesTimeToRoute(duration))
)

/** For so long after its start, 10 minutes, a process counts on copies of what an earlier one sent: as long as `IDEMPOTENCY_WINDOW` by default. */
export const EARLIER_PROCESS = Duration.minutes(10)

/** The most messages that are remembered, the latest ones. */
const MAX_REMEMBERED = 10_000

/** Delivers messages. */
export class Delivery extends Context.Service<
  Delivery,
  {
    /**
     * Sends a message unless it is there, and succeeds with its contact; with the refusal when CXone does not take it. `isKeyed` says that a copy in another
     * process would have the same id. Fails with the errors of every call, and with `Conflict` when CXone says that it has the message, and does not list it.
     */
    readonly deliver: (
      message: Message,
      isKeyed: boolean
    ) => Effect.Effect<Result.Result<Contact, UnexpectedResponse>, CallError | Conflict>
  }
>()("cognigy-cxone-router/cxone/Delivery") {
  /** Messages that this process remembers. */
  static readonly layer: Layer.Layer<Delivery, never, Contacts | Messages> = Layer.fresh(
    Layer.suspend(() => Layer.effect(Delivery, make))
  )
}

/** What is known of a message: the number of its contact, or that it may be there. */
type Memory = { readonly contactId: string } | "unclear"

/** True when the attempt may have had an effect: no usable answer came, or one that cannot be read. */
const leavesItOpen = (error: CallError): boolean =>
  (error._tag === "Unavailable" && !wasNotTried(error)) || error._tag === "UnexpectedResponse"

const isUnreadable = (error: CallError): error is UnexpectedResponse =>
  error._tag === "UnexpectedResponse" && error.status < 300

/** Each wait is a step of the trail. */
const beforeAnother = Schedule.tap(callSchedule, ({ duration }) =>
  Trail.add({ kind: "wait", name: "before post again", took: Duration.toMillis(duration), outcome: "planned" })
)

const make = Effect.gen(function* () {
  const messages = yield* Messages
  const contacts = yield* Contacts
  const startedAt = yield* nowMillis
  const memories = new Map<string, Memory>()

  const remember = (id: string, memory: Memory | undefined) => {
    memories.delete(id)
    if (memory === undefined) return
    memories.set(id, memory)
    const [oldest] = memories.keys()
    if (memories.size > MAX_REMEMBERED && oldest !== undefined) memories.delete(oldest)
  }

  /** The contact as it is now. One that is gone counts as trashed. */
  const now = (id: string) =>
    Effect.catchTag(contacts.get(id), "ResourceNotFound", () =>
      Effect.succeed<Contact>({ id, status: "trashed", createdAt: undefined, thread: undefined, seenAt: undefined })
    )

  /** The contact of a message that is listed, which is not sent again whatever becomes of the contact's look-up. */
  const contactOf = (id: string, contactId: Option.Option<string>) =>
    Option.match(contactId, {
      onNone: () => Effect.succeedNone,
      onSome: (contactId) => {
        remember(id, { contactId })
        return Effect.asSome(now(contactId))
      }
    })

  const lookUp = (id: string) => Effect.flatMap(messages.find(id), (contactId) => contactOf(id, contactId))

  /** Looks for a message several times. */
  const lookUpAgain = (id: string, schedule: Schedule.Schedule<unknown> = lookUpAgainSchedule) =>
    Effect.repeat(lookUp(id), { schedule, until: Option.isSome })

  /** The contact of a message that was sent before, if it was. */
  const earlier = Effect.fnUntraced(function* (id: string, isKeyed: boolean) {
    const memory = memories.get(id)
    if (memory === "unclear") return yield* lookUpAgain(id)
    if (memory !== undefined) return Option.some(yield* now(memory.contactId))
    if (!isKeyed || (yield* nowMillis) - startedAt > Duration.toMillis(EARLIER_PROCESS)) return Option.none()
    // Most messages are new ones: they do not wait for a look-up that fails.
    return yield* contactOf(id, Option.flatten(yield* Effect.option(messages.find(id))))
  })

  /** Sends a message once. It is remembered before that: an interruption leaves it open too. */
  const send = (message: Message, isRetry: boolean) =>
    Effect.suspend(() => {
      const { id } = message
      const before = memories.get(id)
      remember(id, "unclear")
      return messages.post(message, isRetry).pipe(
        Effect.tapError((error) => Effect.sync(() => leavesItOpen(error) || remember(id, before))),
        Effect.tap((posted) =>
          Effect.sync(() => remember(id, Result.isSuccess(posted) ? { contactId: posted.success.id } : before))
        )
      )
    })

  const deliver = (
    message: Message,
    isKeyed: boolean
  ): Effect.Effect<Result.Result<Contact, UnexpectedResponse>, CallError | Conflict> =>
    Effect.suspend(() => {
      const { id } = message
      let isRetry = false
      const attempt = Effect.gen(function* () {
        const there = yield* earlier(id, isKeyed)
        if (Option.isSome(there)) return Result.succeed(there.value)
        const sent = send(message, isRetry)
        isRetry = true
        const posted = yield* Effect.catchIf(sent, isUnreadable, (error) => Effect.succeed(Result.fail(error)))
        if (Result.isSuccess(posted)) return posted
        const isThere = posted.failure.status === 409 || posted.failure.status < 300
        const found = yield* lookUpAgain(id, isThere ? untilListedSchedule : lookUpAgainSchedule)
        if (Option.isSome(found)) return Result.succeed(found.value)
        if (posted.failure.status === 409) return yield* new Conflict({ operation: "post" })
        return posted
      })
      return retry(beforeAnother)(attempt)
    })

  return Delivery.of({ deliver })
})
