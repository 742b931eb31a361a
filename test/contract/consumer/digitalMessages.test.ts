import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Option, Result } from "effect"
import { RateLimited } from "../../../src/cxone/CXoneError.ts"
import { type Message, Messages } from "../../../src/cxone/digital/Messages.ts"
import { permissions } from "../../../src/cxone/digital/permissions.ts"
import { play, playOn, playRevoked } from "../support/digital/consumer.ts"
import { example } from "../support/digital/example.ts"
import { message, post } from "../support/digital/messages.ts"
import * as texts from "../support/digital/texts.ts"

const { contactId } = example

const posting = (message: Message) => Messages.use(({ post }) => post(message))
const finding = (message: Message) => Messages.use(({ find }) => find(message))

const contactIn = (message: Message) => Effect.map(Effect.flatMap(posting(message), Effect.fromResult), ({ id }) => id)

describe("a message", () => {
  const opening = [
    { what: "opens a contact", interaction: post.opens, text: texts.forSkill },
    { what: "opens a contact without a skill", interaction: post.opensForAnyone, text: texts.forAnyone },
    { what: "opens a contact of any user", interaction: post.opensAwkward, text: texts.awkward },
    { what: "opens a contact in a thread whose contact is closed", interaction: post.afterClosed, text: texts.plain }
  ]
  for (const { interaction, text, what } of opening) {
    it.live(`${what}: its number`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* play([interaction], contactIn(text)), contactId)
      })
    )
  }

  it.live("joins an active contact: its number, and when it was opened", () =>
    Effect.gen(function* () {
      const { createdAt, id } = yield* play([post.joins], Effect.flatMap(posting(texts.afterNote), Effect.fromResult))
      assert.deepStrictEqual({ id, createdAt }, { id: contactId, createdAt: Date.parse("2024-05-01T09:00:00Z") })
    })
  )

  const refusals = [
    { what: "came before", interaction: post.repeated, text: texts.plain, status: 409 },
    { what: "came before, refused as invalid", interaction: post.repeatedAsInvalid, text: texts.plain, status: 422 },
    { what: "is too long", interaction: post.tooLong, text: texts.tooLong, status: 400 },
    { what: "is too long, refused as invalid", interaction: post.tooLongAsInvalid, text: texts.tooLong, status: 422 }
  ]
  for (const { interaction, status, text, what } of refusals) {
    it.live(`that ${what}: the refusal, as a result`, () =>
      Effect.gen(function* () {
        const posted = yield* play([interaction], posting(text))
        assert(Result.isFailure(posted))
        assert.strictEqual(posted.failure.status, status)
      })
    )
  }

  it.live("on a channel that does not exist: the refusal, as a result that names the setting", () =>
    Effect.gen(function* () {
      const posted = yield* playOn(example.unknownChannelId)([post.noChannel], posting(texts.plain))
      assert(Result.isFailure(posted))
      assert.include(posted.failure.message, "CXONE_CHANNEL_ID")
    })
  )

  it.live("with a token that CXone no longer accepts: Unauthorized", () =>
    Effect.gen(function* () {
      const error = yield* playRevoked([post.unauthorized], Effect.flip(posting(texts.plain)))
      assert(error._tag === "Unauthorized")
      assert.strictEqual(error.operation, "post")
    })
  )

  it.live("without the permission: PermissionMissing, naming it", () =>
    Effect.gen(function* () {
      const error = yield* play([post.forbidden], Effect.flip(posting(texts.plain)))
      assert(error._tag === "PermissionMissing")
      assert.deepStrictEqual(error.permissions, [permissions.sendMessages])
    })
  )

  it.live("over the rate limit: RateLimited, with what is left to wait", () =>
    Effect.gen(function* () {
      const error = yield* play([post.limited], Effect.flip(posting(texts.plain)))
      assert.deepStrictEqual(error, new RateLimited({ operation: "post", retryAfter: Duration.seconds(30) }))
    })
  )
})

describe("looking a message up", () => {
  it.live("gives the number of its contact", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play([message.found], finding(texts.plain)), Option.some(contactId))
    })
  )

  it.live("gives none where it never came", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play([message.none], finding(texts.plain)), Option.none())
    })
  )
})
