/** 2: a message, and what it may ask for its contact. */
import { Effect } from "effect"
import { isOfContent } from "../../cxone/digital/apiError.ts"
import { asAssumed, type Finding, fact, handled, notHandled, skipped, Unanswered } from "../Finding.ts"
import { numberOf } from "../lookUp.ts"
import { NO_SKILL, type ProbeOptions, waitingAt } from "../Options.ts"
import { isSeenOver, OwnContacts, type Said } from "../OwnContacts.ts"
import { isSuccess, memberOf, type Seen, shown, valuesOf } from "../Tenant.ts"
import { whereabouts } from "../whereabouts.ts"

/** CXone has no time for the call, or trouble: that is no answer to the question. */
const passing = (seen: Seen) =>
  seen.status === 429 || seen.status >= 500
    ? Effect.fail(new Unanswered({ why: `CXone answered ${shown(seen)}, which passes: try again` }))
    : Effect.void

const refusedWish = (seen: Seen) =>
  Effect.as(
    passing(seen),
    isOfContent(seen)
      ? handled(shown(seen), "it sends the message again without that", valuesOf(seen))
      : notHandled(shown(seen), "it takes the answer for a failure of the whole message", valuesOf(seen))
  )

/** The question. */
export const message = Effect.fnUntraced(function* (options: ProbeOptions) {
  const { get, messageOf, say, user } = yield* OwnContacts
  const first = yield* Effect.result(Effect.flatMap(messageOf(user("message")), say))
  const said: Effect.Effect<Said, Unanswered> = Effect.fromResult(first)

  const taken = Effect.flatMap(said, ({ seen }) => {
    const values = valuesOf(seen)
    const wrong = notHandled(shown(seen), "no contact can be opened on this channel", values)
    if (!isSuccess(seen)) return Effect.as(passing(seen), wrong)
    return Effect.succeed(
      seen.status === 200 ? asAssumed("200", values) : handled(String(seen.status), "any 2xx will do", values)
    )
  })

  const accepted = Effect.filterOrFail(
    said,
    ({ seen }) => isSuccess(seen),
    () => new Unanswered({ why: "no message was accepted" })
  )

  const number = Effect.map(accepted, ({ seen }) => {
    const id = memberOf(seen.body, "consumerContact", "id")
    const values = { type: id === null ? "null" : typeof id }
    if (numberOf(id) === undefined) {
      return handled("no consumerContact.id in the answer", "it looks the message up by its id", values)
    }
    return typeof id === "string" ? asAssumed("digits, as text", values) : handled("a number", "it takes both", values)
  })

  const created = Effect.map(accepted, ({ seen }) => {
    const createdAt = memberOf(seen.body, "consumerContact", "createdAt")
    const hasDate = seen.headers.date !== undefined
    const isTime = typeof createdAt === "string" && !Number.isNaN(Date.parse(createdAt))
    const values = { hasCreatedAt: isTime, hasDate }
    if (!isTime) return handled("no createdAt", "reused is false then", values)
    const form = /\.\d+/.test(createdAt) ? "with milliseconds" : "in whole seconds"
    return hasDate
      ? asAssumed(`createdAt ${form}, and a header Date`, values)
      : handled(`createdAt ${form}, no header Date`, "it goes by its own clock then", values)
  })

  const readable = Effect.gen(function* () {
    const { contact } = yield* accepted
    if (contact === undefined) return yield* new Unanswered({ why: "the contact's number is not known" })
    const seen = yield* get(contact)
    const values = valuesOf(seen)
    if (isSuccess(seen) && !isSeenOver(seen)) return asAssumed(shown(seen), values)
    return seen.status === 404 || isSeenOver(seen)
      ? notHandled(shown(seen), "it takes such a contact for a closed one, and opens another", values)
      : handled(shown(seen), "it does without this look", values)
  })

  const skill = Effect.gen(function* () {
    const skill = options.skill
    if (skill === undefined) return skipped(NO_SKILL)
    const before = yield* waitingAt(options, skill)
    const { contact, seen } = yield* say(yield* messageOf(user("skill"), { skillId: Number(skill) }))
    if (!isSuccess(seen)) return yield* refusedWish(seen)
    const where = contact === undefined ? undefined : whereabouts(yield* get(contact))
    const after = yield* waitingAt(options, skill)
    const isThere = where === `skill ${skill}` || (before !== undefined && after !== undefined && after > before)
    const values = { ...valuesOf(seen), isThere, ...(where === undefined ? {} : { where }) }
    return isThere
      ? handled(`${seen.status}, and the contact is at the skill`, "it puts the contact there all the same", values)
      : asAssumed(`${seen.status}, and no sign of the contact at the skill`, values)
  })

  const field = Effect.gen(function* () {
    const ident = "cognigy_probe_unknown"
    const { seen } = yield* say(yield* messageOf(user("field"), { customFields: [{ ident, value: "probe" }] }))
    if (!isSuccess(seen)) return yield* refusedWish(seen)
    return asAssumed(`${seen.status}, and the message is taken`, valuesOf(seen))
  })

  const findings: ReadonlyArray<Finding> = yield* Effect.all([
    fact("message", "200", taken),
    fact("consumerContact.id", "there, as digits in a text", number),
    fact("createdAt", "there, and a header Date", created),
    fact("contact by number", "found at once", readable),
    fact("contact.skillId", "accepted, and not obeyed", skill),
    fact("unknown custom field", "ignored", field)
  ])
  return findings
})
