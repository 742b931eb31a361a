/** 5: to an agent who is logged out. */
import { Effect } from "effect"
import { actionOf } from "../../cxone/digital/Contacts.ts"
import { asAssumed, fact, handled, notHandled, skipped } from "../Finding.ts"
import type { ProbeOptions } from "../Options.ts"
import { OwnContacts } from "../OwnContacts.ts"
import { isSuccess, shown, valuesOf } from "../Tenant.ts"

/** The question. */
export const agent = Effect.fnUntraced(function* ({ agent }: ProbeOptions) {
  const { open, put, user } = yield* OwnContacts

  const assigned = Effect.gen(function* () {
    if (agent === undefined) return skipped("It needs the UUID of an agent who is logged out (--agent)")
    const contact = yield* open(user("agent"))
    const { body, path } = actionOf({ type: "agent", id: agent })
    const seen = yield* put(contact, `/${path}`, body)
    const values = valuesOf(seen)
    if (isSuccess(seen)) return asAssumed(`${seen.status}: the contact waits for the agent`, values)
    if (seen.status === 409) return notHandled("409", "it takes 409 for a contact that is there already", values)
    return seen.status === 400 || seen.status === 404 || seen.status === 422
      ? handled(shown(seen), "it goes on to the fallback, as for an agent who does not exist", values)
      : notHandled(shown(seen), "it tries no fallback", values)
  })

  return [yield* fact("an agent who is logged out", "any 2xx", assigned)]
})
