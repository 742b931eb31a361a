/** What errors of Postgres mean. */
import type { SqlError } from "effect/sql"

const codeOf = ({ reason: { cause } }: SqlError.SqlError): string =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string" ? cause.code : ""

/** True when Postgres is there, and does not let this user in, or has no such database. */
export const isRefused = (error: SqlError.SqlError): boolean => {
  const { _tag } = error.reason
  return _tag === "AuthenticationError" || _tag === "AuthorizationError" || codeOf(error) === "3D000"
}

/** True when the next statement would most probably fail, too: it cannot be reached, does not answer, lets nobody in, is starting or ending, or has no room. */
export const isAway = (error: SqlError.SqlError): boolean => {
  const { _tag } = error.reason
  return (
    _tag === "ConnectionError" ||
    _tag === "StatementTimeoutError" ||
    isRefused(error) ||
    /^(?:57P|53)/.test(codeOf(error))
  )
}

/** Why, in the words of Postgres or of the network. They hold no password. */
export const reasonOf = (error: SqlError.SqlError): string => {
  const { cause, message } = error.reason
  const inner = cause instanceof Error && cause.message !== "" ? cause.message : (message ?? error.reason._tag)
  return inner
}
