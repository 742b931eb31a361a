/** Text for people: times of this machine's zone, and columns. */
import { oneLine } from "../../std/oneLine.ts"

const two = (number: number) => String(number).padStart(2, "0")

/** A time in the zone of this machine: `2026-12-24 18:30:00`. */
export const localTime = (millis: number): string => {
  const at = new Date(millis)
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** The zone of this machine: `Europe/Berlin`. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

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
