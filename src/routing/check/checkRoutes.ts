/** The problems of a table that its format cannot show: undefined names, rules that never decide, hours that overlap. */
import { anyIds, type TargetIds } from "../../domain/Target.ts"
import { FALLBACK, type RoutesFile, type Rule } from "../format/RoutesFile.ts"
import { conditionFlaws } from "./conditionFlaws.ts"
import type { Flaw } from "./Flaw.ts"
import { hoursFlaws } from "./hoursFlaws.ts"
import { labelFlaws } from "./labelFlaws.ts"
import { patternFlaws } from "./patternFlaws.ts"
import { idFlaws, placeFlaws } from "./placeFlaws.ts"
import { shadowFlaws } from "./shadowFlaws.ts"

/** Options of `checkRoutes`. */
export interface CheckOptions {
  /** The check of queues' and agents' ids. Default: every id is valid. */
  readonly ids?: TargetIds
  /** Rules that are only parts of the written ones: they shadow no other rule. */
  readonly parts?: ReadonlySet<number>
}

/** All problems of a table whose format is valid. */
export const checkRoutes = (
  file: RoutesFile,
  { ids = anyIds, parts = new Set() }: CheckOptions = {}
): ReadonlyArray<Flaw> => {
  const destinations = [
    ...file.rules.map((rule, index) => ({ rule, path: ["rules", index] })),
    ...(file.fallback === undefined ? [] : [{ rule: { ...file.fallback, when: undefined }, path: [FALLBACK] }])
  ]
  return [
    ...idFlaws(file, ids),
    ...Object.entries(file.hours ?? {}).flatMap(([name, hours]) => hoursFlaws(hours, ["hours", name])),
    ...nameFlaws(file.rules),
    ...destinations.flatMap(({ path, rule: { labels, to, when } }) => [
      ...conditionFlaws(file, when, [...path, "when"]),
      ...placeFlaws(file, ids, to, [...path, "to"]),
      ...labelFlaws(labels, [...path, "labels"])
    ]),
    ...patternFlaws(file),
    ...shadowFlaws(file, parts)
  ]
}

const nameFlaws = (rules: ReadonlyArray<Rule>): ReadonlyArray<Flaw> => {
  const seen = new Set<string>()
  return rules.flatMap(({ name }, index) => {
    const path = ["rules", index, "name"]
    if (name === FALLBACK) {
      return [{ path, problem: `"${FALLBACK}" is the name of the table's fallback`, instead: "another name" }]
    }
    const isTaken = seen.has(name)
    seen.add(name)
    return isTaken
      ? [{ path, problem: `another rule before it is named "${name}" too`, instead: "a name of its own" }]
      : []
  })
}
