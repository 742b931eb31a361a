/** What `doctor` writes to standard output: lines that stay and, in a terminal, one that says what is being done. */
import { Effect, Terminal } from "effect"
import { oneLine } from "../std/oneLine.ts"

/** Writes for people. */
export interface Printer {
  /** Writes a line, in the place of the one that says what is being done. What is given must be printable. */
  readonly line: (text: string) => Effect.Effect<void>
  /** Says what is being done, where standard output is a terminal; the next line takes its place. */
  readonly progress: (text: string) => Effect.Effect<void>
  /** Takes away what says that something is being done. */
  readonly clear: Effect.Effect<void>
}

/** Makes a printer. What cannot be written is left out. */
export const makePrinter: Effect.Effect<Printer, never, Terminal.Terminal> = Effect.map(
  Terminal.Terminal,
  ({ columns, display }) => {
    /** How many columns the line that does not stay takes up. */
    let shown = 0

    /** Writes in the place of that line, and says how much of the new text does not stay. */
    const write = (text: string, passing = 0) =>
      Effect.suspend(() => {
        const before = shown === 0 ? "" : `\r${" ".repeat(shown)}\r`
        shown = passing
        return before + text === "" ? Effect.void : Effect.ignore(display(before + text))
      })

    return {
      line: (text) => write(`${text}\n`),
      // Standard output has no columns where it is no terminal.
      progress: (text) =>
        Effect.flatMap(columns, (columns) =>
          columns < 2 ? Effect.void : write(oneLine(text, columns - 1), columns - 1)
        ),
      clear: write("")
    }
  }
)
