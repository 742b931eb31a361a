/** Messages on the tenant's channel: one opens a contact in its thread, or joins the one that goes on there. */
import { Context, Effect, Layer, Option, Result, Schedule, Schema } from "effect"
import { type CallError, UnexpectedResponse } from "../CXoneError.ts"
import { type Answer, any2xx, json } from "../transport/Call.ts"
import { CXoneClient } from "../transport/CXoneClient.ts"
import { refused } from "./apiError.ts"
import { type Contact, ContactAnswer, ContactNumber, toContact } from "./Contact.ts"
import { permissions } from "./permissions.ts"

/** A custom field of a contact, and its value. */
export interface Field {
  /** The field's ident in the tenant. */
  readonly ident: string
  /** At most 1,024 characters. */
  readonly value: string
}

/** A message of the end user. */
export interface Message {
  /** Our id of it: the same for every try to send it. */
  readonly id: string
  /** When it was written, ISO 8601 with milliseconds. */
  readonly createdAt: string
  /** Our id of its thread. */
  readonly thread: string
  /** The words. */
  readonly text: string
  /** The end user. */
  readonly author: {
    /** Our id of the user. */
    readonly id: string
    /** Their first name. */
    readonly firstName?: string
    /** Their last name. */
    readonly lastName?: string
    /** Their name where it has no two parts. */
    readonly nickname?: string
  }
  /** For the contact, where the message opens one. Each is a wish. */
  readonly contact?: {
    /** Custom fields, which the tenant has. */
    readonly customFields?: ReadonlyArray<Field>
    /** The number of the skill that is to get it. */
    readonly skillId?: number
  }
}

/** Messages on one channel. Each method fails with the errors of every call. */
export class Messages extends Context.Service<
  Messages,
  {
    /**
     * Sends a message, once, and succeeds with the contact that it is in. An attempt without a usable answer may have had an effect, so that the caller looks before it sends again. Succeeds with the
     * refusal when CXone does not take it: the message may be there already, or something in it is wrong.
     */
    readonly post: (
      message: Message,
      isRetry?: boolean
    ) => Effect.Effect<Result.Result<Contact, UnexpectedResponse>, CallError>
    /** The number of the contact that has this message. CXone may list a message later than it takes it. */
    readonly find: (message: Pick<Message, "id" | "thread">) => Effect.Effect<Option.Option<string>, CallError>
  }
>()("cognigy-cxone-router/cxone/Messages") {
  /** Messages through `/dfo/3.0/channels/{id}/messages` and `/dfo/3.0/messages`. */
  static readonly layer = (channelId: string): Layer.Layer<Messages, never, CXoneClient> =>
    Layer.effect(Messages, make(channelId))
}

/** The path of a message that is sent. */
export const postPath = (channelId: string): string => `/dfo/3.0/channels/${encodeURIComponent(channelId)}/messages`

/** The body of a message that is sent. */
export const postBody = ({ author: { id: authorId, ...names }, contact, createdAt, id, text, thread }: Message) => ({
  idOnExternalPlatform: id,
  direction: "inbound",
  createdAtWithMilliseconds: createdAt,
  thread: { idOnExternalPlatform: thread },
  messageContent: { type: "TEXT", payload: { text } },
  authorEndUserIdentity: { idOnExternalPlatform: authorId, ...names },
  ...(contact === undefined ? {} : { contact })
})

/** The path of the look-up of a message. */
export const messagePath = (channelId: string, id: string): string =>
  `/dfo/3.0/messages?idOnExternalPlatform[]=${encodeURIComponent(id)}&channel[]=${encodeURIComponent(channelId)}`

const Posted = json(Schema.Struct({ consumerContact: ContactAnswer }))

const taken = (body: string, answer: Answer) =>
  Effect.map(Posted(body), ({ consumerContact }) => Result.succeed(toContact(answer)(consumerContact)))

const notTaken = (_body: string, answer: Answer) => Effect.succeed(Result.fail(refused("post", answer)))

const noChannel = (_body: string, { status }: Answer) =>
  Effect.succeed(
    Result.fail(
      new UnexpectedResponse({ operation: "post", status, issue: "it has no such channel: check CXONE_CHANNEL_ID" })
    )
  )

const Found = json(Schema.Struct({ data: Schema.Array(Schema.Unknown) }))
const Hit = Schema.decodeUnknownEffect(
  Schema.Struct({ contactNumber: ContactNumber, threadIdOnExternalPlatform: Schema.optionalKey(Schema.Unknown) })
)

/** The contact of the first message that is not of another thread: a list may have more than was asked for, and somebody else's contact must not be routed. */
const contactIn = (thread: string) => (body: string) =>
  Effect.gen(function* () {
    const { data } = yield* Found(body)
    for (const one of data) {
      const { contactNumber, threadIdOnExternalPlatform: other } = yield* Hit(one)
      if (other === undefined || other === null || other === thread) return Option.some(contactNumber)
    }
    return Option.none()
  })

const make = Effect.fnUntraced(function* (channelId: string) {
  const client = yield* CXoneClient

  return Messages.of({
    post: (message, isRetry = false) =>
      client.call({
        operation: "post",
        lane: "caller",
        permissions: [permissions.sendMessages],
        method: "POST",
        path: postPath(channelId),
        body: postBody(message),
        answers: {
          ...any2xx(taken),
          400: notTaken,
          404: noChannel,
          409: notTaken,
          413: notTaken,
          422: notTaken
        },
        // Tried again outside the call.
        schedule: Schedule.recurs(0),
        isRetry
      }),
    find: ({ id, thread }) =>
      client.call({
        operation: "message",
        lane: "caller",
        permissions: [permissions.readMessages],
        method: "GET",
        path: messagePath(channelId, id),
        answers: { 200: contactIn(thread), 404: () => Effect.succeedNone }
      })
  })
})
