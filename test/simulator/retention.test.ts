import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import { makeAccessTokens } from "../../src/simulator/core/AccessTokens.ts"
import { makeCallLog } from "../../src/simulator/core/CallLog.ts"
import { makeNewest, retained } from "../../src/simulator/core/Newest.ts"
import { makeConversations } from "../../src/simulator/webchat/Conversations.ts"
import { operations } from "../../src/simulator/webchat/Operation.ts"

describe("the newest items", () => {
  it("are kept in order, and push returns the oldest", () => {
    const newest = makeNewest<number>(3)
    assert.deepStrictEqual([1, 2, 3, 4, 5].map(newest.push), [undefined, undefined, undefined, 1, 2])
    assert.deepStrictEqual(newest.values(), [3, 4, 5])
    newest.clear()
    assert.deepStrictEqual(newest.values(), [])
    assert.isUndefined(newest.push(6))
    assert.deepStrictEqual(newest.values(), [6])
  })
})

describe("a long run keeps the newest", () => {
  it.effect("tokens", () =>
    Effect.gen(function* () {
      const tokens = makeAccessTokens(yield* Clock.Clock, yield* SecureRandom.SecureRandom, 3600)
      for (let i = 0; i <= retained; i++) tokens.issue(`token-${i}`)
      assert.isFalse(tokens.isLive("token-0"))
      assert.isTrue(tokens.isLive("token-1"))
      assert.deepStrictEqual(tokens.counts(), { issued: retained + 1, live: retained })
    }).pipe(Effect.provide(SecureRandom.layerWebCrypto))
  )

  it("calls, and counts them all", () => {
    const log = makeCallLog(operations)
    for (let at = 0; at <= retained; at++) {
      log.begin({ operation: "open", method: "POST", path: "/", body: null, at })(201)
    }
    assert.strictEqual(log.calls().length, retained)
    assert.strictEqual(log.calls()[0]?.at, 1)
    assert.strictEqual(log.counts().open, retained + 1)
  })

  it.effect("ended conversations, and every active one", () =>
    Effect.gen(function* () {
      const store = makeConversations(yield* Clock.Clock, () => true)
      yield* store.place("cognigy_active", "active")
      for (let i = 0; i <= retained; i++) {
        yield* store.endAll("cognigy_user")
        yield* store.place("cognigy_user", `ended-${i}`)
      }
      // This one takes the id of an ended conversation, and outlives the one before.
      yield* store.place("cognigy_heir", "ended-1")
      yield* store.end(`ended-${retained}`)
      for (let i = 0; i < 2; i++)
        yield* store.end(yield* Effect.as(store.place("cognigy_user", `more-${i}`), `more-${i}`))
      const ids = new Set(store.conversations().map(({ id }) => id))
      assert.isTrue(ids.has("active"))
      assert.isTrue(ids.has("ended-1"))
      assert.isFalse(ids.has("ended-0"))
      assert.isFalse(ids.has("ended-2"))
      assert.isTrue(ids.has("ended-3"))
    })
  )
})
