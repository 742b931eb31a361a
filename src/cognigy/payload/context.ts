/** Texts by names of the sender's choice, for the agent and the contact centre's scripts. */
import { Predicate, Schema } from "effect"
import { present } from "../../std/present.ts"
import { firstCharacters, isBlank, unfilled, whollyUnfilled } from "../../std/text.ts"
import { WrittenNumber } from "../../std/WrittenNumber.ts"
import { isName, nameMessage, takeObject } from "./fields.ts"
import { structured } from "./structured.ts"

/** The most names of a context. */
export const MAX_NAMES = 100

/** The most characters of a value: as many as CXone's custom fields have. */
export const MAX_VALUE = 1024

/** A value as text; `undefined` for one that is absent. */
const toText = (value: unknown): string | undefined => {
  if (Predicate.isString(value)) return present(value)
  return value instanceof WrittenNumber ? value.text : String(value)
}

const isScalar = (value: unknown) =>
  Predicate.isString(value) || Predicate.isNumber(value) || Predicate.isBoolean(value) || value instanceof WrittenNumber

/** The members that are there. */
const membersOf = (sent: object): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(sent).filter(([name, value]) => !isBlank(name) && present(value) !== undefined)

/** The problem of a member. It names neither the name nor the value: both are the sender's. */
const problemOf = ([name, value]: readonly [string, unknown]): string | undefined => {
  const unnamed = unfilled(name, "one of its names")
  if (unnamed !== undefined) return unnamed
  if (!isName(name)) return `one of its names is not as it must be: ${nameMessage}`
  if (!isScalar(value)) return "one of its values is neither text nor a number, true or false"
  return Predicate.isString(value) ? whollyUnfilled(value, "one of its values") : undefined
}

const isContext = Schema.makeFilter((sent: object) => {
  const members = membersOf(sent)
  return members.length > MAX_NAMES
    ? `it holds more than ${MAX_NAMES} names`
    : members.map(problemOf).find(Predicate.isNotUndefined)
})

const Sent = Schema.Record(Schema.String, Schema.Unknown)

const Described = Schema.Record(
  Schema.String,
  Schema.Union([Schema.String, Schema.Finite, Schema.Boolean, Schema.Null])
)

/** The member `context` of a payload. */
export const context = Schema.optionalKey(
  structured("an object of texts by names", takeObject, Sent.check(isContext), Described)
)

/** The context, each value as text within its bound; `undefined` where nothing is in it. */
export const toContext = (sent: typeof Sent.Type): Readonly<Record<string, string>> | undefined => {
  const texts = membersOf(sent).flatMap(([name, value]) => {
    const text = toText(value)
    return text === undefined ? [] : [[name, firstCharacters(text, MAX_VALUE)] as const]
  })
  return texts.length === 0 ? undefined : Object.fromEntries(texts)
}
