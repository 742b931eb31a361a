/** The members that payloads are made of. Each may be left out or `null`. */
import { Schema, SchemaGetter } from "effect"
import { hasUnsafeCharacters, isShort, MAX_ID_LENGTH } from "../../std/text.ts"

/** A member that may be left out or `null`; `message` says what it must be otherwise. */
export const optional = <S extends Schema.Constraint>(message: string, schema: S) =>
  Schema.optionalKey(Schema.NullOr(schema).annotate({ message }))

/** True for a text that can be a name. */
export const isName = (text: string) => isShort(text) && !hasUnsafeCharacters(text)

const nameMessage = `expected text of at most ${MAX_ID_LENGTH} characters without control characters`

/** The name of an intent, an entity, a language or a channel. Empty text counts as absent. */
export const name = optional(nameMessage, Schema.String.check(Schema.makeFilter(isName, { message: nameMessage })))

const idMessage = `${nameMessage}, or a whole number up to ${Number.MAX_SAFE_INTEGER}: send longer ids as text`

const isId = (id: string | number) => (typeof id === "number" ? Number.isSafeInteger(id) : isName(id))

/** An id: text, or a whole number that JSON carries exactly. It is never turned into a number. Empty text counts as absent. */
export const id = optional(
  idMessage,
  Schema.Union([Schema.String, Schema.Number])
    .check(Schema.makeFilter(isId, { message: idMessage }))
    .pipe(
      Schema.decodeTo(Schema.String, {
        decode: SchemaGetter.transform(String),
        encode: SchemaGetter.passthrough()
      })
    )
)

/** A number. */
export const number = optional("expected a number", Schema.Finite)

/** Anything. */
export const anything = Schema.optionalKey(Schema.Unknown)

/** The message of a member that must be an object. */
export const object = "expected an object"

/** The members that both shapes have. */
export const shared = {
  /** The language of the conversation, such as `de-DE`. */
  language: name,
  /** The channel that the user writes on. */
  channel: name,
  /** Cognigy's id of the user's input: the same when the webhook is sent again. */
  inputId: id,
  /** Cognigy's id of the processing of that. */
  traceId: id,
  /** More for rules to look at. */
  data: anything
}
