/** Problems of tests: bounds that no number is within, and expressions that are not valid. */
import { Result } from "effect"
import type { Bounds, ValueTest } from "../format/ValueTest.ts"
import { isTests } from "../table/demands.ts"
import { compilePattern } from "../table/Pattern.ts"
import type { Flaw, Path } from "./Flaw.ts"

/** Problems of the tests of entities, or of members of `data`. */
export const testFlaws = (tests: Readonly<Record<string, ValueTest>> | undefined, path: Path): ReadonlyArray<Flaw> =>
  Object.entries(tests ?? {}).flatMap(([name, test]) =>
    isTests(test)
      ? [...boundFlaws(test, [...path, name]), ...expressionFlaws(test.matches, [...path, name, "matches"])]
      : []
  )

/** Bounds that no number is within. */
export const boundFlaws = (bounds: Bounds, path: Path): ReadonlyArray<Flaw> => {
  const { above = Number.NEGATIVE_INFINITY, atLeast = above, atMost, below = Number.POSITIVE_INFINITY } = bounds
  const [least, most] = [Math.max(above, atLeast), Math.min(below, atMost ?? below)]
  const isEmpty = least > most || (least === most && (above === least || below === most))
  return isEmpty
    ? [{ path, problem: "no number is within these bounds", instead: "bounds with numbers between them" }]
    : []
}

const expressionFlaws = (source: string | undefined, path: Path): ReadonlyArray<Flaw> => {
  const compiled = source === undefined ? undefined : compilePattern(source)
  if (compiled === undefined || Result.isSuccess(compiled)) return []
  const instead = /too large|longer/.test(compiled.failure)
    ? "a shorter one"
    : "one that RE2 reads: no look-ahead, look-behind or back-references; in YAML best in single quotes"
  return [{ path, problem: `no regular expression: ${compiled.failure}`, instead }]
}
