/**
 * What other Effect applications import: the CXone services, the handover, the webhook's routes and the whole router, as layers to be put together as the
 * application needs them. The CXone services alone are `cognigy-cxone-router/cxone`; a simulated CXone is `cognigy-cxone-router/testing`.
 */

export * as Router from "./app/Router.ts"
export {
  type ConnectionSettings,
  DEFAULT_CONNECTIONS,
  type LogSettings,
  type MetricsSettings,
  type RoutingSettings,
  type Settings,
  settings
} from "./app/Settings.ts"
export type { TraceSampler } from "./app/sampler.ts"
export type { TracingSettings } from "./app/TracingSettings.ts"
export { Accepted, Api, EXPLAIN_PATH, NotReadyAnswer, WEBHOOK_PATH } from "./cognigy/Api.ts"
export { FlowPayload, InputPayload, toHandoverRequest, WebhookPayload } from "./cognigy/Payload.ts"
export {
  BadGateway,
  BadRequest,
  CredentialsRefused,
  GatewayTimeout,
  type HandoverProblem,
  HandoverRejected,
  InternalError,
  MethodNotAllowed,
  PathNotFound,
  PayloadTooLarge,
  type Problem,
  ServiceUnavailable,
  toProblem,
  UnprocessableContent
} from "./cognigy/Problem.ts"
export * as Server from "./cognigy/Server.ts"
export { DEFAULT_CAPACITY } from "./cognigy/Webhook.ts"
export { Sender, WebhookAuth, type WebhookCredentials } from "./cognigy/WebhookAuth.ts"
export * from "./cxone.ts"
export * from "./domain/HandoverRequest.ts"
export * from "./domain/Target.ts"
export * from "./handover/Claims.ts"
export * from "./handover/HandedOver.ts"
export { DEFAULT_DEADLINE, Handover, type HandoverOptions } from "./handover/Handover.ts"
export { Journal } from "./handover/Journal.ts"
export * from "./handover/JournalEvent.ts"
export * from "./handover/Readiness.ts"
export * as metrics from "./metrics.ts"
export * from "./routing/Decision.ts"
export { Explanation } from "./routing/Explanation.ts"
export { showExplanation } from "./routing/explain/showExplanation.ts"
export type { FileProblem } from "./routing/file/FileProblem.ts"
export { type LoadedRoutes, loadRoutes, RoutesError } from "./routing/file/LoadedRoutes.ts"
export { readRoutes } from "./routing/file/readRoutes.ts"
export type { Condition } from "./routing/format/Condition.ts"
export type { Place } from "./routing/format/Place.ts"
export { RoutesFile, routesJsonSchema } from "./routing/format/RoutesFile.ts"
export * from "./routing/policy/builtInRoutes.ts"
export * as TablePolicy from "./routing/policy/TablePolicy.ts"
export { type Decide, RoutingPolicy } from "./routing/RoutingPolicy.ts"
export { TableStatus } from "./routing/TableStatus.ts"
export { SettingsError } from "./std/Setting.ts"
export { version } from "./version.ts"
