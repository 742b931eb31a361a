import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import { playToken } from "../support/cxoneConsumer.ts"
import { example, token } from "../support/cxoneInteractions.ts"

const get = Effect.flatMap(AccessToken, ({ get }) => get)

describe("CXone's token endpoint", () => {
  it.live("grants an access token", () =>
    Effect.gen(function* () {
      const granted = yield* playToken([token.granted], get)
      assert.strictEqual(Redacted.value(granted.token), example.accessToken)
    })
  )

  it.live("refuses wrong credentials: Unauthorized", () =>
    Effect.gen(function* () {
      const refusal = yield* playToken([token.refused], Effect.flip(get), "wrong-secret")
      assert(refusal._tag === "Unauthorized")
      assert.strictEqual(refusal.operation, "token")
    })
  )

  it.live("refuses wrong credentials as a bad request: Unauthorized", () =>
    Effect.gen(function* () {
      const refusal = yield* playToken([token.refusedAsBad], Effect.flip(get), "another-wrong-secret")
      assert(refusal._tag === "Unauthorized")
      assert.strictEqual(refusal.operation, "token")
    })
  )
})
