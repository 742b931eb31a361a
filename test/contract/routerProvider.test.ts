import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { interactions } from "./support/cognigyInteractions.ts"
import { failures, PactVerifier } from "./support/PactVerifier.ts"
import { cognigyPact } from "./support/pacts.ts"
import { verifyRouter } from "./support/routerProvider.ts"

describe("the router", () => {
  it.live("is what the pact says that Cognigy can rely on", () =>
    Effect.gen(function* () {
      const outcomes = yield* verifyRouter(cognigyPact.committed)
      assert.deepStrictEqual(failures(outcomes), {})
      assert.sameMembers(
        outcomes.map(({ description }) => description),
        interactions.map(({ uponReceiving }) => uponReceiving)
      )
    }).pipe(Effect.provide(Layer.provide(PactVerifier.layer, NodeServices.layer)))
  )
})
