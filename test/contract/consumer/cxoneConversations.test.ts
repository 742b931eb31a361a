import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Option } from "effect"
import { Conflict, RateLimited } from "../../../src/cxone/CXoneError.ts"
import { Conversations } from "../../../src/cxone/webchat/Conversations.ts"
import { play, playRenewed, playRevoked } from "../support/cxoneConsumer.ts"
import { example, findActive, open } from "../support/cxoneInteractions.ts"

const { conversationId, userId } = example
const newConversation = { userId, name: "Webchat from Cognigy", labels: { source: "cognigy" } }

const opening = Conversations.use(({ open }) => open(newConversation))
const finding = (user: string) => Conversations.use(({ findActive }) => findActive(user))

describe("opening a conversation", () => {
  it.live("gives its id", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play([open.created], opening), {
        id: conversationId,
        reused: false,
        mayBeNew: true
      })
    })
  )

  it.live("for a user who has an active one: Conflict", () =>
    Effect.gen(function* () {
      const conflict = yield* play([open.conflict], Effect.flip(opening))
      assert.deepStrictEqual(conflict, new Conflict({ operation: "open" }))
    })
  )

  it.live("for a user who has an active one, or else finding it: the one that there is", () =>
    Effect.gen(function* () {
      const conversation = yield* play(
        [open.conflict, findActive.one],
        Conversations.use(({ openOrReuse }) => openOrReuse(newConversation))
      )
      assert.deepStrictEqual(conversation, { id: conversationId, reused: true, mayBeNew: false })
    })
  )

  it.live("with a token that CXone no longer accepts: Unauthorized", () =>
    Effect.gen(function* () {
      const refusal = yield* playRevoked([open.unauthorized], Effect.flip(opening))
      assert(refusal._tag === "Unauthorized")
      assert.strictEqual(refusal.operation, "open")
    })
  )

  it.live("with a token that CXone no longer accepts, where a fresh one can be had: its id", () =>
    Effect.gen(function* () {
      const conversation = yield* playRenewed([open.unauthorized, open.created], opening)
      assert.deepStrictEqual(conversation, { id: conversationId, reused: false, mayBeNew: true })
    })
  )

  it.live("without the permission: PermissionMissing, naming it", () =>
    Effect.gen(function* () {
      const refusal = yield* play([open.forbidden], Effect.flip(opening))
      assert(refusal._tag === "PermissionMissing")
      assert.deepStrictEqual(refusal.permissions, ["conversations:webchat:create"])
    })
  )

  it.live("over the rate limit, and without time to wait: RateLimited, with what is left to wait", () =>
    Effect.gen(function* () {
      const limit = yield* play([open.limited], Effect.flip(opening))
      assert.deepStrictEqual(limit, new RateLimited({ operation: "open", retryAfter: Duration.seconds(30) }))
    })
  )
})

describe("finding a user's active conversation", () => {
  it.live("gives the one that there is", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play([findActive.one], finding(userId)), Option.some(conversationId))
    })
  )

  it.live("gives the first of several", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play([findActive.several], finding(userId)), Option.some(conversationId))
    })
  )

  it.live("gives none where there is none", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play([findActive.none], finding(userId)), Option.none())
    })
  )

  it.live("with a token that CXone no longer accepts: Unauthorized", () =>
    Effect.gen(function* () {
      const refusal = yield* playRevoked([findActive.unauthorized], Effect.flip(finding(userId)))
      assert(refusal._tag === "Unauthorized")
      assert.strictEqual(refusal.operation, "findActive")
    })
  )

  it.live("gives none where the only one has ended", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play([findActive.ended], finding(userId)), Option.none())
    })
  )

  it.live("asks for the user's id whole, whatever characters it has", () =>
    Effect.gen(function* () {
      const found = yield* play([findActive.awkward], finding(example.awkwardUserId))
      assert.deepStrictEqual(found, Option.some(conversationId))
    })
  )
})
