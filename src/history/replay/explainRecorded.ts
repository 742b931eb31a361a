/** Why a recorded handover went where it went: by the table that decided, and what was recorded of the request. */

import type { PassedRule } from "../../routing/Explanation.ts"
import type { RoutesFile } from "../../routing/format/RoutesFile.ts"
import { cut, toJsonValue } from "../../routing/table/render.ts"
import type { Detail, Entry } from "../Entry.ts"
import { type Judge, shownIn } from "./Judge.ts"
import { type Recorded, recordedOf } from "./Recorded.ts"
import { type JudgedRule, makeReplayTable } from "./ReplayTable.ts"
import { recordedRoute } from "./Routed.ts"

/** A condition of a rule, and what it saw. */
export interface RecordedRule extends PassedRule {
  /** False where it looks at something that was not recorded: then `saw` is `null`. */
  readonly isTold: boolean
}

/** Why a recorded handover went where it went. */
export interface RecordedExplanation {
  /** The rule that decided: `fallback` for the table's; `undefined` when no rule did. */
  readonly rule: string | undefined
  /** The conditions by which that rule held. Empty for a rule that takes everything. */
  readonly held: ReadonlyArray<RecordedRule>
  /** All rules before it, in their order, each with a condition that failed, or one that may have. */
  readonly passed: ReadonlyArray<RecordedRule>
}

const seenBy = (rule: string, judge: Judge, recorded: Recorded): RecordedRule => {
  const isTold = typeof judge.verdict(recorded) === "boolean"
  return {
    rule,
    condition: judge.path,
    expected: cut(judge.expected),
    saw: isTold ? toJsonValue(judge.saw(recorded)) : null,
    shown: shownIn(judge, recorded),
    isTold
  }
}

/** A rule that holds by the records, and did not decide. */
const unexplained = (rule: string): RecordedRule => ({
  rule,
  condition: "when",
  expected: "what the records show",
  saw: null,
  shown: "something else at the time",
  isTold: false
})

const passedBy = ({ judge, name }: JudgedRule, recorded: Recorded): RecordedRule =>
  judge === undefined || judge.verdict(recorded) === true
    ? unexplained(name)
    : seenBy(name, judge.failing(recorded), recorded)

/**
 * Explains a recorded handover by the table that decided (`History.routes` of the entry's `table`). `undefined` for copies, where nothing was decided, and where a rule
 * decided that the table does not have: one in code.
 */
export const explainRecorded = (file: RoutesFile, entry: Entry & Detail): RecordedExplanation | undefined => {
  const route = recordedRoute(entry)
  if (route === undefined || route === "copy") return undefined
  const { rules } = makeReplayTable(file)
  const decider = entry.rule === null ? rules.length : rules.findIndex(({ name }) => name === entry.rule)
  if (decider < 0) return undefined
  const recorded = recordedOf(entry)
  const rule = rules[decider]
  return {
    rule: rule?.name,
    held: rule?.judge?.holding(recorded).map((part) => seenBy(rule.name, part, recorded)) ?? [],
    passed: rules.slice(0, Math.min(decider, file.rules.length)).map((rule) => passedBy(rule, recorded))
  }
}
