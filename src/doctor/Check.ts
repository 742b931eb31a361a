/** What `doctor` looks into, one thing at a time, and what it finds. */
import { Duration, Effect } from "effect"

/** How long a check waits for one answer where nothing else is said: longer than CXone or a router may ever take. */
export const PATIENCE = Duration.seconds(10)

/** What came of a check. */
export interface Finding {
  readonly status: "ok" | "failed" | "skipped"
  /** What was found, or why nothing was looked for, in one line. It holds no secret. */
  readonly detail: string
  /** What to do about it, one thing a line; for `failed` and `skipped`. */
  readonly instead?: string
}

/** One thing to look into. It never fails: that something is wrong is a finding. */
export interface Check<R = never> {
  readonly name: string
  readonly run: Effect.Effect<Finding, never, R>
  /** An earlier check that must be ok: otherwise this one is skipped, and not blamed for what is not its own. */
  readonly needs?: Prerequisite
}

/** An earlier check by its name, and what comes of it, such as `an access token`. */
export interface Prerequisite {
  readonly check: string
  readonly what: string
}

/** All is well. */
export const ok = (detail: string): Finding => ({ status: "ok", detail })

/** Something is wrong, and this is what to do. */
export const failed = (detail: string, instead: string): Finding => ({ status: "failed", detail, instead })

/** Nothing was looked for. */
export const skipped = (detail: string, instead?: string): Finding =>
  instead === undefined ? { status: "skipped", detail } : { status: "skipped", detail, instead }

/** A check whose finding is there already. */
export const ready = (name: string, finding: Finding): Check => ({ name, run: Effect.succeed(finding) })
