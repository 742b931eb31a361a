/** The settings of the console. */
import type { Redacted } from "effect"

/** Those who may see the console: one user with a password, or everyone who reaches its port. */
export type ConsoleAccess =
  | "open"
  | {
      /** The name that the user types, and that the audit list has. */
      readonly user: string
      /** A long random text. */
      readonly password: Redacted.Redacted
    }

/** The console's access and place. */
export interface ConsoleSettings {
  /** `open` is for a demo on loopback: it answers only requests whose `Host` is a loopback name. */
  readonly access: ConsoleAccess
  /** A port of its own. Default: the webhook's. */
  readonly listen?:
    | {
        /** The address to listen on. */
        readonly host: string
        /** The TCP port; 0 takes any free one. */
        readonly port: number
      }
    | undefined
}

/** The user of the console where nothing else is set. */
export const DEFAULT_CONSOLE_USER = "operator"

/** The path of the console. All its other paths are below it. */
export const CONSOLE_PATH = "/console"
