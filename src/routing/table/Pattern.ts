/** Regular expressions of a table: those of RE2, whose time grows only linearly with the text. */
import { Result } from "effect"
import { RE2JS } from "re2js"
import { MAX_PATTERN } from "../format/ValueTest.ts"

/** The longest text that is searched, in UTF-16 units. Nothing is found in longer ones: a match in a part could mean something else. */
const MAX_TEXT = 1024

/** The largest compiled expression, in RE2's instructions: with `MAX_TEXT` it bounds the time of one search. */
const MAX_PROGRAM = 500

/** True when the expression is found in a text. */
export interface Pattern {
  (text: string): boolean
  /** Its size, in RE2's instructions. */
  readonly size: number
}

/** Compiles an expression. Fails with its problem. */
export const compilePattern = (source: string): Result.Result<Pattern, string> => {
  if (source.length > MAX_PATTERN) return Result.fail(`longer than ${MAX_PATTERN} characters`)
  const compiled = Result.try({
    try: () => RE2JS.compile(source),
    catch: (error) => (error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : "not readable")
  })
  return Result.flatMap(compiled, (expression) =>
    expression.programSize() > MAX_PROGRAM
      ? Result.fail("too large: repeat less in it")
      : Result.succeed(
          Object.assign((text: string) => text.length <= MAX_TEXT && expression.matcher(text).find(), {
            size: expression.programSize()
          })
        )
  )
}
