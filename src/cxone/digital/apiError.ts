/** What CXone's errors say: `{"errors": [{"field", "message", …}]}`. Only the names of fields are shown: messages may repeat what was sent. */
import { Option, Schema } from "effect"
import { UNEXPECTED_STATUS, UnexpectedResponse } from "../CXoneError.ts"
import type { Answer } from "../transport/Call.ts"

const decode = Schema.decodeUnknownOption(
  Schema.fromJsonString(
    Schema.Struct({ errors: Schema.Array(Schema.Struct({ field: Schema.optionalKey(Schema.NullOr(Schema.String)) })) })
  )
)

/** A name as an API has it: anything else may be part of a value. */
const FIELD = /^[A-Za-z][\w.[\]-]{0,79}$/

/** The field that CXone complains of, the first if there are several; `undefined` when it names none. */
export const fieldOf = (body: string): string | undefined => {
  const fields = Option.match(decode(body), {
    onNone: () => [],
    onSome: ({ errors }) => errors.map(({ field }) => field ?? "")
  })
  return fields.find((field) => FIELD.test(field))
}

/** The error of an answer that refuses the request for a reason that no caller can mend. */
export const refused = (operation: string, { body, status }: Answer): UnexpectedResponse => {
  const field = fieldOf(body)
  const issue = field === undefined ? UNEXPECTED_STATUS : `it refuses the field ${field}`
  return new UnexpectedResponse({ operation, status, issue })
}

/** True for a refusal that something optional in a message may have caused: a field or a skill that the tenant does not have, or too much text. */
export const isOfContent = ({ status }: { readonly status: number }): boolean => [400, 404, 413, 422].includes(status)
