/** The messages that open a contact: a note for the agent where there is something to note, and the user's last words. */
import { hash, randomUUID } from "node:crypto"
import type { HandoverRequest } from "../../domain/HandoverRequest.ts"
import type { Target } from "../../domain/Target.ts"
import { isNumber } from "./ids.ts"
import type { Field, Message } from "./Messages.ts"
import { namesOf, noteOf, openingText } from "./note.ts"

/** What identifies an opening. */
export interface Identity {
  /** The same for every copy of the request. */
  readonly key: string
  /** 1, and one more for each contact that was closed before it was routed. */
  readonly generation: number
  /** The channel of the messages. */
  readonly channelId: string
  /** When the handover began, in milliseconds since 1970. */
  readonly at: number
}

/** A key for a request that no copy shares. */
export const freshKey = (): string => randomUUID()

/** Our id of a user, and of their thread: the whole of Cognigy's. */
export const threadOf = ({ userId }: HandoverRequest): string => `cognigy_${userId}`

/** The messages of an opening, and what the contact is to get where the first of them opens one. */
export interface Opening {
  /** For the agent, before the user's words. */
  readonly note: Message | undefined
  /** The same under another id, for the contact that got the words when the note's was closed before them. */
  readonly noteAgain: Message | undefined
  /** The user's words. */
  readonly words: Message
  readonly wishes: NonNullable<Message["contact"]>
}

/** The messages of an opening. */
export const openingOf = (
  request: HandoverRequest,
  { at, channelId, generation, key }: Identity,
  fields: ReadonlyArray<Field>,
  target: Target
): Opening => {
  const thread = threadOf(request)
  const note = noteOf(request)
  const message = (kind: string, order: number, text: string): Message => ({
    id: `cognigy-${hash("sha256", JSON.stringify([channelId, thread, key, kind, generation]), "base64url")}`,
    // In their order, where CXone sorts by this.
    createdAt: new Date(at + order).toISOString(),
    thread,
    text,
    author: { id: thread, ...namesOf(request) }
  })
  return {
    note: note === undefined ? undefined : message("note", 0, note),
    noteAgain: note === undefined ? undefined : message("note again", 2, note),
    words: message("words", 1, openingText(request)),
    wishes: {
      ...(fields.length === 0 ? {} : { customFields: fields }),
      // A queue may be a routing queue, which has no number.
      ...(target.type === "queue" && isNumber(target.id) ? { skillId: Number(target.id) } : {})
    }
  }
}
