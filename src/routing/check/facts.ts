/** Conditions taken apart, so that two of them can be compared. */
import type { Condition } from "../format/Condition.ts"
import { dataPath } from "../table/dataPath.ts"

/** A condition with one member. */
export interface Fact extends Omit<Condition, "all" | "any" | "not"> {
  /** All facts of at least one of these hold. */
  readonly any?: ReadonlyArray<Facts>
  /** Not all of these facts hold. */
  readonly not?: Facts
}

/** Facts that must all hold. */
export type Facts = ReadonlyArray<Fact>

/** The facts of a condition. */
export const facts = (condition: Condition | undefined): Facts => {
  if (condition === undefined) return []
  const { all = [], any, data = {}, entities = {}, not, ...others } = condition
  return [
    ...Object.entries(others).map(([member, value]) => ({ [member]: value })),
    ...(any === undefined ? [] : [{ any: any.map(facts) }]),
    ...(not === undefined ? [] : [negation(not)]),
    ...Object.entries(entities).map(([name, test]) => ({ entities: { [name]: test } })),
    // Both notations of a path become one.
    ...Object.entries(data).map(([path, test]) => ({ data: { [JSON.stringify(dataPath(path))]: test } })),
    ...all.flatMap(facts)
  ]
}

/** Hours that are not closed are open, and hours that are not open are closed. */
const negation = (condition: Condition): Fact => {
  const { closed, open, ...others } = condition
  if (Object.keys(others).length === 0) {
    if (closed !== undefined && open === undefined) return { open: closed }
    if (open !== undefined && closed === undefined) return { closed: open }
  }
  return { not: facts(condition) }
}
