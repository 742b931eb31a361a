/** Delivers messages once: after an answer that leaves it open, a message is looked up before it is sent again. */
import { Context, Duration, Effect, Layer, Option, Result, Schedule } from "effect"
import * as Trail from "../../domain/Trail.ts"
import { nowMillis } from "../../std/clock.ts"
import { retry } from "../../std/retry.ts"
import { type CallError, Conflict, type UnexpectedResponse, wasNotTried } from "../CXoneError.ts"
import { callSchedule } from "../transport/Schedules.ts"
import type { Contact } from "./Contact.ts"
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

/** How long the messages of a new request wait for the look-up of an earlier process's, 2 s with all attempts: most of them are new. */
export const RECALL_PATIENCE = Duration.seconds(2)

/** The most messages that are remembered, the latest ones. */
const MAX_REMEMBERED = 10_000

/** A message that is in a contact. */
export interface Delivered {
  /** The contact's number. */
  readonly contactId: string
  /** The contact, when CXone's answer to the message had it. */
  readonly contact: Contact | undefined
}

/** Delivers messages. */
export class Delivery extends Context.Service<
  Delivery,
  {
    /**
     * Looks for messages that an earlier process may have sent: for those of a key that copies share, while this process is young. A look-up that fails changes
     * nothing.
     */
    readonly recall: (messages: ReadonlyArray<Message>) => Effect.Effect<void>
    /**
     * Sends a message unless it is there, and succeeds with its contact; with the refusal when CXone does not take it. Fails with the errors of every call, and
     * with `Conflict` when CXone says that it has the message, and does not list it.
     */
    readonly deliver: (
      message: Message
    ) => Effect.Effect<Result.Result<Delivered, UnexpectedResponse>, CallError | Conflict>
  }
>()("cognigy-cxone-router/cxone/Delivery") {
  /** Messages that this process remembers. */
  static readonly layer: Layer.Layer<Delivery, never, Messages> = Layer.fresh(
    Layer.suspend(() => Layer.effect(Delivery, make))
  )
}

/** What is known of a message: the number of its contact; that an attempt failed, by CXone's own word; or that no word came. */
type Memory = { readonly contactId: string } | "failed" | "unclear"

/** What an attempt that failed leaves open: it may have had an effect where no usable answer came, or one that cannot be read. */
const leftOpen = (error: CallError): Memory | undefined => {
  if (error._tag === "UnexpectedResponse") return "unclear"
  if (error._tag !== "Unavailable" || wasNotTried(error)) return undefined
  return error.reason === "Status" ? "failed" : "unclear"
}

const isUnreadable = (error: CallError): error is UnexpectedResponse =>
  error._tag === "UnexpectedResponse" && error.status < 300

/** Each wait is a step of the trail. */
const beforeAnother = Schedule.tap(callSchedule, ({ duration }) =>
  Trail.add({ kind: "wait", name: "before post again", took: Duration.toMillis(duration), outcome: "planned" })
)

const make = Effect.gen(function* () {
  const messages = yield* Messages
  const startedAt = yield* nowMillis
  const memories = new Map<string, Memory>()

  const remember = (id: string, memory: Memory | undefined) => {
    memories.delete(id)
    if (memory === undefined) return
    memories.set(id, memory)
    const [oldest] = memories.keys()
    if (memories.size > MAX_REMEMBERED && oldest !== undefined) memories.delete(oldest)
  }

  const lookUp = (message: Message) =>
    Effect.tap(messages.find(message), (contactId) =>
      Effect.sync(() => {
        if (Option.isSome(contactId)) remember(message.id, { contactId: contactId.value })
      })
    )

  /** Looks for a message several times. */
  const lookUpAgain = (message: Message, schedule: Schedule.Schedule<unknown> = lookUpAgainSchedule) =>
    Effect.repeat(lookUp(message), { schedule, until: Option.isSome })

  /** The contact of a message that was sent before, if it was. While CXone fails again and again, one look-up for each failure is enough. */
  const earlier = (message: Message, attempts: number): Effect.Effect<Option.Option<string>, CallError> => {
    const memory = memories.get(message.id)
    if (memory === undefined) return Effect.succeedNone
    if (memory !== "unclear" && memory !== "failed") return Effect.succeedSome(memory.contactId)
    return memory === "unclear" || attempts === 1 ? lookUpAgain(message) : lookUp(message)
  }

  /** Looks for a message that CXone refuses, as it may be there already. What has too much text, or goes to no channel, is not. */
  const afterRefusal = (message: Message, { status }: UnexpectedResponse) => {
    if (status === 409 || status < 300) return lookUpAgain(message, untilListedSchedule)
    if (status === 422) return lookUpAgain(message)
    return status === 400 ? lookUp(message) : Effect.succeedNone
  }

  /** Sends a message once. It is remembered before that: an interruption leaves it open too. */
  const send = (message: Message, isRetry: boolean) =>
    Effect.suspend(() => {
      const { id } = message
      const before = memories.get(id)
      remember(id, "unclear")
      return messages.post(message, isRetry).pipe(
        Effect.tapError((error) =>
          Effect.sync(() => remember(id, before === "unclear" ? before : (leftOpen(error) ?? before)))
        ),
        Effect.tap((posted) =>
          Effect.sync(() => remember(id, Result.isSuccess(posted) ? { contactId: posted.success.id } : before))
        )
      )
    })

  const deliver: Delivery["Service"]["deliver"] = (message) =>
    Effect.suspend(() => {
      let attempts = 0
      const attempt = Effect.gen(function* () {
        const there = yield* earlier(message, attempts)
        if (Option.isSome(there)) return Result.succeed({ contactId: there.value, contact: undefined })
        const sent = send(message, attempts++ > 0)
        const posted = yield* Effect.catchIf(sent, isUnreadable, (error) => Effect.succeed(Result.fail(error)))
        if (Result.isSuccess(posted)) {
          return Result.succeed({ contactId: posted.success.id, contact: posted.success })
        }
        const found = yield* afterRefusal(message, posted.failure)
        if (Option.isSome(found)) return Result.succeed({ contactId: found.value, contact: undefined })
        if (posted.failure.status === 409) return yield* new Conflict({ operation: "post" })
        return Result.fail(posted.failure)
      })
      return retry(beforeAnother)(attempt)
    })

  return Delivery.of({
    deliver,
    recall: Effect.fnUntraced(function* (all) {
      if ((yield* nowMillis) - startedAt > Duration.toMillis(EARLIER_PROCESS)) return
      const unknown = all.filter(({ id }) => !memories.has(id))
      yield* Effect.forEach(unknown, (message) => Effect.ignore(lookUp(message)), {
        concurrency: "unbounded",
        discard: true
      }).pipe(Effect.timeoutOption(RECALL_PATIENCE))
    })
  })
})
