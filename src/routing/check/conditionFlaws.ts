/** Problems of conditions: undefined opening hours, paths with empty parts, impossible tests. */
import { Predicate } from "effect"
import { suggestion } from "../../std/suggest.ts"
import type { Condition } from "../format/Condition.ts"
import type { RoutesFile } from "../format/RoutesFile.ts"
import { dataPath } from "../table/dataPath.ts"
import type { Flaw, Path } from "./Flaw.ts"
import { boundFlaws, testFlaws } from "./testFlaws.ts"

/** Problems of a condition and of those within it. */
export const conditionFlaws = (file: RoutesFile, condition: Condition | undefined, path: Path): ReadonlyArray<Flaw> => {
  if (condition === undefined) return []
  const { all = [], any = [], closed, confidence, data, entities, not, open } = condition
  return [
    ...hoursNameFlaws(file, open, [...path, "open"]),
    ...hoursNameFlaws(file, closed, [...path, "closed"]),
    ...(Predicate.isObject(confidence) ? boundFlaws(confidence, [...path, "confidence"]) : []),
    ...Object.keys(data ?? {}).flatMap((name) => dataPathFlaws(name, [...path, "data", name])),
    ...testFlaws(entities, [...path, "entities"]),
    ...testFlaws(data, [...path, "data"]),
    ...all.flatMap((one, index) => conditionFlaws(file, one, [...path, "all", index])),
    ...any.flatMap((one, index) => conditionFlaws(file, one, [...path, "any", index])),
    ...conditionFlaws(file, not, [...path, "not"])
  ]
}

const hoursNameFlaws = ({ hours = {} }: RoutesFile, name: string | undefined, path: Path): ReadonlyArray<Flaw> => {
  if (name === undefined || Object.hasOwn(hours, name)) return []
  const instead = suggestion(name, Object.keys(hours), "define them under hours")
  return [{ path, problem: `no opening hours are named "${name}"`, instead }]
}

const dataPathFlaws = (name: string, path: Path): ReadonlyArray<Flaw> => {
  if (!dataPath(name).includes("")) return []
  const problem = `no path to a member: "${name}" has an empty part`
  return [
    { path, isName: true, problem, instead: "names between dots (customer.tier), or a JSON Pointer (/customer/tier)" }
  ]
}
