import { Predicate } from "effect"
import { isBlank } from "./text.ts"

/** A value that is there; `undefined` for `null`, and for text that is empty or blank, as templates make it of what is not there. */
export const present = <A>(value: A): NonNullable<A> | undefined =>
  Predicate.isNotNullish(value) && !(Predicate.isString(value) && isBlank(value)) ? value : undefined
