import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import * as interactions from "./support/cxoneInteractions.ts"
import { failures, PactVerifier } from "./support/PactVerifier.ts"
import { cxonePact } from "./support/pacts.ts"

describe("the simulator", () => {
  it.live("is what the pact says CXone is", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* CXoneSimulator
      const { verify } = yield* PactVerifier
      const outcomes = yield* verify({
        pact: cxonePact.committed,
        baseUrl,
        statesUrl: `${baseUrl}/__simulator/provider-states`
      })
      assert.deepStrictEqual(failures(outcomes), {})
      const { directory, findActive, label, open, routeToAgent, routeToQueue, token } = interactions
      const written = [token, open, findActive, routeToQueue, routeToAgent, label, directory].flatMap((group) =>
        Object.values(group).map(({ uponReceiving }) => uponReceiving)
      )
      assert.sameMembers(
        outcomes.map(({ description }) => description),
        written
      )
    }).pipe(Effect.provide([CXoneSimulator.layer(), Layer.provide(PactVerifier.layer, NodeServices.layer)]))
  )
})
