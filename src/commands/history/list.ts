/** `history`: a list of handovers. */
import { Console, Effect, type Stdio, Stream } from "effect"
import type { Entry } from "../../history/Entry.ts"
import { type Filter, History, type HistoryUnavailable } from "../../history/History.ts"
import { type TableNames, tableNames } from "../../history/tableNames.ts"
import { localTime, localZone } from "../localTime.ts"
import { exported } from "./exported.ts"
import { writing } from "./output.ts"
import { filterInWords } from "./selection.ts"
import { columns, inMillis, shownTarget } from "./text.ts"

/** Widths for lines that come one by one. */
const WIDTHS = [19, 30, 8, 24, 30, 24]

const reasonOf = ({ outcome, reason }: Entry) => (outcome === reason ? outcome : `${outcome}: ${reason}`)

const cellsOf = (entry: Entry, nameOf: TableNames): ReadonlyArray<string> => [
  localTime(entry.at),
  reasonOf(entry),
  inMillis(entry.took),
  entry.rule ?? "–",
  entry.target === null ? "–" : shownTarget(nameOf, entry.table, entry.target),
  entry.userId ?? "–",
  entry.id
]

const header = () => [`time (${localZone()})`, "outcome", "took", "rule", "target", "user", "id"]

/** The text of an empty list: the reason, and values that exist. */
const nothing = Effect.fnUntraced(function* (history: History["Service"], filter: Filter) {
  const words = filterInWords(filter)
  const hint = Effect.gen(function* () {
    const { languages, rules, targets } = yield* history.choices
    const known = (what: string, value: string | undefined, values: ReadonlyArray<string>) =>
      value === undefined || values.includes(value)
        ? []
        : [`  no ${what} ${value} in the last week; there were: ${values.join(", ") || "none"}`]
    return [
      ...known("rule", filter.rule, rules),
      ...known("target", filter.target, targets),
      ...known("language", filter.language, languages)
    ]
  })
  const hints = yield* Effect.orElseSucceed(hint, () => [])
  return [words === "" ? "The history has no handovers yet." : `No handovers with ${words}.`, ...hints].join("\n")
})

/** Prints the entries of a selection, newest first. */
export const printList = Effect.fnUntraced(function* (
  filter: Filter,
  limit: number,
  json: boolean
): Effect.fn.Return<void, HistoryUnavailable, History> {
  const history = yield* History
  const found = yield* history.find(filter, { limit: limit + 1 })
  const entries = found.slice(0, limit)
  const nameOf = yield* tableNames(
    history,
    entries.map(({ table }) => table)
  )
  if (json) {
    return yield* Console.log(
      JSON.stringify(
        entries.map((entry) => exported(entry, nameOf)),
        undefined,
        2
      )
    )
  }
  if (entries.length === 0) return yield* Console.log(yield* nothing(history, filter))
  yield* Console.log(columns([header(), ...entries.map((entry) => cellsOf(entry, nameOf))]).join("\n"))
  if (found.length > limit) yield* Console.log(`and more: --limit ${limit * 10}, or a shorter time`)
})

/** Prints the last entries of a selection, oldest first, and then others as they are written, until it is interrupted. */
export const follow = Effect.fnUntraced(function* (
  filter: Filter,
  last: number,
  json: boolean
): Effect.fn.Return<void, HistoryUnavailable, History | Stdio.Stdio> {
  const history = yield* History
  const line = (cells: ReadonlyArray<string>) => cells.map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0)).join("  ")
  const lines = Stream.mapEffect(history.follow(filter, last), (entry) =>
    Effect.map(tableNames(history, [entry.table]), (nameOf) =>
      json ? JSON.stringify(exported(entry, nameOf)) : line(columns([cellsOf(entry, nameOf)])[0]?.split("  ") ?? [])
    )
  )
  yield* writing(json ? lines : Stream.concat(Stream.succeed(line(header())), lines))
})
