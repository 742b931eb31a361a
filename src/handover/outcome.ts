/** The outcomes of handovers, as metrics, logs and traces name them. */
import { Cause, Exit, Option } from "effect"
import { snakeCase } from "../std/snakeCase.ts"
import type { HandedOver, HandoverError } from "./HandedOver.ts"

/** A missing permission keeps the name that alerts and dashboards have for it. */
const nameOf = (tag: string) => (tag === "PermissionMissing" ? "forbidden" : snakeCase(tag))

/** Every outcome but success. */
export const FAILURES: ReadonlyArray<string> = [
  ...[
    "Conflict",
    "DeadlineExceeded",
    "PermissionMissing",
    "InvalidTarget",
    "NoActiveConversation",
    "RateLimited",
    "Unauthorized",
    "Unavailable",
    "UnexpectedResponse",
    "KeyReused",
    "UnsupportedIntent",
    "AgentIdMissing",
    "Rejected"
  ].map(nameOf),
  "defect",
  "interrupted"
]

/** The outcome of a handover. */
export const outcomeOf = (exit: Exit.Exit<HandedOver, HandoverError>, isCopy: boolean): string => {
  if (Exit.isSuccess(exit)) return isCopy ? "repeated" : "success"
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  if (error === undefined) return Cause.hasInterruptsOnly(exit.cause) ? "interrupted" : "defect"
  return nameOf(error._tag === "HandoverFailed" ? error.reason._tag : error._tag)
}
