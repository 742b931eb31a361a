/** Further problems of a table whose format is broken: the broken parts are taken out, and the rest is checked. */
import { Predicate, Result } from "effect"
import type { TargetIds } from "../../domain/Target.ts"
import { checkRoutes } from "../check/checkRoutes.ts"
import type { Flaw, Path } from "../check/Flaw.ts"
import { RoutesFile } from "../format/RoutesFile.ts"
import { decode } from "./formatFlaws.ts"
import { MAX_FILE } from "./Yaml.ts"

/** The most rounds of taking out: the value around a part may need it. */
const MAX_ROUNDS = 6

/** The problems of the rest of a table, where `flaws` are those of its format. */
export const salvage = (value: unknown, flaws: ReadonlyArray<Flaw>, ids: TargetIds): ReadonlyArray<Flaw> => {
  if (!Predicate.isObject(value) || isTooLong(value)) return []
  // A copy without shared parts: the value of an alias is in each of its places.
  const rest: Node = JSON.parse(JSON.stringify(value))
  const parts = new Set<number>()
  let wrong = flaws
  for (let round = 0; round < MAX_ROUNDS; round++) {
    for (const { isMissing = false, path } of wrong) {
      const [member, index] = path
      if (member === "rules" && typeof index === "number") parts.add(index)
      takeOut(rest, isMissing && path.length > 1 ? path.slice(0, -1) : path)
    }
    const decoded = decode(RoutesFile, rest)
    if (Result.isSuccess(decoded)) {
      // A member that is missing as a whole could define any name.
      const isKnown = ({ path }: Flaw) => {
        const definitions = DEFINITIONS_OF[String(path.at(-1))]
        return definitions === undefined || !(definitions in value) || definitions in rest
      }
      return checkRoutes(decoded.success, { ids: withStandIn(ids), parts }).filter(isKnown)
    }
    wrong = decoded.failure
  }
  return []
}

/** True when the texts of a value are much longer than a file may be. Those that aliases repeat count each time. */
const isTooLong = (value: unknown): boolean => {
  let left = 4 * MAX_FILE
  const take = (value: unknown): void => {
    if (Predicate.isString(value)) left -= value.length
    else if (Predicate.isObjectOrArray(value)) {
      for (const [key, member] of Object.entries(value)) {
        left -= key.length
        if (left < 0) return
        take(member)
      }
    }
  }
  take(value)
  return left < 0
}

/** The definitions of the names that members of rules use. */
const DEFINITIONS_OF: Readonly<Record<string, string>> = {
  queue: "queues",
  agent: "agents",
  open: "hours",
  closed: "hours"
}

type Node = { [key: string | number]: unknown }

/** The id in place of a broken one. */
const STAND_IN = "stands in for a broken id"

const withStandIn = ({ agent, queue, ...rest }: TargetIds): TargetIds => ({
  ...rest,
  queue: (id) => (id === STAND_IN ? undefined : queue(id)),
  agent: (id) => (id === STAND_IN ? undefined : agent(id))
})

/** A valid definition or rule in place of a broken one. */
const standIn = ([member, name]: Path): unknown => {
  switch (member) {
    case "queues":
    case "agents":
      return STAND_IN
    case "hours":
      return { zone: "UTC", weekly: { daily: "closed" } }
    case "rules":
      return { name: `rule ${name}, which is not in its format`, when: { intent: `${name}` }, to: { reject: "-" } }
    default:
      return undefined
  }
}

/** Takes out the value at a path. Definitions and rules are replaced, so that names stay defined and rules keep their places. A list goes as a whole. */
const takeOut = (rest: Node, path: Path): void => {
  const parents: Array<Node> = [rest]
  for (const key of path.slice(0, -1)) {
    const next = parents.at(-1)?.[key]
    if (!Predicate.isObjectOrArray(next)) return
    parents.push(next as unknown as Node)
  }
  const key = path.at(-1)
  const parent = parents.at(-1)
  if (key === undefined || parent === undefined) return
  if (path.length === 1) {
    delete rest[key]
    if (key === "rules") rest.rules = [standIn(["rules", 0])]
  } else if (path.length === 2 && standIn(path) !== undefined) {
    // If a valid value did not help, the name is broken.
    if (path[0] !== "rules" && JSON.stringify(parent[key]) === JSON.stringify(standIn(path))) delete parent[key]
    else parent[key] = standIn(path)
  } else if (Array.isArray(parent)) takeOut(rest, path.slice(0, -1))
  else delete parent[key]
}
