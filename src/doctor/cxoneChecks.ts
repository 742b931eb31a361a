/** The checks of CXone: clock, reachability, token and scopes. */
import { Duration, Effect, Result } from "effect"
import { type HttpClient, HttpClientRequest } from "effect/http"
import type { CallError, CXoneError } from "../cxone/CXoneError.ts"
import * as Deadline from "../cxone/Deadline.ts"
import { AccessToken } from "../cxone/transport/AccessToken.ts"
import { lookUpSchedule } from "../cxone/transport/Schedules.ts"
import { Conversations } from "../cxone/webchat/Conversations.ts"
import { Directory } from "../cxone/webchat/Directory.ts"
import { inWords, makeWayTo } from "../std/Proxies.ts"
import { type Check, failed, ok, type Prerequisite, skipped } from "./Check.ts"
import { compareClocks } from "./clock.ts"
import { explain, lacking } from "./explain.ts"
import { reach } from "./probe.ts"
import { forwardTrouble, troubleOf } from "./troubles.ts"

/** A user without conversations: asking for them changes nothing. */
export const PROBE_USER = "cognigy_doctor"

/** The settings of CXone's address. */
const ADDRESS = "CXONE_BASE_URL or CXONE_REGION"

/** The prerequisite of checks that need a CXone that answers. */
export const needsAnswer: Prerequisite = { check: "reachability", what: "an answer from CXone" }

/** The prerequisite of checks that call CXone with a token. */
export const needsToken: Prerequisite = { check: "token", what: "an access token" }

/** One call to CXone, with `patience` for each try; `lookUpSchedule` waits out a rate limit. */
export const patiently =
  (patience: Duration.Duration) =>
  <A, E extends CXoneError, R>(call: Effect.Effect<A, E, R>) =>
    Effect.retry(Deadline.within(patience)(call), lookUpSchedule)

const rounded = (duration: Duration.Duration) => `${Math.round(Duration.toMillis(duration))} ms`

/** The checks, each of whose calls has `patience`. */
export const cxoneChecks = Effect.fnUntraced(function* (baseUrl: string, patience: Duration.Duration) {
  // Without credentials: it may be an unknown server.
  const request = HttpClientRequest.get(`${baseUrl}/api/v2/users/me`).pipe(HttpClientRequest.acceptJson)
  const reached = yield* Effect.cached(reach(request, patience))
  const way = (yield* makeWayTo)(baseUrl)

  const clock = Effect.match(reached, {
    onFailure: () => skipped(`needs ${needsAnswer.what}`),
    // The time of a proxy says nothing.
    onSuccess: (answered) =>
      forwardTrouble(answered.status, ADDRESS, way) === undefined
        ? compareClocks(answered)
        : skipped(`needs ${needsAnswer.what}`)
  })

  const reachability = Effect.match(reached, {
    onFailure: (error) => {
      const { instead, what } = troubleOf(error, ADDRESS, patience, way)
      return failed(`${baseUrl}: ${what}, ${inWords(way)}`, instead)
    },
    onSuccess: ({ status, took }) => {
      const trouble = forwardTrouble(status, ADDRESS, way)
      return trouble === undefined
        ? ok(`${baseUrl} answered ${status} in ${rounded(took)}, ${inWords(way)}`)
        : failed(`${baseUrl}: ${trouble.what}, ${inWords(way)}`, trouble.instead)
    }
  })

  const token = Effect.gen(function* () {
    const { get } = yield* AccessToken
    const [took, result] = yield* Effect.timed(Effect.result(Deadline.within(patience)(get)))
    return Result.isFailure(result) ? explain(result.failure, patience) : ok(`CXone issued one in ${rounded(took)}`)
  })

  const scopes = Effect.gen(function* () {
    const { whoami } = yield* Directory
    const { findActive } = yield* Conversations
    const calls: ReadonlyArray<Effect.Effect<unknown, CallError>> = [whoami, findActive(PROBE_USER)]
    const results = yield* Effect.forEach(calls, (call) => Effect.result(patiently(patience)(call)), {
      concurrency: "unbounded"
    })
    const failures = results.flatMap((result) => (Result.isFailure(result) ? [result.failure] : []))
    const missing = failures.flatMap((error) => (error._tag === "PermissionMissing" ? error.permissions : []))
    if (missing.length > 0) return lacking(missing)
    const [failure] = failures
    if (failure !== undefined) return explain(failure, patience)
    return ok("users:read, conversations:webchat:read; create and write are not checked: only a handover shows them")
  })

  const checks: ReadonlyArray<Check<AccessToken | Conversations | Directory | HttpClient.HttpClient>> = [
    { name: "clock", run: clock },
    { name: needsAnswer.check, run: reachability },
    { name: needsToken.check, run: token, needs: needsAnswer },
    { name: "scopes", run: scopes, needs: needsToken }
  ]
  return checks
})
