/** The output of `doctor`: lines and, on a terminal, a line that shows the progress. */
import { Effect, Terminal } from "effect"
import { oneLine } from "../std/oneLine.ts"

/** Writes for people. Text must be printable. */
export interface Printer {
  /** Writes a line, in place of the progress. */
  readonly line: (text: string) => Effect.Effect<void>
  /** Shows the progress if standard output is a terminal; the next line replaces it. */
  readonly progress: (text: string) => Effect.Effect<void>
  /** Removes the progress. */
  readonly clear: Effect.Effect<void>
}

/** Makes a printer, which ignores a terminal that cannot be written to. */
export const makePrinter: Effect.Effect<Printer, never, Terminal.Terminal> = Effect.map(
  Terminal.Terminal,
  ({ columns, display }) => {
    /** The columns of the progress that is shown. */
    let shown = 0

    /** Writes in place of the progress; `passing` is the width of the new progress. */
    const write = (text: string, passing = 0) =>
      Effect.suspend(() => {
        const before = shown === 0 ? "" : `\r${" ".repeat(shown)}\r`
        shown = passing
        return before + text === "" ? Effect.void : Effect.ignore(display(before + text))
      })

    return {
      line: (text) => write(`${text}\n`),
      // Standard output has 0 columns unless it is a terminal.
      progress: (text) =>
        Effect.flatMap(columns, (columns) =>
          columns < 2 ? Effect.void : write(oneLine(text, columns - 1), columns - 1)
        ),
      clear: write("")
    }
  }
)
