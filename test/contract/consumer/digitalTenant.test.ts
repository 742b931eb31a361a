import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { ResourceNotFound } from "../../../src/cxone/CXoneError.ts"
import { permissions } from "../../../src/cxone/digital/permissions.ts"
import { TenantDirectory } from "../../../src/cxone/digital/TenantDirectory.ts"
import { play, playRevoked } from "../support/digital/consumer.ts"
import { example } from "../support/digital/example.ts"
import { channel, directory, fields } from "../support/digital/tenant.ts"

const { agentId, channelId, intentField, queueId, skillId, unknownChannelId, unknownId, unknownNumber } = example

const lookingUp = (id = channelId) => TenantDirectory.use(({ channel }) => channel(id))

describe("looking up a channel", () => {
  it.live("gives it", () =>
    Effect.gen(function* () {
      const found = yield* play([channel.found], lookingUp())
      assert.deepStrictEqual(found, Option.some({ id: channelId, name: "Cognigy", isLiveChat: false }))
    })
  )

  it.live("gives none where it does not exist", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play([channel.none], lookingUp(unknownChannelId)), Option.none())
    })
  )

  it.live("with a token that CXone no longer accepts: Unauthorized", () =>
    Effect.gen(function* () {
      const error = yield* playRevoked([channel.unauthorized], Effect.flip(lookingUp()))
      assert(error._tag === "Unauthorized")
    })
  )

  it.live("without the permission: PermissionMissing, naming it", () =>
    Effect.gen(function* () {
      const error = yield* play([channel.forbidden], Effect.flip(lookingUp()))
      assert(error._tag === "PermissionMissing")
      assert.deepStrictEqual(error.permissions, [permissions.readChannels])
    })
  )
})

describe("looking up", () => {
  it.live("the custom fields of contacts", () =>
    Effect.gen(function* () {
      const found = yield* play(
        [fields.defined],
        TenantDirectory.use(({ fields }) => fields())
      )
      assert.deepStrictEqual(found, [{ ident: intentField, values: undefined }])
    })
  )

  it.live("a skill", () =>
    play(
      [directory.skill],
      TenantDirectory.use(({ skill }) => skill(skillId))
    )
  )

  it.live("the activity of a skill", () =>
    Effect.gen(function* () {
      const activity = yield* play(
        [directory.activity],
        TenantDirectory.use(({ activity }) => activity(skillId))
      )
      assert.deepStrictEqual(activity, { agentsAvailable: 2, agentsLoggedIn: 3, agentsWorking: 1, queueCount: 4 })
    })
  )

  it.live("a routing queue", () =>
    Effect.gen(function* () {
      const name = yield* play(
        [directory.queue],
        TenantDirectory.use(({ queue }) => queue(queueId))
      )
      assert.strictEqual(name, "Priority customers")
    })
  )

  it.live("a user", () =>
    Effect.gen(function* () {
      const status = yield* play(
        [directory.agent],
        TenantDirectory.use(({ user }) => user(agentId))
      )
      assert.strictEqual(status, "ACTIVE")
    })
  )

  const unknown = [
    { what: "skill", interaction: directory.noSkill, look: TenantDirectory.use(({ skill }) => skill(unknownNumber)) },
    { what: "queue", interaction: directory.noQueue, look: TenantDirectory.use(({ queue }) => queue(unknownId)) },
    { what: "agent", interaction: directory.noAgent, look: TenantDirectory.use(({ user }) => user(unknownId)) }
  ]
  for (const { interaction, look, what } of unknown) {
    it.live(`a ${what} that does not exist: ResourceNotFound`, () =>
      Effect.gen(function* () {
        const error = yield* play([interaction], Effect.flip(look))
        assert.deepStrictEqual(error, new ResourceNotFound({ operation: what }))
      })
    )
  }
})
