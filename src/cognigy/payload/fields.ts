/** The members that payloads are made of. Each may be left out, `null`, or text that is empty or blank. */
import { Predicate, Schema, SchemaGetter } from "effect"
import { asWritten } from "../../std/exactJson.ts"
import { hasUnsafeCharacters, isBlank, isShort, MAX_ID_LENGTH, unfilled } from "../../std/text.ts"
import { isObject, WrittenNumber } from "../../std/WrittenNumber.ts"
import { structured, type Take } from "./structured.ts"

/** A member that may be left out or `null`; `message` says what it must be otherwise. */
export const optional = <S extends Schema.Constraint>(message: string, schema: S) =>
  Schema.optionalKey(Schema.NullOr(schema).annotate({ message }))

/** True for a text that can be a name. */
export const isName = (text: string) => isShort(text) && !hasUnsafeCharacters(text)

/** The problem of a text that is no name; `message` says what it must be. */
const nameProblem = (text: string, message: string): string | undefined =>
  unfilled(text) ?? (isName(text) || isBlank(text) ? undefined : message)

/** The requirement for a name, in words. */
export const nameMessage = `expected text of at most ${MAX_ID_LENGTH} characters without control characters`

/** The name of an intent, an entity, a language or a channel. */
export const name = optional(
  nameMessage,
  Schema.String.check(Schema.makeFilter((text: string) => nameProblem(text, nameMessage)))
)

const idMessage = `${nameMessage}, or a whole number up to ${Number.MAX_SAFE_INTEGER}: send longer ids as text`

const idProblem = (id: string | number): string | undefined =>
  Predicate.isNumber(id) ? undefined : nameProblem(id, idMessage)

/** An id: text, or a whole number that JSON carries exactly. It is never turned into a number. */
export const id = optional(
  idMessage,
  Schema.Union([Schema.String, Schema.Number.check(Schema.isInt({ message: idMessage }))])
    .check(Schema.makeFilter(idProblem))
    .pipe(
      Schema.decodeTo(Schema.String, {
        decode: SchemaGetter.transform(String),
        encode: SchemaGetter.passthrough()
      })
    )
)

/** Text of any length. */
export const words = optional("expected text", Schema.String)

/** Anything. */
export const anything = Schema.optionalKey(Schema.Unknown)

/** An object as it is. */
export const takeObject: Take = (value) => (isObject(value) ? value : undefined)

/** An object, as the item of a list. */
export const item = <const Fields extends Schema.Struct.Fields>(kind: string, fields: Fields) =>
  structured(kind, takeObject, Schema.Struct(fields))

/** An object. */
export const object = <const Fields extends Schema.Struct.Fields>(kind: string, fields: Fields) =>
  Schema.optionalKey(item(kind, fields))

/** A list. */
export const list = <S extends Schema.Constraint>(kind: string, item: S) =>
  Schema.optionalKey(structured(kind, (value) => (Array.isArray(value) ? value : undefined), Schema.Array(item)))

const isFilled = Schema.makeFilter((record: object) => {
  const problems = Object.keys(record).map((name) => unfilled(name, "one of its names"))
  return problems.find(Predicate.isNotUndefined)
})

/** Values by names of the sender's choice. */
export const record = (kind: string) =>
  Schema.optionalKey(structured(kind, takeObject, Schema.Record(Schema.String, Schema.Unknown).check(isFilled)))

const scoreKind = "a number from 0 to 1"

const takeNumber: Take = (value) => {
  const number = value instanceof WrittenNumber ? Number(value.text) : value
  return Number.isFinite(number) ? number : undefined
}

/** A score. One with more digits than JavaScript's numbers have is rounded to the nearest of them. */
export const score = Schema.optionalKey(
  structured(
    scoreKind,
    takeNumber,
    Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }, { message: `expected ${scoreKind}` }))
  )
)

const Data = Schema.Union([Schema.Record(Schema.String, Schema.Unknown), Schema.Array(Schema.Unknown)])

/** An object or a list, for rules to look at. Numbers that are not exact become texts, as they are written. */
export const data = Schema.optionalKey(
  structured(
    "an object or a list",
    (value) => (isObject(value) || Array.isArray(value) ? asWritten(value) : undefined),
    // Declared: rules look at a few members, so the others are not copied.
    Schema.declare<typeof Data.Type>((_): _ is typeof Data.Type => true),
    Data
  )
)
