/** How scenarios went, as a table. */
import type { Result } from "./Scenario.ts"

const answersOf = ({ answers, repeated }: Result) =>
  [
    ...Object.entries(answers).map(([outcome, count]) => `${count} × ${outcome}`),
    ...(repeated > 0 ? [`${repeated} again`] : [])
  ].join(", ")

const columns: ReadonlyArray<readonly [string, (result: Result) => string]> = [
  ["scenario", ({ name }) => name],
  ["webhooks, by first answer", answersOf],
  ["longest", ({ longestMillis }) => `${(longestMillis / 1000).toFixed(2)} s`],
  ["active per user", ({ mostActive }) => `${mostActive}`],
  ["wrong targets", ({ wrongTargets }) => `${wrongTargets}`],
  ["unlabelled", ({ unlabelled }) => `${unlabelled}`],
  ["calls per handover", ({ callsPerHandover }) => (callsPerHandover === 0 ? "–" : callsPerHandover.toFixed(2))],
  ["peak memory", ({ peakMemory }) => `${Math.round(peakMemory)} MiB`],
  ["took", ({ seconds }) => `${seconds.toFixed(1)} s`],
  ["", ({ checks, failures }) => (failures.length === 0 ? `ok (${checks})` : "FAILED")]
]

/** A Markdown table of results. */
export const toTable = (results: ReadonlyArray<Result>): string => {
  const rows = [columns.map(([title]) => title), ...results.map((result) => columns.map(([, cell]) => cell(result)))]
  const widths = columns.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n")
}

/** What did not hold, a few lines each. */
export const toFailures = (results: ReadonlyArray<Result>): string =>
  results
    .flatMap(({ failures, name }) =>
      failures.map(({ claim, seen, times }) => {
        const line = `${name}: not so${times > 1 ? ` (${times} times)` : ""}: ${claim}`
        return seen === "" ? line : `${line}\n    ${seen.slice(0, MAX_SHOWN)}`
      })
    )
    .join("\n")

const MAX_SHOWN = 2000

/** All results as JSON. */
export const toJson = (results: ReadonlyArray<Result>): string => `${JSON.stringify(results, null, 2)}\n`
