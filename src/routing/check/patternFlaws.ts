/** Too many regular expressions in one table. */
import { Result } from "effect"
import type { Condition } from "../format/Condition.ts"
import type { RoutesFile } from "../format/RoutesFile.ts"
import { isTests } from "../table/demands.ts"
import { compilePattern } from "../table/Pattern.ts"
import type { Flaw } from "./Flaw.ts"

/** The largest size of all expressions of a table together, in RE2's instructions: the most that one decision may cost. */
const MAX_PATTERNS = 50_000

const patternsOf = (condition: Condition | undefined): ReadonlyArray<string> => {
  if (condition === undefined) return []
  const { all = [], any = [], data = {}, entities = {}, not } = condition
  return [
    ...[...Object.values(entities), ...Object.values(data)].flatMap((test) =>
      isTests(test) && test.matches !== undefined ? [test.matches] : []
    ),
    ...[...all, ...any].flatMap(patternsOf),
    ...patternsOf(not)
  ]
}

/** The first rule from which on the expressions of the table are too large together. */
export const patternFlaws = ({ rules }: RoutesFile): ReadonlyArray<Flaw> => {
  let size = 0
  for (const [index, { when }] of rules.entries()) {
    for (const pattern of patternsOf(when)) {
      size += Result.match(compilePattern(pattern), { onFailure: () => 0, onSuccess: ({ size }) => size })
    }
    if (size > MAX_PATTERNS) {
      const problem = "from here on there are too many regular expressions: all of them together take too long"
      return [{ path: ["rules", index, "when"], problem, instead: "values, lists of them, or shorter expressions" }]
    }
  }
  return []
}
