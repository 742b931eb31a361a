/** Regular expressions that people write into a file: those of RE2, whose time grows with the length of the text and never explodes. */
import { Result } from "effect"
import { RE2JS } from "re2js"
import { MAX_PATTERN } from "../format/RoutesFile.ts"

/** How long a text may be, in UTF-16 units: nothing is found in longer ones, rather than something in a part that means another thing. */
export const MAX_TEXT = 1024

/** How large a compiled expression may be, in RE2's instructions: together with `MAX_TEXT` it bounds the time that one look takes. */
const MAX_PROGRAM = 500

/** Whether the expression is found in a text. */
export interface Pattern {
  (text: string): boolean
  /** How large it is, in RE2's instructions. */
  readonly size: number
}

/** Reads an expression. Fails with what is wrong with it. */
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
