import { Schema } from "effect"
import { makeFault } from "../core/Fault.ts"

/** The names of the operations of the Digital Engagement API, for faults, recorded calls and counts. */
export const operations = [
  "token",
  "discovery",
  "channel",
  "post",
  "message",
  "contact",
  "findActive",
  "routeToQueue",
  "routeToAgent",
  "priority",
  "fields",
  "label",
  "status",
  "typing",
  "skill",
  "queue",
  "agent",
  "activity",
  "hours"
] as const

/** An operation of the Digital Engagement API. */
export const DigitalOperation = Schema.Literals(operations)

/** An operation of the Digital Engagement API. */
export type DigitalOperation = typeof DigitalOperation.Type

/** A received call is an operation, or `unknown` for a path or method that CXone does not have. */
export const DigitalCalledOperation = Schema.Literals([...operations, "unknown"])

/** A received call is an operation, or `unknown` for a path or method that CXone does not have. */
export type DigitalCalledOperation = typeof DigitalCalledOperation.Type

/**
 * One thing that goes wrong on demand, as for web chat. `end` closes the contact that the path names; for a message,
 * the active contact of its thread.
 */
export const DigitalFault = makeFault(operations)

/** One thing that goes wrong on demand. */
export type DigitalFault = typeof DigitalFault.Type
