/** Findings for failed calls to the Digital Engagement API. */
import type { Duration } from "effect"
import type { CallError } from "../cxone/CXoneError.ts"
import { type Finding, failed } from "./Check.ts"
import { explain } from "./explain.ts"

const WHERE = "in CXone Admin"

/** The finding for a failed call: the cause, and the remedy. */
export const explainDigital = (error: CallError, patience: Duration.Duration): Finding => {
  switch (error._tag) {
    case "Unauthorized":
      return failed(
        error.operation === "token"
          ? "CXone refused the client or the access key"
          : `CXone refused a token that it had just issued (${error.operation})`,
        error.remedy ?? `check the client and the access key ${WHERE}`
      )
    case "PermissionMissing":
      return lackingInRole(error.permissions)
    case "UnexpectedResponse":
      return failed(
        error.message,
        error.operation === "token" || error.operation === "discovery"
          ? "check CXONE_ISSUER and CXONE_TENANT_ID: another server or a proxy may answer there"
          : "another server or a proxy may answer there: check CXONE_BASE_URL, or leave it out"
      )
    default:
      return explain(error, patience)
  }
}

/** The finding for permissions that the role lacks. */
export const lackingInRole = (permissions: ReadonlyArray<string>): Finding =>
  failed(
    `CXone denied access: the role needs ${permissions.join(", ")}`,
    `allow the role of the employee whose access key it is ${permissions.join(", ")} (${WHERE})`
  )
