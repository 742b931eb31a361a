import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import {
  digitalAgentId,
  hoursProfileId,
  routingQueueId,
  salesSkillId,
  supportSkillId
} from "../../src/simulator/digital/DigitalOptions.ts"
import { dfo, ordered, put, send, withDigital, write } from "./digitalSupport.ts"

const acd = "/incontactapi/services/v30.0"

describe("look-ups", () => {
  it.effect("know the custom fields, as they are now", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      const fields = Effect.map(send("GET", `${dfo}/consumer-contact-custom-fields`, { token }), ({ body }) => body)
      assert.include(JSON.stringify(yield* fields), '"ident":"cognigy_intent"')
      const tier = { ident: "tier", label: "Tier", type: "list", values: ["gold"] }
      yield* simulator.setFields([tier])
      assert.deepStrictEqual(yield* fields, [tier])
      yield* simulator.reset
      assert.include(JSON.stringify(yield* fields), '"ident":"cognigy_intent"')
    }).pipe(withDigital())
  )

  it.effect("know routing queues by GUID, deleted ones too, and no skills", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered()
      const { body } = yield* send(
        "GET",
        `${dfo}/routing-queues?id[]=${routingQueueId}&id[]=none&id[]=gone&id[]=4001`,
        {
          token
        }
      )
      assert.deepStrictEqual(body, {
        hits: 2,
        data: [
          { id: routingQueueId, name: "VIP", isDeleted: false },
          { id: "gone", name: "Gone", isDeleted: true }
        ]
      })
    }).pipe(
      withDigital({
        queues: [
          { id: routingQueueId, name: "VIP" },
          { id: "gone", name: "Gone", isDeleted: true },
          { id: "4001", name: "Sales" }
        ]
      })
    )
  )

  it.effect("know skills and users, and answer 404 to others", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered()
      const look = (path: string) => send("GET", path, { token })
      assert.deepInclude((yield* look(`${acd}/skills/${salesSkillId}`)).body, { skillId: 4001, skillName: "Sales" })
      assert.deepInclude((yield* look(`/user-management/v3/users/${digitalAgentId}`)).body, {
        user: { id: digitalAgentId, status: "ACTIVE", fullName: "Alex Agent" }
      })
      const others = [
        `${acd}/skills/9`,
        `${acd}/skills/${routingQueueId}`,
        `${acd}/skills/9/activity`,
        `${acd}/hours-of-operation/9`,
        `/incontactapi/services/30/skills/${salesSkillId}`,
        "/user-management/v3/users/nobody"
      ]
      for (const path of others) assert.strictEqual((yield* look(path)).status, 404, path)
    }).pipe(withDigital())
  )

  it.effect("answer XML on the paths of the ACD to a caller who does not ask for JSON", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered()
      const paths = [
        `skills/${salesSkillId}`,
        `skills/${salesSkillId}/activity`,
        `hours-of-operation/${hoursProfileId}`
      ]
      for (const path of paths) {
        const answer = yield* send("GET", `${acd}/${path}`, { token, headers: { accept: "*/*" } })
        assert.deepStrictEqual([answer.status, answer.headers["content-type"]], [200, "text/xml"])
        assert.isTrue(answer.text.startsWith("<?xml"))
      }
    }).pipe(withDigital())
  )

  it.effect("are 403 where the role may not look", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered()
      assert.strictEqual((yield* send("GET", `${acd}/skills/${salesSkillId}`, { token })).status, 403)
      assert.strictEqual((yield* send("GET", `${dfo}/consumer-contact-custom-fields`, { token })).status, 200)
    }).pipe(withDigital({ denied: ["skill"] }))
  )
})

describe("the activity of a skill", () => {
  const activity = (token: string, skill: string) =>
    Effect.map(
      send("GET", `${acd}/skills/${skill}/activity`, { token }),
      ({ body }) => (body as { skillActivity: ReadonlyArray<Record<string, unknown>> }).skillActivity[0]
    )

  it.effect("counts those who wait, and is otherwise as it was set", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      yield* TestClock.setTime(5000)
      const number = yield* write(token, "m-1", "cognigy_anna")
      yield* put(token, `${number}/routing-queue`, { skillId: Number(salesSkillId) })
      assert.deepInclude(yield* activity(token, salesSkillId), {
        skillId: 4001,
        agentsAvailable: 1,
        queueCount: 1,
        earliestQueueTime: "1970-01-01T00:00:05.000Z"
      })
      yield* simulator.setActivity(salesSkillId, { agentsAvailable: 0, agentsLoggedIn: 2, queueCount: 7 })
      assert.deepInclude(yield* activity(token, salesSkillId), { agentsAvailable: 0, agentsLoggedIn: 2, queueCount: 7 })
      assert.deepInclude(yield* activity(token, supportSkillId), { queueCount: 0, earliestQueueTime: null })
    }).pipe(withDigital())
  )

  it.effect("counts no agent where digital ones are not counted", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered()
      assert.deepInclude(yield* activity(token, salesSkillId), { agentsAvailable: 0, agentsLoggedIn: 0, queueCount: 3 })
    }).pipe(
      withDigital({
        digitalAgentsCounted: false,
        activity: { [salesSkillId]: { agentsAvailable: 4, agentsLoggedIn: 5, queueCount: 3 } }
      })
    )
  )
})

describe("the opening hours of a profile", () => {
  const hours = Effect.gen(function* () {
    const { token } = yield* ordered()
    return (yield* send("GET", `${acd}/hours-of-operation/${hoursProfileId}`, { token })).body
  })
  const saturday = { day: "Saturday", openTime: "08:00:00", closeTime: "18:00:00" }

  it.effect("are days, with truth values", () =>
    Effect.gen(function* () {
      const { days, holidays } = (yield* hours) as { days: ReadonlyArray<unknown>; holidays: unknown }
      assert.deepStrictEqual([days.length, holidays], [7, []])
      assert.deepStrictEqual(days[5], { ...saturday, isClosedAllDay: true })
    }).pipe(withDigital())
  )

  it.effect("are the same inside of a result set, with texts", () =>
    Effect.gen(function* () {
      const { resultSet } = (yield* hours) as {
        resultSet: { hoursOfOperationProfiles: ReadonlyArray<{ days: ReadonlyArray<unknown> }> }
      }
      assert.deepStrictEqual(resultSet.hoursOfOperationProfiles[0]?.days[5], { ...saturday, isClosedAllDay: "True" })
    }).pipe(withDigital({ hoursAs: "resultSet" }))
  )
})
