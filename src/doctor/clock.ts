/** The local clock, compared with CXone's. */
import { DateTime, Duration, Option } from "effect"
import { type Finding, failed, ok, skipped } from "./Check.ts"
import type { Answered } from "./probe.ts"

/**
 * The most that the clocks may differ. A token is renewed twice as long before it expires, and signatures of webhooks tolerate ten times as much:
 * the check fails before anything else does.
 */
export const MAX_SKEW = Duration.seconds(30)

/** The time in the `Date` header; an answer from a cache has an old one. */
const dateOf = ({ headers }: Answered) =>
  headers.date !== undefined && headers.age === undefined
    ? Option.map(DateTime.make(headers.date), DateTime.toEpochMillis)
    : Option.none()

/** Compares the clocks. The `Date` header has whole seconds, and its time lies between the request and the answer. */
export const compareClocks = (answered: Answered): Finding =>
  Option.match(dateOf(answered), {
    onNone: () => skipped("CXone's answer has no current Date header"),
    onSome: (date) => {
      const ahead = answered.sentAt - (date + 1000)
      const behind = date - answered.answeredAt
      const millis = Math.max(ahead, behind)
      if (millis < 1000) return ok("the same time as CXone")
      const off = Duration.seconds(Math.round(millis / 1000))
      const skew = `${Duration.format(off)} ${ahead > behind ? "ahead of" : "behind"} CXone`
      return Duration.isLessThanOrEqualTo(off, MAX_SKEW)
        ? ok(skew)
        : failed(
            `${skew}: webhook signatures, certificates and CXone's dates depend on it`,
            "set this machine's clock (NTP)"
          )
    }
  })
