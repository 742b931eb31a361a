/** Values of a contact's custom fields, as requests have them. */
import { Result, Schema } from "effect"
import { badRequest, type Refusal } from "../core/Answer.ts"
import type { Digital } from "./Digital.ts"

/** The most characters of a value. */
const MAX_VALUE = 1024

/** A list of values, by ident. */
export const CustomFields = Schema.Array(
  Schema.Struct({
    ident: Schema.NonEmptyString,
    value: Schema.String.check(Schema.isMaxLength(MAX_VALUE))
  })
)

/**
 * The values by ident. Where one field is not defined, all are refused or that one is left out, as the options say. A
 * value that a list does not have refuses all. `at` is the place of the list in the request, such as `contact.customFields.`.
 */
export const knownFields = (
  { options, tenant }: Digital,
  fields: typeof CustomFields.Type,
  at: string
): Result.Result<Readonly<Record<string, string>>, Refusal> => {
  const unknown = fields.findIndex(({ ident }) => !tenant.fields.has(ident))
  if (unknown >= 0 && options.unknownField === "refused") {
    return Result.fail(badRequest(`There is no custom field ${fields[unknown]?.ident}`, `${at}${unknown}.ident`))
  }
  const wrong = fields.findIndex(({ ident, value }) => tenant.fields.get(ident)?.values?.includes(value) === false)
  if (wrong >= 0) {
    return Result.fail(badRequest("The custom field is a list that does not have this value", `${at}${wrong}.value`))
  }
  const known = fields.filter(({ ident }) => tenant.fields.has(ident))
  return Result.succeed(Object.fromEntries(known.map(({ ident, value }) => [ident, value])))
}
