/** The checks that the skills, routing queues and users of a routing table exist in a tenant of the Digital Engagement API. */
import { type Duration, Effect, Result } from "effect"
import { type CallError, type ResourceNotFound, UNEXPECTED_STATUS } from "../cxone/CXoneError.ts"
import { isNumber } from "../cxone/digital/ids.ts"
import { TenantDirectory } from "../cxone/digital/TenantDirectory.ts"
import type { AccessToken } from "../cxone/transport/AccessToken.ts"
import { oneLine } from "../std/oneLine.ts"
import { type Check, failed, ok, skipped, warned } from "./Check.ts"
import { needsApi } from "./digitalChecks.ts"
import { explainDigital } from "./explainDigital.ts"
import { patiently } from "./lookUp.ts"
import { type DoctorTarget, nameOf } from "./targetChecks.ts"

/** The most characters that are shown of a text from CXone. */
const MAX_TEXT = 100

type Kind = "skill" | "routing queue" | "user" | "agent's number"

const kindOf = ({ id, kind }: DoctorTarget): Kind => {
  if (kind === "queue") return isNumber(id) ? "skill" : "routing queue"
  return isNumber(id) ? "agent's number" : "user"
}

const howToFind: Readonly<Record<Kind, string>> = {
  skill: "ACD > Skills, open the skill, copy its number",
  "routing queue": "ACD > Digital > Routing Queues, open the queue, copy its id",
  user: "Admin > Employees, open the employee, copy their UUID",
  "agent's number": "Admin > Employees, open the employee, copy their UUID"
}

/** The employee may get contacts, as far as their status tells. */
const isActive = (status: string | undefined) => status === undefined || /^active$/i.test(status)

/** One check for each target, in their order. */
export const digitalTargetChecks = (
  targets: ReadonlyArray<DoctorTarget>,
  patience: Duration.Duration,
  conceal: (text: string) => Effect.Effect<string, never, AccessToken>
): ReadonlyArray<Check<AccessToken | TenantDirectory>> =>
  targets.map((target) => {
    const { id, where } = target
    const kind = kindOf(target)
    const wrong = (detail: string) =>
      failed(`${detail} (${where})`, `replace the id ${id} at ${where}: ${howToFind[kind]}`)
    const text = (from: string) => Effect.map(conceal(from), (text) => oneLine(text, MAX_TEXT))

    const judge = <A>(
      look: Effect.Effect<A, CallError | ResourceNotFound>,
      found: (value: A) => Effect.Effect<ReturnType<typeof ok>, never, AccessToken>
    ) =>
      Effect.flatMap(Effect.result(patiently(patience)(look)), (result) => {
        if (Result.isSuccess(result)) return found(result.success)
        const error = result.failure
        if (error._tag === "ResourceNotFound") return Effect.succeed(wrong(`the ${kind} does not exist in CXone`))
        if (
          error._tag === "UnexpectedResponse" &&
          error.issue === UNEXPECTED_STATUS &&
          (error.status === 400 || error.status === 422)
        ) {
          return Effect.succeed(wrong(`CXone does not accept the id: it answered ${error.status}`))
        }
        return Effect.succeed(explainDigital(error, patience))
      })

    const run = Effect.gen(function* () {
      const directory = yield* TenantDirectory
      if (kind === "skill") {
        return yield* judge(directory.skill(id), (name) => Effect.map(text(name ?? "the skill exists"), ok))
      }
      if (kind === "routing queue") return yield* judge(directory.queue(id), (name) => Effect.map(text(name), ok))
      if (kind === "agent's number") {
        return skipped(
          "CXone looks up no agent by number",
          `to have the agent at ${where} checked, replace the number: ${howToFind[kind]}`
        )
      }
      return yield* judge(directory.user(id), (status) =>
        Effect.map(text(status ?? "the user exists"), (shown) =>
          isActive(status) ? ok(shown) : warned(`the user is ${shown} (${where})`, `take another agent at ${where}`)
        )
      )
    })

    return { name: nameOf(target), needs: needsApi, run }
  })
