/** 8: the form of a 429. */
import { Clock, Effect } from "effect"
import { parseHttpDate } from "../../std/httpDate.ts"
import { asAssumed, type Finding, fact, handled, notHandled, skipped, Unanswered } from "../Finding.ts"
import type { ProbeOptions } from "../Options.ts"
import { OwnContacts } from "../OwnContacts.ts"
import { isSuccess, memberOf, type Seen, shown } from "../Tenant.ts"

/** The most updates of the one contact: CXone allows 250 at once, and 17 more a minute. */
export const MOST_UPDATES = 270

/** The updates at once. */
const AT_ONCE = 5

const formOf = (value: string | undefined, now: number): "none" | "seconds" | "date" | "other" => {
  if (value === undefined) return "none"
  if (/^\d+$/.test(value.trim())) return "seconds"
  return parseHttpDate(value.trim(), now) === undefined ? "other" : "date"
}

/** The question. */
export const limit = Effect.fnUntraced(function* ({ burst }: ProbeOptions) {
  const { open, put, user } = yield* OwnContacts

  const limited = Effect.gen(function* () {
    if (!burst) return skipped(`It takes up to ${MOST_UPDATES} updates of one contact (--burst)`)
    const contact = yield* open(user("limit"))
    let updates = 0
    let refused: Seen | undefined
    const update = Effect.gen(function* () {
      if (refused !== undefined) return
      const seen = yield* put(contact, "", { routingQueuePriority: 0 })
      if (isSuccess(seen)) updates++
      else refused ??= seen
    })
    yield* Effect.forEach(Array.from({ length: MOST_UPDATES }), () => update, { concurrency: AT_ONCE, discard: true })
    const seen: Seen | undefined = refused
    if (seen === undefined) return handled(`no limit within ${updates} updates`, "it needs none", { updates })
    const form = formOf(seen.headers["retry-after"], yield* Clock.currentTimeMillis)
    const hasErrors = Array.isArray(memberOf(seen.body, "errors"))
    const values = { updates, status: seen.status, retryAfter: form, hasErrors }
    const words = `${shown(seen)} after ${updates} updates, ${form === "none" ? "without Retry-After" : `Retry-After: ${form}`}`
    if (seen.status === 429) {
      return form === "seconds"
        ? asAssumed(words, values)
        : handled(words, form === "date" ? "it reads both forms" : "it backs off by itself", values)
    }
    if (seen.status >= 500) return handled(words, "it backs off as for any 5xx", values)
    return updates === 0
      ? yield* new Unanswered({ why: `the contact could not be updated: CXone answered ${shown(seen)}` })
      : notHandled(words, "it takes the answer for a refusal, and does not wait", values)
  })

  const findings: ReadonlyArray<Finding> = [yield* fact("too many updates", "429 with Retry-After in seconds", limited)]
  return findings
})
