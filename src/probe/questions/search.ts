/** 7: how soon a new contact is found by its user, and a message by its id. */
import { Effect, Fiber, Schedule } from "effect"
import { searchPath } from "../../cxone/digital/Contacts.ts"
import { messagePath } from "../../cxone/digital/Messages.ts"
import { nowMillis } from "../../std/clock.ts"
import { asAssumed, type Finding, fact, handled, notHandled, Unanswered } from "../Finding.ts"
import { ofThread } from "../lookUp.ts"
import { OwnContacts } from "../OwnContacts.ts"
import { isSuccess, needed, Tenant } from "../Tenant.ts"

/** Between searches: a quarter of a second, for 30 s. */
export const lagSchedule = Schedule.spaced("250 millis").pipe(Schedule.upTo({ duration: "30 seconds" }))

/** So long does a handover look for a message that may be there, in milliseconds, before it sends it again. */
const MESSAGE_PATIENCE = 600

/** So long does a handover with the default deadline search for a contact, in milliseconds. */
const SEARCH_PATIENCE = 5500

/** The question. */
export const search = Effect.fnUntraced(function* (channelId: string) {
  const { messageOf, say, user } = yield* OwnContacts
  const { call } = yield* Tenant
  const searched = user("search")
  const message = yield* messageOf(searched)
  const said = yield* Effect.result(
    Effect.flatMap(say(message), ({ seen }) => needed("the message", Effect.succeed(seen)))
  )
  const startedAt = yield* nowMillis

  /** The milliseconds until a look-up lists something; `undefined` when it does not in time. */
  const untilListed = (path: string) =>
    Effect.gen(function* () {
      yield* Effect.fromResult(said)
      const seen = yield* call("GET", path)
      if (!isSuccess(seen)) return yield* new Unanswered({ why: `CXone answered ${seen.status}` })
      return ofThread(seen, searched).length > 0 ? (yield* nowMillis) - startedAt : undefined
    }).pipe(Effect.repeat({ schedule: lagSchedule, until: (millis) => millis !== undefined }))

  const inSearch = yield* Effect.forkChild(untilListed(searchPath(searched, channelId)))
  const byId = yield* Effect.forkChild(untilListed(messagePath(channelId, message.id)))

  const inWords = (millis: number) => `found after ${Math.round(millis)} ms`
  const NEVER = "not found within 30 s"

  const contact = Effect.map(Fiber.join(inSearch), (millis) => {
    if (millis === undefined) return notHandled(NEVER, "CXONE_CONTACT=find finds no new contact")
    const values = { millis: Math.round(millis) }
    return millis <= SEARCH_PATIENCE
      ? asAssumed(inWords(millis), values)
      : notHandled(inWords(millis), "CXONE_CONTACT=find gives up before that", values)
  })

  const listed = Effect.map(Fiber.join(byId), (millis) => {
    if (millis === undefined) return handled(NEVER, "it sends the message again with the same id (see question 3)")
    const values = { millis: Math.round(millis) }
    return millis <= MESSAGE_PATIENCE
      ? asAssumed(inWords(millis), values)
      : handled(inWords(millis), "it sends the message again with the same id (see question 3)", values)
  })

  const findings: ReadonlyArray<Finding> = yield* Effect.all([
    fact("a new contact by its user", `found within ${SEARCH_PATIENCE} ms`, contact),
    fact("a new message by its id", `found within ${MESSAGE_PATIENCE} ms`, listed)
  ])
  return findings
})
