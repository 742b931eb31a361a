/** A real access token for the place of the pact's example. */
import { Cause, type Duration, Effect, type Redacted } from "effect"
import type { CXoneError } from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import type { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import { explain, Unarranged } from "./Failure.ts"

/** Says why CXone did not do what it was asked. */
const reasonOf = (error: CXoneError, patience: Duration.Duration) =>
  error._tag === "DeadlineExceeded" ? explain(new Cause.TimeoutError(), patience) : error.message

const isOutage = (error: CXoneError) =>
  error._tag === "DeadlineExceeded" || (error._tag === "Unavailable" && error.reason !== "Status")

/** Gives CXone's answer this long, and tells a failure in words that begin with `what`. */
export const within =
  (patience: Duration.Duration, what: string) =>
  <A>(effect: Effect.Effect<A, CXoneError>): Effect.Effect<A, Unarranged> =>
    Effect.mapError(
      Deadline.within(patience)(effect),
      (error) => new Unarranged({ reason: `${what}: ${reasonOf(error, patience)}`, isOutage: isOutage(error) })
    )

/** The token of this CXone client. */
export const tokenOf = (
  accessToken: AccessToken["Service"],
  patience: Duration.Duration
): Effect.Effect<Redacted.Redacted, Unarranged> =>
  within(patience, "no access token")(Effect.map(accessToken.get, ({ token }) => token))

/** Makes a guard that asks nobody twice who was not there: a dead provider must not cost its patience with every interaction. */
export const makeOutageMemory = () => {
  let outage: Unarranged | undefined
  return <A>(effect: Effect.Effect<A, Unarranged>): Effect.Effect<A, Unarranged> =>
    Effect.suspend(() =>
      outage !== undefined
        ? Effect.fail(outage)
        : Effect.tapError(effect, (error) =>
            Effect.sync(() => {
              if (error.isOutage) outage = error
            })
          )
    )
}
