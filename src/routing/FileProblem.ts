import { Schema } from "effect"

/** A problem of a file. Lines and columns count from 1. */
export const FileProblem = Schema.Struct({
  /** The line of the problem. */
  line: Schema.Int,
  /** The column where the problem begins. */
  column: Schema.Int,
  /** The path of the member: `rules[3].to.queue`. Empty for problems of the syntax. */
  path: Schema.String,
  /** The problem itself. */
  problem: Schema.String,
  /** The text to write instead. */
  instead: Schema.String
})

/** A problem of a file. Lines and columns count from 1. */
export type FileProblem = typeof FileProblem.Type

/** Problems in the order of the file. */
export const inOrder = (problems: ReadonlyArray<FileProblem>): ReadonlyArray<FileProblem> =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column)

/** The most problems that are listed. */
export const MAX_LISTED = 100

/** Problems of a file as text, one paragraph each. */
export const describeProblems = (file: string, problems: ReadonlyArray<FileProblem>): string =>
  [
    ...problems
      .slice(0, MAX_LISTED)
      .map(({ column, instead, line, problem }) => `  ${file}:${line}:${column} ${problem}\n    → ${instead}`),
    ...(problems.length > MAX_LISTED ? [`  and ${problems.length - MAX_LISTED} more`] : [])
  ].join("\n")
