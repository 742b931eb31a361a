/**
 * What other Effect applications import: the CXone services, the handover, the webhook's routes and the whole router, as layers to be put together as the
 * application needs them. The CXone services alone are `cognigy-cxone-router/cxone`; a simulated CXone is `cognigy-cxone-router/testing`.
 */
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
export * from "./cxone/index.ts"
export * from "./handover/Decision.ts"
export {
  DEFAULT_DEADLINE,
  type HandedOver,
  Handover,
  type HandoverError,
  HandoverFailed,
  type HandoverOptions,
  KeyReused
} from "./handover/Handover.ts"
export * from "./handover/HandoverRequest.ts"
export * from "./handover/HandoverStore.ts"
export * from "./handover/Readiness.ts"
export { type Decide, RoutingPolicy } from "./handover/RoutingPolicy.ts"
export * from "./handover/routes/builtInRoutes.ts"
export { Explanation, showExplanation } from "./handover/routes/Explanation.ts"
export { type LoadedRoutes, loadRoutes, RoutesError, TableStatus } from "./handover/routes/liveRoutes.ts"
export { type Condition, type Place, RoutesFile, routesJsonSchema } from "./handover/routes/RoutesFile.ts"
export { readRoutes } from "./handover/routes/readRoutes.ts"
export type { FileProblem } from "./handover/routes/Yaml.ts"
export * from "./handover/Target.ts"
export * as metrics from "./metrics.ts"
export * as Router from "./Router.ts"
export { SettingsError } from "./Setting.ts"
export {
  type ConnectionSettings,
  DEFAULT_CONNECTIONS,
  type LogSettings,
  type MetricsSettings,
  type RoutingSettings,
  type Settings,
  settings
} from "./Settings.ts"
export type { TraceSampler, TracingSettings } from "./TracingSettings.ts"
export { version } from "./version.ts"
