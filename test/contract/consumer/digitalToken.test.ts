import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import { playIssuer } from "../support/digital/consumer.ts"
import { example } from "../support/digital/example.ts"
import { apiEndpoint, discovery, token, wrong } from "../support/digital/issuer.ts"

const get = Effect.flatMap(AccessToken, ({ get }) => get)
const baseUrl = "https://api-na1.niceincontact.com"

describe("CXone's issuer", () => {
  it.live("grants an access token, whose tenant's API it tells", () =>
    Effect.gen(function* () {
      const granted = yield* playIssuer([token.granted, discovery.found], get)
      assert.strictEqual(Redacted.value(granted.token), example.accessToken)
      assert.strictEqual(granted.baseUrl, apiEndpoint)
    })
  )

  it.live("grants an access token, where the API is known", () =>
    Effect.gen(function* () {
      const granted = yield* playIssuer([token.granted], get, { baseUrl })
      assert.strictEqual(granted.baseUrl, baseUrl)
    })
  )

  const refusals = [
    {
      what: "a wrong client",
      interaction: token.wrongClient,
      rest: { clientSecret: Redacted.make(wrong.clientSecret) },
      advice: /clientId and clientSecret/
    },
    {
      what: "a wrong access key",
      interaction: token.wrongKey,
      rest: { accessKeySecret: Redacted.make(wrong.accessKeySecret) },
      advice: /accessKeyId and accessKeySecret/
    },
    {
      what: "a wrong access key as a bad request",
      interaction: token.wrongKeyAsBad,
      rest: { accessKeySecret: Redacted.make(wrong.revokedKeySecret) },
      advice: /accessKeyId and accessKeySecret/
    }
  ]
  for (const { advice, interaction, rest, what } of refusals) {
    it.live(`refuses ${what}: Unauthorized, with what to check`, () =>
      Effect.gen(function* () {
        const refusal = yield* playIssuer([interaction], Effect.flip(get), { baseUrl, ...rest })
        assert(refusal._tag === "Unauthorized")
        assert.strictEqual(refusal.operation, "token")
        assert.match(refusal.remedy ?? "", advice)
        assert.lengthOf((refusal.remedy ?? "").match(/ and \w+Secret/g) ?? [], 1)
      })
    )
  }
})
