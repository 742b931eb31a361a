/** The checks of CXone's Digital Engagement API. */
import { Duration, Effect, Result } from "effect"
import * as Deadline from "../cxone/Deadline.ts"
import { AccessToken } from "../cxone/transport/AccessToken.ts"
import { type Check, failed, ok } from "./Check.ts"

const WHERE = "check CXONE_ISSUER and CXONE_BASE_URL, and the way to them; then run doctor again"

/** The checks, each of whose calls has `patience`. */
export const digitalChecks = (patience: Duration.Duration): ReadonlyArray<Check<AccessToken>> => [
  {
    name: "token",
    run: Effect.gen(function* () {
      const { get } = yield* AccessToken
      const [took, result] = yield* Effect.timed(Effect.result(Deadline.within(patience)(get)))
      return Result.match(result, {
        onFailure: (error) =>
          error._tag === "Unauthorized" && error.remedy !== undefined
            ? failed("CXone refused our credentials", error.remedy)
            : failed(error.message, WHERE),
        onSuccess: ({ baseUrl }) =>
          ok(`CXone issued one in ${Math.round(Duration.toMillis(took))} ms; the API is ${baseUrl}`)
      })
    })
  }
]
