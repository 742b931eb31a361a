/** The value of an entity or a slot: the bot's authors, Cognigy itself and templates write it in several ways. */
import { Predicate } from "effect"
import type { EntityValue } from "../../domain/HandoverRequest.ts"
import { present } from "../../std/present.ts"
import { structureIn } from "../../std/structureIn.ts"
import { isObject, WrittenNumber } from "../../std/WrittenNumber.ts"

const toScalar = (value: unknown): EntityValue | undefined => {
  if (Predicate.isString(value)) return present(value)
  if (value instanceof WrittenNumber) return value.text
  return Predicate.isNumber(value) || Predicate.isBoolean(value) ? value : undefined
}

/** The object or list in a text; any other value as it is. */
const opened = (value: unknown): unknown => (Predicate.isString(value) ? structureIn(value) : value)

/**
 * A scalar as it is, of an object its `keyphrase`, else its `value`, and of a list its first element; each also as JSON in a text. A number that is not
 * exact is text, as it is written. Routing can use no other value.
 */
export const toEntityValue = (raw: unknown): EntityValue | undefined => {
  const sent = opened(raw)
  const [first, object]: ReadonlyArray<unknown> = Array.isArray(sent) ? [sent[0], opened(sent[0])] : [raw, sent]
  return isObject(object) && (Object.hasOwn(object, "keyphrase") || Object.hasOwn(object, "value"))
    ? toScalar(present(object.keyphrase) ?? object.value)
    : toScalar(first)
}
