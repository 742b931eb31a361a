/** Checks of a request: each has the expected value and the one that it saw. */
import type { HandoverRequest } from "../../domain/HandoverRequest.ts"
import type { Demand } from "./demands.ts"

/** The input of a decision: a request, and the time. */
export interface Input {
  readonly request: HandoverRequest
  /** Milliseconds since 1970. */
  readonly now: number
}

/** A condition that can be checked. */
export interface Check {
  /** Its path in the rule: `when.entities.tier`. */
  readonly path: string
  /** The value that it expects, in words. */
  readonly expected: string
  /** The check that fails, this one or one within; `undefined` where the condition holds. */
  readonly failing: (input: Input) => Check | undefined
  /** The value that it decides on. */
  readonly saw: (input: Input) => unknown
}

/** A check without others in it. */
export const leafCheck = (
  path: string,
  expected: string,
  saw: (input: Input) => unknown,
  holds: (input: Input) => boolean
): Check => {
  const check: Check = { path, expected, saw, failing: (input) => (holds(input) ? undefined : check) }
  return check
}

/** A check of one value. */
export const valueCheck = (path: string, saw: (input: Input) => unknown, demanded: ReadonlyArray<Demand>): Check =>
  leafCheck(path, demanded.map(({ expected }) => expected).join(", and "), saw, (input) => {
    const value = saw(input)
    return demanded.every(({ holds }) => holds(value))
  })

/** Checks that must all hold. Returns the first that fails. */
export const firstFailing = (checks: ReadonlyArray<Check>): Check["failing"] => {
  const [only] = checks
  if (checks.length === 1 && only !== undefined) return only.failing
  return (input) => {
    for (const check of checks) {
      const failing = check.failing(input)
      if (failing !== undefined) return failing
    }
    return undefined
  }
}
