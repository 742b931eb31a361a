/** Webchat conversations in CXone: opening one, and finding the user's active one. */
import { Context, Duration, Effect, Layer, Option, Schedule, Schema } from "effect"
import * as Trail from "../../domain/Trail.ts"
import { retry } from "../../std/retry.ts"
import { type CallError, Conflict } from "../CXoneError.ts"
import { Id } from "../Id.ts"
import { json } from "../transport/Call.ts"
import { CXoneClient } from "../transport/CXoneClient.ts"
import { callSchedule, lockSchedule } from "../transport/Schedules.ts"

/** A conversation that is ready to be routed. */
export interface Conversation {
  /** CXone's id. */
  readonly id: string
  /** An active conversation of the same user was found and used. */
  readonly reused: boolean
  /** It was opened by this call, or perhaps was: one that is found after an earlier attempt to open got no usable answer. */
  readonly mayBeNew: boolean
}

/** A conversation to open. */
export interface NewConversation {
  /** CXone's id of the user, whole: it is sent unchanged, and encoded in URLs. */
  readonly userId: string
  /** The name that agents see. */
  readonly name: string
  /** Its labels from the start. */
  readonly labels: Readonly<Record<string, string>>
}

/** CXone's webchat conversations. Each method fails with the errors of every call; those that open one, with `Conflict` too. */
export class Conversations extends Context.Service<
  Conversations,
  {
    /** Opens one. Fails with `Conflict` when the user has an active one. */
    readonly open: (conversation: NewConversation) => Effect.Effect<Conversation, CallError | Conflict>
    /** The id of the user's active conversation, the first when CXone lists several. */
    readonly findActive: (userId: string) => Effect.Effect<Option.Option<string>, CallError>
    /** True when a conversation is among the active ones of a user. */
    readonly isActive: (userId: string, conversationId: string) => Effect.Effect<boolean, CallError>
    /**
     * Opens one, or takes the user's first active one. When CXone reports a conflict but lists nothing, a lock outlives its session: it opens again by
     * `lockSchedule`, and fails with `Conflict` when that does not help.
     */
    readonly openOrReuse: (conversation: NewConversation) => Effect.Effect<Conversation, CallError | Conflict>
  }
>()("cognigy-cxone-router/cxone/Conversations") {
  /** Conversations through `/api/v2/conversations/webchat`. */
  static readonly layer: Layer.Layer<Conversations, never, CXoneClient> = Layer.fresh(
    Layer.suspend(() => Layer.effect(Conversations, make))
  )
}

const opened = (body: string) => Effect.map(Opened(body), ({ id }) => ({ id, reused: false, mayBeNew: true }))
const Opened = json(Schema.Struct({ id: Id }))

const firstActive = (body: string) =>
  Effect.flatMap(Active(body), ({ items: [first] }) =>
    first === undefined ? Effect.succeedNone : Effect.asSome(Effect.map(First(first), ({ id }) => id))
  )

const isAmong = (conversationId: string) => (body: string) =>
  Effect.map(Active(body), ({ items }) => items.some((item) => isConversation(item) && item.id === conversationId))

const Active = json(Schema.Struct({ items: Schema.Array(Schema.Unknown) }))
// The others are not used, so their form does not matter.
const Listed = Schema.Struct({ id: Id })
const First = Schema.decodeUnknownEffect(Listed)
const isConversation = Schema.is(Listed)

/** Each wait is a step of the trail. */
const whileLocked = Schedule.tap(lockSchedule, ({ duration }) =>
  Trail.add({ kind: "wait", name: "before open again", took: Duration.toMillis(duration), outcome: "planned" })
)

const make = Effect.gen(function* () {
  const client = yield* CXoneClient

  const openBy = (schedule: typeof callSchedule, { labels, name, userId }: NewConversation) =>
    client.call({
      operation: "open",
      lane: "caller",
      permissions: ["conversations:webchat:create"],
      method: "POST",
      path: "/api/v2/conversations/webchat",
      body: { userId, name, labels },
      schedule,
      answers: { 200: opened, 201: opened, 409: () => Effect.fail(new Conflict({ operation: "open" })) }
    })

  const listActive = <A>(userId: string, read: (body: string) => Effect.Effect<A, Schema.SchemaError>) =>
    client.call({
      operation: "findActive",
      lane: "caller",
      permissions: ["conversations:webchat:read"],
      method: "GET",
      path: `/api/v2/conversations/webchat?userId=${encodeURIComponent(userId)}&status=ACTIVE`,
      answers: { 200: read }
    })

  const findActive = (userId: string) => listActive(userId, firstActive)

  const openOrReuse = (conversation: NewConversation) =>
    Effect.suspend(() => {
      let mayBeNew = false
      // Without an answer, or with a gateway's, an attempt may have opened one all the same.
      const noticing = Schedule.tap(callSchedule, ({ input }) =>
        Effect.sync(() => {
          mayBeNew ||= input._tag === "Unavailable"
        })
      )
      return openBy(noticing, conversation).pipe(
        Effect.catchTag("Conflict", (conflict) =>
          Effect.flatMap(
            findActive(conversation.userId),
            Option.match({
              onNone: () => Effect.fail(conflict),
              onSome: (id) => Effect.succeed({ id, reused: true, mayBeNew })
            })
          )
        ),
        retry(whileLocked)
      )
    })

  return Conversations.of({
    open: (conversation) => openBy(callSchedule, conversation),
    findActive,
    isActive: (userId, conversationId) => listActive(userId, isAmong(conversationId)),
    openOrReuse
  })
})
