/** 4: to a skill while the channel's script runs, again, and to a skill that does not exist. */
import { Effect, Schedule } from "effect"
import { actionOf } from "../../cxone/digital/Contacts.ts"
import { asAssumed, fact, handled, notHandled, type Outcome, skipped, Unanswered } from "../Finding.ts"
import { NO_SKILL, type ProbeOptions, waitingAt } from "../Options.ts"
import { OwnContacts } from "../OwnContacts.ts"
import { isSuccess, needed, type Seen, shown, type Tenant, valuesOf } from "../Tenant.ts"
import { whereabouts } from "../whereabouts.ts"

/** A number that no skill has: CXone counts them from 1. */
export const UNKNOWN_SKILL = "2147483646"

/** The looks at the contact after the routing: every second, ten times. */
export const watchSchedule = Schedule.spaced("1 second").pipe(Schedule.upTo({ times: 10 }))

const refusesTarget = ({ status }: Seen) => status === 400 || status === 404 || status === 422

type Look = Effect.Effect<Outcome, Unanswered, Tenant>

/** The question. */
export const routing = Effect.fnUntraced(function* (options: ProbeOptions) {
  const { get, open, put, user } = yield* OwnContacts
  const { skill } = options

  const toSkill = (contact: string, id: string) => {
    const { body, path } = actionOf({ type: "queue", id })
    return put(contact, `/${path}`, body)
  }

  const all = (looks: Readonly<Record<"routed" | "script" | "there" | "unknown", Look>>) =>
    Effect.all([
      fact("to a skill", "any 2xx", looks.routed),
      fact("the script", "the contact stays at the skill", looks.script),
      fact("there already", "any 2xx", looks.there),
      fact("to an unknown skill", "404", looks.unknown)
    ])

  if (skill === undefined) {
    const none = Effect.succeed(skipped(NO_SKILL))
    return yield* all({ routed: none, script: none, there: none, unknown: none })
  }

  const before = yield* waitingAt(options, skill)
  const opened = yield* Effect.result(open(user("routing")))
  const contact = Effect.fromResult(opened)
  const first = yield* Effect.result(Effect.flatMap(contact, (contact) => toSkill(contact, skill)))

  const routed = Effect.map(Effect.fromResult(first), (seen) =>
    isSuccess(seen)
      ? asAssumed(shown(seen), valuesOf(seen))
      : notHandled(shown(seen), "it cannot route to this skill: check --skill and the role", valuesOf(seen))
  )

  const script = Effect.gen(function* () {
    const id = yield* contact
    yield* needed("the routing", Effect.fromResult(first))
    const look = Effect.all({ where: Effect.map(get(id), whereabouts), waiting: waitingAt(options, skill) })
    const begin = yield* look
    const isVisible =
      begin.where !== undefined || (before !== undefined && begin.waiting !== undefined && begin.waiting > before)
    if (!isVisible) {
      return yield* new Unanswered({
        why: "neither the contact nor the skill's activity tells where it is queued: look at it in CXone"
      })
    }
    const hasMoved = ({ waiting, where }: typeof begin) =>
      begin.where === undefined
        ? waiting !== undefined && begin.waiting !== undefined && waiting < begin.waiting
        : where !== begin.where
    const last = yield* Effect.repeat(look, { schedule: watchSchedule, until: hasMoved })
    const values = {
      ...(begin.where === undefined ? {} : { first: begin.where }),
      ...(last.where === undefined ? {} : { last: last.where })
    }
    return hasMoved(last)
      ? notHandled(
          last.where === undefined
            ? "the contact left the skill by itself"
            : `the contact went to ${last.where} by itself`,
          "the channel's script queues it after the router: let the script request the skill, or an agent took it",
          values
        )
      : asAssumed("the contact stays", values)
  })

  const there = Effect.gen(function* () {
    const id = yield* contact
    // The script may have taken it away.
    const before = yield* toSkill(id, skill)
    if (before.status !== 409) yield* needed("the routing", Effect.succeed(before))
    const seen = yield* toSkill(id, skill)
    if (isSuccess(seen)) return asAssumed(shown(seen), valuesOf(seen))
    return seen.status === 409
      ? handled("409", "it takes that for a success while the contact lives", valuesOf(seen))
      : notHandled(shown(seen), "it takes the skill for one that does not exist", valuesOf(seen))
  })

  const unknown = Effect.gen(function* () {
    const seen = yield* toSkill(yield* contact, UNKNOWN_SKILL)
    if (refusesTarget(seen)) {
      return seen.status === 404
        ? asAssumed(shown(seen), valuesOf(seen))
        : handled(shown(seen), "400, 404 and 422 mean the same", valuesOf(seen))
    }
    const because = isSuccess(seen)
      ? "a wrong number in the table goes unnoticed: doctor looks up every skill"
      : seen.status === 409
        ? "it takes 409 for a contact that is there already"
        : "it does not take that for an unknown skill, and tries no fallback"
    return notHandled(shown(seen), because, valuesOf(seen))
  })

  return yield* all({ routed, script, there, unknown })
})
