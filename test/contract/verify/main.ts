/** `npm run verify:cxone`. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, Runtime } from "effect"
import { HttpClient } from "effect/http"
import { layerSources } from "../../../src/app/processSources.ts"
import { httpClient } from "../../../src/app/Router.ts"
import { introduced } from "../../../src/introduced.ts"
import { Proxies } from "../../../src/std/Proxies.ts"
import { PactVerifier } from "../support/PactVerifier.ts"
import { report, run } from "./command.ts"
import { proxySettings } from "./Settings.ts"

/** The way to the provider and to its states, as the router's to CXone. */
const http = Layer.unwrap(
  Effect.map(proxySettings, (proxies) =>
    Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, HttpClient.mapRequest(introduced))).pipe(
      Layer.provide(httpClient()),
      Layer.provideMerge(Layer.succeed(Proxies, proxies))
    )
  )
)

run(process.argv.slice(2)).pipe(
  Effect.provide(
    PactVerifier.layer.pipe(
      Layer.provideMerge(http),
      Layer.provideMerge(layerSources),
      Layer.provideMerge(NodeServices.layer)
    )
  ),
  Effect.tapCause(report),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown: Runtime.defaultTeardown })
)
