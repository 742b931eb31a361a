/** `npm run verify:cxone`. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { ConfigProvider, Effect, Layer, Runtime } from "effect"
import { configProvider } from "../../../src/std/Setting.ts"
import { PactVerifier } from "../support/PactVerifier.ts"
import { report, run } from "./command.ts"

const platform = Layer.provideMerge(PactVerifier.layer, Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici))

configProvider.pipe(
  Effect.flatMap((provider) =>
    Effect.provideService(run(process.argv.slice(2)), ConfigProvider.ConfigProvider, provider)
  ),
  Effect.provide(platform),
  Effect.tapCause(report),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown: Runtime.defaultTeardown })
)
