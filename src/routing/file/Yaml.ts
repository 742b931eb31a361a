/** YAML, and so JSON: its value, the positions of its members, and the problems of its syntax. */
import { identity, Result } from "effect"
import { type Document, LineCounter, parseDocument } from "yaml"
import { excessOf } from "../../std/excess.ts"
import type { Path } from "../check/Flaw.ts"
import { type FileProblem, inOrder } from "../FileProblem.ts"
import { offsetOf } from "./offsetOf.ts"
import { duplicateKeys, looseAliases, misreadNumbers, type YamlFlaw } from "./yamlFlaws.ts"

/** The largest file that is read, in bytes: ten thousand rules with some conditions each. */
export const MAX_FILE = 4 * 1024 * 1024

/** The most levels of nesting. */
const MAX_DEPTH = 50

/** The most values. Those that aliases repeat count each time. */
const MAX_VALUES = 1_000_000

/** The most errors of the syntax that are reported: later ones follow from the first. */
const MAX_SYNTAX_ERRORS = 3

/** A position in a file. Lines and columns count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The contents of a file in a format, and their positions. */
export interface Located<A> {
  readonly value: A
  /** The position of a value, or of the name at the end of its path. */
  readonly locate: (path: Path, isName?: boolean) => Position
}

/** The contents of a file before their format is checked. */
interface Parsed extends Located<unknown> {
  /** Numbers that are read differently than they are written, such as 007. */
  readonly misread: ReadonlyArray<FileProblem>
}

/** Parses YAML of any format. Fails with its problems, in the order of the file. `whatInstead` is what to write into an empty file. */
export const parseYaml = (text: string, whatInstead: string): Result.Result<Parsed, ReadonlyArray<FileProblem>> => {
  const positionAt = positionsIn(text)
  const toProblem = ({ offset, ...problem }: YamlFlaw): FileProblem => ({ ...positionAt(offset), path: "", ...problem })
  return Result.try({ try: () => read(text, whatInstead), catch: (error) => [thrown(error, whatInstead)] }).pipe(
    Result.flatMap(identity),
    Result.mapBoth({
      onSuccess: ({ document, value }) => ({
        value,
        misread: misreadNumbers(document).map(toProblem),
        locate: (path: Path, isName = false) => positionAt(offsetOf(document, path, isName))
      }),
      onFailure: (flaws) => inOrder(flaws.map(toProblem))
    })
  )
}

const read = (
  text: string,
  whatInstead: string
): Result.Result<{ readonly document: Document; readonly value: unknown }, ReadonlyArray<YamlFlaw>> => {
  if (text.trim() === "") return Result.fail([{ offset: 0, problem: "is empty", instead: whatInstead }])
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false })
  if (document.errors.length > 0) return Result.fail(syntaxFlaws(document))
  const flaws = [...duplicateKeys(document), ...looseAliases(document)]
  if (flaws.length > 0) return Result.fail(flaws)
  // The limit of aliases is that of values.
  const value: unknown = document.toJS({ maxAliasCount: -1 })
  const excess = excessOf(value, { levels: MAX_DEPTH, members: MAX_VALUES })
  return excess === undefined
    ? Result.succeed({ document, value })
    : Result.fail([{ offset: 0, problem: excess, instead: "less of it" }])
}

/** The text to write where the parser reports an error of this code. */
const INSTEAD_OF_SYNTAX: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE: "single quotes around it: in double ones a backslash has a meaning of its own",
  MULTIPLE_DOCS: "one document: take the line --- out",
  TAB_AS_INDENT: "spaces instead of tabs"
}

const syntaxFlaws = ({ errors }: Document): ReadonlyArray<YamlFlaw> =>
  errors.slice(0, MAX_SYNTAX_ERRORS).map(({ code, message, pos: [offset] }) => ({
    offset,
    problem: `cannot be read: ${code === "MULTIPLE_DOCS" ? "there is more than one document in it" : message}`,
    instead: INSTEAD_OF_SYNTAX[code] ?? "YAML (or JSON): mind indentation, colons and quotes"
  }))

/** The flaw of a file for which the parser throws: nesting so deep that the stack ends, most often. */
const thrown = (error: unknown, whatInstead: string): YamlFlaw =>
  error instanceof RangeError || (error instanceof Error && /stack/i.test(error.message))
    ? { offset: 0, problem: "is nested too deeply", instead: `at most ${MAX_DEPTH} levels` }
    : {
        offset: 0,
        problem: `cannot be read: ${error instanceof Error ? error.message : error}`,
        instead: whatInstead
      }

/** Positions by offset. The parser does not fill the counter, since it loses lines after some errors. */
const positionsIn = (text: string): ((offset: number) => Position) => {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines.addNewLine(at + 1)
  return (offset) => {
    const { col, line } = lines.linePos(Math.min(offset, text.length))
    return { line, column: col }
  }
}
