/** Replays as text for people. */

import type { NamedChange, NamedReplay } from "../history/replay/namedReplay.ts"
import type { Example, Untold } from "../history/replay/ReplaySummary.ts"
import type { NamedTarget } from "../routing/Explanation.ts"
import { showTarget } from "../routing/explain/showExplanation.ts"
import { oneLine } from "../std/oneLine.ts"
import { localTime, localZone } from "./localTime.ts"

/** The most changes that are shown; `--json` has more. */
const MAX_SHOWN = 20

const counted = (count: number, one: string) => (count === 1 ? `1 ${one}` : `${count} ${one}s`)

const shownPlace = (routed: NamedChange["from"]["routed"], isPlain: boolean) => {
  if (!("id" in routed)) return routed.type === "rejected" ? "rejected (403)" : "refused (400)"
  const { name, ...target }: NamedTarget = routed
  return isPlain && name !== undefined ? `${target.type} ${name}` : showTarget(routed)
}

/** `queue sales → queue vip`. Names alone, unless both places have the same one. */
const shownWay = ({ from, to }: NamedChange) => {
  const [one, other] = [from.routed, to.routed].map((routed) => shownPlace(routed, true))
  return one === other ? `${shownPlace(from.routed, false)} → ${shownPlace(to.routed, false)}` : `${one} → ${other}`
}

const shownRules = ({ from, to }: NamedChange) => {
  const [old, now] = [from.rule ?? "none", to.rules.length === 0 ? "none" : to.rules.join(" or ")]
  return old === now ? `rule ${old}` : `rule ${old} → ${now}`
}

const shownExample = ({ at, id, intent }: Example) => `${localTime(at)}  ${id}  ${intent ?? ""}`.trimEnd()

/** What makes a member known, for members that are not in the request's facts. */
const remedyOf = (member: string): string => {
  if (member.startsWith("hours.")) return "the hours changed between the request and its decision"
  if (member.startsWith("percentage"))
    return "known where users' ids are kept, HISTORY_USER_IDS=plain, or the live table had this percentage"
  return "kept only while the live table looks at it too, with HISTORY_REQUESTS=rules"
}

const list = (names: ReadonlyArray<string>) => {
  const rest = names.length - 3
  return `${names.length === 1 ? "rule" : "rules"} ${names.slice(0, 3).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`
}

const shownMissing = ({ count, member, rules }: Untold, width: number) => [
  `${String(count).padStart(width)}  ${member}, in ${list(rules)}`,
  `${" ".repeat(width)}    ${remedyOf(member)}`
]

/** A replay for people, who know the table as `table`. */
export const showReplay = (replay: NamedReplay, table: string): string => {
  const { changed, changes, copies, decided, missing, period, renamed, undecided, unlisted, untold } = replay
  const width = Math.max(...[...changes, ...missing].map(({ count }) => String(count).length + 2), 4)
  const shown = changes.slice(0, MAX_SHOWN)
  const more = changed - shown.reduce((sum, { count }) => sum + count, 0)
  const same = decided - changed - untold
  const leftOut = [
    ...(copies === 0 ? [] : [copies === 1 ? "1 copy of another request" : `${copies} copies of other requests`]),
    ...(undecided === 0 ? [] : [`${counted(undecided, "request")} without a decision`])
  ]
  const lines =
    period === undefined
      ? ["The history has no handovers of this time that came to a decision."]
      : [
          `${changed} of ${decided} would change with ${table}.`,
          `Recorded from ${localTime(period.from)} to ${localTime(period.to)} (${localZone()}).`,
          ...(shown.length === 0 ? [] : [""]),
          ...shown.flatMap((change) => [
            `${String(change.count).padStart(width)}  ${shownWay(change)}  (${shownRules(change)})`,
            ...change.examples.map((example) => `${" ".repeat(width)}    ${shownExample(example)}`)
          ]),
          ...(more === 0
            ? []
            : [`${String(more).padStart(width)}  in other ways${unlisted === 0 ? ": --json lists them" : ""}`]),
          "",
          `${same} would go where they went${renamed === 0 ? "" : `, ${renamed} of them by a rule of another name`}.`,
          ...(untold === 0
            ? []
            : [`${untold} cannot be told: the new table looks at something that was not recorded.`, ""]),
          ...missing.flatMap((untold) => shownMissing(untold, width))
        ]
  return [...lines, ...(leftOut.length === 0 ? [] : ["", `Left out: ${leftOut.join(", ")}.`])]
    .map((line) => oneLine(line))
    .join("\n")
}
