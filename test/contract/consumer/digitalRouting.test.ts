import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { InvalidTarget, RateLimited } from "../../../src/cxone/CXoneError.ts"
import { Contacts } from "../../../src/cxone/digital/Contacts.ts"
import { permissions } from "../../../src/cxone/digital/permissions.ts"
import { play, playRevoked } from "../support/digital/consumer.ts"
import { example } from "../support/digital/example.ts"
import { toAgent, toAgentByNumber, toQueue, toSkill } from "../support/digital/routing.ts"

const { agentId, agentNumber, contactId, queueId, skillId, unknownId, unknownNumber } = example

const queue = (id: string) => ({ type: "queue" as const, id })
const agent = (id: string) => ({ type: "agent" as const, id })

const kinds = [
  { to: "a skill", interactions: toSkill, known: queue(skillId), unknown: queue(unknownNumber) },
  { to: "a routing queue", interactions: toQueue, known: queue(queueId), unknown: queue(unknownId) },
  { to: "an agent", interactions: toAgent, known: agent(agentId), unknown: agent(unknownId) },
  { to: "an agent by number", interactions: toAgentByNumber, known: agent(agentNumber), unknown: agent(unknownNumber) }
]

describe.each(kinds)("routing to $to", ({ interactions, known, unknown }) => {
  const operation = known.type === "queue" ? "routeToQueue" : "routeToAgent"
  const routing = (target = known) => Contacts.use(({ route }) => route(contactId, target))

  for (const taken of ["accepted", "acceptedLater", "closedAccepted"] as const) {
    it.live(`succeeds without a reason: ${taken}`, () =>
      Effect.gen(function* () {
        assert.isUndefined(yield* play([interactions[taken]], routing()))
      })
    )
  }

  const refusals = [
    { refused: "already", status: 409, target: known },
    { refused: "closed", status: 404, target: known },
    { refused: "closedAsConflict", status: 409, target: known },
    { refused: "unknown", status: 404, target: unknown },
    { refused: "unknownAsBad", status: 400, target: unknown },
    { refused: "unknownAsInvalid", status: 422, target: unknown }
  ] as const
  for (const { refused, status, target } of refusals) {
    it.live(`succeeds with the reason: ${refused}`, () =>
      Effect.gen(function* () {
        const reason = yield* play([interactions[refused]], routing(target))
        assert.deepStrictEqual(reason, { status, error: new InvalidTarget({ operation, status, target }) })
      })
    )
  }

  it.live("with a token that CXone no longer accepts: Unauthorized", () =>
    Effect.gen(function* () {
      const error = yield* playRevoked([interactions.unauthorized], Effect.flip(routing()))
      assert(error._tag === "Unauthorized")
      assert.strictEqual(error.operation, operation)
    })
  )

  it.live("without the permission: PermissionMissing, naming it", () =>
    Effect.gen(function* () {
      const error = yield* play([interactions.forbidden], Effect.flip(routing()))
      assert(error._tag === "PermissionMissing")
      assert.deepStrictEqual(error.permissions, [permissions.routeContacts])
    })
  )

  it.live("over the rate limit, and without time to wait: RateLimited, with what is left to wait", () =>
    Effect.gen(function* () {
      const error = yield* play([interactions.limited], Effect.flip(routing()))
      assert.deepStrictEqual(error, new RateLimited({ operation, retryAfter: Duration.seconds(30) }))
    })
  )
})
