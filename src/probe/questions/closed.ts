/** 6: to a skill, for a contact that is closed. */
import { Effect } from "effect"
import { actionOf } from "../../cxone/digital/Contacts.ts"
import { asAssumed, type Finding, fact, handled, notHandled, Unanswered } from "../Finding.ts"
import type { ProbeOptions } from "../Options.ts"
import { isSeenOver, OwnContacts } from "../OwnContacts.ts"
import { isSuccess, needed, shown, valuesOf } from "../Tenant.ts"
import { UNKNOWN_SKILL } from "./routing.ts"

/** The question. Without a skill it asks for one that does not exist, so that the contact goes nowhere. */
export const closed = Effect.fnUntraced(function* ({ skill }: ProbeOptions) {
  const { get, open, put, setStatus, user } = yield* OwnContacts
  const contact = yield* Effect.result(
    Effect.gen(function* () {
      const contact = yield* open(user("closed"))
      yield* needed("the contact could not be closed", setStatus(contact, "closed"))
      return contact
    })
  )

  const routed = Effect.gen(function* () {
    const { body, path } = actionOf({ type: "queue", id: skill ?? UNKNOWN_SKILL })
    const id = yield* Effect.fromResult(contact)
    const seen = yield* put(id, `/${path}`, body)
    const values = { ...valuesOf(seen), isKnownSkill: skill !== undefined }
    if (seen.status === 404) return asAssumed(shown(seen), values)
    if (isSuccess(seen) || [400, 409, 422].includes(seen.status)) {
      return handled(shown(seen), "it looks the contact up afterwards", values)
    }
    return notHandled(shown(seen), "it takes the answer for a failure, and does not start over", values)
  })

  const looked = Effect.gen(function* () {
    const seen = yield* get(yield* Effect.fromResult(contact))
    const values = valuesOf(seen)
    if (isSuccess(seen) && isSeenOver(seen)) return asAssumed(`${seen.status}, and it is over`, values)
    if (seen.status === 404) return handled("404", "it takes that for closed", values)
    if (!isSuccess(seen)) return yield* new Unanswered({ why: `CXone answered ${shown(seen)}` })
    return notHandled(
      `${seen.status}, and it is not over`,
      "the look-up lags behind, or the routing opened the contact again",
      values
    )
  })

  const findings: ReadonlyArray<Finding> = yield* Effect.all([
    fact("a change of a closed contact", "404", routed),
    fact("a look at a closed contact", "200, with the status closed", looked)
  ])
  return findings
})
