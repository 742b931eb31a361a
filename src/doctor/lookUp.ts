/** Single calls of `doctor` to CXone. */
import { type Duration, Effect } from "effect"
import type { CXoneError } from "../cxone/CXoneError.ts"
import * as Deadline from "../cxone/Deadline.ts"
import { lookUpSchedule } from "../cxone/transport/Schedules.ts"
import type { Prerequisite } from "./Check.ts"

/** A user without conversations: asking for them changes nothing. */
export const PROBE_USER = "cognigy_doctor"

/** The prerequisite of checks that call CXone with a token. */
export const needsToken: Prerequisite = { check: "token", what: "an access token" }

/** One call to CXone, with `patience` for each try; `lookUpSchedule` waits out a rate limit. */
export const patiently =
  (patience: Duration.Duration) =>
  <A, E extends CXoneError, R>(call: Effect.Effect<A, E, R>) =>
    Effect.retry(Deadline.within(patience)(call), lookUpSchedule)
