/** Failures in words for people who read a report. */
import { Cause, Duration, Predicate, Schema } from "effect"
import { refusedByProxy } from "../../../src/std/Proxies.ts"

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

/** The code of what broke, and nothing else of it: messages of network errors can hold addresses and headers. */
export const codeOf = (error: unknown): string | undefined => {
  let cause = error
  for (let depth = 0; depth < 6 && Predicate.isObject(cause); depth++) {
    const status = refusedByProxy(cause)
    if (status !== undefined) return `PROXY_ANSWERED_${status}`
    if (Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code)) return cause.code
    cause = Predicate.hasProperty(cause, "reason")
      ? cause.reason
      : Predicate.hasProperty(cause, "cause")
        ? cause.cause
        : undefined
  }
  return undefined
}

/** Says what became of an HTTP request that got no answer. */
export const explain = (error: unknown, patience: Duration.Duration): string => {
  if (Cause.isTimeoutError(error)) return `no answer within ${Duration.format(patience)}`
  const code = codeOf(error)
  return `connection failed${code === undefined ? "" : ` (${code})`}`
}
