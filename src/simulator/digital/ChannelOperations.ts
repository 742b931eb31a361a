/** Channels and their messages. */
import { Duration, Effect, Schema } from "effect"
import { type Answer, emptyAnswer, jsonAnswer, type Refusal } from "../core/Answer.ts"
import type { Handler } from "../core/Dialect.ts"
import { type Incoming, jsonBody, listQuery, param } from "../core/Incoming.ts"
import { CustomFields, knownFields } from "./customFields.ts"
import type { Digital } from "./Digital.ts"
import type { DigitalContact, DigitalMessage, DigitalTarget } from "./DigitalState.ts"
import { noTarget, notFound, repeatedMessage, tooManyUpdates } from "./refusals.ts"
import { makeContactView } from "./views.ts"

const text = Schema.NonEmptyString

const Ids = Schema.NonEmptyArray(text)

const Milliseconds = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)$/, {
    expected: "a date and time with milliseconds"
  }),
  Schema.makeFilter((at) => !Number.isNaN(Date.parse(at)) || "a date and time that exists")
)

const Message = Schema.Struct({
  idOnExternalPlatform: text,
  direction: Schema.Literal("inbound"),
  createdAtWithMilliseconds: Milliseconds,
  thread: Schema.Struct({ idOnExternalPlatform: text }),
  messageContent: Schema.Struct({ type: Schema.Literal("TEXT"), payload: Schema.Struct({ text }) }),
  authorEndUserIdentity: Schema.Struct({
    idOnExternalPlatform: text,
    firstName: Schema.optionalKey(Schema.String),
    lastName: Schema.optionalKey(Schema.String),
    nickname: Schema.optionalKey(Schema.String)
  }),
  contact: Schema.optionalKey(
    Schema.Struct({
      customFields: Schema.optionalKey(CustomFields),
      skillId: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))
    })
  )
})

const messageBody = jsonBody(Message)
const channelsQuery = listQuery(Schema.Struct({ "id[]": Ids }))
const messagesQuery = listQuery(Schema.Struct({ "idOnExternalPlatform[]": Ids, "channel[]": Ids }))
const actionBody = jsonBody(Schema.Struct({ action: Schema.Literals(["isTypingOn", "isTypingOff"]) }))

const nameOf = ({ firstName, lastName, nickname }: (typeof Message.Type)["authorEndUserIdentity"]): string | null =>
  [firstName, lastName].filter((name) => name !== undefined && name !== "").join(" ") || nickname || null

/** Makes the operations of channels and messages. */
export const makeChannelOperations = (digital: Digital) => {
  const { contacts, messages, options, scope, simulation, tenant } = digital
  const view = makeContactView(digital)

  const channel: Handler = Effect.fnUntraced(function* (incoming) {
    const { "id[]": ids } = yield* channelsQuery(incoming)
    return jsonAnswer(
      200,
      ids.flatMap((id) => {
        const found = tenant.channels.get(id)
        return found === undefined ? [] : [{ isLiveChat: false, hasMultipleThreadsPerEndUser: true, ...found }]
      })
    )
  })

  const accepted = (contact: DigitalContact | undefined, { id, threadId }: DigitalMessage): Answer =>
    jsonAnswer(options.messageStatus, {
      consumerContact: contact === undefined ? null : view(contact),
      message: { idOnExternalPlatform: id, thread: { idOnExternalPlatform: threadId } }
    })

  /** The channel's script is as slow as the options say, and looks at nothing. */
  const runScript = ({ channelId, number }: DigitalContact): Effect.Effect<unknown> => {
    const skill = options.script?.skillId ?? tenant.channels.get(channelId)?.defaultSkillId
    if (options.script === undefined || skill === undefined) return Effect.void
    const requeue = Effect.andThen(
      Effect.sync(() => contacts.requeue(number, { type: "queue", id: String(skill) })),
      simulation.changed
    )
    const { afterMillis } = options.script
    if (afterMillis <= 0) return requeue
    return Effect.forkIn(Effect.andThen(simulation.clock.sleep(Duration.millis(afterMillis)), requeue), scope, {
      startImmediately: true
    })
  }

  const post = Effect.fnUntraced(function* (incoming: Incoming): Effect.fn.Return<Answer, Refusal> {
    const channelId = param(incoming, "channelId")
    if (!tenant.channels.has(channelId)) return yield* notFound("channel", channelId)
    const body = yield* messageBody(incoming)
    const id = body.idOnExternalPlatform
    const threadId = body.thread.idOnExternalPlatform

    const before = options.repeatedMessage === "second" ? undefined : messages.first(channelId, id)
    if (before !== undefined) {
      if (options.repeatedMessage === "same") return accepted(contacts.get(before.contactNumber), before)
      return yield* repeatedMessage(options.repeatedMessage === 422 ? 422 : 409)
    }

    const fields = yield* Effect.fromResult(
      knownFields(digital, body.contact?.customFields ?? [], "contact.customFields.")
    )
    const target: DigitalTarget | undefined =
      options.skillIdTaken && body.contact?.skillId !== undefined
        ? { type: "queue", id: String(body.contact.skillId) }
        : undefined
    if (target !== undefined && !tenant.has(target)) {
      return yield* noTarget(options.unknownTarget, target, "contact.skillId")
    }

    const active = contacts.activeIn(channelId, threadId)
    if (active !== undefined) {
      const wait = contacts.takeUpdate(active.number)
      if (wait !== undefined) return yield* tooManyUpdates(options, wait)
    }
    const authorId = body.authorEndUserIdentity.idOnExternalPlatform
    const authorName = nameOf(body.authorEndUserIdentity)
    const { number } = active ?? contacts.create({ channelId, threadId, authorId, authorName })
    contacts.rejoin(number)
    contacts.setFields(number, fields)
    const message = messages.add({
      id,
      channelId,
      threadId,
      authorId,
      contactNumber: number,
      text: body.messageContent.payload.text
    })
    const contact = active === undefined && target !== undefined ? contacts.place(number, target) : contacts.get(number)
    if (active === undefined && contact !== undefined) yield* runScript(contact)
    return accepted(contact, message)
  })

  const message: Handler = Effect.fnUntraced(function* (incoming) {
    const { "channel[]": channelIds, "idOnExternalPlatform[]": ids } = yield* messagesQuery(incoming)
    const found = channelIds.flatMap((channelId) => ids.flatMap((id) => messages.find(channelId, id)))
    return jsonAnswer(200, {
      hits: found.length,
      data: found.map(({ contactNumber, id, threadId }) => ({
        idOnExternalPlatform: id,
        contactNumber,
        threadIdOnExternalPlatform: threadId
      }))
    })
  })

  const typing: Handler = Effect.fnUntraced(function* (incoming) {
    const [channelId, threadId] = [param(incoming, "channelId"), param(incoming, "threadId")]
    if (!tenant.channels.has(channelId)) return yield* notFound("channel", channelId)
    yield* actionBody(incoming)
    if (!contacts.hasThread(channelId, threadId)) return yield* notFound("thread", threadId)
    return emptyAnswer(options.successStatus)
  })

  return { channel, post, message, typing }
}
