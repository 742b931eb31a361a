import { Schema } from "effect"

/** The operations of CXone's contract, by the names that faults, recorded calls and counts use. */
export const operations = ["token", "whoami", "queue", "agent", "open", "findActive", "action", "label"] as const

/** One operation of CXone's contract. */
export const Operation = Schema.Literals(operations)

/** One operation of CXone's contract. */
export type Operation = typeof Operation.Type

/** What a received call was: an operation, or `unknown` for a path or method that CXone does not have. */
export const CalledOperation = Schema.Literals([...operations, "unknown"])

/** What a received call was: an operation, or `unknown` for a path or method that CXone does not have. */
export type CalledOperation = typeof CalledOperation.Type
