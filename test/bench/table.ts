/** Tables of text, and numbers as they are shown in them. */

const shown = (number: number, digits: number) => (Number.isNaN(number) ? "–" : number.toFixed(digits))

/** Without decimals. */
export const whole = (number: number): string => shown(number, 0)

/** A ratio. */
export const ratio = (number: number): string => shown(number, 2)

/** Milliseconds. */
export const millis = (number: number): string => shown(number, 2)

/** Bytes, in MiB. */
export const mebibytes = (bytes: number): string => shown(bytes / 1024 / 1024, 1)

/** Columns of equal width: the first to the left, the others to the right. */
export const table = (header: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const lines = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}
