/** Findings for failed calls to CXone. */
import { Duration } from "effect"
import { whereCredentialsAre } from "../app/DialectSettings.ts"
import type { CallError } from "../cxone/CXoneError.ts"
import { type Finding, failed } from "./Check.ts"

/** The finding for a failed call to CXone: the cause, and the remedy. */
export const explain = (error: CallError, patience: Duration.Duration): Finding => {
  switch (error._tag) {
    case "Unauthorized":
      return error.operation === "token"
        ? failed(
            "CXone refused the client id and secret",
            `check CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, and that the client is active (${whereCredentialsAre})`
          )
        : failed(
            `CXone refused a token that it had just issued (${error.operation})`,
            `check that the client is still active (${whereCredentialsAre})`
          )
    case "PermissionMissing":
      return lacking(error.permissions)
    case "RateLimited":
      return failed(
        error.message,
        "run doctor again later; CXONE_RATE_LIMIT keeps the router's calls below what CXone allows"
      )
    case "Unavailable":
      return failed(error.message, "CXone or the network has trouble: run doctor again, and see CXone's status page")
    case "UnexpectedResponse":
      return failed(error.message, "check CXONE_BASE_URL or CXONE_REGION: another server or a proxy may answer there")
    case "DeadlineExceeded": {
      const during = error.operation === undefined ? "" : ` (${error.operation})`
      const through = error.through === undefined ? "" : `, through ${error.through}`
      return failed(
        `CXone gave no answer within ${Duration.format(patience)}${during}${through}`,
        through !== ""
          ? "the proxy or CXone is slow: run doctor again, and look at the proxy's own log"
          : "CXone is slow: run doctor again, and see CXone's status page"
      )
    }
  }
}

/** The finding for missing scopes. */
export const lacking = (scopes: ReadonlyArray<string>): Finding =>
  failed(
    `CXone denied access: it needs the ${scopes.length === 1 ? "scope" : "scopes"} ${scopes.join(", ")}`,
    `add ${scopes.join(", ")} to the client (${whereCredentialsAre})`
  )
