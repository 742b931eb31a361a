/** The checks of the webchat API: clock, reachability, token and scopes. */
import { type Duration, Effect, Result } from "effect"
import type { HttpClient } from "effect/http"
import type { CallError } from "../cxone/CXoneError.ts"
import * as Deadline from "../cxone/Deadline.ts"
import { AccessToken } from "../cxone/transport/AccessToken.ts"
import { Conversations } from "../cxone/webchat/Conversations.ts"
import { Directory } from "../cxone/webchat/Directory.ts"
import { type Check, ok } from "./Check.ts"
import { explain, lacking } from "./explain.ts"
import { needsToken, PROBE_USER, patiently } from "./lookUp.ts"
import { needsAnswer, reachability, rounded } from "./reachability.ts"

/** The settings of CXone's address. */
const ADDRESS = "CXONE_BASE_URL or CXONE_REGION"

/** The checks, each of whose calls has `patience`. */
export const cxoneChecks = Effect.fnUntraced(function* (baseUrl: string, patience: Duration.Duration) {
  const { clock, reachability: reachable } = yield* reachability(
    { baseUrl, path: "/api/v2/users/me", address: ADDRESS },
    patience
  )

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
    { name: needsAnswer.check, run: reachable },
    { name: needsToken.check, run: token, needs: needsAnswer },
    { name: "scopes", run: scopes, needs: needsToken }
  ]
  return checks
})
