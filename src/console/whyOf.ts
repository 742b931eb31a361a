/** The explanation of a recorded handover, or why there is none. */
import { Option } from "effect"
import type { Detail, Entry } from "../history/Entry.ts"
import { explainRecorded } from "../history/replay/explainRecorded.ts"
import type { RoutesFile } from "../routing/format/RoutesFile.ts"
import type { Why } from "./views/why.ts"

/** Explains a handover by the table that decided, if that was recorded. */
export const whyOf = (entry: Entry & Detail, routes: Option.Option<RoutesFile>): Why => {
  const { intent, outcome, rule, table } = entry
  if (outcome === "repeated") return "A copy has the decision of the first one."
  if (intent === null) return "It was refused before any rule was asked."
  if (table === null)
    return rule === null
      ? "Nothing was decided, or not by a routing table."
      : "A rule in code decided, or a table that was not recorded."
  if (Option.isNone(routes)) return `The routing table of then, version ${table}, was not recorded.`
  return explainRecorded(routes.value, entry) ?? "Nothing was decided, or not by a rule of the table."
}
