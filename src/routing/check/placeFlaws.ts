/** Problems of queues and agents: ids that are not valid, names that are not defined, too many fallbacks. */
import { Predicate } from "effect"
import type { TargetIds } from "../../domain/Target.ts"
import { suggestion } from "../../std/suggest.ts"
import type { Place } from "../format/Place.ts"
import type { RoutesFile } from "../format/RoutesFile.ts"
import type { Flaw, Path } from "./Flaw.ts"

/** The most places that a rule may try after its first. */
const MAX_FALLBACKS = 5

const insteadOf = (kind: "queue" | "agent", { advice }: TargetIds) =>
  `the ${kind}'s id${advice === undefined ? " in the contact centre" : `, ${advice[kind]}`}`

/** Ids of definitions that are not valid. */
export const idFlaws = ({ agents = {}, queues = {} }: RoutesFile, ids: TargetIds): ReadonlyArray<Flaw> => {
  const flawsOf = (kind: "queue" | "agent", known: Readonly<Record<string, string>>) =>
    Object.entries(known).flatMap(([name, id]) => {
      const problem = ids[kind](id)
      if (problem === undefined) return []
      const path = [`${kind}s`, name]
      return [{ path, problem: `the id of ${kind} "${name}" is ${problem}`, instead: insteadOf(kind, ids) }]
    })
  return [...flawsOf("queue", queues), ...flawsOf("agent", agents)]
}

/** Problems of a place and of those to try after it. */
export const placeFlaws = (
  file: RoutesFile,
  ids: TargetIds,
  { agent, fallback, queue }: Place,
  path: Path,
  level = 0
): ReadonlyArray<Flaw> => {
  const unknown = (kind: "queue" | "agent", name: string | undefined, known: Readonly<Record<string, string>> = {}) => {
    if (name === undefined || Object.hasOwn(known, name)) return []
    // An agent's id has the form of a queue's id here, too: a check that accepts more would miss misspelled names.
    if (ids[kind](name) === undefined && ids.queue(name) === undefined) return []
    const none = `define it under ${kind}s, or write ${insteadOf(kind, ids)}`
    const problem = `no ${kind} is named "${name}"`
    return [{ path: [...path, kind], problem, instead: suggestion(name, Object.keys(known), none) }]
  }
  const flaws = [
    ...unknown("queue", queue, file.queues),
    ...unknown("agent", Predicate.isString(agent) ? agent : undefined, file.agents)
  ]
  if (fallback === undefined) return flaws
  const after = [...path, "fallback"]
  if (level < MAX_FALLBACKS) return [...flaws, ...placeFlaws(file, ids, fallback, after, level + 1)]
  const problem = `more than ${MAX_FALLBACKS} places after the first`
  return [...flaws, { path: after, problem, instead: "fewer: each costs a call" }]
}
