import { Arbitrary, Schema } from "effect"

/** One of these values. */
export const oneOf = <const A extends string | number>(values: ReadonlyArray<A>) =>
  Arbitrary.schema(Schema.Literals(values))

/** A whole number, both ends included. */
export const whole = (minimum: number, maximum: number) =>
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })))
