/** The one who looks at the console. */
export interface Viewer {
  /** The user of the console, for the audit list. */
  readonly user: string
  /** The token of forms that act: see `csrfField`. */
  readonly csrf: string
  /** True where the console is open to everyone on this machine: there is no log-out. */
  readonly isOpen: boolean
  /** The session's id. */
  readonly session: string
  /** When the session ends, in milliseconds since 1970. */
  readonly expires: number
}
