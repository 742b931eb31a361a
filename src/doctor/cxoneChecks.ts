/** Whether CXone can be reached and lets us in. */
import { DateTime, type Duration, Effect, Option, Result } from "effect"
import { type HttpClient, HttpClientRequest } from "effect/http"
import { type CallError, type CXoneError, scopesOf } from "../cxone/CXoneError.ts"
import { AccessToken } from "../cxone/transport/AccessToken.ts"
import * as Deadline from "../cxone/transport/Deadline.ts"
import { lookUpSchedule } from "../cxone/transport/Schedules.ts"
import { Conversations } from "../cxone/webchat/Conversations.ts"
import { Directory } from "../cxone/webchat/Directory.ts"
import { type Check, failed, ok, type Prerequisite, skipped } from "./Check.ts"
import { explain, lacking } from "./explain.ts"
import { type Answered, reach, troubleOf } from "./Probe.ts"

/**
 * How far the local clock may be from CXone's, in milliseconds: half of the margin in which a token is no longer used, and a tenth of what
 * signatures of webhooks tolerate, so that it is seen before anything fails of it.
 */
export const MAX_SKEW = 30_000

/** The user whose conversations are asked for: nobody, and nothing is changed. */
export const PROBE_USER = "cognigy_doctor"

/** For checks that make no sense where CXone cannot be reached. */
export const needsAnswer: Prerequisite = { check: "reachability", what: "an answer of CXone's" }

/** For checks that call CXone as its client. */
export const needsToken: Prerequisite = { check: "token", what: "an access token" }

/** One call to CXone, which has `patience` each time that it is tried: what a rate limit holds back waits for its turn by `lookUpSchedule`. */
export const patiently =
  (patience: Duration.Duration) =>
  <A, E extends CXoneError, R>(call: Effect.Effect<A, E, R>) =>
    Effect.retry(Deadline.within(patience)(call), lookUpSchedule)

const rounded = (millis: number) => `${Math.round(millis)} ms`

const spelled = (millis: number) => {
  const seconds = Math.round(millis / 1000)
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60
  ]
  const parts = [`${days} d`, `${hours} h`, `${minutes} min`, `${seconds % 60} s`]
  return parts
    .filter((part) => !part.startsWith("0 "))
    .slice(0, 2)
    .join(" ")
}

/** The time of day in an answer's `Date`, unless a cache gave the answer. */
const dateOf = ({ headers }: Answered) =>
  headers.date !== undefined && headers.age === undefined
    ? Option.map(DateTime.make(headers.date), DateTime.toEpochMillis)
    : Option.none()

/** Compares the clocks, as far as an answer can tell: its `Date` leaves parts of a second out, and it was given at some time between two of ours. */
const compareClocks = (answered: Answered) =>
  Option.match(dateOf(answered), {
    onNone: () => skipped("CXone's answer does not say what time it is there"),
    onSome: (date) => {
      const ahead = answered.sentAt - (date + 1000)
      const behind = date - answered.answeredAt
      const off = Math.max(ahead, behind)
      if (off < 1000) return ok("the same time as CXone's")
      const skew = `${spelled(off)} ${ahead > behind ? "ahead of" : "behind"} CXone's`
      return off <= MAX_SKEW
        ? ok(skew)
        : failed(
            `${skew}: signatures of webhooks, certificates and the dates that CXone says are judged by it`,
            "set this machine's clock (NTP)"
          )
    }
  })

/** The checks of the clock, of the way to CXone, of the token and of the scopes, each of whose calls has `patience`. */
export const cxoneChecks = Effect.fnUntraced(function* (baseUrl: string, patience: Duration.Duration) {
  // Without credentials: whoever answers there learns nothing.
  const request = HttpClientRequest.get(`${baseUrl}/api/v2/users/me`).pipe(HttpClientRequest.acceptJson)
  const reached = yield* Effect.cached(reach(request, patience))

  const clock = Effect.match(reached, {
    onFailure: () => skipped(`needs ${needsAnswer.what}`),
    onSuccess: compareClocks
  })

  const reachability = Effect.match(reached, {
    onFailure: (error) => {
      const { instead, what } = troubleOf(error, "CXONE_BASE_URL or CXONE_REGION", patience)
      return failed(`${baseUrl}: ${what}`, instead)
    },
    onSuccess: ({ millis, status }) => ok(`${baseUrl} answered ${status} in ${rounded(millis)}`)
  })

  const token = Effect.gen(function* () {
    const { get } = yield* AccessToken
    const started = yield* Deadline.nowMillis
    const result = yield* Effect.result(Deadline.within(patience)(get))
    return Result.isFailure(result)
      ? explain(result.failure, patience)
      : ok(`CXone gave one, ${rounded((yield* Deadline.nowMillis) - started)}`)
  })

  const scopes = Effect.gen(function* () {
    const { whoami } = yield* Directory
    const { findActive } = yield* Conversations
    const calls: ReadonlyArray<Effect.Effect<unknown, CallError>> = [whoami, findActive(PROBE_USER)]
    const results = yield* Effect.forEach(calls, (call) => Effect.result(patiently(patience)(call)), {
      concurrency: "unbounded"
    })
    const failures = results.flatMap((result) => (Result.isFailure(result) ? [result.failure] : []))
    const missing = failures.flatMap((error) => (error._tag === "Forbidden" ? error.scopes : []))
    if (missing.length > 0) return lacking(missing)
    const [failure] = failures
    if (failure !== undefined) return explain(failure, patience)
    const granted = [...scopesOf.whoami, ...scopesOf.findActive].join(", ")
    return ok(`${granted}; create and write can only be seen with a handover, and were not checked`)
  })

  const checks: ReadonlyArray<Check<AccessToken | Conversations | Directory | HttpClient.HttpClient>> = [
    { name: "clock", run: clock },
    { name: needsAnswer.check, run: reachability },
    { name: needsToken.check, run: token, needs: needsAnswer },
    { name: "scopes", run: scopes, needs: needsToken }
  ]
  return checks
})
