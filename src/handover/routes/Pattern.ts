/** Regular expressions that people write into a file: those of RE2, whose time grows with the length of the text and never explodes. */
import { Result } from "effect"
import { RE2JS } from "re2js"

/** How much of a text is looked at, in UTF-16 units. */
export const MAX_TEXT = 1024

/** How large a compiled expression may be, in RE2's instructions: together with `MAX_TEXT` it bounds the time that one look takes. */
const MAX_PROGRAM = 500

/** How long an expression may be, in characters. */
const MAX_PATTERN = 256

/** Whether the expression is found in a text. */
export type Pattern = (text: string) => boolean

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
      : Result.succeed((text) => expression.matcher(text.slice(0, MAX_TEXT)).find())
  )
}
