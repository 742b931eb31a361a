/** Parts that the formats of tables and examples share: names, short texts, lists, and members with names of the author's choice. */
import { Schema } from "effect"
import { firstCharacters, hasUnsafeCharacters, isShort, MAX_ID_LENGTH } from "../../std/text.ts"

/** The most values in a list of a condition. */
export const MAX_LIST = 1000

const nameMessage = `expected text of 1 to ${MAX_ID_LENGTH} characters without control characters (put numbers and true and false in quotes)`

/** A name or an id, with the limits of the webhook. */
export const Name = Schema.String.annotate({ message: nameMessage }).check(
  Schema.isNonEmpty({ message: nameMessage }),
  Schema.makeFilter((text: string) => isShort(text) && !hasUnsafeCharacters(text), {
    message: nameMessage,
    toJsonSchema: () => ({ maxLength: MAX_ID_LENGTH, pattern: "^[^\\p{Cc}]*$" })
  })
)

/** The longest text of a table, in characters (code points), as JSON Schema counts them. */
const MAX_TEXT = 1024

/** The text has at most 1024 characters (code points). */
export const isShortText = Schema.makeFilter((text: string) => firstCharacters(text, MAX_TEXT) === text, {
  message: `expected at most ${MAX_TEXT} characters`,
  toJsonSchema: () => ({ maxLength: MAX_TEXT })
})

/** One value, or a list of several. */
export const oneOrMore = <S extends Schema.Constraint>(schema: S, message: string) =>
  Schema.Union([
    schema,
    Schema.Array(schema).check(
      Schema.isMinLength(1, { message: "expected at least one" }),
      Schema.isMaxLength(MAX_LIST, { message: `expected at most ${MAX_LIST}` })
    )
  ]).annotate({ message })

/** An optional member with its description for editors. */
export const describe = <S extends Schema.Top>(description: string, schema: S) =>
  Schema.optionalKey(schema).pipe(Schema.annotateKey({ description }))

/** Members whose names are of the author's choice and match a pattern. `message` says which names are valid. */
export const members = <S extends Schema.Constraint>(name: RegExp, message: string, value: S) =>
  Schema.Record(Schema.String, value).check(
    Schema.makeFilter(
      (record: object) =>
        Object.keys(record)
          .filter((key) => !name.test(key))
          .map((key) => ({ path: [key], issue: message })),
      { toJsonSchema: () => ({ propertyNames: { pattern: name.source } }) }
    )
  )

/** Members whose names are of the author's choice, with the limits of `Name`. */
export const named = <S extends Schema.Constraint>(value: S) =>
  members(
    /^[^\p{Cc}]{1,256}$/u,
    `expected a name of 1 to ${MAX_ID_LENGTH} characters without control characters`,
    value
  )

/** The object has at least one member. */
export const notEmpty = (message: string) => Schema.isMinProperties(1, { message })

/** The object has exactly one of these members. */
export const exactlyOne = (members: ReadonlyArray<string>) =>
  Schema.makeFilter(
    (target: object) => {
      const given = members.filter((member) => member in target)
      if (given.length === 1) return undefined
      return given.length === 0
        ? `expected one of ${members.join(", ")}`
        : `expected only one of ${given.join(" and ")}`
    },
    { toJsonSchema: () => ({ oneOf: members.map((member) => ({ required: [member] })) }) }
  )
