/** Failures in words for people who read a report. */
import { Cause, Duration, Schema } from "effect"
import { codeOf } from "../../../src/std/codeOf.ts"

/** Something that an interaction needs cannot be had. */
export class Unarranged extends Schema.TaggedError<Unarranged>()("Unarranged", {
  reason: Schema.String,
  /** What to do about it. */
  instead: Schema.optionalKey(Schema.String),
  /** How far it reaches: to all interactions that follow, or to those that would fail for the same reason. */
  stops: Schema.Literals(["all", "alike"])
}) {
  override get message() {
    return this.reason
  }
}

/** Says what became of an HTTP request that got no answer. */
export const explain = (error: unknown, patience: Duration.Duration): string => {
  if (Cause.isTimeoutError(error)) return `no answer within ${Duration.format(patience)}`
  const code = codeOf(error)
  return `connection failed${code === undefined ? "" : ` (${code})`}`
}
