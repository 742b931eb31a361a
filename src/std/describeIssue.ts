/** Issues of schemas as one line. */
import { SchemaIssue } from "effect"

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** The most problems in one description; the rest is counted. */
const MAX_ISSUES = 3

/**
 * Describes an issue as one line of `path: expected value`, with at most three problems.
 * It leaves out the values themselves: they can be personal.
 */
export const describeIssue = (issue: SchemaIssue.Issue): string => {
  const { issues } = format(issue)
  const lines = issues.slice(0, MAX_ISSUES).map(({ message, path }) => {
    const where = (path ?? [])
      .map((segment) => (typeof segment === "object" ? segment.key : segment))
      .reduce<string>(
        (text, key) =>
          typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
        ""
      )
    // `null` and absence are valid nearly everywhere; to name them would hide the expected value.
    const wanted = message.replace(/ \| (?:null|undefined)\b/g, "")
    return where === "" ? wanted : `${where}: ${wanted}`
  })
  const rest = issues.length - lines.length
  return lines.join("; ") + (rest > 0 ? `; and ${rest} more` : "")
}
