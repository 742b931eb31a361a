/** Every metric of the router: `/metrics` shows them, and `deploy/alerts.yaml` says which of them matter. */
export * from "./cognigy/metrics.ts"
export * from "./cxone/transport/metrics.ts"
export * from "./handover/metrics.ts"
export * from "./history/metrics.ts"
export * from "./routing/file/metrics.ts"
export * from "./store/metrics.ts"
