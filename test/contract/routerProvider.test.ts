import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { interactions } from "./support/cognigyInteractions.ts"
import { cognigyPact } from "./support/pacts.ts"
import { verifyRouter } from "./support/routerProvider.ts"
import { failures } from "./support/verification.ts"

// Every interaction in one test: more than the others may take on a busy machine.
const timeout = 60_000

describe("the router", () => {
  it.live(
    "is what the pact says that Cognigy can rely on",
    () =>
      Effect.gen(function* () {
        const outcomes = yield* verifyRouter(cognigyPact.committed)
        assert.deepStrictEqual(failures(outcomes), {})
        assert.sameMembers(
          outcomes.map(({ description }) => description),
          interactions.map(({ uponReceiving }) => uponReceiving)
        )
      }),
    timeout
  )
})
