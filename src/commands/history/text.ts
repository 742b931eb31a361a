/** Text for people: targets, lengths of time, and columns. */
import type { Target } from "../../domain/Target.ts"
import type { TableNames } from "../../history/tableNames.ts"
import { oneLine } from "../../std/oneLine.ts"

/** A target by its name in the table of a version, or by its id. */
export const shownTarget = (nameOf: TableNames, table: string | null, target: Target): string =>
  `${target.type} ${nameOf(table, target) ?? target.id}`

/** Milliseconds for people: `0.4 ms`, `236 ms`. */
export const inMillis = (millis: number): string => `${millis < 10 ? millis.toFixed(1) : Math.round(millis)} ms`

/** Cells in columns of equal width, each at most so wide; the last column is as wide as it is. */
export const columns = (rows: ReadonlyArray<ReadonlyArray<string>>, widest = 40): ReadonlyArray<string> => {
  const cells = rows.map((row) =>
    row.map((cell, at) => oneLine(cell, at === row.length - 1 ? Number.POSITIVE_INFINITY : widest))
  )
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)))
  return cells.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd()
  )
}
