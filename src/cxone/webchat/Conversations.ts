/** Webchat conversations in CXone: opening one, and finding the one that a user already has. */
import { Context, Effect, Layer, Option, Schema } from "effect"
import { type CallError, Conflict } from "../CXoneError.ts"
import { Id } from "../Id.ts"
import { type Call, CXoneClient, json } from "../transport/CXoneClient.ts"
import { lockSchedule, retryAfter } from "../transport/Schedules.ts"

/** A conversation that is ready to be routed. */
export interface Conversation {
  /** CXone's id for it. */
  readonly id: string
  /** It was there before: an active conversation of the same user was found and used. */
  readonly reused: boolean
}

/** What a new conversation is opened with. */
export interface NewConversation {
  /** CXone's id for the user, whole: it is sent as it is and encoded where a URL holds it. */
  readonly userId: string
  /** What agents see as its name. */
  readonly name: string
  /** The labels that it has from the start. */
  readonly labels: Readonly<Record<string, string>>
}

/** CXone's webchat conversations. Each method fails with the errors of every call; those that open one, with `Conflict` too. */
export class Conversations extends Context.Service<
  Conversations,
  {
    /** Opens one; fails with `Conflict` when the user has an active one. */
    readonly open: (conversation: NewConversation) => Effect.Effect<Conversation, CallError | Conflict>
    /** The id of a user's active conversation, the first where CXone lists several. */
    readonly findActive: (userId: string) => Effect.Effect<Option.Option<string>, CallError>
    /**
     * Opens one, or takes the user's first active one. Where CXone reports a conflict but lists nothing, a lock outlives its session: it opens again
     * by `lockSchedule`, and fails with `Conflict` when that does not help.
     */
    readonly openOrReuse: (conversation: NewConversation) => Effect.Effect<Conversation, CallError | Conflict>
  }
>()("cognigy-cxone-router/cxone/Conversations") {
  /** Conversations through `/api/v2/conversations/webchat`. */
  static layer(): Layer.Layer<Conversations, never, CXoneClient> {
    return Layer.effect(Conversations, make)
  }
}

const Opened = json(Schema.Struct({ id: Id }))
const Active = json(Schema.Struct({ items: Schema.Array(Schema.Unknown) }))
const First = Schema.decodeUnknownEffect(Schema.Struct({ id: Id }))

const make = Effect.gen(function* () {
  const client = yield* CXoneClient

  const opened: Call<Conversation, Conflict>["answers"][number] = (body) =>
    Effect.mapEager(Opened(body), ({ id }) => ({ id, reused: false }))

  const answersToOpen: Call<Conversation, Conflict>["answers"] = {
    200: opened,
    201: opened,
    409: () => Effect.fail(new Conflict({ operation: "open" }))
  }

  const open = ({ labels, name, userId }: NewConversation) =>
    client.call({
      operation: "open",
      method: "POST",
      path: "/api/v2/conversations/webchat",
      body: { userId, name, labels },
      answers: answersToOpen
    })

  const findActive = (userId: string) =>
    client.call<Option.Option<string>, never>({
      operation: "findActive",
      method: "GET",
      path: `/api/v2/conversations/webchat?userId=${encodeURIComponent(userId)}&status=ACTIVE`,
      answers: {
        200: (body) =>
          Effect.flatMap(Active(body), ({ items: [first] }) =>
            first === undefined ? Effect.succeedNone : Effect.asSome(Effect.map(First(first), ({ id }) => id))
          )
      }
    })

  const openOrFind = (conversation: NewConversation): Effect.Effect<Conversation, CallError | Conflict> =>
    open(conversation).pipe(
      Effect.catchTag("Conflict", (conflict) =>
        Effect.flatMap(
          findActive(conversation.userId),
          Option.match({
            onNone: () => Effect.fail(conflict),
            onSome: (id) => Effect.succeed({ id, reused: true })
          })
        )
      )
    )

  const openOrReuse = (conversation: NewConversation) => {
    const once = openOrFind(conversation)
    return Effect.catch(once, (failure) => retryAfter(failure, once, lockSchedule))
  }

  return Conversations.of({ open, findActive, openOrReuse })
})
