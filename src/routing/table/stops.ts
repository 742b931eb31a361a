/** The places of a rule in their order, and the targets that they are for one request. */
import { Predicate, Result } from "effect"
import { type EntityValue, entityValue, type HandoverRequest } from "../../domain/HandoverRequest.ts"
import type { Target } from "../../domain/Target.ts"
import { present } from "../../std/present.ts"
import { hasUnsafeCharacters, isShort, MAX_ID_LENGTH, unfilled } from "../../std/text.ts"
import { AgentIdMissing, UnsupportedIntent } from "../Decision.ts"
import type { Place } from "../format/Place.ts"

/** A target, or the entity that names the agent. */
export type Stop = Target | { readonly type: "entity"; readonly entity: string }

/** The ids of a table's queues and agents, by their names. */
export interface Names {
  readonly queues: ReadonlyMap<string, string>
  readonly agents: ReadonlyMap<string, string>
}

/** The stops of a place. A name that the table does not define is an id. */
export const stopsOf = ({ agent, fallback, queue }: Place, names: Names): ReadonlyArray<Stop> => [
  ...(queue === undefined ? [] : [{ type: "queue" as const, id: names.queues.get(queue) ?? queue }]),
  ...(agent === undefined
    ? []
    : Predicate.isString(agent)
      ? [{ type: "agent" as const, id: names.agents.get(agent) ?? agent }]
      : [{ type: "entity" as const, entity: agent.entity }]),
  ...(fallback === undefined ? [] : stopsOf(fallback, names))
]

/** The targets of a request, at least one. An entity without an agent's id is skipped where another stop has a target. */
export const targetsFor = (
  rule: string,
  stops: ReadonlyArray<Stop>,
  request: HandoverRequest
): Result.Result<readonly [Target, ...Array<Target>], AgentIdMissing | UnsupportedIntent> => {
  const found = stops.map((stop) =>
    stop.type === "entity" ? agentFrom(rule, stop.entity, entityValue(request, stop.entity)) : Result.succeed(stop)
  )
  const [target, ...fallbacks] = found.filter(Result.isSuccess).map(({ success }) => success)
  if (target !== undefined) return Result.succeed([target, ...fallbacks])
  const missing = found.find(Result.isFailure)
  return Result.fail(missing?.failure ?? new UnsupportedIntent({ intent: request.intent }))
}

/** An agent's id from an entity's value: text, or a safe integer. */
const agentFrom = (
  rule: string,
  entity: string,
  sent: EntityValue | undefined
): Result.Result<Target, AgentIdMissing> => {
  const missing = (problem: string) => Result.fail(new AgentIdMissing({ rule, entity, problem }))
  const found = (id: string) => Result.succeed({ type: "agent" as const, id })
  const value = present(sent)
  if (value === undefined) return missing("it is not there")
  if (Predicate.isBoolean(value)) return missing("it is a boolean, not an id")
  if (Predicate.isNumber(value)) {
    return Number.isSafeInteger(value)
      ? found(String(value))
      : missing("it is a number that is no exact whole number: send ids as text")
  }
  const problem = unfilled(value)
  if (problem !== undefined) return missing(problem)
  return isShort(value) && !hasUnsafeCharacters(value)
    ? found(value)
    : missing(`it is longer than ${MAX_ID_LENGTH} characters or has control characters`)
}
