/** Whether the database refuses a row for what is in it, so that trying again cannot help. */
import { Predicate } from "effect"
import type { SqlError } from "effect/sql"

/** Classes of SQLSTATE: data that does not fit, a constraint, a limit of the database. */
const CLASSES = ["22", "23", "54"]

/** SQLite's primary result codes for the same: too big, a mismatch. A constraint has a reason of its own. */
const RESULTS = [18, 20]

const member = (value: unknown, name: string): unknown => (Predicate.hasProperty(value, name) ? value[name] : undefined)

/** True when the database refuses the content of a statement, and does not fail by its own state. */
export const isContentRefused = ({ reason }: SqlError.SqlError): boolean => {
  if (reason._tag === "ConstraintError" || reason._tag === "UniqueViolation") return true
  const code = member(reason.cause, "code")
  const errno = member(reason.cause, "errno")
  return (
    (Predicate.isString(code) && /^[0-9A-Z]{5}$/.test(code) && CLASSES.includes(code.slice(0, 2))) ||
    (Predicate.isNumber(errno) && RESULTS.includes(errno & 0xff))
  )
}
