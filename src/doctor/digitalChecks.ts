/** The checks of CXone's Digital Engagement API. */
import { Duration, Effect, Result } from "effect"
import * as Deadline from "../cxone/Deadline.ts"
import { AccessToken } from "../cxone/transport/AccessToken.ts"
import { type Check, failed, ok } from "./Check.ts"

const CREDENTIALS = "check the settings named above, and that the issuer (CXONE_ISSUER) is your region's"

/** The checks, each of whose calls has `patience`. */
export const digitalChecks = (patience: Duration.Duration): ReadonlyArray<Check<AccessToken>> => [
  {
    name: "token",
    run: Effect.gen(function* () {
      const { get } = yield* AccessToken
      const [took, result] = yield* Effect.timed(Effect.result(Deadline.within(patience)(get)))
      return Result.match(result, {
        onFailure: (error) =>
          failed(error.message, error._tag === "Unauthorized" ? (error.remedy ?? CREDENTIALS) : CREDENTIALS),
        onSuccess: ({ baseUrl }) =>
          ok(`CXone issued one in ${Math.round(Duration.toMillis(took))} ms; its API: ${baseUrl}`)
      })
    })
  }
]
