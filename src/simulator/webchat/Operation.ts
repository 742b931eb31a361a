import { Schema } from "effect"
import { makeFault } from "../core/Fault.ts"

/** The names of the operations of the web chat API, for faults, recorded calls and counts. */
export const operations = ["token", "whoami", "queue", "agent", "open", "findActive", "action", "label"] as const

/** An operation of the web chat API. */
export const Operation = Schema.Literals(operations)

/** An operation of the web chat API. */
export type Operation = typeof Operation.Type

/** A received call is an operation, or `unknown` for a path or method that CXone does not have. */
export const CalledOperation = Schema.Literals([...operations, "unknown"])

/** A received call is an operation, or `unknown` for a path or method that CXone does not have. */
export type CalledOperation = typeof CalledOperation.Type

/**
 * One thing that goes wrong on demand. `operation` names the calls it strikes, or is `any`. `times` (1), `share` (0 to
 * 1) or `every` say how often it strikes, after `skip` (0) calls have passed. Of several faults that match a call the
 * oldest applies, and besides it the oldest `delay`.
 */
export const Fault = makeFault(operations)

/** One thing that goes wrong on demand. */
export type Fault = typeof Fault.Type
