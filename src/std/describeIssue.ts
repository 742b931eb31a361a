import { SchemaIssue } from "effect"

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** How many problems one description names; the rest is counted. */
const MAX_ISSUES = 3

/**
 * What a schema found wrong, as one line of `path: what was expected`, the first few problems only.
 * Says nothing about the values themselves: they can be personal.
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
    // `null` and absence are taken nearly everywhere; naming them each time only hides what is wanted.
    const wanted = message.replace(/ \| (?:null|undefined)\b/g, "")
    return where === "" ? wanted : `${where}: ${wanted}`
  })
  const rest = issues.length - lines.length
  return lines.join("; ") + (rest > 0 ? `; and ${rest} more` : "")
}
