import { Schema } from "effect"

// Node would refuse to send an answer with header values outside this range.
const HeaderValue = Schema.String.check(Schema.isPattern(/^[\x20-\x7e]+$/, { expected: "printable ASCII" }))

/**
 * Makes the schema of one thing that goes wrong on demand, for calls of these operations. Of several faults that match
 * a call the oldest applies, and besides it the oldest delay.
 *
 * `operation` names the operation, or `any` for every call, unknown paths included. `skip` (default 0) lets that many
 * of these calls pass first, counted from when the fault was ordered. Then `times` (default 1) strikes the next n calls.
 * Until cleared, `share` (0 to 1) strikes that share of them, and `every` strikes each n-th call, or the one after it
 * where another fault strikes the n-th.
 *
 * `phase` says whether the call takes effect: `before` (the default) means not at all, `after` means in full, although
 * the caller gets no answer or a late one.
 *
 * - `status`: answers with an error status, without effect. `retryAfter` is in seconds, or sent as it is.
 * - `delay`: waits for `millis` milliseconds, then answers as usual. It combines with another fault on the same call.
 *   In phase `before`, a caller who gives up during the wait leaves no effect.
 * - `hang`: never answers. The connection stays open until the caller gives up or the simulator closes.
 * - `drop`: destroys the connection instead of an answer.
 * - `brokenBody`: the call takes effect. The answer keeps its status (204 becomes 200) but breaks off inside the JSON.
 * - `body`: the call takes effect. This status and body replace the answer. The body is sent as JSON, or as it is when
 *   it is a string and `contentType` is given.
 * - `revoke`: ends all tokens just before the call is handled, so the call itself meets a dead token.
 * - `end`: ends the conversation that the call names just before the call is handled. Other calls pass as usual.
 *
 * `status`, `revoke`, `end`, and `hang`, `drop` and `delay` in phase `before` strike ahead of every check, as a failing
 * gateway would. The others strike after the call was handled.
 */
export const makeFault = <Operation extends string>(operations: ReadonlyArray<Operation>) => {
  const occurrence = {
    operation: Schema.Literals([...operations, "any"]) as Schema.Codec<Operation | "any">,
    times: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    share: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
    every: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    skip: Schema.optionalKey(Schema.Natural)
  }
  const phase = Schema.optionalKey(Schema.Literals(["before", "after"]))
  return Schema.Union([
    Schema.Struct({
      kind: Schema.Literal("status"),
      ...occurrence,
      status: Schema.Int.check(Schema.isBetween({ minimum: 400, maximum: 599 })),
      retryAfter: Schema.optionalKey(Schema.Union([Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)), HeaderValue]))
    }),
    Schema.Struct({
      kind: Schema.Literal("delay"),
      ...occurrence,
      millis: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
      phase
    }),
    Schema.Struct({ kind: Schema.Literal("hang"), ...occurrence, phase }),
    Schema.Struct({ kind: Schema.Literal("drop"), ...occurrence, phase }),
    Schema.Struct({ kind: Schema.Literal("brokenBody"), ...occurrence }),
    Schema.Struct({
      kind: Schema.Literal("body"),
      ...occurrence,
      status: Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 })),
      body: Schema.Json,
      contentType: Schema.optionalKey(HeaderValue)
    }),
    Schema.Struct({ kind: Schema.Literal("revoke"), ...occurrence }),
    Schema.Struct({ kind: Schema.Literal("end"), ...occurrence })
  ]).check(
    Schema.makeFilter(
      ({ every, share, times }) =>
        [every, share, times].filter((given) => given !== undefined).length <= 1 || "give one of times, share and every"
    )
  )
}

/** One thing that goes wrong on demand, for calls of these operations. */
export type Fault<Operation extends string = string> = ReturnType<typeof makeFault<Operation>>["Type"]

/**
 * Makes the schema of a fault that may still strike. `skipLeft` calls pass before it strikes. It strikes `timesLeft`
 * more times; null for `share` and `every`, which do not run out.
 */
export const makePendingFault = <F>(fault: Schema.Codec<F>) =>
  Schema.Struct({ fault, skipLeft: Schema.Natural, timesLeft: Schema.NullOr(Schema.Natural) })

/** A fault that may still strike. */
export type PendingFault<F> = ReturnType<typeof makePendingFault<F>>["Type"]
