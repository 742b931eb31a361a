/** The settings of the transport, which every dialect has. */
import { Config, type Duration, Option } from "effect"
import { durationConfig, rateConfig } from "../../std/DurationConfig.ts"
import { numberConfig } from "../../std/valueConfigs.ts"
import type { RateLimitOptions } from "./RateLimit.ts"
import { DEFAULT_RETRY_BUDGET, type RetryBudgetOptions } from "./RetryBudget.ts"
import { DEFAULT_ATTEMPT_TIMEOUT } from "./Transport.ts"

/** Each of them as a `Config` of its own, for programs that report all problems at once. */
export const transportConfig = {
  attemptTimeout: durationConfig("CXONE_ATTEMPT_TIMEOUT").pipe(Config.withDefault(DEFAULT_ATTEMPT_TIMEOUT)),
  /** `CXONE_RATE_LIMIT`; none where it is not set. */
  rateLimit: Config.option(rateConfig("CXONE_RATE_LIMIT")),
  retryShare: numberConfig("CXONE_RETRY_SHARE", "not a number from 0 to 1", (share) => share >= 0 && share <= 1).pipe(
    Config.withDefault(DEFAULT_RETRY_BUDGET.share)
  ),
  retryFloor: numberConfig(
    "CXONE_RETRY_FLOOR",
    "not a whole number",
    (count) => Number.isSafeInteger(count) && count >= 0
  ).pipe(Config.withDefault(DEFAULT_RETRY_BUDGET.floor))
}

/** The values of these or other `Config`s. */
export type Read<C extends Readonly<Record<string, Config.Config<unknown>>>> = {
  readonly [K in keyof C]: Config.Success<C[K]>
}

/** The options of a transport from what `transportConfig` read. */
export const toTransportOptions = ({
  attemptTimeout,
  rateLimit,
  retryFloor,
  retryShare
}: Read<typeof transportConfig>): {
  readonly attemptTimeout: Duration.Duration
  readonly retryBudget: RetryBudgetOptions
  readonly rateLimit?: RateLimitOptions
} => ({
  attemptTimeout,
  retryBudget: { share: retryShare, floor: retryFloor },
  ...(Option.isSome(rateLimit) ? { rateLimit: rateLimit.value } : {})
})
