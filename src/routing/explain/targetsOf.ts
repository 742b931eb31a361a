/** Every queue and agent that a routing table can send to. */
import { Predicate } from "effect"
import type { Target } from "../../domain/Target.ts"
import type { Path } from "../check/Flaw.ts"
import type { Place } from "../format/Place.ts"
import type { RoutesFile } from "../format/RoutesFile.ts"

/** A queue or agent, its name in the table, and its first path there. */
export interface TableTarget extends Target {
  readonly name: string | undefined
  readonly path: Path
}

/** All queues and agents by id, those with a name first. Agents that an entity names are left out. */
export const targetsOf = ({ agents = {}, fallback, queues = {}, rules }: RoutesFile): ReadonlyArray<TableTarget> => {
  const found = new Map<string, TableTarget>()
  const add = (target: TableTarget) => {
    const key = `${target.type} ${target.id}`
    if (!found.has(key)) found.set(key, target)
  }
  const addPlace = ({ agent, fallback, queue }: Place, path: Path): void => {
    if (queue !== undefined && !Object.hasOwn(queues, queue)) {
      add({ type: "queue", id: queue, name: undefined, path: [...path, "queue"] })
    }
    if (Predicate.isString(agent) && !Object.hasOwn(agents, agent)) {
      add({ type: "agent", id: agent, name: undefined, path: [...path, "agent"] })
    }
    if (fallback !== undefined) addPlace(fallback, [...path, "fallback"])
  }
  for (const [name, id] of Object.entries(queues)) add({ type: "queue", id, name, path: ["queues", name] })
  for (const [name, id] of Object.entries(agents)) add({ type: "agent", id, name, path: ["agents", name] })
  for (const [index, { to }] of rules.entries()) addPlace(to, ["rules", index, "to"])
  if (fallback !== undefined) addPlace(fallback.to, ["fallback", "to"])
  return [...found.values()]
}
