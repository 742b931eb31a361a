/** 3: the same message again, and the same thread after its contact was resolved and closed. */
import { Effect, Result } from "effect"
import { messagePath } from "../../cxone/digital/Messages.ts"
import { asAssumed, type Finding, fact, handled, notHandled, type Outcome, Unanswered } from "../Finding.ts"
import { ofThread } from "../lookUp.ts"
import { OwnContacts, type Said, statusIn } from "../OwnContacts.ts"
import { isSuccess, needed, shown, Tenant, valuesOf } from "../Tenant.ts"

const needsContact = <A extends Pick<Said, "contact">>({ contact }: A) =>
  contact === undefined ? new Unanswered({ why: "the contact's number is not known" }) : Effect.succeed(contact)

/** The question. */
export const repeated = Effect.fnUntraced(function* (channelId: string) {
  const { get, messageOf, say, setStatus, user } = yield* OwnContacts
  const { call } = yield* Tenant
  const thread = user("thread")
  const message = yield* messageOf(thread)
  const begun = yield* Effect.result(
    Effect.flatMap(say(message), (said) => Effect.as(needed("the first message", Effect.succeed(said.seen)), said))
  )
  const first = Effect.fromResult(begun)

  const again = Effect.gen(function* () {
    const before = yield* first
    const { contact, seen } = yield* say(message)
    const values = valuesOf(seen)
    if (seen.status === 409 || seen.status === 422 || seen.status === 400 || seen.status >= 500) {
      return handled(shown(seen), "it looks the message up by its id", values)
    }
    if (!isSuccess(seen)) return notHandled(shown(seen), "it takes the answer for a failure", values)
    if (contact !== before.contact && contact !== undefined) {
      return notHandled(`${seen.status}, with another contact`, "a lost answer may cost a second contact", values)
    }
    const listed = yield* Effect.result(call("GET", messagePath(channelId, message.id)))
    const count = Result.isSuccess(listed) ? ofThread(listed.success, thread).length : 0
    if (count === 0) {
      const seenNone = `${seen.status}, and no message is listed yet, so that a second one cannot be seen`
      return handled(seenNone, "it looks for a message for 600 ms before it sends it again", { ...values, messages: 0 })
    }
    return count > 1
      ? handled(
          `${seen.status}, and ${count} messages with this id`,
          "it looks the message up before it sends it again",
          { ...values, messages: count }
        )
      : asAssumed(`${seen.status}, the same contact`, { ...values, messages: count })
  })

  /** Sends another message into the thread after its contact got this status. */
  const after = (
    status: "resolved" | "closed",
    judge: (said: Said, isSame: boolean) => Effect.Effect<Outcome, Unanswered>
  ) =>
    Effect.gen(function* () {
      const before = yield* needsContact(yield* first)
      yield* needed(`the contact could not be ${status}`, setStatus(before, status))
      const said = yield* say(yield* messageOf(thread))
      const contact = yield* needsContact(said)
      yield* needed(`the message after ${status}`, Effect.succeed(said.seen))
      return yield* judge(said, contact === before)
    })

  const resolved = after("resolved", ({ seen }, isSame) =>
    Effect.succeed(
      isSame
        ? asAssumed("the same contact", valuesOf(seen))
        : handled("a new contact", "it takes the contact of the answer", valuesOf(seen))
    )
  )

  const closed = after("closed", ({ contact = "", seen }, isSame) =>
    Effect.gen(function* () {
      if (!isSame) return asAssumed("a new contact", valuesOf(seen))
      const status = statusIn(yield* needed("the contact", get(contact)))
      return status === "closed" || status === "trashed"
        ? notHandled(
            "the same contact, still closed",
            "a user who was closed once cannot be handed over again",
            valuesOf(seen)
          )
        : handled("the same contact, open again", "it takes the contact of the answer", valuesOf(seen))
    })
  )

  const findings: ReadonlyArray<Finding> = yield* Effect.all([
    fact("the same id again", "the same answer", again),
    fact("the thread after resolved", "the message joins the contact", resolved),
    fact("the thread after closed", "the message opens a new contact", closed)
  ])
  return findings
})
