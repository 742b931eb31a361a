/** Explanations as text for people. */
import { oneLine } from "../../std/oneLine.ts"
import type { Explanation, NamedTarget, PassedRule } from "../Explanation.ts"

/** A target for people: `queue sales (5a1e…)`. */
export const showTarget = ({ id, name, type }: NamedTarget): string =>
  name === undefined || name === id ? `${type} ${id}` : `${type} ${name} (${id})`

const showOutcome = (outcome: Explanation["outcome"]): ReadonlyArray<string> => {
  switch (outcome.type) {
    case "handover":
      return [
        `rule ${outcome.rule} → ${showTarget(outcome.target)}`,
        ...outcome.fallbacks.map((target) => `  unknown to CXone? → ${showTarget(target)}`),
        ...Object.entries(outcome.labels).map(([name, value]) => `  label ${name}: ${value}`)
      ]
    case "rejected":
      return [`rule ${outcome.rule} → rejected, the bot says: ${outcome.text}`]
    case "refused":
      return [`no handover → 400 ${outcome.error}: ${outcome.detail}`]
  }
}

/** The reason why a rule did not decide, in one line: its name in `width` columns, and the condition. */
export const showPassed = ({ condition, expected, rule, shown }: PassedRule, width = 0): string =>
  `${rule.padEnd(width)}  ${condition.replace(/^when\./, "")}: wants ${expected}, saw ${shown}`

/** An explanation for people. */
export const showExplanation = ({ at, outcome, passed, version }: Explanation): string => {
  const width = Math.max(0, ...passed.map(({ rule }) => Math.min(40, rule.length)))
  return [
    ...showOutcome(outcome),
    "",
    `at ${at}${version === undefined ? "" : `, table ${version}`}`,
    ...passed.map((rule) => `  ✗ ${showPassed(rule, width)}`),
    ...("rule" in outcome && outcome.rule !== undefined ? [`  ✓ ${outcome.rule}`] : [])
  ]
    .map((line) => oneLine(line))
    .join("\n")
}
