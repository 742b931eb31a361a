/** A contact of the Digital Engagement API: what the other dialect calls a conversation. */
import { Predicate, Schema, SchemaGetter } from "effect"
import type { Answer } from "../transport/Call.ts"
import { isNumber } from "./ids.ts"

/** A contact's number, as text. */
export const ContactNumber = Schema.Union([
  Schema.String,
  Schema.Number.check(Schema.isInt({ message: "not a whole number" }))
]).pipe(
  Schema.decodeTo(Schema.String.check(Schema.makeFilter(isNumber, { message: "not the number of a contact" })), {
    decode: SchemaGetter.transform(String),
    encode: SchemaGetter.passthrough()
  })
)

const text = Schema.optionalKey(Schema.Unknown)

/** A contact, as answers have it. */
export const ContactAnswer = Schema.Struct({
  id: ContactNumber,
  status: text,
  createdAt: text,
  threadIdOnExternalPlatform: text
})

/** A contact. */
export interface Contact {
  /** Its number: digits. */
  readonly id: string
  /** `new`, `open`, `pending`, `escalated`, `resolved`, `closed` or `trashed`; `undefined` when CXone does not say. */
  readonly status: string | undefined
  /** When it was created by CXone's clock, in milliseconds since 1970; `undefined` when CXone does not say. */
  readonly createdAt: number | undefined
  /** The id of its thread on the channel; `undefined` when CXone does not say. */
  readonly thread: string | undefined
  /** When CXone said so, by its clock, in milliseconds since 1970; `undefined` when its answer has no date. */
  readonly seenAt: number | undefined
}

/** The contact in an answer. */
export const toContact =
  ({ date }: Answer) =>
  ({ createdAt, id, status, threadIdOnExternalPlatform: thread }: typeof ContactAnswer.Type): Contact => {
    const time = Predicate.isString(createdAt) ? Date.parse(createdAt) : Number.NaN
    return {
      id,
      status: Predicate.isString(status) ? status.toLowerCase() : undefined,
      createdAt: Number.isNaN(time) ? undefined : time,
      thread: Predicate.isString(thread) ? thread : undefined,
      seenAt: date
    }
  }

/** The statuses of contacts that a message joins, or may join. */
export const ACTIVE = ["new", "open", "pending", "escalated", "resolved"] as const

/** True when no agent gets this contact any more. */
export const isOver = ({ status }: Pick<Contact, "status">): boolean => status === "closed" || status === "trashed"
