/**
 * The entry point for other Effect applications. Handovers are exported by name, the rest in groups: `CXone` (everything behind the port), `Tables` (routing tables),
 * `Webhook` (its API, payloads and problems), `Server` (its routes), `Router` (all of it). A simulated CXone is `cognigy-cxone-router/testing`.
 */
export type { DialectSettings } from "./app/DialectSettings.ts"
export type { MetricsSettings } from "./app/PortSettings.ts"
export { secretFiles } from "./app/processSources.ts"
export * as Router from "./app/Router.ts"
export type { RoutingSettings } from "./app/RoutingSettings.ts"
export {
  type ConnectionSettings,
  DEFAULT_CONNECTIONS,
  type LogSettings,
  type Settings,
  settings
} from "./app/Settings.ts"
export type { TraceSampler } from "./app/sampler.ts"
export type { TracingSettings } from "./app/TracingSettings.ts"
export * as Server from "./cognigy/http/Server.ts"
export type { ConsoleAccess, ConsoleSettings } from "./console/ConsoleSettings.ts"
export { ContactCentre } from "./cxone/ContactCentre.ts"
export { Conflict, isCXoneError, RateLimited, Unauthorized } from "./cxone/CXoneError.ts"
export * as Digital from "./cxone/digital/Digital.ts"
export { DigitalSettings } from "./cxone/digital/DigitalSettings.ts"
export { digitalIds } from "./cxone/digital/ids.ts"
export { CXoneSettings } from "./cxone/webchat/CXoneSettings.ts"
export { webchatIds } from "./cxone/webchat/ids.ts"
export * as Webchat from "./cxone/webchat/Webchat.ts"
export * as CXone from "./cxone.ts"
export * from "./handover.ts"
export type { HistorySettings } from "./history/HistorySettings.ts"
export * as metrics from "./metrics.ts"
export type { Live } from "./std/Live.ts"
export type { OutboundProxy, ProxySettings } from "./std/Proxies.ts"
export { SettingsError } from "./std/Setting.ts"
export type { DatabaseSettings } from "./store/DatabaseSettings.ts"
export { StoreError } from "./store/StoreError.ts"
export * as Tables from "./tables.ts"
export { version } from "./version.ts"
export * as Webhook from "./webhook.ts"
