/** A path in a table. */
export type Path = ReadonlyArray<string | number>

/** A path for people: `rules[3].to.queue`. */
export const showPath = (path: Path): string =>
  path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    ""
  )

/** A problem of a table. */
export interface Flaw {
  readonly path: Path
  /** The problem is the name at the end of the path, not the value under it. */
  readonly isName?: boolean
  /** The path is of a member that is missing. */
  readonly isMissing?: boolean
  readonly problem: string
  /** The text to write instead. */
  readonly instead: string
}
