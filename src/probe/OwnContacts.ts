/** The contacts of the probe's own users: opened by messages, changed, and closed in the end. */
import { randomUUID } from "node:crypto"
import { Clock, Context, Effect, Layer } from "effect"
import { isOver } from "../cxone/digital/Contact.ts"
import { contactPath } from "../cxone/digital/Contacts.ts"
import { type Message, postBody, postPath } from "../cxone/digital/Messages.ts"
import { makeCloseAll } from "./closeAll.ts"
import { Unanswered } from "./Finding.ts"
import { isOfThread, lookUp, numberOf } from "./lookUp.ts"
import { isSuccess, memberOf, needed, type Seen, Tenant } from "./Tenant.ts"

/** The words of every message. */
const TEXT = "A test of cognigy-cxone-router (its command probe). It needs no answer, and is closed soon."

/** A message that was sent. */
export interface Said {
  readonly message: Message
  readonly seen: Seen
  /** The number of its contact, by the answer or else by the message's id; `undefined` when neither tells. */
  readonly contact: string | undefined
}

/** What the probe has opened. */
export interface Traces {
  /** Contacts that may be open, by number, and their users. */
  readonly contacts: Map<string, string>
  /** The numbers of all contacts. */
  readonly opened: Set<string>
  /** Messages that may have opened a contact whose number is not known, and their users. */
  readonly unclear: Map<string, string>
}

/** Something that is open still, for a person who looks for it. */
export type Left = { readonly user: string; readonly contact?: string }

/** The contacts of the probe's own users. */
export class OwnContacts extends Context.Service<
  OwnContacts,
  {
    /** The id of an own user, such as `cognigy_probe-1a2b3c4d-search`. */
    readonly user: (name: string) => string
    /** A new message of a user, in a thread of the same id. */
    readonly messageOf: (user: string, contact?: Message["contact"]) => Effect.Effect<Message>
    /** Sends a message. */
    readonly say: (message: Message) => Effect.Effect<Said, Unanswered>
    /** Opens a contact of a user and succeeds with its number. */
    readonly open: (user: string) => Effect.Effect<string, Unanswered>
    /** Looks a contact up. */
    readonly get: (contact: string) => Effect.Effect<Seen, Unanswered>
    /** Changes a contact; the path is below that of the contact. */
    readonly put: (contact: string, path: string, body: unknown) => Effect.Effect<Seen, Unanswered>
    /** Sets the status of a contact. */
    readonly setStatus: (contact: string, status: string) => Effect.Effect<Seen, Unanswered>
    /** Closes all of them, as often as that takes, and succeeds with those that could not be closed. Ends within minutes. */
    readonly closeAll: Effect.Effect<ReadonlyArray<Left>>
    /** The numbers of the contacts so far. */
    readonly opened: Effect.Effect<ReadonlyArray<string>>
  }
>()("cognigy-cxone-router/probe/OwnContacts") {
  /** Contacts on this channel. */
  static readonly layer = (channelId: string): Layer.Layer<OwnContacts, never, Tenant> =>
    Layer.effect(OwnContacts, make(channelId))
}

/** The number of the contact in an answer to a message, unless it is in another thread. */
const contactIn = ({ body }: Seen, thread: string): string | undefined => {
  const contact = memberOf(body, "consumerContact")
  return isOfThread(contact, thread) ? numberOf(memberOf(contact, "id")) : undefined
}

/** A refusal that opens nothing for sure. */
const isRefusal = ({ status }: Seen) => status >= 400 && status < 500 && ![408, 409, 429].includes(status)

/** The status of a contact in its look-up. */
export const statusIn = ({ body }: Pick<Seen, "body">): string | undefined => {
  const status = memberOf(body, "status")
  return typeof status === "string" ? status.toLowerCase() : undefined
}

/** True for a contact that the look-up shows as over. */
export const isSeenOver = (seen: Pick<Seen, "body">): boolean => isOver({ status: statusIn(seen) })

const make = Effect.fnUntraced(function* (channelId: string) {
  const { call } = yield* Tenant
  const run = randomUUID().slice(0, 8)
  const traces: Traces = { contacts: new Map(), opened: new Set(), unclear: new Map() }

  const get = (contact: string) => call("GET", contactPath(contact))
  const put = (contact: string, path: string, body: unknown) => call("PUT", `${contactPath(contact)}${path}`, body)
  const setStatus = (contact: string, status: string) => put(contact, "/status", { status })

  const messageOf = (user: string, contact?: Message["contact"]) =>
    Effect.map(
      Clock.currentTimeMillis,
      (now): Message => ({
        id: `cognigy_probe-${randomUUID()}`,
        createdAt: new Date(now).toISOString(),
        thread: user,
        text: TEXT,
        author: { id: user, nickname: "Probe" },
        ...(contact === undefined ? {} : { contact })
      })
    )

  const say = (message: Message) =>
    Effect.suspend(() => {
      // Before the call: an interruption leaves it open, too.
      traces.unclear.set(message.id, message.thread)
      return call("POST", postPath(channelId), postBody(message))
    }).pipe(
      Effect.flatMap((seen) =>
        Effect.gen(function* () {
          const told = contactIn(seen, message.thread)
          const found = told === undefined && isSuccess(seen) ? yield* lookUp(call, channelId, message) : []
          const contacts = told === undefined ? found : [told]
          for (const contact of contacts) {
            traces.contacts.set(contact, message.thread)
            traces.opened.add(contact)
          }
          if (contacts.length > 0 || isRefusal(seen)) traces.unclear.delete(message.id)
          return { message, seen, contact: contacts[0] } satisfies Said
        })
      )
    )

  return OwnContacts.of({
    user: (name) => `cognigy_probe-${run}-${name}`,
    messageOf,
    say,
    open: Effect.fnUntraced(function* (user) {
      const said = yield* say(yield* messageOf(user))
      yield* needed("no contact could be opened", Effect.succeed(said.seen))
      if (said.contact === undefined) {
        return yield* new Unanswered({
          why: "the contact's number is not known: neither the answer nor the message's id tells it"
        })
      }
      return said.contact
    }),
    get,
    put,
    setStatus,
    closeAll: makeCloseAll({ call, channelId, get, setStatus, traces }),
    opened: Effect.sync(() => [...traces.opened])
  })
})
