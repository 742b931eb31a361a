/** The messages between a process and its SQLite thread, in plain values. */

/** The input of the thread. */
export interface ThreadInput {
  /** An absolute path, or `:memory:`. */
  readonly path: string
  /** True for the process that owns the file: it makes the file, and no other process may own it at the same time. */
  readonly isOwner: boolean
}

/** The process that owns a file. */
export interface Owner {
  readonly pid: number
  readonly host: string
  /** In milliseconds since 1970. */
  readonly since: number
}

/** An error of SQLite or of the file system. */
export interface Flaw {
  readonly message: string
  readonly code?: string
  /** The extended result code of SQLite. */
  readonly errno?: number
}

/** Why a file could not be opened: another process owns it (which one may be unknown for a moment), or a flaw. */
export type NotOpened = { readonly owner: Owner | null } | { readonly flaw: Flaw }

/** A file that was opened, and the other process that owns it, if there is one: null where it is unknown. */
export interface Opened {
  readonly usedBy: Owner | null | undefined
}

/** The first message of the thread. It ends after one that says why the file could not be opened. */
export type Opening = Opened | NotOpened

/** `rows` runs a statement. `open` runs it row by row: `next` takes a part of its rows, and `done` ends it. `close` closes the database. */
export type Kind = "rows" | "open" | "next" | "done" | "close"

/** A request: its number, its kind, the statement with its parameters (for `next` and `done` the number of `open`), and true when all integers are bigints. */
export type Request = readonly [
  id: number,
  kind: Kind,
  statement: string | number,
  parameters: ReadonlyArray<unknown>,
  safeIntegers: boolean
]

/** The answer to a request. */
export interface Answer {
  readonly id: number
  /** Empty for a statement that returns no rows. */
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
  /** The number of rows that a statement without columns changed. */
  readonly changes: number
  readonly inTransaction: boolean
  readonly flaw?: Flaw
}
