import { Schema } from "effect"
import { operations } from "./Operation.ts"

/**
 * Which calls a fault strikes. `operation` names the operation, or `any` for every call, unknown paths included.
 * `skip` (default 0) lets that many of these calls pass first, counted from the moment the fault was ordered.
 * Then `times` (default 1) strikes the next n calls; until cleared, `share` (0 to 1) strikes that share of them, and
 * `every` each n-th one (or the one after it, where another fault strikes the n-th).
 */
const occurrence = {
  operation: Schema.Literals([...operations, "any"]),
  times: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  share: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  every: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  skip: Schema.optionalKey(Schema.Natural)
}

/** Whether the call takes effect: not at all (`before`, the default), or in full although nobody hears (`after`). */
const phase = Schema.optionalKey(Schema.Literals(["before", "after"]))

// Header values outside this range would make Node refuse to send the answer at all.
const HeaderValue = Schema.String.check(Schema.isPattern(/^[\x20-\x7e]+$/, { expected: "printable ASCII" }))

/** Answers with an error status in place of CXone, without effect. `retryAfter` is in seconds, or sent as it is. */
export const StatusFault = Schema.Struct({
  kind: Schema.Literal("status"),
  ...occurrence,
  status: Schema.Int.check(Schema.isBetween({ minimum: 400, maximum: 599 })),
  retryAfter: Schema.optionalKey(Schema.Union([Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)), HeaderValue]))
})

/**
 * Waits for `millis` milliseconds, then answers as usual. With phase `before` a caller who gives up during the wait
 * leaves no effect; with `after` the call takes effect first and only the answer is late. It combines with another
 * fault on the same call.
 */
export const DelayFault = Schema.Struct({
  kind: Schema.Literal("delay"),
  ...occurrence,
  millis: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
  phase
})

/** Never answers: the connection stays open until the caller gives up or the simulator closes. */
export const HangFault = Schema.Struct({ kind: Schema.Literal("hang"), ...occurrence, phase })

/** Destroys the connection in place of an answer. */
export const DropFault = Schema.Struct({ kind: Schema.Literal("drop"), ...occurrence, phase })

/** The call takes effect, and its answer keeps its status (204 becomes 200) but breaks off inside the JSON. */
export const BrokenBodyFault = Schema.Struct({ kind: Schema.Literal("brokenBody"), ...occurrence })

/**
 * The call takes effect, and its answer is replaced by this status and body: the wrong shape, an error after the fact.
 * The body goes out as JSON, or as it is when it is a string and `contentType` is given.
 */
export const BodyFault = Schema.Struct({
  kind: Schema.Literal("body"),
  ...occurrence,
  status: Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 })),
  body: Schema.Json,
  contentType: Schema.optionalKey(HeaderValue)
})

/** Makes all tokens unknown just before the call is handled, which then meets a token that is not live. */
export const RevokeFault = Schema.Struct({ kind: Schema.Literal("revoke"), ...occurrence })

/** Ends the conversation that an action or a label names just before the call is handled; other calls pass as usual. */
export const EndFault = Schema.Struct({ kind: Schema.Literal("end"), ...occurrence })

/**
 * One thing that goes wrong on demand. `status`, and `hang`, `drop` and `delay` in phase `before`, strike ahead of
 * every check, as a failing gateway would, and so do `revoke` and `end`, after which the call is handled as usual; the
 * others strike after the call was handled. Of several faults that match a call the oldest applies, and besides it the
 * oldest delay.
 */
export const Fault = Schema.Union([
  StatusFault,
  DelayFault,
  HangFault,
  DropFault,
  BrokenBodyFault,
  BodyFault,
  RevokeFault,
  EndFault
]).check(
  Schema.makeFilter(
    ({ every, share, times }) =>
      [every, share, times].filter((given) => given !== undefined).length <= 1 || "give one of times, share and every"
  )
)

/** One thing that goes wrong on demand. */
export type Fault = typeof Fault.Type

/**
 * A fault that may still strike, with what is left of it: how many calls pass before it strikes, and how often it will,
 * which is null for `share` and `every`: these do not run out.
 */
export const PendingFault = Schema.Struct({
  fault: Fault,
  skipLeft: Schema.Natural,
  timesLeft: Schema.NullOr(Schema.Natural)
})

/** A fault that may still strike, with what is left of it. */
export type PendingFault = typeof PendingFault.Type
