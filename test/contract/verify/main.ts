/** `npm run verify:cxone`. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { ConfigProvider, Effect, Layer, Runtime } from "effect"
import { HttpClient } from "effect/http"
import { introduced } from "../../../src/introduced.ts"
import { configProvider } from "../../../src/std/Setting.ts"
import { PactVerifier } from "../support/PactVerifier.ts"
import { report, run } from "./command.ts"

const client = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, HttpClient.mapRequest(introduced))
).pipe(Layer.provide(NodeHttpClient.layerUndici))

const platform = Layer.provideMerge(PactVerifier.layer, Layer.merge(NodeServices.layer, client))

configProvider.pipe(
  Effect.flatMap((provider) =>
    Effect.provideService(run(process.argv.slice(2)), ConfigProvider.ConfigProvider, provider)
  ),
  Effect.provide(platform),
  Effect.tapCause(report),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown: Runtime.defaultTeardown })
)
