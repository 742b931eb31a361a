/** The CXone layers alone: `cognigy-cxone-router/cxone`. */

export * from "./cxone/CXoneError.ts"
export { AccessToken, type TokenError } from "./cxone/transport/AccessToken.ts"
export type { Answer } from "./cxone/transport/Attempt.ts"
export { type CircuitOptions, DEFAULT_CIRCUIT } from "./cxone/transport/Circuit.ts"
export * from "./cxone/transport/CXoneClient.ts"
export * as Deadline from "./cxone/transport/Deadline.ts"
export * from "./cxone/transport/Labels.ts"
export * as Schedules from "./cxone/transport/publicSchedules.ts"
export type { RateLimitOptions } from "./cxone/transport/RateLimit.ts"
export { DEFAULT_RETRY_BUDGET, type RetryBudgetOptions } from "./cxone/transport/RetryBudget.ts"
export * from "./cxone/transport/Transport.ts"
export * from "./cxone/webchat/Conversations.ts"
export * as CXone from "./cxone/webchat/CXone.ts"
export {
  type CXoneOptions,
  CXoneSettings,
  DEFAULT_ATTEMPT_TIMEOUT,
  DEFAULT_REGION
} from "./cxone/webchat/CXoneSettings.ts"
export * from "./cxone/webchat/Directory.ts"
export * from "./cxone/webchat/ids.ts"
export * from "./cxone/webchat/Routing.ts"
