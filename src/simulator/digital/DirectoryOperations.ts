/** What a tenant has: custom fields, routing queues, skills, opening hours and users. */
import { Effect, Schema } from "effect"
import { type Answer, jsonAnswer, type Refusal } from "../core/Answer.ts"
import type { Handler } from "../core/Dialect.ts"
import { type Incoming, listQuery, param, query } from "../core/Incoming.ts"
import type { Digital } from "./Digital.ts"
import type { HoursProfile } from "./DigitalRecords.ts"
import { isNumber } from "./DigitalTenant.ts"
import { notFound } from "./refusals.ts"

const queuesQuery = listQuery(Schema.Struct({ "id[]": Schema.NonEmptyArray(Schema.NonEmptyString) }))

const noQuery = query(Schema.Struct({}))

const asText = (value: boolean) => (value ? "True" : "False")

const inResultSet = ({ days, holidays, id }: HoursProfile) => ({
  resultSet: {
    hoursOfOperationProfiles: [
      {
        profileId: id,
        days: days.map((day) => ({ ...day, isClosedAllDay: asText(day.isClosedAllDay) })),
        holidays
      }
    ]
  }
})

/** The ACD's API answers XML to a caller who does not ask for JSON. */
const acd =
  (handle: Handler): Handler =>
  (incoming) =>
    /\bapplication\/json\b/i.test(incoming.headers.accept ?? "")
      ? handle(incoming)
      : Effect.succeed({
          status: 200,
          text: '<?xml version="1.0" encoding="utf-8"?><result/>',
          contentType: "text/xml",
          headers: {}
        })

/** Makes the operations that look something up. */
export const makeDirectoryOperations = ({ contacts, now, options, tenant }: Digital) => {
  const fields: Handler = (incoming) =>
    Effect.map(noQuery(incoming), () => jsonAnswer(200, Array.from(tenant.fields.values())))

  const queue: Handler = Effect.fnUntraced(function* (incoming) {
    const { "id[]": ids } = yield* queuesQuery(incoming)
    const data = ids.flatMap((id) => {
      const found = isNumber(id) ? undefined : tenant.queues.get(id)
      return found === undefined ? [] : [{ id, name: found.name, isDeleted: found.isDeleted ?? false }]
    })
    return jsonAnswer(200, { hits: data.length, data })
  })

  /** Finds what a path of the ACD names. */
  const ofAcd = <A>(what: string, find: (id: string) => A | undefined, show: (found: A, id: string) => Answer) =>
    acd(
      Effect.fnUntraced(function* (incoming: Incoming): Effect.fn.Return<Answer, Refusal> {
        const [id, version] = [param(incoming, "id"), param(incoming, "version")]
        if (!/^v\d+\.\d+$/.test(version)) return yield* notFound("version", version)
        const found = find(id)
        return found === undefined ? yield* notFound(what, id) : show(found, id)
      })
    )

  const findSkill = (id: string) => (isNumber(id) ? tenant.queues.get(id) : undefined)

  const skill = ofAcd("skill", findSkill, ({ name }, id) =>
    jsonAnswer(200, { skillId: Number(id), skillName: name, isActive: true })
  )

  const activity = ofAcd("skill", findSkill, ({ name }, id) => {
    const waiting = contacts.contacts().filter(({ status, target }) => target?.id === id && status === "new")
    const since = waiting[0]?.createdAt
    const usual = {
      agentsAvailable: 1,
      agentsLoggedIn: 1,
      agentsWorking: 0,
      queueCount: waiting.length,
      earliestQueueTime: since === undefined ? null : new Date(since + options.clockSkew).toISOString()
    }
    const uncounted = options.digitalAgentsCounted ? {} : { agentsAvailable: 0, agentsLoggedIn: 0, agentsWorking: 0 }
    return jsonAnswer(200, {
      skillActivity: [
        {
          serverTime: new Date(now()).toISOString(),
          skillId: Number(id),
          skillName: name,
          ...usual,
          ...tenant.activity.get(id),
          ...uncounted
        }
      ]
    })
  })

  const hours = ofAcd(
    "profile",
    (id) => tenant.hours.get(id),
    (profile) =>
      jsonAnswer(
        200,
        options.hoursAs === "days" ? { days: profile.days, holidays: profile.holidays } : inResultSet(profile)
      )
  )

  const agent: Handler = (incoming) => {
    const id = param(incoming, "id")
    const found = tenant.agents.get(id)
    return found === undefined
      ? Effect.fail(notFound("user", id))
      : Effect.succeed(jsonAnswer(200, { user: { id, status: "ACTIVE", fullName: found.name } }))
  }

  return { fields, queue, skill, activity, hours, agent }
}
